import Numerics

extension Gaussian {
    /// The distribution of the other variables where some have known values, and the log-density of those values.
    ///
    /// With a the free and b the known variables: precision L_aa, mean μ_a − L_aa⁻¹·L_ab·(x_b − μ_b); and
    /// log p(x_b) = log p(m, x_b) − log p(m|x_b) at that mean m.
    ///
    /// - Parameter known: values by the variables' indices; at least one variable stays free.
    public func conditioned(on known: [Int: Double]) -> (gaussian: Gaussian, logDensity: Double) {
        let free = mean.indices.filter { known[$0] == nil }
        precondition(!free.isEmpty && known.keys.allSatisfy(mean.indices.contains), "no variable stays free, or one does not exist")
        let precision = precision, n = free.count
        var factor = [Double](repeating: 0, count: triangleCount(n))
        for j in 0..<n {
            for i in j..<n {
                var sum = precision[free[i], free[j]]
                for k in 0..<j { sum -= factor[triangleIndex(i, k)] * factor[triangleIndex(j, k)] }
                // A principal submatrix of a positive definite matrix is positive definite; rounding may not know.
                factor[triangleIndex(i, j)] = i == j ? max(sum, 1e-12).squareRoot() : sum / factor[triangleIndex(j, j)]
            }
        }
        var shift = free.map { i in known.reduce(0) { $0 - precision[i, $1.key] * ($1.value - mean[$1.key]) } }
        for i in 0..<n {
            for k in 0..<i { shift[i] -= factor[triangleIndex(i, k)] * shift[k] }
            shift[i] /= factor[triangleIndex(i, i)]
        }
        for i in stride(from: n - 1, through: 0, by: -1) {
            for k in i + 1..<max(n, i + 1) { shift[i] -= factor[triangleIndex(k, i)] * shift[k] }
            shift[i] /= factor[triangleIndex(i, i)]
        }
        let conditional = Gaussian(mean: zip(free, shift).map { mean[$0] + $1 }, precisionFactor: factor)
        var whole = mean
        for (index, value) in known { whole[index] = value }
        for (place, index) in free.enumerated() { whole[index] = conditional.mean[place] }
        return (conditional, logDensity(whole) - conditional.logDensityAtMean)
    }
}

extension GaussianMixture {
    /// The mixture over the other variables where some have known values; every component stays, with the weight that the values leave it.
    public func conditioned(on known: [Int: Double]) -> GaussianMixture {
        let parts = components.map { component in
            // Of an angle, the winding that is nearest to the component's mean.
            var own = known
            for turn in turns { own[turn.variable] = known[turn.variable].map { $0.wrapped(around: component.mean[turn.variable]) } }
            return component.conditioned(on: own)
        }
        let logWeights = zip(weights, parts).map { $0 > 0 ? Elementary.log($0) + $1.logDensity : -.infinity }
        let total = logSumExp(logWeights)
        // Where the values lie far from every component, the weights are all that is known.
        let posterior = total.isFinite ? logWeights.map { Elementary.exp($0 - total) } : weights
        let result = GaussianMixture(weights: posterior, components: parts.map(\.gaussian))
        guard !turns.isEmpty else { return result }
        let free = (0..<dimension).filter { known[$0] == nil }
        return result.wrapped(turns.compactMap { turn in free.firstIndex(of: turn.variable).map { ($0, turn.middle) } })
    }
}

extension GaussianMixture {
    /// The mixture over some of the variables, in the order given.
    ///
    /// - Parameter variables: indices, none twice, at least one.
    /// - Throws: ``MixtureError`` where a covariance cannot be told from a singular one.
    public func marginal(over variables: [Int]) throws(MixtureError) -> GaussianMixture {
        precondition(!variables.isEmpty && Set(variables).count == variables.count && variables.allSatisfy { (0..<dimension).contains($0) })
        var marginals: [Gaussian] = []
        for component in components {
            let covariance = component.covariance, n = variables.count
            var part = Matrix(rows: n, columns: n)
            for i in 0..<n { for j in 0..<n { part[i, j] = covariance[variables[i], variables[j]] } }
            marginals.append(try Gaussian(mean: variables.map { component.mean[$0] }, covariance: part))
        }
        return GaussianMixture(weights: weights, components: marginals)
    }
}
