import ConditionalModels
import Files
import LuaBridge
import ModelFiles
import ModelTraining

/// A model that scripts train: the network as trained so far, and the training that can go on.
class Learner {
    /// The network as trained so far; queries answer from it.
    private(set) final var mixture: ConditionalMixture
    /// The training that was interrupted or finished last; nil before the first.
    private final var training: TrainingState?
    /// Counts what was adopted: a loop that trains tells by it whether another training came between.
    private(set) final var generation = 0
    /// The log of all its trainings; a checkpoint carries it on.
    final var log = TrainingLog()
    /// The checkpoint that the model was read from, as long as no training came after.
    private final var origin: String?

    init(_ mixture: ConditionalMixture) { self.mixture = mixture }

    /// Takes up the training of a checkpoint that the model was read from.
    final func takeUp(_ checkpoint: ReadCheckpoint) {
        training = checkpoint.state
        log = checkpoint.log
        origin = checkpoint.path
    }

    /// Takes up a checkpoint in the place of its own parameters, so that its training goes on.
    final func takeUp(inPlace checkpoint: ReadCheckpoint) {
        adopt(checkpoint.state)
        takeUp(checkpoint)
    }

    /// Lets go of what was prepared for the parameters as they were; called after every training.
    func forget() {}

    /// The training that was interrupted, if there is one.
    final var interrupted: TrainingState? { training.flatMap { $0.isFinished ? nil : $0 } }

    /// The state that a training by a plan starts or goes on from; a finished one where nothing is left to do.
    ///
    /// The same plan as that of an interrupted training goes on with it, bit for bit; another one starts a new schedule from the
    /// parameters as they are. No plan, or one of functions only, goes on with an interrupted training. Where the model was read from a
    /// checkpoint and is to write to it again, the same plan is not begun anew once it is done: a script that is started again goes on.
    ///
    /// - Parameter checkpoint: where the training is to write to.
    final func state(for plan: TrainingPlan?, checkpoint: String?) throws -> TrainingState {
        let isResumed = origin.map { origin in checkpoint.map { FileLocation(origin).resolved == FileLocation($0).resolved } ?? false } ?? false
        return try TrainingPlan.state(for: plan, training: training, isResumed: isResumed, mixture: mixture)
    }

    /// Takes over what a training has reached; queries answer from it.
    final func adopt(_ state: TrainingState) {
        training = state
        origin = nil
        mixture = state.trainedModel
        mixture.history.version = Session.version
        mixture.history.provenance = Provenance.ofTraining(state.phases)
        generation += 1
        forget()
    }

    /// Writes the model, without the optimiser's memory; or with all that its training needs to go on, where there was one.
    final func save(to path: String, withTraining: Bool = false) throws {
        if withTraining, let training { try training.writeCheckpoint(to: path, metadata: log.metadata) } else { try mixture.write(to: path) }
    }
}

/// A training as a file has it.
struct ReadCheckpoint {
    let state: TrainingState
    let log: TrainingLog
    let path: String
}
