import Numerics

extension GaussianMixture {
    /// The evidence bound E_q[log p̃ − log q] of a target in nats, from fresh samples, and its standard error.
    ///
    /// - Parameter invalid: receives how many samples were left out since the target was not finite there.
    /// - Precondition: the dimensions agree; `samples ≥ 2`.
    /// - Throws: what the target throws.
    public func evidenceBound(
        of target: any TargetDensity, samples count: Int, using stream: inout RandomStream, invalid: inout Int
    ) throws -> (value: Double, standardError: Double) {
        precondition(target.dimension == dimension, "a target of \(target.dimension) variables for a mixture of \(dimension)")
        precondition(count >= 2, "an estimate needs two samples")
        let places = samples(count, using: &stream).elements
        var values = Array(repeating: 0.0, count: count), logs = values
        try target.evaluate(places, count: count, into: &values, gradients: nil)
        MixtureDensity(self).evaluate(places, count: count, into: &logs, gradients: nil)
        let ratios = zip(values, logs).map { $0 - $1 }.filter(\.isFinite)
        invalid = count - ratios.count
        guard ratios.count >= 2 else { return (.nan, .nan) }
        let n = Double(ratios.count), mean = ratios.reduce(0, +) / n
        let variance = ratios.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1)
        return (mean, (variance / n).squareRoot())
    }

    /// How many of a target's modes have a component with more than a share of the weight near them.
    public func coveredModes(_ modes: TargetModes, leastWeight: Double = 1e-3) -> Int {
        Set(zip(weights, components).filter { $0.0 > leastWeight }.compactMap { modes.nearest($0.1.mean) }).count
    }
}
