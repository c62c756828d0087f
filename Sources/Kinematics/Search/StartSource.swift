import Numerics

/// Where a search starts from: a stream of configurations inside the joint limits.
public protocol StartSource {
    /// Writes the next start into one lane.
    ///
    /// - Parameters:
    ///   - q: one register per variable.
    ///   - lane: the lane to write, 0 to 15.
    /// - Returns: a label from zero on that comes back with the solutions found from the start, ``uniformStart`` or ``placedStart``; nil when
    ///   there are no more starts.
    mutating func next(into q: UnsafeMutablePointer<Lanes>, lane: Int) -> Int?

    /// How many iterations a start deserves before another one is likelier to arrive sooner.
    var patience: Int { get }
}

/// The label of a start that was drawn without regard to the target.
public let uniformStart = -1
/// The label of a start that has no label but lies where it does for a reason.
public let placedStart = -2

/// Starts drawn uniformly within the joint limits, without end.
public struct UniformStarts: StartSource {
    /// Of the uniform starts that ever arrive, nine in ten do so in as many iterations.
    public let patience = 14
    private let lower: [Float]
    private let range: [Float]
    /// The stream that the starts are drawn from.
    public private(set) var stream: RandomStream

    public init(_ chain: LaneChain, stream: RandomStream) {
        (lower, range) = startRanges(from: chain.lower, to: chain.upper)
        self.stream = stream
    }

    public mutating func next(into q: UnsafeMutablePointer<Lanes>, lane: Int) -> Int? {
        for i in 0..<lower.count {
            let u = Float(stream.next() &>> 40) * 0x1p-24
            q[i][lane] = lower[i].addingProduct(range[i], u)
        }
        return uniformStart
    }
}

/// The ranges that starts are drawn from; joints without end start from 0, or the end that there is.
func startRanges<Number: BinaryFloatingPoint>(from lower: [Number], to upper: [Number]) -> (lower: [Number], range: [Number]) {
    let ranges = zip(lower, upper).map { lower, upper in
        (upper - lower).isFinite ? (lower, upper - lower) : (min(max(0, lower), upper), 0)
    }
    return (ranges.map(\.0), ranges.map(\.1))
}
