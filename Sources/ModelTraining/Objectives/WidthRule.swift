import Numerics

/// How the widths of a density of errors follow what a network can do.
///
/// With widths far below the errors of its samples, a mixture does best where it drops modes, for a component that is off by several
/// widths costs more than the mode is worth. So the widths are multiplied by a factor f ≥ 1 that keeps the errors near e^margin widths: every step
///
///     log f ← log f + rate·(E ½·log(χ²/count) − margin)
///
/// with χ² the sum of `count` squared errors in units of the widened widths. An exact sampler has ½·E log(χ²/count) between −0.6 (one
/// error) and −0.1 (six), below any margin that is used: f falls as long as the samples' errors do, and stops where they stop or at 1.
public enum WidthRule {
    static let margin = 0.5
    static let rate = 0.01
    static let greatestFactor = 1e4

    /// The factor of the next step.
    ///
    /// - Parameters:
    ///   - factor: that of this step; nil for the first, after which errors are e^margin widths.
    ///   - logErrors: E ½·log(χ²/count) in this step's widths.
    static func next(_ factor: Double?, logErrors: Double) -> Double {
        guard logErrors.isFinite else { return factor ?? 1 }
        let change = (factor == nil ? 1 : rate) * (logErrors - margin)
        return min(max((factor ?? 1) * Elementary.exp(min(max(change, -20), 20)), 1), greatestFactor)
    }
}
