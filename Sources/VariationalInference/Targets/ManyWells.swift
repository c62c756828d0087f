import Mixtures
import Numerics

/// Independent double wells, two variables each: log p̃ = Σ −a⁴ + 6·a² + a/2 − b²/2 (Noé et al., Science 2019; Midgley et al., ICLR 2023).
///
/// W wells have 2^W modes of unequal weight, of which every pair of variables shows both.
public struct ManyWells: LaneTarget {
    public let dimension: Int
    public let name: String

    /// - Precondition: an even number of variables.
    public init(dimension: Int = 32) {
        precondition(dimension >= 2 && dimension % 2 == 0, "wells have two variables each")
        self.dimension = dimension
        name = "many wells, \(dimension) variables"
    }

    public var start: InitialMixture { InitialMixture(dimension: dimension, deviation: 2) }

    /// log Z of a pair: ∫ exp(−a⁴ + 6·a² + a/2) da is 11 784.50927 (by quadrature), that over b is √(2π).
    public var logNormaliser: Double { Double(dimension / 2) * (Elementary.log(11_784.509_27) + 0.5 * logTwoPi) }

    func logDensity(_ x: LaneVariables, gradient: LaneVariables) -> DoubleLanes {
        var sum = DoubleLanes.zero
        for i in stride(from: 0, to: dimension, by: 2) {
            let a = x[i], b = x[i + 1], square = a * a
            sum += square * (6 - square) + 0.5 * a - 0.5 * b * b
            gradient[i] = a * (12 - 4 * square) + 0.5
            gradient[i + 1] = -b
        }
        return sum
    }
}
