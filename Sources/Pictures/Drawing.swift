/// What a figure's SVG draws, as shapes with their colours: paths, and words as the outlines of their letters.
public struct Drawing: Sendable {
    /// Units of the SVG: a ninety-sixth of an inch.
    public var size: SIMD2<Double>
    public var title: String
    package var shapes: [DrawnShape]
}

/// One path, filled or stroked in one colour.
package struct DrawnShape: Sendable {
    package var path: Outline
    package var color: RGB
    /// From 0 to 1.
    package var opacity: Double
    /// nil fills.
    package var stroke: Stroke?
    /// Whether its edges are those of pixels, so that neighbours meet without a seam.
    package var isCrisp = false
    /// Whether it is of words.
    package var isText = false
    /// The classes of its element and of those around it.
    package var classes: [Substring] = []
}

package struct Stroke: Sendable {
    package var width: Double
    /// Lengths of strokes and gaps, in turn; empty for an unbroken line. Ends and joins are round.
    package var dashes: [Double] = []
}

package struct RGB: Sendable, Equatable {
    package var red: UInt8, green: UInt8, blue: UInt8

    /// `#RRGGBB`; nil for anything else.
    init?(hex: Substring) {
        guard hex.count == 7, hex.first == "#", let value = UInt32(hex.dropFirst(), radix: 16) else { return nil }
        self.init(red: UInt8(value >> 16), green: UInt8(value >> 8 & 255), blue: UInt8(value & 255))
    }

    init(red: UInt8, green: UInt8, blue: UInt8) { (self.red, self.green, self.blue) = (red, green, blue) }
}

/// Straight and curved pieces.
package struct Outline: Sendable {
    package enum Piece: Sendable {
        case move(SIMD2<Double>)
        case line(SIMD2<Double>)
        case cubic(SIMD2<Double>, SIMD2<Double>, SIMD2<Double>)
        case close
    }

    package var pieces: [Piece] = []

    package init(pieces: [Piece] = []) { self.pieces = pieces }

    /// The same outline with its points taken to others.
    func mapped(_ place: (SIMD2<Double>) -> SIMD2<Double>) -> Outline {
        Outline(pieces: pieces.map { piece in
            switch piece {
            case .move(let p): .move(place(p))
            case .line(let p): .line(place(p))
            case .cubic(let a, let b, let p): .cubic(place(a), place(b), place(p))
            case .close: .close
            }
        })
    }

    /// Polylines that stay within a distance of the curves, each with whether it is closed.
    package func flattened(within tolerance: Double) -> [(points: [SIMD2<Double>], isClosed: Bool)] {
        var result: [(points: [SIMD2<Double>], isClosed: Bool)] = []
        var points: [SIMD2<Double>] = []
        func finish(_ isClosed: Bool) {
            if !points.isEmpty { result.append((points, isClosed)) }
            points = []
        }
        for piece in pieces {
            switch piece {
            case .move(let p):
                finish(false)
                points = [p]
            case .line(let p): points.append(p)
            case .cubic(let a, let b, let p):
                guard let start = points.last else { continue }
                // The second differences bound how far the curve is from its chords (Wang's formula for cubics).
                let bend = max((start - 2 * a + b).length, (a - 2 * b + p).length)
                let count = min(max(1, Int((0.75 * bend / tolerance).squareRoot().rounded(.up))), 100)
                for step in 1...count {
                    let t = Double(step) / Double(count), s = 1 - t
                    points.append(s * s * s * start + 3 * s * s * t * a + 3 * s * t * t * b + t * t * t * p)
                }
            case .close:
                let first = points.first
                finish(true)
                if let first { points = [first] }
            }
        }
        // What is left behind a closed piece is a point alone.
        if points.count > 1 || result.last?.isClosed != true { finish(false) }
        return result
    }
}

extension SIMD2 where Scalar == Double {
    var length: Double { (self * self).sum().squareRoot() }
}

/// Why a picture cannot be made.
public struct PictureError: Error, Equatable, CustomStringConvertible {
    public let description: String
}
