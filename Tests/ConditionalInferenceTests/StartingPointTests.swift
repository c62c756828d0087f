import ConditionalInference
import ConditionalSuite
import Numerics
import Testing

@Suite("Starting point")
struct StartingPointTests {
    private static func contexts(_ count: Int, _ size: Int) -> [Float] {
        var stream = RandomStream(seed: 12)
        return (0..<count * size).map { _ in Float(2 * stream.uniform() - 1) }
    }

    /// A Gaussian of mean c_1 and deviation 0.5 in the first of two coordinates, of mean 3 and deviation 2 in the second.
    private struct Gauss: SuiteFormula {
        let dimension = 2, contextCount = 1, constantCount = 1
        func prepare<S: FormulaArithmetic>(_ c: UnsafePointer<S>, into constants: UnsafeMutablePointer<S>) { constants[0] = c[0] }
        func evaluate<S: FormulaArithmetic>(_ x: UnsafePointer<S>, _ k: UnsafePointer<S>, gradient: UnsafeMutablePointer<S>) -> S {
            let u = (x[0] - k[0]) * S(2.0), v = (x[1] - S(3.0)) * S(0.5)
            gradient[0] = S(-2.0) * u
            gradient[1] = S(-0.5) * v
            return S(-0.5) * (u * u + v * v)
        }
    }

    @Test("A prior ten times too wide, or far away, finds the density's own moments over contexts", arguments: [(10.0, 0.0), (1.0, 0.0), (5.0, 8.0)])
    func adaptation(scale: Double, offset: Double) {
        var start = StartingPoint(centre: [offset, 3 - offset], deviation: [scale, scale])
        var stream = RandomStream(seed: 1)
        start.adapt(to: Gauss(), contexts: Self.contexts(64, 1), count: 64, using: &stream)
        // Uniform means over [−1, 1] add a variance of one third.
        let expected = (0.25 + 1.0 / 3).squareRoot()
        #expect(abs(start.centre[0]) < 0.2 && abs(start.centre[1] - 3) < 0.4, "\(start)")
        #expect(abs(start.deviation[0] / expected - 1) < 0.25 && abs(start.deviation[1] / 2 - 1) < 0.2, "\(start)")
    }

    @Test("The first power keeps half of the draws: for a Gaussian in one dimension the share is known")
    func temperature() {
        // Draws of N(0, 1) with weights exp(−β·a·x²/2): share √(1 + 2βa)/(1 + βa) in each coordinate.
        struct Narrow: SuiteFormula {
            let dimension = 1, contextCount = 1, constantCount = 0
            func prepare<S: FormulaArithmetic>(_ c: UnsafePointer<S>, into constants: UnsafeMutablePointer<S>) {}
            func evaluate<S: FormulaArithmetic>(_ x: UnsafePointer<S>, _ k: UnsafePointer<S>, gradient: UnsafeMutablePointer<S>) -> S {
                gradient[0] = S(-1000.0) * x[0]
                return S(-500.0) * x[0] * x[0]
            }
        }
        var start = StartingPoint(centre: [0], deviation: [1])
        var stream = RandomStream(seed: 1)
        start.setTemperature(for: Narrow(), contexts: Self.contexts(64, 1), count: 64, draws: 2048, using: &stream)
        let t = 1000 * start.temperature, share = (1 + 2 * t).squareRoot() / (1 + t)
        #expect(abs(share - 0.5) < 0.02, "share \(share) at power \(start.temperature)")
    }

    @Test("A density that vanishes everywhere leaves the start as it is")
    func vanishing() {
        struct Nothing: SuiteFormula {
            let dimension = 1, contextCount = 1, constantCount = 0
            func prepare<S: FormulaArithmetic>(_ c: UnsafePointer<S>, into constants: UnsafeMutablePointer<S>) {}
            func evaluate<S: FormulaArithmetic>(_ x: UnsafePointer<S>, _ k: UnsafePointer<S>, gradient: UnsafeMutablePointer<S>) -> S {
                gradient[0] = S(0.0)
                return S(-1e30)
            }
        }
        var start = StartingPoint(centre: [0], deviation: [1])
        let former = start
        var stream = RandomStream(seed: 1)
        start.adapt(to: Nothing(), contexts: Self.contexts(16, 1), count: 16, using: &stream)
        start.setTemperature(for: Nothing(), contexts: Self.contexts(16, 1), count: 16, using: &stream)
        #expect(start == former)
    }
}
