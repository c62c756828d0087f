import Foundation
import Mixtures
import Numerics
import VariationalInference

/// scale·N(mean, precision⁻¹) as a target, with or without a gradient.
struct GaussianTarget: TargetDensity {
    let gaussian: Gaussian
    var logScale = 0.0
    var hasGradient = true
    var name: String { "gaussian" }
    var dimension: Int { gaussian.dimension }

    func evaluate(
        _ points: UnsafePointer<Double>, count: Int, into logDensities: UnsafeMutablePointer<Double>, gradients: UnsafeMutablePointer<Double>?
    ) {
        let n = dimension, precision = gaussian.precision
        for index in 0..<count {
            let x = Array(UnsafeBufferPointer(start: points + index * n, count: n))
            logDensities[index] = logScale + gaussian.logDensity(x)
            guard let gradients else { continue }
            for i in 0..<n {
                gradients[index * n + i] = -(0..<n).reduce(0) { $0 + precision[i, $1] * (x[$1] - gaussian.mean[$1]) }
            }
        }
    }

    /// A target of three variables whose precision has no zeros; log Z = 1.5.
    static let example = GaussianTarget(
        gaussian: Gaussian(mean: [1, -2, 0.5], precisionFactor: [2, -0.5, 1, 0.3, 0.7, 1.5]), logScale: 1.5)
}

/// A target that is a function of one place.
struct FunctionTarget: TargetDensity {
    var name = "function"
    let dimension: Int
    var hasGradient: Bool { false }
    let value: @Sendable ([Double]) throws -> Double

    func evaluate(
        _ points: UnsafePointer<Double>, count: Int, into logDensities: UnsafeMutablePointer<Double>, gradients: UnsafeMutablePointer<Double>?
    ) throws {
        for index in 0..<count {
            logDensities[index] = try value(Array(UnsafeBufferPointer(start: points + index * dimension, count: dimension)))
        }
    }
}

extension FunctionTarget {
    /// A target that is a function of two variables.
    init(_ value: @escaping @Sendable (Double, Double) -> Double) { self.init(dimension: 2) { value($0[0], $0[1]) } }
}

/// KL(a ‖ b) in nats, from the definitions.
func divergence(_ a: Gaussian, _ b: Gaussian) -> Double {
    let n = a.dimension, p = b.precision, s = a.covariance
    var value = -Double(n) + 2 * (a.logDensityAtMean - b.logDensityAtMean)
    for i in 0..<n {
        for j in 0..<n { value += p[i, j] * (s[j, i] + (a.mean[i] - b.mean[i]) * (a.mean[j] - b.mean[j])) }
    }
    return 0.5 * value
}

/// Seed 1, one thread, components that stay as many as they are; then what a test changes.
func settings(_ change: (inout InferenceSettings) -> Void = { _ in }) -> InferenceSettings {
    var settings = InferenceSettings()
    settings.seed = 1
    settings.threads = 1
    settings.adaptation = .fixed
    change(&settings)
    return settings
}
