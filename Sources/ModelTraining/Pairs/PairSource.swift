import Numerics

/// Where a training's contexts come from, and with them, where it can, points that answer them.
public protocol PairSource: Sendable {
    /// The number of coordinates of x, and of inputs of c.
    var dimension: Int { get }
    var inputCount: Int { get }
    /// Whether points come with the contexts: then pairs are samples of the joint distribution whose conditional is to be learned.
    var hasPoints: Bool { get }

    /// Draws `count` pairs (a multiple of 16) into feature-major rows, `stride` elements apart.
    ///
    /// - Parameters:
    ///   - configurations: receives x in scaled coordinates, `dimension` rows; untouched without ``hasPoints``.
    ///   - contexts: receives the encoded c, `inputCount` rows.
    func draw(_ count: Int, using stream: inout RandomStream, configurations: UnsafeMutablePointer<Float>,
              contexts: UnsafeMutablePointer<Float>, stride: Int)
}

extension PairSource {
    public var hasPoints: Bool { true }
}
