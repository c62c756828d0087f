/// An upright rectangle; y grows downwards.
package struct Box: Equatable {
    package var x: Double
    package var y: Double
    package var width: Double
    package var height: Double

    package init(x: Double, y: Double, width: Double, height: Double) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    package init(center: SIMD2<Double>, size: SIMD2<Double>) {
        self.init(x: center.x - size.x / 2, y: center.y - size.y / 2, width: size.x, height: size.y)
    }

    var right: Double { x + width }
    var bottom: Double { y + height }

    func contains(_ point: SIMD2<Double>) -> Bool {
        point.x >= x && point.x <= right && point.y >= y && point.y <= bottom
    }

    func contains(_ other: Box) -> Bool {
        other.x >= x && other.right <= right && other.y >= y && other.bottom <= bottom
    }

    func intersects(_ other: Box) -> Bool {
        x < other.right && other.x < right && y < other.bottom && other.y < bottom
    }

    func inset(by margin: Double) -> Box {
        Box(x: x + margin, y: y + margin, width: width - 2 * margin, height: height - 2 * margin)
    }

    /// The part of a segment that lies in the box, or nil if there is none (the algorithm of Liang and Barsky, 1984).
    package func clip(_ start: SIMD2<Double>, _ end: SIMD2<Double>) -> (SIMD2<Double>, SIMD2<Double>)? {
        let delta = end - start
        var enter = 0.0
        var leave = 1.0
        for (step, room) in [
            (-delta.x, start.x - x), (delta.x, right - start.x), (-delta.y, start.y - y), (delta.y, bottom - start.y),
        ] {
            if step == 0 {
                if room < 0 { return nil }
            } else if step < 0 {
                enter = max(enter, room / step)
            } else {
                leave = min(leave, room / step)
            }
        }
        guard enter <= leave else { return nil }
        return (
            enter == 0 ? start : clamped(start + delta * enter), leave == 1 ? end : clamped(start + delta * leave)
        )
    }

    /// The nearest point of the box.
    func clamped(_ point: SIMD2<Double>) -> SIMD2<Double> {
        SIMD2(min(max(point.x, x), right), min(max(point.y, y), bottom))
    }
}
