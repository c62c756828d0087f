import Expressions
import Numerics

/// Evaluations with gradient a second of processor time: five formulas and a critic in both precisions. `scripts/peers/traced.py` measures JAX on the same formulas.
func benchmarkTraced(_ report: Report) throws {
    for target in TracedTargets.all {
        let density = try target.density
        let context = (0..<target.contextCount).map { 0.3 * Double($0) - 0.5 }
        let there = density.at(context)
        let note = "\(density.single.instructionCount) instructions, \(density.single.contextInstructionCount) for a context, \(density.single.memorySize / 1024) kB"
        rate("\(target.name), single, a context a point", density.single, samples: 1, report, note: note)
        rate("\(target.name), single, a context for 16 points", density.single, samples: 16, report)
        rate("\(target.name), single, at a context", there.single, samples: 1, report, note: "\(there.single.instructionCount) instructions")
        rate("\(target.name), double, a context a point", density.double, samples: 1, report)
        rate("\(target.name), double, at a context", there.double, samples: 1, report)
    }
    let critic = try criticDensity(width: 256)
    rate("network 8-256-256-1, single", critic.single, samples: 1, count: 1024, repetitions: 20, report)
    rate("network 8-256-256-1, double", critic.double, samples: 1, count: 1024, repetitions: 20, report)
}

/// A network of two hidden layers as a density.
private func criticDensity(width: Int) throws -> TracedDensity {
    var stream = RandomStream(seed: 1)
    func layer(_ inputs: Int, _ outputs: Int) -> DenseNetwork.Layer {
        let scale = (2 / Double(inputs)).squareRoot()
        let weights = (0..<inputs * outputs).map { _ in scale * stream.normal() }
        return DenseNetwork.Layer(weights: Matrix(rows: outputs, columns: inputs, elements: weights), biases: (0..<outputs).map { _ in 0.1 * stream.normal() })
    }
    let graph = ExpressionGraph(dimension: 8)
    let network = DenseNetwork(layers: [layer(8, width), layer(width, width), layer(width, 1)], activation: .relu)
    return try TracedDensity(graph.apply(network, to: (0..<8).map { graph.variable($0) })[0])
}

private func rate<Scalar: ProgramScalar>(
    _ what: String, _ program: DensityProgram<Scalar>, samples: Int, count: Int = 4096, repetitions: Int = 200, _ report: Report, note: String = ""
) {
    let workspace = DensityWorkspace(program)
    var stream = RandomStream(seed: 1)
    let points = (0..<count * program.dimension).map { _ in Scalar(0.6 * stream.normal()) }
    let contexts = (0..<count * max(1, program.contextCount)).map { _ in Scalar(2 * stream.uniform() - 1) }
    var values = Array(repeating: Scalar(0), count: count), gradients = Array(repeating: Scalar(0), count: count * program.dimension)
    var seconds: [Double] = []
    points.withUnsafeBufferPointer { points in
        contexts.withUnsafeBufferPointer { contexts in
            values.withUnsafeMutableBufferPointer { values in
                gradients.withUnsafeMutableBufferPointer { gradients in
                    for round in 0..<12 {
                        let start = ProcessorTime.now
                        for _ in 0..<repetitions {
                            workspace.evaluate(
                                points.baseAddress!, contexts: program.contextCount > 0 ? contexts.baseAddress : nil, samplesPerContext: samples,
                                count: count, layout: .blocks, into: values.baseAddress!, gradients: gradients.baseAddress)
                        }
                        if round > 1 { seconds.append((ProcessorTime.now - start) / Double(repetitions)) }
                    }
                }
            }
        }
    }
    report.rate(what, count: count, Timing(seconds), note: note)
}
