import Experiments
import Files
import Foundation

/// A directory for the time of a test.
final class TemporaryDirectory {
    let path: String

    init() {
        path = FileManager.default.temporaryDirectory.path + "/experiments-test-\(UUID().uuidString)"
        try! FileTree.makeDirectory(path)
    }

    deinit { try? FileTree.remove(path) }
}

extension Study {
    /// A study with a grid of numbers.
    static func small(values: [Int] = [1, 2], seeds: [Int] = [1, 2, 3], code: String = "code") -> Study {
        Study(
            name: "small", grids: [StudyGrid([GridAxis("robot", [GridSetting("ur5"), GridSetting("panda")]), GridAxis("components", values.map { GridSetting(.integer($0)) })])],
            seeds: seeds, code: code)
    }
}

extension RunResult {
    static func of(_ measures: Datum.Member...) -> RunResult {
        RunResult(value: .record(measures), measures: measures, seconds: 0.1, processorSeconds: 0.1, finished: "", worker: "w")
    }
}

extension HolderJudge {
    /// A judge that sees the real processes of this machine.
    static func here(_ me: WorkerIdentity) -> HolderJudge { HolderJudge(me: me) }
}

extension String {
    func write(to path: String) throws { try Array(utf8).withUnsafeBytes { try FileReplacement(path: path).write($0) } }
}
