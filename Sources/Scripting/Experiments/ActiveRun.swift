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
    /// When each value was saved: who loads it goes on from there.
    private var saved: [String: SavedMoment] = [:]
    /// How many values were saved on the way here.
    private var saveCount = 0
    /// The rows that came with a loaded value.
    private var loadedRows = 0
    /// Begins new streams of random numbers.
    private let seed: (UInt64) throws -> Void
    private var logIsWritten = true
    /// What the last training reported, as columns.
    var lastTraining: Datum?

    init(_ run: PlannedRun, store: StudyStore, attempt: Int, seed: @escaping (UInt64) throws -> Void) {
        self.run = run
        self.store = store
        self.attempt = attempt
        self.seed = seed
        for member in store.datum(ActiveRun.momentsFile, of: run.id)?.members ?? [] { saved[member.name] = SavedMoment(member.value) }
    }

    private static let momentsFile = "saved.json"

    /// Begins the streams of random numbers of the run, or those behind so many saved values: a run that goes on from a value draws what one does
    /// that was not interrupted.
    func beginStreams() throws { try seed(UInt64(bitPattern: Int64(run.seed)) ^ (UInt64(saveCount) &* 0x9E37_79B9_7F4A_7C15)) }

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
        try store.write(log.columns, to: StudyStore.Name.log, of: run.id, isDurable: false)
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
        let path = savedPath(name, kind)
        try writeLog()
        let before = saved[name].flatMap { known in savedFile(name).map { (moment: known.moment(with: $0.status), file: $0.status.identity) } }
        saveCount += 1
        saved[name] = SavedMoment(now: .init(kind: kind, rows: log.count, saves: saveCount), before: before)
        try store.write(
            .record(saved.sorted { $0.key < $1.key }.map { .init($0.key, $0.value.record) }), to: ActiveRun.momentsFile, of: run.id, isDurable: false)
        try write(path)
        if let former = before?.moment.kind, former != kind {
            try FileTree.removeFile(savedPath(name, former))
            savedFiles.removeAll { $0 == "\(name).\(former)" }
        }
        noteFile(path)
        try beginStreams()
        return path
    }

    /// The file that holds a saved value, if there is one. The run goes on from when the newest of the values that it loads was saved, with the
    /// rows of then, if it has no others yet, and the random numbers.
    func load(_ name: String) throws -> String? {
        guard let (kind, status) = savedFile(name) else { return nil }
        let path = savedPath(name, kind)
        noteFile(path)
        guard let moment = saved[name]?.moment(with: status) else { return path }
        if log.count == loadedRows, moment.rows > log.count, let columns = store.datum(StudyStore.Name.log, of: run.id) {
            log = RunLog(columns: columns, count: moment.rows)
            loadedRows = log.count
        }
        if moment.saves > saveCount {
            saveCount = moment.saves
            try beginStreams()
        }
        return path
    }

    private func noteFile(_ path: String) {
        let file = String(path.dropFirst(directory.utf8.count + 1))
        if !savedFiles.contains(file) { savedFiles.append(file) }
    }

    private func savedPath(_ name: String, _ kind: SavedKind) -> String { "\(directory)/\(name).\(kind)" }

    /// The file of a saved value; another one of that name, with another ending, is the script's own, unless nothing is known of any.
    private func savedFile(_ name: String) -> (kind: SavedKind, status: FileTree.Status)? {
        let kinds = saved[name].map { [$0.now.kind, $0.before?.moment.kind].compactMap(\.self) } ?? SavedKind.allCases
        return kinds.lazy.compactMap { kind in FileTree.status(self.savedPath(name, kind)).map { (kind, $0) } }.first
    }

    static func check(_ name: String, _ slot: Slot) throws {
        let isPlain = name.utf8.count <= 100 && name.first.map { $0.isLetter || $0.isNumber } == true
            && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }
        guard isPlain else { throw slot.invalid("must be letters, digits, \"-\", \"_\" and \".\", got \(slot.found)") }
        guard !["result", "config", "failure", "interrupted", "log", "saved"].contains(name), !name.hasPrefix("training-"), !name.hasPrefix("claim-") else {
            throw slot.invalid("is the name of a file of the run itself, \"\(name)\"")
        }
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
