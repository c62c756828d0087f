import Numerics

/// Where a search starts from: a stream of configurations inside the joint limits.
public protocol StartSource {
    /// Writes the next start into one lane.
    ///
    /// - Parameters:
    ///   - q: one register per variable.
    ///   - lane: the lane to write, 0 to 15.
    /// - Returns: a label that comes back with the solutions found from the start (−1 for none); nil when there are no more starts.
    mutating func next(into q: UnsafeMutablePointer<Lanes>, lane: Int) -> Int?

    /// How many iterations a start deserves before another one is likelier to arrive sooner.
    var patience: Int { get }
}

/// Starts drawn uniformly within the joint limits, without end.
public struct UniformStarts: StartSource {
    /// Of the uniform starts that ever arrive, nine in ten do so in as many iterations.
    public let patience = 14
    private let lower: [Float]
    private let range: [Float]
    /// The stream that the starts are drawn from.
    public private(set) var stream: RandomStream

    public init(_ chain: LaneChain, stream: RandomStream) {
        lower = chain.lower
        range = zip(chain.lower, chain.upper).map { $1 - $0 }
        self.stream = stream
    }

    public mutating func next(into q: UnsafeMutablePointer<Lanes>, lane: Int) -> Int? {
        for i in 0..<lower.count {
            let u = Float(stream.next() &>> 40) * 0x1p-24
            q[i][lane] = lower[i].addingProduct(range[i], u)
        }
        return -1
    }
}
