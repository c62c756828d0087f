import ConditionalModels
import Foundation
import Kinematics
import ModelFiles
import RobotModels

/// The directory that holds `robots` and `share`, found from the program upwards.
func packageRoot() -> String {
    var directory = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath().deletingLastPathComponent()
    while directory.path != "/", !FileManager.default.fileExists(atPath: directory.path + "/robots/panda.urdf") {
        directory.deleteLastPathComponent()
    }
    return directory.path
}

let root = packageRoot()
let chain = try RobotLibrary(directory: root + "/robots").robot("panda").chain()
let report = Report()

func pandaModel() throws -> ConditionalMixture { try ConditionalMixture(contentsOf: root + "/share/models/panda.safetensors") }

/// The benchmarks by name, in the order in which they are run.
let benchmarks: [(name: String, run: () throws -> Void)] = [
    ("kinematics", { benchmarkKinematics(chain, report) }),
    ("ik", { benchmarkInverseKinematics(chain, report) }),
    ("bodies", { try benchmarkBodies(root: root, report) }),
    ("model", { try benchmarkModel(pandaModel(), chain, report) }),
    ("lua", { try benchmarkLua(root: root, pandaModel(), chain, report) }),
    ("calls", { try benchmarkCalls(root: root, report) }),
    ("step", { for threads in [1, 2] { try benchmarkTrainingStep(chain, threads: threads, report) } }),
    ("component", { for threads in [1, 2] { try benchmarkTrainingStep(chain, threads: threads, report, hasObjective: true) } }),
    ("mixture", { for threads in [1, 2] { benchmarkMixtureStep(chain, threads: threads, report) } }),
    ("flow", { for threads in [1, 2] { try benchmarkFlow(chain, threads: threads, report) } }),
    ("reference", { benchmarkReference(chain, report) }),
    ("traced", { try benchmarkTraced(report) }),
]

let wanted = CommandLine.arguments.dropFirst()
if let unknown = wanted.first(where: { name in !benchmarks.contains { $0.name == name } }) {
    print("unknown benchmark \"\(unknown)\"; the benchmarks are \(benchmarks.map(\.name).joined(separator: ", "))")
    exit(2)
}
report.begin()
for benchmark in benchmarks where wanted.isEmpty || wanted.contains(benchmark.name) { try benchmark.run() }
