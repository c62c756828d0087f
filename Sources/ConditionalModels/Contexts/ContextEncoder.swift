import Files
import Networks

/// How a context becomes the network's inputs.
///
/// Only the concrete encoder knows what a context is; models hold one, so that it is stored with them and available to queries.
public protocol ContextEncoder: Sendable {
    /// The number of the network's inputs.
    var inputCount: Int { get }
    /// The variables that are counted from angles of the context; nil where none are.
    var symmetry: ContextSymmetry? { get }

    /// Layers that are trained with the network and stand before it; nil where it reads the inputs as they are.
    var front: ContextFront? { get }

    /// Writes what a reader needs to make the same encoder.
    func write(to file: inout Safetensors)

    /// Whether both encode alike.
    func equals(_ other: any ContextEncoder) -> Bool
}

extension ContextEncoder {
    public var symmetry: ContextSymmetry? { nil }
    public var front: ContextFront? { nil }
}

extension ContextEncoder where Self: Equatable {
    public func equals(_ other: any ContextEncoder) -> Bool { (other as? Self) == self }
}

/// A rotational symmetry: turning the context turns a variable of every answer by as much.
///
/// Such a variable is an angle, counted from one that the encoder finds in the context and wrapped into a window of a full turn.
public struct ContextSymmetry: Sendable, Equatable {
    public var first: Int
    public var last: Int?
    /// The middles of the windows, rad.
    public var firstMiddle: Double
    public var lastMiddle: Double

    public init(first: Int, last: Int?, firstMiddle: Double, lastMiddle: Double) {
        self.first = first
        self.last = last
        self.firstMiddle = firstMiddle
        self.lastMiddle = lastMiddle
    }
}
