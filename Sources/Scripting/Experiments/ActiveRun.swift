import Baselines
import Experiments
import Figures
import Files
import Foundation
import LuaBridge
import ModelFiles
import ModelTraining
import RobotModels

/// A run while it is worked on: what its function gets beside the point.
final class ActiveRun {
    let run: PlannedRun
    let store: StudyStore
    /// How often it was begun, this time included.
    let attempt: Int
    /// Whether the run has ended: what was kept of it is of no more use.
    var isOver = false
    /// The run with a smaller budget that this one goes on from.
    var predecessor: String?
    /// Why the run's files could not be written.
    private(set) var storeFailure: (any Error)?
    /// The files that were saved, as names in the run's directory.
    private(set) var savedFiles: [String] = []
    /// The trainings that were begun, which number their checkpoints.
    private(set) var trainings = 0
    /// Rows that the function logged, as columns.
    private(set) var log = RunLog()
    /// The rows that belong to each saved value: who loads it goes on from there.
    private var savedRows: [String: SavedRows] = [:]
    private var logIsWritten = true
    /// What the last training reported, as columns.
    var lastTraining: Datum?

    init(_ run: PlannedRun, store: StudyStore, attempt: Int) {
        self.run = run
        self.store = store
        self.attempt = attempt
        for member in store.datum(ActiveRun.rowsFile, of: run.id)?.members ?? [] { savedRows[member.name] = SavedRows(member.value) }
    }

    private static let rowsFile = "saved.json"

    var directory: String { store.directory(of: run.id) }

    /// The checkpoint of the next training.
    func nextCheckpoint() -> String {
        trainings += 1
        return directory + "/training-\(trainings).safetensors"
    }

    // MARK: Rows

    func add(_ row: [Datum.Member]) throws {
        try log.add(row)
        logIsWritten = false
    }

    /// Writes the rows so far, if there are any.
    func writeLog() throws {
        guard !logIsWritten else { return }
        try store.write(log.columns, to: "runs/\(run.id)/\(StudyStore.Name.log)", isDurable: false)
        logIsWritten = true
    }

    var hasRows: Bool { log.count > 0 }

    /// Writes something, and remembers where that fails: a full disk is no failure of the run.
    func writing<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch {
            let reasons = [ENOSPC, EDQUOT, EROFS, EIO].map { FileFailure(number: $0).description }
            if error is StudyStore.Failure || reasons.contains(where: "\(error)".contains) { storeFailure = error }
            throw error
        }
    }

    // MARK: Saved values

    /// Saves a value as a file of the run, together with the rows so far.
    ///
    /// The process may end at any moment, and value and rows are two files. So the rows are written first, with what tells whether the value
    /// that is found later is this one or still the one before.
    ///
    /// - Parameter write: writes the value to a path, as a new file that takes the old one's place.
    func save(_ name: String, kind: SavedKind, _ write: (String) throws -> Void) throws -> String {
        let path = savedPath(name, kind), present = savedFile(name).flatMap { FileTree.status($0) }
        try writeLog()
        savedRows[name] = SavedRows(count: log.count, before: present.map { .init(count: savedRows[name]?.count(with: $0) ?? 0, file: $0.identity) })
        try store.write(
            .record(savedRows.sorted { $0.key < $1.key }.map { .init($0.key, $0.value.record) }), to: "runs/\(run.id)/\(ActiveRun.rowsFile)", isDurable: false)
        try write(path)
        for other in SavedKind.allCases where other != kind {
            try FileTree.removeFile(savedPath(name, other))
            savedFiles.removeAll { $0 == "\(name).\(other)" }
        }
        noteFile(path)
        return path
    }

    /// The file that holds a saved value, if there is one; the rows that belong to it are taken up.
    func load(_ name: String) -> String? {
        guard let path = savedFile(name), let status = FileTree.status(path) else { return nil }
        noteFile(path)
        if log.count == 0, let count = savedRows[name]?.count(with: status), count > 0, let columns = store.datum(StudyStore.Name.log, of: run.id) {
            log = RunLog(columns: columns, count: count)
        }
        return path
    }

    private func noteFile(_ path: String) {
        let file = String(path.dropFirst(directory.utf8.count + 1))
        if !savedFiles.contains(file) { savedFiles.append(file) }
    }

    private func savedPath(_ name: String, _ kind: SavedKind) -> String { "\(directory)/\(name).\(kind)" }

    private func savedFile(_ name: String) -> String? { SavedKind.allCases.map { savedPath(name, $0) }.first(where: FileTree.exists) }

    static func check(_ name: String, _ slot: Slot) throws {
        let isPlain = name.utf8.count <= 100 && name.first.map { $0.isLetter || $0.isNumber } == true
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        guard isPlain else { throw slot.invalid("must be letters, digits, \"-\", \"_\" and \".\", got \(slot.found)") }
        guard !["result", "config", "failure", "interrupted", "log", "saved"].contains(name), !name.hasPrefix("training-"), !name.hasPrefix("claim-") else {
            throw slot.invalid("is the name of a file of the run itself, \"\(name)\"")
        }
    }
}

/// What a saved value's file is named after.
enum SavedKind: String, CaseIterable {
    case safetensors, json, svg
}

/// How many of a run's rows belong to a saved value.
struct SavedRows {
    let count: Int
    /// What held while the value was still to be written.
    let before: Before?

    struct Before {
        let count: Int
        /// The file that the new one was to replace.
        let file: Int
    }

    init(count: Int, before: Before?) { (self.count, self.before) = (count, before) }

    init?(_ record: Datum) {
        guard let count = record["rows"]?.integer else { return nil }
        self.count = count
        before = if let rows = record["before"]?.integer, let file = record["replaced"]?.integer { Before(count: rows, file: file) } else { nil }
    }

    var record: Datum {
        .record([.init("rows", .integer(count))] + (before.map { [.init("before", .integer($0.count)), .init("replaced", .integer($0.file))] } ?? []))
    }

    /// The rows that belong to the value that stands there.
    func count(with file: FileTree.Status) -> Int {
        guard let before, before.file == file.identity else { return count }
        return before.count
    }
}

/// Rows that a function logged, one list per column.
struct RunLog {
    private(set) var names: [String] = []
    private var lists: [[Datum]] = []
    private(set) var count = 0
    private static let rowLimit = 10_000_000

    init() {}

    /// The first rows of columns that were written.
    init(columns: Datum, count: Int) {
        for member in columns.members ?? [] {
            guard let list = member.value.list, list.count >= count else { continue }
            names.append(member.name)
            lists.append(Array(list.prefix(count)))
        }
        self.count = names.isEmpty ? 0 : count
    }

    /// Adds a row; a column that it lacks, or that earlier rows lacked, has nothing there.
    mutating func add(_ row: [Datum.Member]) throws {
        guard count < RunLog.rowLimit else { throw ArgumentError("a run logs at most \(RunLog.rowLimit) rows") }
        for member in row {
            if let index = names.firstIndex(of: member.name) {
                lists[index].append(member.value)
            } else {
                names.append(member.name)
                lists.append(Array(repeating: .null, count: count) + [member.value])
            }
        }
        count += 1
        for index in lists.indices where lists[index].count < count { lists[index].append(.null) }
    }

    var columns: Datum { .record(zip(names, lists).map { Datum.Member($0, .list($1)) }) }
}

extension ActiveRun {
    /// The part of a budget that is left of it for a run that goes on from one with a smaller budget.
    ///
    /// - Parameter budget: "steps", "samples", "minutes" or "cpu_minutes".
    func rest(of amount: Double, budget: String, checkpoint: String) -> Double {
        guard let before = predecessorCheckpoint(checkpoint), let file = try? Safetensors(contentsOf: before), let course = Self.course(file, path: before)
        else { return amount }
        let done: Double = switch budget {
        case "steps": Double(course.step)
        case "samples": Double(course.samples)
        case "cpu_minutes": course.processorSeconds / 60
        default: course.seconds / 60
        }
        return max(amount - done, budget.hasSuffix("minutes") ? 1e-3 : 1)
    }

    private func predecessorCheckpoint(_ checkpoint: String) -> String? {
        predecessor.map { store.directory(of: $0) + "/" + (checkpoint.split(separator: "/").last.map(String.init) ?? "") }.flatMap { FileTree.exists($0) ? $0 : nil }
    }

    /// Where the training of a checkpoint stands, whatever the kind of its model.
    private static func course(_ file: Safetensors, path: String) -> TrainingCourse? {
        if PartsTrainingState.isHeld(by: file) { return (try? PartsTrainingState(file, path: path))?.course }
        guard TrainingState.isHeld(by: file) else { return nil }
        return (try? TrainingState(file, path: path))?.course ?? (try? ModelTrainingState(file, path: path))?.course
    }

    /// Lets a model take up the checkpoint of a training that was interrupted, or of the run that this one goes on from.
    func takeUp(_ own: String, in model: Learner<TrainingState>) throws {
        try takeUp(own, in: model, read: { try TrainingState($0, path: $1) }) { $0.subject.equals($1.subject) && $0.space == $1.space }
    }

    func takeUp(_ own: String, in model: Learner<ModelTrainingState>) throws {
        try takeUp(own, in: model, read: ModelTrainingState.init) { $0.subject.equals($1.subject) && type(of: $0) == type(of: $1) && $0.dimension == $1.dimension }
    }

    func takeUp(_ own: String, in model: Learner<PartsTrainingState>) throws {
        try takeUp(own, in: model, read: PartsTrainingState.init) { one, other in
            one.chain.fingerprint == other.chain.fingerprint && one.parts.map(\.dimension) == other.parts.map(\.dimension)
        }
    }

    private func takeUp<State: ResumableTraining>(
        _ own: String, in model: Learner<State>, read: (Safetensors, String) throws -> State, isSame: (State.Trained, State.Trained) -> Bool
    ) throws {
        guard let checkpoint = FileTree.exists(own) ? own : predecessorCheckpoint(own) else { return }
        let file: Safetensors
        do { file = try Safetensors(contentsOf: checkpoint) } catch {
            throw ArgumentError("the run's checkpoint cannot be read (\(error)); forget the run to begin it anew")
        }
        guard TrainingState.isHeld(by: file) || PartsTrainingState.isHeld(by: file) else { return }
        let state = try read(file, checkpoint)
        guard isSame(state.trainedModel, model.model) else {
            throw ArgumentError("the run's checkpoint \(checkpoint) is that of another model; forget the run to begin it anew")
        }
        model.takeUp(inPlace: ReadCheckpoint(state: state, log: TrainingLog(metadata: file.metadata, path: checkpoint) { _ in }, path: checkpoint))
    }
}
