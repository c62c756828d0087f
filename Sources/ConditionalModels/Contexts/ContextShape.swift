import Numerics

/// What the contexts of a model are, as numbers one after the other.
public enum ContextShape: Sendable, Equatable, Codable {
    /// Numbers with names.
    case named([String])
    /// Numbers without names: a row of a data set.
    case row(Int)
    /// An image by rows, its channels side by side.
    case image(height: Int, width: Int, channels: Int)
    /// A set of points, whose order does not matter; trainings use this many.
    case points(count: Int, dimension: Int)

    /// How many numbers a context of a training has.
    public var count: Int {
        switch self {
        case .named(let names): names.count
        case .row(let count): count
        case .image(let height, let width, let channels): height * width * channels
        case .points(let count, let dimension): count * dimension
        }
    }

    /// After how many numbers those of the same kind come again: a pixel's channels, a point's coordinates.
    package var period: Int {
        switch self {
        case .named, .row: count
        case .image(_, _, let channels): channels
        case .points(_, let dimension): dimension
        }
    }

    /// From so many numbers on, a context is a signal, such as a picture that is given as a list, whose numbers are all of one kind.
    package static let signalLength = 64

    /// The most numbers that a context may have.
    public static let largestCount = 1 << 20

    /// Whether a shape that was read is one.
    public var isSound: Bool {
        func areSound(_ numbers: Int...) -> Bool { numbers.allSatisfy { (1...Self.largestCount).contains($0) } }
        switch self {
        case .named(let names): return areSound(names.count) && Set(names).count == names.count
        case .row(let count): return areSound(count)
        case .image(let height, let width, let channels):
            return areSound(height, width, channels) && areSound(height * width) && areSound(height * width * channels)
        case .points(let count, let dimension): return areSound(count, dimension) && areSound(count * dimension)
        }
    }
}

extension ContextShape: CustomStringConvertible {
    /// "3 numbers: a, b, c".
    public var description: String {
        switch self {
        case .named(let names): "\(names.count.counted("number")): \(names.prefix(8).joined(separator: ", "))\(names.count > 8 ? ", …" : "")"
        case .row(let count): count.counted("number")
        case .image(let height, let width, let channels): "an image of \(height) × \(width) × \(channels)"
        case .points(let count, let dimension): "a set of points in \(dimension) dimensions, \(count) in training"
        }
    }
}
