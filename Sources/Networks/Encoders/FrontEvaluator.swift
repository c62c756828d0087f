import Numerics

/// Evaluates a ``ContextFront`` for one context at a time, as queries do.
final class FrontEvaluator {
    private let front: ContextFront
    private var values: [Float] = []
    private var next: [Float] = []

    init(_ front: ContextFront) { self.front = front }

    /// Writes what goes to the trunk.
    ///
    /// - Parameters:
    ///   - input: the context's numbers.
    ///   - count: how many there are; for sets of points any multiple of their dimension.
    func evaluate(_ input: UnsafePointer<Float>, count: Int, _ parameters: UnsafePointer<Float>, into features: UnsafeMutablePointer<Float>) {
        values = Array(UnsafeBufferPointer(start: input, count: count))
        var positions = 0
        for (index, layer) in front.convolutions.enumerated() {
            let place = front.layers[index]
            // Only sets of points may have another number of positions than in training, and their windows are single points.
            positions = front.pools ? values.count / layer.channels : layer.positions
            next = Array(repeating: 0, count: positions * layer.outputs)
            for position in 0..<positions {
                for output in 0..<layer.outputs {
                    let weights = parameters + place.weights + output * place.inputs
                    var sum = parameters[place.biases + output]
                    if front.pools {
                        for i in 0..<layer.channels { sum += weights[i] * values[position * layer.channels + i] }
                    } else {
                        layer.forEachSpan(at: position) { offset, start, count in
                            for i in 0..<count { sum += weights[offset + i] * values[start + i] }
                        }
                    }
                    next[position * layer.outputs + output] = sum / (1 + Float(Elementary.exp(Double(-sum))))
                }
            }
            swap(&values, &next)
        }
        guard front.pools else {
            for i in 0..<front.outputCount { features[i] = values[i] }
            return
        }
        let channels = front.convolutions.last!.outputs
        for channel in 0..<channels {
            var sum: Float = 0, greatest = values[channel]
            for position in 0..<positions {
                sum += values[position * channels + channel]
                greatest = max(greatest, values[position * channels + channel])
            }
            features[channel] = sum / Float(positions)
            features[channels + channel] = greatest
        }
    }
}
