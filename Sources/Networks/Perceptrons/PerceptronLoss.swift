import Numerics

/// The loss of a ``Perceptron``, averaged over a batch's rows.
public enum PerceptronLoss: String, Sendable, CaseIterable {
    /// The squared distance |y − t|².
    case squared
    /// −Σ tᵢ log pᵢ of the softmax p of several outputs; of one output y, that of the probabilities 1/(1 + e⁻ʸ) and its rest.
    case crossEntropy = "cross_entropy"
    /// −Σ tᵢ log pᵢ + (1 − tᵢ) log(1 − pᵢ) with pᵢ = 1/(1 + e^(−yᵢ)): a yes or no for every output, such as the pixels of an image.
    case bernoulli

    /// The mean over the rows, and its derivatives with respect to the outputs.
    public func evaluate(
        _ outputs: UnsafePointer<Float>, targets: UnsafePointer<Float>, rows: Int, columns: Int, derivatives: UnsafeMutablePointer<Float>
    ) -> Double {
        let share = 1 / Float(rows)
        var sum = 0.0
        for row in 0..<rows {
            let (y, t, g) = (outputs + row * columns, targets + row * columns, derivatives + row * columns)
            switch self {
            case .squared:
                for column in 0..<columns {
                    let difference = y[column] - t[column]
                    sum += Double(difference) * Double(difference)
                    g[column] = 2 * share * difference
                }
            case .bernoulli,
                 .crossEntropy where columns == 1:
                for column in 0..<columns {
                    let x = Double(y[column]), tail = Elementary.exp(-abs(x))
                    // log(1 + eˣ) − t·x
                    sum += max(x, 0) + Elementary.log(1 + tail) - Double(t[column]) * x
                    g[column] = share * (Float((x > 0 ? 1 : tail) / (1 + tail)) - t[column])
                }
            case .crossEntropy:
                let greatest = (0..<columns).reduce(-Float.infinity) { max($0, y[$1]) }
                var total = 0.0, mass: Float = 0
                for column in 0..<columns {
                    total += Elementary.exp(Double(y[column] - greatest))
                    mass += t[column]
                }
                let logTotal = Double(greatest) + Elementary.log(total)
                for column in 0..<columns {
                    sum += Double(t[column]) * (logTotal - Double(y[column]))
                    g[column] = share * (mass * Float(Elementary.exp(Double(y[column]) - logTotal)) - t[column])
                }
            }
        }
        return sum / Double(rows)
    }
}
