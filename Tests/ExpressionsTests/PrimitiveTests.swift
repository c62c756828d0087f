import Expressions
import Numerics
import Testing

/// Matrices and networks within formulas, and batches as trainings of conditional models ask for them.
@Suite struct PrimitiveTests {
    private func matrix(_ rows: Int, _ columns: Int, _ stream: inout RandomStream) -> Matrix {
        Matrix(rows: rows, columns: columns, elements: stream.numbers(rows * columns, scale: 0.5))
    }

    private func check(_ density: TracedDensity, seed: UInt64) {
        var stream = RandomStream(seed: seed)
        let points = (0..<140).map { _ in stream.numbers(density.dimension) }
        let double = evaluated(density.double, points), single = evaluated(density.single, points)
        for (index, point) in points.enumerated() {
            let (value, gradient) = density.reference(point)
            #expect(agree(double.values[index], value, 1e-12) && agree(single.values[index], value, 1e-4))
            for i in point.indices {
                #expect(agree(double.gradients[index][i], gradient[i], 1e-11) && agree(single.gradients[index][i], gradient[i], 1e-3))
                guard index < 10 else { continue }
                var (left, right) = (point, point)
                left[i] -= 1e-6
                right[i] += 1e-6
                let difference = (density.reference(right).logDensity - density.reference(left).logDensity) / 2e-6
                #expect(agree(gradient[i], difference, 1e-6))
            }
        }
    }

    @Test(arguments: [1, 3, 4, 9, 33]) func aRegressionOnAMatrix(_ rows: Int) throws {
        var stream = RandomStream(seed: UInt64(rows))
        let features = matrix(rows, 5, &stream), graph = ExpressionGraph(dimension: 5)
        let x = (0..<5).map { graph.variable($0) }
        let outputs = graph.apply(MatrixProduct(features), to: x)
        let likelihood = graph.sum(outputs.enumerated().map { ($0 % 2 == 0 ? 1.0 : 0.0) * $1 - $1.softplus })
        let density = try TracedDensity(likelihood - 0.5 * graph.dot(x, x))
        let point = stream.numbers(5)
        var expected = point.reduce(0) { $0 - 0.5 * $1 * $1 }
        for row in 0..<rows {
            let z = zip(features.row(row), point).reduce(0) { $0 + $1.0 * $1.1 }
            expected += (row % 2 == 0 ? z : 0) - UnaryReference.softplus(z)
        }
        #expect(agree(density.reference(point).logDensity, expected, 1e-13))
        check(density, seed: 1)
    }

    @Test(arguments: DenseNetwork.Activation.allCases) func networksHaveTheirDerivatives(_ activation: DenseNetwork.Activation) throws {
        var stream = RandomStream(seed: 9)
        let layers = [(7, 3), (6, 7), (2, 6)].map { DenseNetwork.Layer(weights: matrix($0.0, $0.1, &stream), biases: stream.numbers($0.0)) }
        let network = DenseNetwork(layers: layers, activation: activation)
        let graph = ExpressionGraph(dimension: 4)
        let x = (0..<4).map { graph.variable($0) }
        // Two calls with one primitive keep their states apart; adjoints depend on outputs.
        let first = graph.apply(network, to: [x[0], x[1] * x[2], x[3].sin])
        let second = graph.apply(network, to: [x[2], first[0], 0.3 * x[1]])
        check(try TracedDensity(first[0] * second[1] - second[0].squared - 0.1 * graph.dot(x, x)), seed: 2)
    }

    @Test func placesOfSixteenContexts() throws {
        let density = try TracedDensity(RandomFormula(seed: 11, operations: 40).density)
        var stream = RandomStream(seed: 6)
        let lanes = 16, places = 13
        let x = (0..<places * 4 * lanes).map { _ in Float(stream.normal()) }, contexts = (0..<3 * 20).map { _ in Float(stream.normal()) }
        var values = Array(repeating: Float(0), count: places * lanes), gradients = Array(repeating: Float(0), count: places * 4 * lanes)
        DensityWorkspace(density.single).evaluate(places: x, count: places, contexts: contexts, stride: 20, into: &values, gradients: &gradients)
        for place in 0..<places {
            for lane in 0..<lanes {
                let point = (0..<4).map { Double(x[(place * 4 + $0) * lanes + lane]) }, context = (0..<3).map { Double(contexts[$0 * 20 + lane]) }
                let (value, gradient) = density.reference(point, context: context)
                #expect(agree(Double(values[place * lanes + lane]), value, 3e-5))
                for i in 0..<4 { #expect(agree(Double(gradients[(place * 4 + i) * lanes + lane]), gradient[i], 2e-3)) }
            }
        }
    }

    @Test func aFormulaThatIsTooLargeIsRefused() {
        let graph = ExpressionGraph(dimension: 1)
        var x = graph.variable(0)
        for _ in 0..<ExpressionGraph.greatestSize { x = x.sin + graph.variable(0) }
        #expect(throws: TracedDensity.TooLarge.self) { try TracedDensity(x) }
    }

    @Test func longSumsAreEvaluatedInParts() throws {
        let graph = ExpressionGraph(dimension: 2)
        var sum = graph.number(0)
        for i in 0..<2000 { sum = sum - (graph.variable(0) - 0.01 * Double(i)).squared.log1p * 0.01 - graph.variable(1).squared }
        let density = try TracedDensity(sum)
        check(density, seed: 3)
    }
}

private enum UnaryReference {
    static func softplus(_ x: Double) -> Double { max(x, 0) + Elementary.log(1 + Elementary.exp(-abs(x))) }
}
