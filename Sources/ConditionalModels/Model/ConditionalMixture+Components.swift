import Networks
import Numerics

extension ConditionalMixture {
    /// The same model with other components.
    ///
    /// - Parameter sources: for every component of the result, the component that it is taken from. One that is named several times
    ///   is split: its copies share its weight, and their means move apart by `separation` of a variable's half range, at random.
    public func selecting(_ sources: [Int], separation: Float = 0.02, using stream: inout RandomStream) throws(ModelError) -> ConditionalMixture {
        var configuration = configuration
        configuration.components = sources.count
        try configuration.validate(dimension: dimension, inputs: encoder.inputCount)
        var result = ConditionalMixture(subject: subject, space: space, encoder: encoder, configuration: configuration, parameters: nil)
        result.history = history
        result.parameters = rows(of: parameters, for: result, sources: sources)
        let biases = result.network.layers.last!.biases
        for (place, source) in sources.enumerated() {
            let copies = sources.count { $0 == source }
            guard copies > 1 else { continue }
            result.parameters[biases + place] -= Float(Elementary.log(Double(copies)))
            for variable in 0..<dimension {
                result.parameters[biases + result.firstRow(ofComponent: place) + variable] += separation * Float(stream.normal())
            }
        }
        return result
    }

    /// A buffer laid out like the parameters, with the rows of the components chosen.
    package func rows(of buffer: AlignedFloats, for result: ConditionalMixture, sources: [Int]) -> AlignedFloats {
        var chosen = AlignedFloats(count: result.network.parameterCount)
        for (from, to) in zip(network.matrices.dropLast(), result.network.matrices.dropLast()) {
            for i in 0..<from.inputs * from.outputs { chosen[to.weights + i] = buffer[from.weights + i] }
            for i in 0..<from.outputs { chosen[to.biases + i] = buffer[from.biases + i] }
        }
        let from = network.layers.last!, to = result.network.layers.last!
        func copy(_ source: Int, _ destination: Int) {
            for i in 0..<from.inputs { chosen[to.weights + destination * from.inputs + i] = buffer[from.weights + source * from.inputs + i] }
            chosen[to.biases + destination] = buffer[from.biases + source]
        }
        for (place, source) in sources.enumerated() {
            copy(source, place)
            for row in 0..<rowsPerComponent { copy(firstRow(ofComponent: source) + row, result.firstRow(ofComponent: place) + row) }
        }
        return chosen
    }
}
