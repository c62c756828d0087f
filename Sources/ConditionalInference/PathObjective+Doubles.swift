import Numerics

extension PathObjective {
    /// What one context gave in double precision.
    public struct Evaluation {
        /// The gradient of the loss with respect to the outputs.
        public var gradient: [Double]
        /// The places of all samples, one after the other.
        public var places: [Double]
        public var summary: Summary<Double>
        /// The components drawn, where they are some of many.
        public var choices: [Int]
    }

    /// Evaluates the objective at one context in double precision, where gradients can be compared with finite differences.
    ///
    /// - Parameters:
    ///   - outputs: the network's, `outputCount` numbers.
    ///   - noise: `noiseCount` normal numbers.
    ///   - uniform: chooses components, a number in [0, 1).
    ///   - density: log p̃ and its gradient at a place.
    /// - Precondition: as many numbers as said.
    public func evaluate(
        outputs: [Double], noise: [Double], uniform: Double, density: (_ x: [Double]) -> (value: Double, gradient: [Double])
    ) -> Evaluation {
        precondition(outputs.count == outputCount && noise.count == noiseCount, "\(outputs.count) outputs, \(noise.count) numbers of noise")
        let registers = Registers(), memory = PathMemory<Double>(self, in: registers), n = dimension
        defer { withExtendedLifetime(registers) {} }
        for i in noise.indices { memory.noise[i] = noise[i] }
        var gradient = outputs
        let biases = outputs.map { _ in 0.0 }
        let summary = gradient.withUnsafeMutableBufferPointer { numbers in
            biases.withUnsafeBufferPointer { biases in
                let rows = OutputRows<Double>(numbers: numbers.baseAddress!, biases: biases.baseAddress!, stride: 1)
                draw(rows, uniform: uniform, memory)
                for sample in 0..<samples {
                    let (value, slope) = density((0..<n).map { memory.places[sample * n + $0] })
                    memory.values[sample] = value
                    for i in 0..<n { memory.gradients[sample * n + i] = slope[i] }
                }
                return improve(rows, weight: 1, memory)
            }
        }
        return Evaluation(
            gradient: gradient, places: (0..<samples * n).map { memory.places[$0] }, summary: summary,
            choices: drawsSome ? (0..<drawn).map { Int(memory.choices[$0]) } : [])
    }
}
