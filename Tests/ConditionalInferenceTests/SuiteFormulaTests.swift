import ConditionalInference
import ConditionalSuite
import Foundation
import Numerics
import Testing

@Suite("Formulas of the suite")
struct SuiteFormulaTests {
    /// Formulas with numbers of their own, places and contexts to look at.
    private static func formulas() -> [(any SuiteFormula, Double)] {
        var stream = RandomStream(seed: 3)
        func matrix(_ rows: Int, _ columns: Int) -> [[Double]] { (0..<rows).map { _ in (0..<columns).map { _ in stream.normal() } } }
        return [
            (MovingMixture(), 2), (Ring(), 1.5), (DiscPath(), 0.5), (EllipseGrasp(), 0.8),
            (Encoder(inner: matrix(8, 2), biases: matrix(1, 8)[0], outer: matrix(16, 8)), 1),
            (EnergyPolicy(slopes: (0..<5).map { _ in matrix(2, 4) }, biases: matrix(5, 2), depths: matrix(5, 4)), 1),
        ]
    }

    @Test("Gradients agree with finite differences")
    func gradients() {
        var stream = RandomStream(seed: 5)
        for (formula, spread) in Self.formulas() {
            for _ in 0..<20 {
                let context = (0..<formula.contextCount).map { _ in 2 * stream.uniform() - 1 }
                let x = (0..<formula.dimension).map { _ in spread * stream.normal() }
                let (_, gradient) = formula.evaluate(x, context: context)
                for i in 0..<formula.dimension {
                    var above = x, below = x
                    above[i] += 1e-6
                    below[i] -= 1e-6
                    let slope = (formula.evaluate(above, context: context).value - formula.evaluate(below, context: context).value) / 2e-6
                    #expect(abs(slope - gradient[i]) < 1e-4 * (1 + abs(slope)), "\(formula) coordinate \(i): \(gradient[i]), not \(slope)")
                }
            }
        }
    }

    @Test("Sixteen floats agree with doubles")
    func lanes() {
        func check(_ formula: some SuiteFormula, _ spread: Double) {
            let density = formula, n = formula.dimension, count = 5
            var stream = RandomStream(seed: 9)
            var contexts = [Float](repeating: 0, count: 16 * formula.contextCount), places = [Lanes](repeating: .zero, count: n * count)
            for i in contexts.indices { contexts[i] = Float(2 * stream.uniform() - 1) }
            for i in places.indices { for lane in 0..<16 { places[i][lane] = Float(spread * stream.normal()) } }
            var values = [Lanes](repeating: .zero, count: count), gradients = places, scratch = [Lanes](repeating: .zero, count: density.scratchCount)
            density.evaluate(&places, count: count, contexts: &contexts, stride: 16, values: &values, gradients: &gradients, scratch: &scratch)
            for place in 0..<count {
                for lane in 0..<16 {
                    let x = (0..<n).map { Double(places[place * n + $0][lane]) }
                    let (value, gradient) = formula.evaluate(x, context: (0..<formula.contextCount).map { Double(contexts[$0 * 16 + lane]) })
                    #expect(abs(Double(values[place][lane]) - value) < 2e-5 * (1 + abs(value)))
                    for i in 0..<n { #expect(abs(Double(gradients[place * n + i][lane]) - gradient[i]) < 2e-3 * (1 + abs(gradient[i]))) }
                }
            }
        }
        for (formula, spread) in Self.formulas() { check(formula, spread) }
    }

    @Test("Known integrals and masses of modes are those of sums over a grid", arguments: ["a", "b", "f"])
    func knownAnswers(letter: String) throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let problem = try #require(try Suite(directory: root.appendingPathComponent("scripts/experiments/suite").path).problems[letter])
        let context = problem.contexts[0], count = 150
        let step: [Double] = problem.deviation.map { $0 * 4.4 / Double(count) }
        func places(_ axis: Int) -> [Double] {
            let first: Double = problem.mean[axis] + step[axis] * (0.5 - 0.5 * Double(count))
            return (0..<count).map { (cell: Int) -> Double in first + step[axis] * Double(cell) }
        }
        let rows = places(1)
        var mass = [Double](repeating: 0, count: problem.mass[0].count)
        for x in places(0) {
            for y in rows {
                let value = problem.density.evaluate([x, y], context: context).value
                mass[problem.classify([x, y], context)] += Elementary.exp(value)
            }
        }
        let total = mass.reduce(0, +)
        #expect(abs(Elementary.log(total * step[0] * step[1]) - problem.logZ[0]) < 1e-4)
        for (own, known) in zip(mass, problem.mass[0]) { #expect(abs(own / total - known) < 1e-2) }
    }
}
