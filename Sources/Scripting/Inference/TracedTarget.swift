import Expressions
import Mixtures
import Numerics

/// A density that was traced: a formula that any number of threads evaluate in double precision.
final class TracedTarget: TargetDensity {
    let name: String
    let start: InitialMixture
    let formula: TracedDensity
    private let workspaces: WorkspacePool<DensityWorkspace<Double>>

    /// - Precondition: the formula needs no context.
    init(name: String, start: InitialMixture, formula: TracedDensity) {
        precondition(formula.contextCount == 0, "a target without its context")
        self.name = name
        self.start = start
        self.formula = formula
        workspaces = WorkspacePool { DensityWorkspace(formula.double) }
    }

    var dimension: Int { formula.dimension }

    func evaluate(
        _ points: UnsafePointer<Double>, count: Int, into logDensities: UnsafeMutablePointer<Double>,
        gradients: UnsafeMutablePointer<Double>?
    ) {
        workspaces.withWorkspace { $0.evaluate(points, count: count, into: logDensities, gradients: gradients) }
    }
}
