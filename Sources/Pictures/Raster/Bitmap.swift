/// A picture as pixels: red, green and blue of a byte each, row by row from the top.
public struct Bitmap: Sendable {
    public let width: Int
    public let height: Int
    public private(set) var bytes: [UInt8]

    /// The most pixels that a picture has.
    static let limit = 100_000_000

    /// - Parameter scale: pixels a unit of the drawing.
    /// - Throws: ``PictureError`` for more than a hundred million pixels.
    public init(_ drawing: Drawing, scale: Double = 2) throws(PictureError) {
        let size = (drawing.size * scale).rounded(.up)
        guard size.x >= 1, size.y >= 1, size.x * size.y <= Double(Self.limit) else {
            throw PictureError(description: "a picture of \(size.x) × \(size.y) pixels is none: it has 1 to \(Self.limit) pixels")
        }
        width = Int(size.x)
        height = Int(size.y)
        bytes = Array(repeating: 255, count: 3 * width * height)
        for shape in drawing.shapes { draw(shape, scale) }
    }

    /// The color of a pixel.
    package subscript(x: Int, y: Int) -> RGB {
        let place = 3 * (y * width + x)
        return RGB(red: bytes[place], green: bytes[place + 1], blue: bytes[place + 2])
    }

    private mutating func draw(_ shape: DrawnShape, _ scale: Double) {
        var lines = shape.path.flattened(within: 0.02 / scale).map { (points: $0.points.map { $0 * scale }, isClosed: $0.isClosed) }
        if shape.isCrisp { lines = lines.map { ($0.points.map { $0.rounded(.toNearestOrAwayFromZero) }, $0.isClosed) } }
        let polygons = shape.stroke.map { stroke in
            Stroker.polygons(lines, width: stroke.width * scale, dashes: stroke.dashes.map { $0 * scale })
        } ?? lines.map(\.points)
        guard var coverage = Coverage(around: polygons, within: SIMD2(width, height)) else { return }
        for polygon in polygons { coverage.add(polygon) }
        let ink = [Float(shape.color.red), Float(shape.color.green), Float(shape.color.blue)], opacity = Float(min(max(shape.opacity, 0), 1))
        let (left, top) = (coverage.x, coverage.y)
        coverage.forEachRow { row, coverages in
            let base = 3 * ((top + row) * width + left)
            for (column, covered) in coverages.enumerated() where covered > 0.002 && left + column < width {
                let alpha = covered * opacity
                for channel in 0..<3 {
                    let place = base + 3 * column + channel, old = Float(bytes[place])
                    bytes[place] = UInt8((old + (ink[channel] - old) * alpha).rounded())
                }
            }
        }
    }
}
