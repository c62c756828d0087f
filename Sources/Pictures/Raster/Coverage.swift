/// How much of each pixel polygons cover, in a part of a picture.
///
/// Every edge adds the signed area to its right, row by row; the running sum over a row is then the coverage (R. Levien, "Inside the fastest
/// font renderer in the world", 2016). What runs one way around adds up, so that polygons of one direction make their union.
struct Coverage {
    let x: Int, y: Int, width: Int, height: Int
    private var area: [Float]

    /// Around polylines, in pixels, within a picture; nil where they lie outside.
    init?(around polylines: [[SIMD2<Double>]], within size: SIMD2<Int>) {
        var lower = SIMD2(repeating: Double.infinity), upper = -lower
        for point in polylines.joined() {
            lower = pointwiseMin(lower, point)
            upper = pointwiseMax(upper, point)
        }
        guard lower.x <= upper.x, upper.x > 0, upper.y > 0, lower.x < Double(size.x), lower.y < Double(size.y) else { return nil }
        x = max(0, Int(lower.x.rounded(.down)))
        y = max(0, Int(lower.y.rounded(.down)))
        width = min(size.x, Int(min(upper.x, Double(size.x)).rounded(.up)) + 1) - x
        height = min(size.y, Int(min(upper.y, Double(size.y)).rounded(.up))) - y
        guard width > 0, height > 0 else { return nil }
        area = Array(repeating: 0, count: width * height + 2)
    }

    /// Adds a closed polygon.
    mutating func add(_ polygon: [SIMD2<Double>]) {
        for (index, point) in polygon.enumerated() { edge(polygon[index == 0 ? polygon.count - 1 : index - 1], point) }
    }

    private mutating func edge(_ start: SIMD2<Double>, _ end: SIMD2<Double>) {
        guard start.y != end.y else { return }
        let direction: Float = start.y < end.y ? 1 : -1
        var (a, b) = start.y < end.y ? (start, end) : (end, start)
        a -= SIMD2(Double(x), Double(y))
        b -= SIMD2(Double(x), Double(y))
        let slope = (b.x - a.x) / (b.y - a.y), limit = Double(width)
        let last = min(height, Int(b.y.rounded(.up)))
        var row = max(0, Int(a.y.rounded(.down)))
        while row < last {
            let top = max(a.y, Double(row)), bottom = min(b.y, Double(row + 1))
            let part = Float(bottom - top) * direction
            if part != 0 {
                let from = a.x + slope * (top - a.y), to = a.x + slope * (bottom - a.y)
                // What lies to the left of the part counts at its edge, what lies to the right not at all.
                span(row, min(max(min(from, to), 0), limit), min(max(max(from, to), 0), limit), part)
            }
            row += 1
        }
    }

    /// Adds a piece of an edge within one row, from left to right.
    private mutating func span(_ row: Int, _ left: Double, _ right: Double, _ part: Float) {
        // The integral from the left of the share of the piece that a place has passed.
        func integral(_ x: Double) -> Double {
            if x <= left { return 0 }
            return x < right ? 0.5 * (x - left) * (x - left) / (right - left) : x - 0.5 * (left + right)
        }
        let base = row * width, first = Int(left), last = Int(right.rounded(.up))
        var before = 0.0
        for column in first...max(first, last) {
            let covered = integral(Double(column + 1)) - integral(Double(column))
            if column < width { area[base + column] += part * Float(covered - before) }
            before = covered
        }
        if last + 1 < width, last >= first { area[base + max(first, last) + 1] += part * Float(1 - before) }
    }

    /// Calls `body` for every row with the coverages of its pixels, from 0 to 1.
    func forEachRow(_ body: (_ row: Int, _ coverages: [Float]) -> Void) {
        var coverages = [Float](repeating: 0, count: width)
        for row in 0..<height {
            var sum: Float = 0
            for column in 0..<width {
                sum += area[row * width + column]
                coverages[column] = min(abs(sum), 1)
            }
            body(row, coverages)
        }
    }
}
