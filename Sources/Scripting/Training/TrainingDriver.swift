import ConditionalModels
import Files
import ModelFiles
import ModelTraining
import Numerics

/// Where a training writes its state as it goes on.
struct TrainingCheckpoint {
    static let standardInterval = 60.0

    var path: String
    /// The seconds of training from one to the next.
    var interval = standardInterval
}

/// A training that goes on step by step, with the log and the checkpoints that it leaves behind.
///
/// A checkpoint that cannot be written ends nothing: the training is worth more. The log's warnings tell of it, and so does `warn`.
struct TrainingDriver {
    private var run: any DrivenTraining
    private let checkpoint: TrainingCheckpoint?
    private let warn: (String) -> Void
    /// The seconds that the training had taken at the last checkpoint.
    private var lastCheckpoint: Double
    private var lastFailure: String?
    /// The step of the last checkpoint.
    private var lastStep: Int

    init(_ run: any DrivenTraining, checkpoint: TrainingCheckpoint?, warn: @escaping (String) -> Void) {
        self.run = run
        self.checkpoint = checkpoint
        self.warn = warn
        (lastCheckpoint, lastStep) = (run.state.course.seconds, run.state.course.step)
    }

    /// Where the training stands.
    var course: TrainingCourse { run.state.course }
    var hasCheckpoint: Bool { checkpoint != nil }

    /// The state with finite parameters, whatever happened.
    mutating func settled() -> any ResumableTraining { run.settled() }

    /// Takes a step, which the log takes up; where that fails, what was reached is written. One that is cancelled is none.
    mutating func step(_ model: AnyLearner, cancellation: Cancellation) throws {
        do {
            if try run.step(cancellation: cancellation) { model.log.append(run.reading) }
        } catch {
            conclude(model)
            throw error
        }
    }

    /// What happened since the last report; writes a checkpoint where one is due.
    mutating func report(_ model: AnyLearner) -> TrainingProgress {
        let progress = run.report()
        if let warning = progress.warning { model.log.note(warning) }
        if let checkpoint, course.isFinished || course.seconds - lastCheckpoint >= checkpoint.interval { write(run.state, model) }
        return progress
    }

    /// Writes what was reached, for a training that ends before its budget.
    mutating func conclude(_ model: AnyLearner) { write(run.settled(), model) }

    /// The same where steps were taken since the last checkpoint.
    mutating func concludeIfAhead(_ model: AnyLearner) { if course.step > lastStep { conclude(model) } }

    /// Runs to the end of the budget.
    ///
    /// - Parameter report: called a few times a second.
    /// - Returns: whether the budget was spent; after an interruption the last whole step is in the checkpoint.
    mutating func finish(_ model: AnyLearner, cancellation: Cancellation, report: (TrainingProgress) -> Void) throws -> Bool {
        let clock = ContinuousClock()
        var lastReport = clock.now
        while !course.isFinished {
            if cancellation.isRequested {
                conclude(model)
                return false
            }
            do {
                try step(model, cancellation: cancellation)
            } catch where cancellation.isRequested {
                // A script's density was stopped in the midst of a step, which then was not taken.
                return false
            }
            guard clock.now - lastReport >= .milliseconds(100) || course.isFinished else { continue }
            lastReport = clock.now
            report(self.report(model))
        }
        return true
    }

    private mutating func write(_ state: any ResumableTraining, _ model: AnyLearner) {
        guard let checkpoint else { return }
        (lastCheckpoint, lastStep) = (state.course.seconds, state.course.step)
        do {
            try state.writeCheckpoint(to: checkpoint.path, metadata: model.log.metadata)
            lastFailure = nil
            model.ownCheckpoint = FileIdentity(path: checkpoint.path)
        } catch {
            let failure = "step \(state.course.step): the checkpoint could not be written (\(error)); the training continues without"
            guard "\(error)" != lastFailure else { return }
            lastFailure = "\(error)"
            model.log.note(failure)
            warn(failure)
        }
    }
}
