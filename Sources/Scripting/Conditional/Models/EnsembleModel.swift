import Baselines
import ConditionalModels
import LuaBridge
import ModelTraining

/// An ensemble of conditional models as scripts hold it: the average of their densities.
///
/// Members are as they were when it was made; what they learn afterwards does not change it.
final class EnsembleModel {
    let ensemble: ModelEnsemble
    /// The density that the members learned; nil where none is known.
    let target: ConditionalTarget?
    let query: EnsembleQuery
    /// How far the contexts reach that the members were trained on; nil for ranges, or where nothing is known of them.
    let extent: ContextExtent?
    /// Whether a context outside of what it is trained for was warned of.
    var hasWarnedOfContexts = false

    init(_ ensemble: ModelEnsemble, target: ConditionalTarget?, extent: ContextExtent?) {
        self.ensemble = ensemble
        self.target = target
        self.extent = extent
        query = EnsembleQuery(ensemble)
    }

    var shape: ContextShape { ensemble.contextShape }

    /// What members are, in words: "2 mixtures, 3 flows".
    var kinds: String {
        let mixtures = ensemble.members.count { $0 is ConditionalMixture }, flows = ensemble.members.count { $0 is ConditionalFlow }
        return [("mixture", mixtures), ("flow", flows), ("gan", ensemble.members.count - mixtures - flows)].compactMap { name, count in
            count > 0 ? NumberText.counted(count, name) : nil
        }.joined(separator: ", ")
    }
}
