import Numerics

/// Starts between a body's nominal configuration and uniform ones, without end.
///
/// Every start goes a share of the way from the nominal configuration to one that is uniform within the limits. The shares cycle, so that
/// some of the sixteen searches start near at hand and some far away.
public struct SpreadStarts: StartSource {
    public let patience = 40
    private let lower: [Float]
    private let range: [Float]
    private let nominal: [Float]
    public private(set) var stream: RandomStream
    private var count = 0
    private let shares: [Float]

    /// - Parameter isUniform: whether all starts are uniform within the limits.
    public init(_ body: Body, isUniform: Bool = false, stream: RandomStream) {
        shares = isUniform ? [1] : [0.15, 0.5, 0.25, 1, 0.1, 0.7, 0.35, 0.85]
        (lower, range) = startRanges(from: body.variables.map { Float($0.lower) }, to: body.variables.map { Float($0.upper) })
        nominal = body.nominal.map { Float($0) }
        self.stream = stream
    }

    public mutating func next(into q: UnsafeMutablePointer<Lanes>, lane: Int) -> Int? {
        let share = shares[count % shares.count]
        count += 1
        for i in 0..<lower.count {
            let uniform = lower[i] + range[i] * Float(stream.next() &>> 40) * 0x1p-24
            q[i][lane] = min(max(nominal[i] + share * (uniform - nominal[i]), lower[i]), lower[i] + range[i])
        }
        return uniformStart
    }
}
