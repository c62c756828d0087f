import Numerics

/// Adam (Kingma and Ba, 2015) with an exponential moving average of the parameters.
///
/// The average takes the parameters' place when the network is used: it removes most of the noise of the last steps.
public struct Adam: Sendable, Equatable {
    /// Decay of the first and of the second moments.
    public var firstDecay: Float = 0.9
    public var secondDecay: Float = 0.99
    /// Added to the root of the second moment.
    public var epsilon: Float = 1e-8
    /// Decay of the average, per step; early in training the average is shorter.
    public var averageDecay: Float = 0.999

    public init() {}

    /// Elements that one call of ``update(_:chunk:count:gradient:rate:scale:step:)`` covers.
    public static let chunkSize = 16384

    /// The flat buffers that a step changes, all of the same length.
    public struct Buffers: @unchecked Sendable {
        /// The parameters, their first and second moments, and their average.
        public var parameters: UnsafeMutablePointer<Float>
        public var first: UnsafeMutablePointer<Float>
        public var second: UnsafeMutablePointer<Float>
        public var average: UnsafeMutablePointer<Float>

        /// - Precondition: four addresses of as many numbers, a multiple of 16.
        public init(parameters: UnsafeMutablePointer<Float>, first: UnsafeMutablePointer<Float>,
                    second: UnsafeMutablePointer<Float>, average: UnsafeMutablePointer<Float>) {
            self.parameters = parameters
            self.first = first
            self.second = second
            self.average = average
        }
    }

    /// Calls `body` with the buffers' addresses, which must not be kept.
    ///
    /// - Precondition: all are of the same length.
    public static func withBuffers<Result>(
        _ parameters: inout AlignedFloats, _ first: inout AlignedFloats, _ second: inout AlignedFloats, _ average: inout AlignedFloats,
        _ body: (Buffers) -> Result
    ) -> Result {
        precondition(first.count == parameters.count && second.count == parameters.count && average.count == parameters.count,
                     "moments and average of other parameters")
        return parameters.withMutablePointer { p in
            first.withMutablePointer { m in
                second.withMutablePointer { v in
                    average.withMutablePointer { a in body(Buffers(parameters: p, first: m, second: v, average: a)) }
                }
            }
        }
    }

    /// Updates a chunk of the buffers; different chunks may run concurrently.
    ///
    /// - Parameters:
    ///   - count: the buffers' length, a multiple of 16.
    ///   - rate: the learning rate.
    ///   - scale: a factor for the gradient, from clipping its norm.
    ///   - step: how many steps were taken before.
    public func update(
        _ buffers: Buffers, chunk: Int, count: Int, gradient: UnsafePointer<Float>, rate: Float, scale: Float, step: Int
    ) {
        let steps = Double(step + 1)
        let firstCorrection = 1 / (1 - Elementary.exp(steps * Elementary.log(Double(firstDecay))))
        let secondCorrection = 1 / (1 - Elementary.exp(steps * Elementary.log(Double(secondDecay))))
        let shift = Lanes(repeating: rate * Float(firstCorrection))
        let correction = Lanes(repeating: Float(secondCorrection))
        let firstShare = Lanes(repeating: 1 - firstDecay), secondShare = Lanes(repeating: 1 - secondDecay)
        let decay = min(averageDecay, (1 + Float(step)) / (10 + Float(step)))
        let averageShare = Lanes(repeating: 1 - decay)
        let scale = Lanes(repeating: scale), epsilon = Lanes(repeating: epsilon)
        let start = chunk * Self.chunkSize
        for index in stride(from: start, to: min(start + Self.chunkSize, count), by: laneCount) {
            let g = Lanes(loading: gradient + index) * scale
            var m = Lanes(loading: buffers.first + index)
            var v = Lanes(loading: buffers.second + index)
            m = m.fma(firstShare, g - m)
            v = v.fma(secondShare, g * g - v)
            m.store(to: buffers.first + index)
            v.store(to: buffers.second + index)
            let w = Lanes(loading: buffers.parameters + index) - shift * m / ((v * correction).squareRoot() + epsilon)
            w.store(to: buffers.parameters + index)
            let a = Lanes(loading: buffers.average + index)
            a.fma(averageShare, w - a).store(to: buffers.average + index)
        }
    }

    /// Replaces a gradient by the step's direction, and updates its moments.
    ///
    /// - Parameters:
    ///   - count: the number of values; up to fifteen beyond it are read and written too, and must be zeros in all three buffers.
    ///   - step: how many steps were taken before.
    func direction(
        _ gradient: UnsafeMutablePointer<Float>, first: UnsafeMutablePointer<Float>, second: UnsafeMutablePointer<Float>, count: Int,
        scale: Float, step: Int
    ) {
        let steps = Double(step + 1)
        let firstCorrection = Lanes(repeating: Float(1 / (1 - Elementary.exp(steps * Elementary.log(Double(firstDecay))))))
        let secondCorrection = Lanes(repeating: Float(1 / (1 - Elementary.exp(steps * Elementary.log(Double(secondDecay))))))
        let firstShare = Lanes(repeating: 1 - firstDecay), secondShare = Lanes(repeating: 1 - secondDecay)
        let scale = Lanes(repeating: scale), epsilon = Lanes(repeating: epsilon)
        for index in stride(from: 0, to: count, by: laneCount) {
            let g = Lanes(loading: gradient + index) * scale
            var m = Lanes(loading: first + index)
            var v = Lanes(loading: second + index)
            m = m.fma(firstShare, g - m)
            v = v.fma(secondShare, g * g - v)
            m.store(to: first + index)
            v.store(to: second + index)
            (m * firstCorrection / ((v * secondCorrection).squareRoot() + epsilon)).store(to: gradient + index)
        }
    }

    /// Moves parameters along a direction, and their average after them.
    func move(_ buffers: Buffers, at start: Int, along direction: UnsafePointer<Float>, count: Int, rate: Float, step: Int) {
        let decay = min(averageDecay, (1 + Float(step)) / (10 + Float(step)))
        let averageShare = Lanes(repeating: 1 - decay), rate = Lanes(repeating: rate)
        for index in stride(from: 0, to: count, by: laneCount) {
            let w = Lanes(loading: buffers.parameters + start + index).fnma(rate, Lanes(loading: direction + index))
            w.store(to: buffers.parameters + start + index)
            let a = Lanes(loading: buffers.average + start + index)
            a.fma(averageShare, w - a).store(to: buffers.average + start + index)
        }
    }
}
