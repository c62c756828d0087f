import LuaBridge
import ModelFiles
import ModelTraining
import Numerics
import RobotModels

/// A training that a script drives: each call takes the steps up to the next report.
final class TrainingLoop {
    /// Holds the model while a body works on it, so that nothing else does; the body may conclude the training.
    typealias Access = (_ body: (AnyLearner, _ conclude: () throws -> Bool) throws -> TrainingProgress?) throws -> TrainingProgress?

    private let access: Access
    /// Nil where the training had ended before.
    private var driver: TrainingDriver?
    /// Steps from one report to the next; nil where time tells.
    private let interval: Int?
    private var generation: Int
    /// Set while steps are taken: a schedule's function may reach the loop that calls it.
    private var isAtWork = false
    /// Where the training stood at the last report, in words.
    private(set) var place: String
    private unowned let session: Session

    /// - Parameter conclude: called with the model once the budget is spent; returns whether the log took up anything.
    init<Model: AnyLearner>(
        _ box: Box<Model>, _ driver: TrainingDriver?, at course: TrainingCourse, interval: Int?, in session: Session,
        conclude: @escaping (Model) throws -> Bool
    ) throws {
        self.session = session
        access = { body in try box.update("training") { model in try body(model) { try conclude(model) } } }
        self.driver = driver
        self.interval = interval
        generation = try box.read().generation
        place = ModelText.place(course)
    }

    /// Takes the steps up to the next report, which the model takes over; nil once the budget is spent.
    func advance(_ cancellation: Cancellation) throws -> TrainingProgress? {
        guard !isAtWork else { throw Failure.atWork }
        isAtWork = true
        defer { isAtWork = false }
        guard driver?.course.isFinished == false else { return nil }
        if driver?.hasCheckpoint == true { session.watch(self) }
        return try access { model, conclude in
            guard model.generation == generation else { throw Failure.trainedOtherwise }
            let progress: TrainingProgress?
            do {
                defer { adopt(in: model) }
                progress = try takeSteps(model, cancellation)
            }
            if driver?.course.isFinished == true, try conclude() { driver?.conclude(model) }
            return progress
        }
    }

    /// Writes the checkpoint of a training whose loop was left before its end: by break, by an error, by an interruption of the loop's body.
    fileprivate func conclude() {
        guard !isAtWork, driver?.course.isFinished == false else { return }
        _ = try? access { model, _ in
            if model.generation == generation { driver?.concludeIfAhead(model) }
            return nil
        }
    }

    private func takeSteps(_ model: AnyLearner, _ cancellation: Cancellation) throws -> TrainingProgress? {
        guard let start = driver.map({ (step: $0.course.step, seconds: $0.course.seconds) }) else { return nil }
        repeat {
            if cancellation.isRequested {
                driver?.conclude(model)
                throw Failure.interrupted(driver.map { ModelText.place($0.course) } ?? place)
            }
            do {
                try driver?.step(model, cancellation: cancellation)
            } catch where cancellation.isRequested {
                throw Failure.interrupted(driver.map { ModelText.place($0.course) } ?? place)
            }
        } while !isDue(since: start)
        return driver?.report(model)
    }

    private func adopt(in model: AnyLearner) {
        guard let state = driver?.settled() else { return }
        model.adopt(state)
        generation = model.generation
        place = ModelText.place(state.course)
    }

    private func isDue(since start: (step: Int, seconds: Double)) -> Bool {
        guard let course = driver?.course, !course.isFinished else { return true }
        if let interval { return course.step - start.step >= interval }
        return course.seconds - start.seconds >= 0.1
    }

    enum Failure: Error, CustomStringConvertible {
        case trainedOtherwise
        case atWork
        case interrupted(String)

        var description: String {
            switch self {
            case .trainedOtherwise: "the model was trained otherwise since this loop's last report; begin a new one with model:training{ ... }"
            case .atWork: "the training is taking a step; a function that is one of its schedules cannot ask it for another"
            case .interrupted(let place): "interrupted at \(place); what was learned is kept"
            }
        }
    }
}

extension Session {
    /// More loops than scripts have open at once; the oldest is concluded then.
    private static let openLoops = 8

    /// Keeps a loop in mind until it is concluded.
    fileprivate func watch(_ loop: TrainingLoop) {
        guard !trainingLoops.contains(where: { $0 === loop }) else { return }
        if trainingLoops.count >= Self.openLoops { trainingLoops.removeFirst().conclude() }
        trainingLoops.append(loop)
    }

    /// Writes the checkpoints of trainings whose loops were left: to be called whenever a script or an entry has ended, however it ended.
    public func concludeTrainings() {
        let loops = trainingLoops
        trainingLoops = []
        for loop in loops { loop.conclude() }
    }
}

extension LogEntries {
    var trainingType: ObjectType {
        ObjectType(
            "Training", of: TrainingLoop.self, "A training that a loop drives: a call takes the steps up to the next report and returns it, nil at the end.",
            describe: { "Training · \($0.place)" },
            operators: [(.call, { try report(of: $0) })])
    }

    private func report(of arguments: Arguments) throws -> Value {
        let loop = try arguments.operand(1, TrainingLoop.self)
        do {
            guard let progress = try loop.advance(cancellation) else { return .nil }
            var fields = TrainingLog.columns.map { column in
                (name: column.name, value: column.value(progress).map { column.isWhole ? Value.integer(Int($0)) : .number($0) } ?? .nil)
            }
            fields.append(("progress", .number(progress.fraction)))
            if let warning = progress.warning { fields.append(("warning", .string(warning))) }
            return .record(fields)
        } catch TrainingLoop.Failure.interrupted(let place) {
            throw LuaError("\(TrainingLoop.Failure.interrupted(place))", kind: .interrupt)
        }
    }
}
