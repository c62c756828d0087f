import Expressions
import Foundation
import Numerics
import Testing

/// Native code beside the interpreter: the same bits, whatever a program does.
@Suite struct NativeCodeTests {
    // Values and gradients of both, NaN as nil.
    private func expectTheSameBits<Scalar: ProgramScalar>(
        _ program: DensityProgram<Scalar>, _ points: [[Double]], contexts: [[Double]] = [], samplesPerContext: Int = 1, _ what: String
    ) {
        let native = evaluated(program, points, contexts: contexts, samplesPerContext: samplesPerContext)
        let interpreted = evaluated(program, points, contexts: contexts, samplesPerContext: samplesPerContext, usesNativeCode: false)
        func bits(_ x: Double) -> UInt64? { x.isNaN ? nil : x.bitPattern }
        for index in points.indices {
            let (a, b) = (native.values[index], interpreted.values[index])
            #expect(bits(a) == bits(b), "\(what), \(Scalar.self), at \(points[index]): \(a) and \(b)")
            #expect(native.gradients[index].map(bits) == interpreted.gradients[index].map(bits), "\(what), \(Scalar.self), at \(points[index])")
        }
    }

    @Test func codeIsMadeWhereTheProcessorRunsIt() throws {
        let graph = ExpressionGraph(dimension: 2)
        let density = try TracedDensity((graph.variable(0) * graph.variable(1)).exp)
        guard let processor = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else { return }
        let isWide = ["avx512f", "avx512dq", "avx512bw"].allSatisfy { processor.contains($0) }
        #expect((density.single.codeSize > 0) == isWide && (density.double.codeSize > 0) == isWide)
    }

    @Test(arguments: 0..<80) func randomFormulasHaveTheSameBits(_ seed: Int) throws {
        // Long ones need more numbers at once than there are registers.
        let density = try TracedDensity(RandomFormula(seed: 500 + UInt64(seed), operations: 20 + 6 * seed).density)
        var stream = RandomStream(seed: 6000 + UInt64(seed))
        let points = (0..<150).map { _ in stream.numbers(4, scale: 2) }, contexts = (0..<150).map { _ in stream.numbers(3) }
        expectTheSameBits(density.single, points, contexts: contexts, "seed \(seed)")
        expectTheSameBits(density.double, points, contexts: contexts, "seed \(seed)")
        expectTheSameBits(density.single, points, contexts: Array(contexts.prefix(10)), samplesPerContext: 16, "seed \(seed), shared")
        let there = density.at(contexts[0])
        expectTheSameBits(there.single, points, "seed \(seed), at a context")
        expectTheSameBits(there.double, points, "seed \(seed), at a context")
    }

    @Test(arguments: FunctionTests.functions.indices) func functionsHaveTheSameBitsAtAllPlaces(_ index: Int) throws {
        let (name, symbolic, _) = FunctionTests.functions[index]
        let density = try TracedDensity(symbolic(ExpressionGraph(dimension: 1).variable(0)))
        var stream = RandomStream(seed: 8)
        // A block of its own for the ends, and blocks of ordinary places only.
        let places = FunctionTests.places + (0..<2000).map { i in stream.normal() * Foundation.exp(Double(i % 60) / 10 - 3) }
        expectTheSameBits(density.single, places.map { [$0] }, name)
        expectTheSameBits(density.double, places.map { [$0] }, name)
    }

    @Test func choicesAndPairsHaveTheSameBits() throws {
        let numbers: [Double] = [0, -0.0, 1, -1, 0.3, -2.5, 1e-20, 1e20, .infinity, -.infinity, .nan]
        let points = numbers.flatMap { a in numbers.map { [a, $0] } }
        let build: [(ExpressionGraph) -> Formula] = [
            { Formula.angle(sine: $0.variable(0), cosine: $0.variable(1)) }, { $0.variable(0).minimum($0.variable(1)) },
            { $0.variable(0).maximum($0.variable(1)) }, { $0.variable(0).isLess(than: $0.variable(1)) },
            { $0.choose(where: $0.variable(0), $0.variable(1), $0.number(3)) }, { $0.variable(0).power($0.variable(1)) },
            { ($0.variable(0) - $0.variable(1)).maximum($0.variable(0) * 0.5) }, { $0.logSumExp([$0.variable(0), $0.variable(1), $0.number(-1)]) },
            { (0.5 * $0.variable(0) * $0.variable(1) - 2).maximum($0.variable(1)).squareRoot }, { $0.variable(0).absolute * $0.variable(1) },
            { ($0.variable(0).squared + $0.variable(1).squared).squareRoot }, { ($0.variable(0).absolute + $0.variable(1).squared).power(0.3) },
        ]
        for (index, formula) in build.enumerated() {
            let density = try TracedDensity(formula(ExpressionGraph(dimension: 2)))
            expectTheSameBits(density.single, points, "formula \(index)")
            expectTheSameBits(density.double, points, "formula \(index)")
        }
    }

    @Test func aLaneThatTheInterpreterMustTakeChangesNoOther() throws {
        let graph = ExpressionGraph(dimension: 2)
        let density = try TracedDensity((graph.variable(0) * graph.variable(1)).sin + graph.variable(1).cos * graph.variable(0).exp)
        var stream = RandomStream(seed: 2)
        var points = (0..<300).map { _ in stream.numbers(2) }
        let before = evaluated(density.double, points), beforeSingle = evaluated(density.single, points)
        points[70] = [3e5, 2]
        let after = evaluated(density.double, points), afterSingle = evaluated(density.single, points)
        for index in points.indices where index != 70 {
            #expect(before.values[index] == after.values[index] && before.gradients[index] == after.gradients[index])
            #expect(beforeSingle.values[index] == afterSingle.values[index] && beforeSingle.gradients[index] == afterSingle.gradients[index])
        }
        #expect(after.values[70] == sin(6e5) + cos(2.0) * exp(3e5) || after.values[70] == .infinity)
        #expect(evaluated(density.double, [[2e5, 1e-3]]).values[0].isInfinite)
        let wave = try TracedDensity(graph.variable(0).sin + graph.variable(1))
        #expect(agree(evaluated(wave.double, [[4e5, 0.5]]).values[0], sin(4e5) + 0.5, 1e-13))
    }

    @Test func primitivesAreCalledBetweenPiecesOfCode() throws {
        var stream = RandomStream(seed: 9)
        let matrix = Matrix(rows: 7, columns: 3, elements: (0..<21).map { _ in stream.normal() })
        let graph = ExpressionGraph(dimension: 3)
        let x = (0..<3).map { graph.variable($0) }
        let products = graph.apply(MatrixProduct(matrix), to: x.map { $0.sin })
        let density = try TracedDensity(graph.sum(products.map { (-0.5 * $0.squared).exp * $0.errorFunction }) + x[0] * x[1].logGamma)
        let points = (0..<200).map { _ in stream.numbers(3) }
        expectTheSameBits(density.single, points, "a product with a matrix")
        expectTheSameBits(density.double, points, "a product with a matrix")
        for point in points.prefix(20) {
            let (values, _) = evaluated(density.double, [point])
            #expect(agree(values[0], density.reference(point).logDensity, 1e-12))
        }
    }
}
