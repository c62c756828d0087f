import Foundation
import Numerics
import Testing
import Expressions

/// Formulas drawn at random from every operation that the graph has.
struct RandomFormula {
    let graph = ExpressionGraph(dimension: 4, contextCount: 3)
    private var pool: [Formula] = []

    init(seed: UInt64, operations: Int) {
        var stream = RandomStream(seed: seed)
        pool = (0..<4).map { graph.variable($0) } + (0..<3).map { graph.contextNumber($0) } + [graph.number(0.7), graph.number(-1.3)]
        for _ in 0..<operations { pool.append(make(&stream)) }
    }

    // Operands are kept in a moderate range, so that neither rounding nor steep functions hide a wrong derivative.
    private func operand(_ stream: inout RandomStream) -> Formula {
        let start = pool.count > 16 && stream.uniform() < 0.7 ? pool.count - 12 : 0
        let chosen = pool[start + stream.below(pool.count - start)]
        return stream.uniform() < 0.4 ? chosen : chosen.tanh
    }

    private func make(_ stream: inout RandomStream) -> Formula {
        let a = operand(&stream), b = operand(&stream), c = operand(&stream)
        switch stream.below(40) {
        case 0, 1: return a + b
        case 2, 3: return a - b
        case 4, 5, 6: return a * b
        case 7: return a / (1.5 + b.tanh)
        case 8: return a.tanh.exp
        case 9: return (2 + b.sin).log
        case 10: return a.sin
        case 11: return a.cos
        case 12: return a.tanh.tan
        case 13: return a.tanh.sinh
        case 14: return a.tanh.cosh
        case 15: return a.sigmoid
        case 16: return a.softplus
        case 17: return (a.squared + 0.5).squareRoot
        case 18: return a.absolute
        case 19: return a.minimum(b)
        case 20: return a.maximum(b)
        case 21: return Formula.angle(sine: a + 0.3, cosine: b)
        case 22: return graph.choose(where: a.isLess(than: b), b, c * a)
        case 23: return graph.choose(where: a, b * c, c)
        case 24: return graph.logSumExp([a, b, c, a * b])
        case 25: return (1.5 + b.tanh).power(a.tanh)
        case 26: return (2 + b.tanh).power(Double(stream.below(7)) - 3)
        case 27: return (1.5 + b.tanh).logGamma
        case 28: return a.errorFunction
        case 29: return a.tanh.expm1
        case 30: return (a.tanh * 0.9).log1p
        case 31: return graph.dot([a, b, c], [b, c, a])
        case 32: return 3 * a - 0.2
        case 33: return 1 / (2.5 + a.sin)
        case 34: return (a - b).maximum(graph.number(0)).squared
        case 35: return (a * 0.8).tanh.arcSine
        case 36: return (2 + a.tanh).power(0.37)
        case 37: return a.arcTangent
        case 38: return graph.sum((0..<20).map { Double($0) * 0.03 * a * b + c })
        default: return -a
        }
    }

    var density: Formula { graph.sum(pool.suffix(8).enumerated().map { (0.3 + 0.1 * Double($0)) * $1.tanh }) }
}

@Suite struct RandomGraphTests {
    @Test(arguments: 0..<60) func derivativesAreThoseOfDifferences(_ seed: Int) throws {
        let formula = RandomFormula(seed: UInt64(seed), operations: 40)
        let density = try TracedDensity(formula.density)
        var stream = RandomStream(seed: 1000 + UInt64(seed))
        var kinks = 0
        for _ in 0..<20 {
            let x = stream.numbers(4), c = stream.numbers(3)
            let (_, gradient) = density.reference(x, context: c)
            for i in x.indices {
                // A wider and a narrower difference that disagree lie across a kink.
                func difference(_ step: Double) -> Double {
                    var (left, right) = (x, x)
                    left[i] -= step
                    right[i] += step
                    return (density.reference(right, context: c).logDensity - density.reference(left, context: c).logDensity) / (2 * step)
                }
                let (wide, narrow) = (difference(2e-5), difference(1e-5))
                guard abs(wide - narrow) < 1e-4 * (1 + abs(narrow)) else { kinks += 1; continue }
                #expect(abs(gradient[i] - narrow) < 2e-4 * (1 + abs(narrow)), "seed \(seed), variable \(i): \(gradient[i]) and \(narrow)")
            }
        }
        #expect(kinks < 20)
    }

    @Test(arguments: 0..<60) func programsAgreeWithTheScalarEvaluation(_ seed: Int) throws {
        let density = try TracedDensity(RandomFormula(seed: UInt64(seed), operations: 50).density)
        var stream = RandomStream(seed: 2000 + UInt64(seed))
        // A length that fills no block.
        let points = (0..<150).map { _ in stream.numbers(4) }, contexts = (0..<150).map { _ in stream.numbers(3) }
        let single = evaluated(density.single, points, contexts: contexts), double = evaluated(density.double, points, contexts: contexts)
        for index in points.indices {
            let expected = density.reference(points[index], context: contexts[index])
            #expect(agree(double.values[index], expected.logDensity, 1e-11))
            #expect(agree(single.values[index], expected.logDensity, 3e-5))
            for i in 0..<4 {
                #expect(agree(double.gradients[index][i], expected.gradient[i], 1e-9))
                #expect(agree(single.gradients[index][i], expected.gradient[i], 2e-3))
            }
        }
    }

    @Test(arguments: [1, 2, 3, 8, 16, 40, 64, 128, 200]) func samplesMayShareAContext(_ samples: Int) throws {
        let density = try TracedDensity(RandomFormula(seed: 7, operations: 40).density)
        var stream = RandomStream(seed: 3)
        let points = (0..<500).map { _ in stream.numbers(4) }
        let contexts = (0..<(500 + samples - 1) / samples).map { _ in stream.numbers(3) }
        let spread = points.indices.map { contexts[$0 / samples] }
        let shared = evaluated(density.double, points, contexts: contexts, samplesPerContext: samples)
        let own = evaluated(density.double, points, contexts: spread)
        #expect(shared.values == own.values)
        #expect(shared.gradients == own.gradients)
        let single = evaluated(density.single, points, contexts: contexts, samplesPerContext: samples)
        #expect(single.values == evaluated(density.single, points, contexts: spread).values)
    }

    @Test(arguments: 0..<20) func aContextCanBePutIn(_ seed: Int) throws {
        let density = try TracedDensity(RandomFormula(seed: UInt64(seed), operations: 40).density)
        var stream = RandomStream(seed: 4)
        let points = (0..<70).map { _ in stream.numbers(4) }, context = stream.numbers(3)
        let there = density.at(context)
        #expect(there.contextCount == 0 && there.double.instructionCount <= density.double.instructionCount + 4)
        let folded = evaluated(there.double, points)
        for (index, point) in points.enumerated() {
            let expected = density.reference(point, context: context)
            #expect(agree(folded.values[index], expected.logDensity, 1e-10))
            for i in 0..<4 { #expect(agree(folded.gradients[index][i], expected.gradient[i], 1e-8)) }
        }
    }
}
