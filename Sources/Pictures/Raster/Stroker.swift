#if canImport(Glibc)
import Glibc
#else
import Foundation
#endif

/// Turns lines with a breadth into polygons that all run the same way around, so that overlaps make their union.
enum Stroker {
    /// - Parameters:
    ///   - polylines: in pixels.
    ///   - width: in pixels; ends and joins are round.
    ///   - dashes: lengths of strokes and gaps in pixels.
    static func polygons(_ polylines: [(points: [SIMD2<Double>], isClosed: Bool)], width: Double, dashes: [Double]) -> [[SIMD2<Double>]] {
        var result: [[SIMD2<Double>]] = []
        for (points, isClosed) in polylines {
            let whole = isClosed && points.count > 1 ? points + [points[0]] : points
            for piece in dashes.isEmpty ? [whole] : dashed(whole, dashes) { add(piece, width / 2, &result) }
        }
        return result
    }

    private static func add(_ points: [SIMD2<Double>], _ radius: Double, _ result: inout [[SIMD2<Double>]]) {
        // A line of no length is one dot.
        if let first = points.first, points.allSatisfy({ $0 == first }) { return result.append(disc(first, radius)) }
        for (start, end) in zip(points, points.dropFirst()) {
            let step = end - start, length = step.length
            guard length > 1e-9 else { continue }
            let aside = SIMD2(-step.y, step.x) * (radius / length)
            result.append([start - aside, end - aside, end + aside, start + aside])
        }
        // Within a smooth curve a full disc at every corner would be seen nowhere; its ends have one.
        for (index, point) in points.enumerated() where index == 0 || index == points.count - 1 || bends(points, index, radius) {
            result.append(disc(point, radius))
        }
    }

    /// Whether the gap between two segments at their outer side is to be seen.
    private static func bends(_ points: [SIMD2<Double>], _ index: Int, _ radius: Double) -> Bool {
        let (a, b) = (points[index] - points[index - 1], points[index + 1] - points[index])
        let lengths = a.length * b.length
        guard lengths > 1e-12 else { return true }
        return radius * abs(a.x * b.y - a.y * b.x) > 0.1 * lengths || (a * b).sum() < 0
    }

    private static func disc(_ center: SIMD2<Double>, _ radius: Double) -> [SIMD2<Double>] {
        let count = max(16, min(64, Int((16 * radius.squareRoot()).rounded(.up))))
        return (0..<count).map { step in
            let angle = 2 * Double.pi * Double(step) / Double(count)
            return center + radius * SIMD2(cos(angle), sin(angle))
        }
    }

    private static func dashed(_ points: [SIMD2<Double>], _ dashes: [Double]) -> [[SIMD2<Double>]] {
        // An odd list is gone through twice, strokes and gaps exchanged (SVG 1.1, section 11.4).
        let pattern = dashes.count % 2 == 0 ? dashes : dashes + dashes
        guard pattern.reduce(0, +) > 0.2 else { return [points] }
        var pieces: [[SIMD2<Double>]] = [], piece = Array(points.prefix(1))
        var phase = 0, left = pattern[0]
        for (start, end) in zip(points, points.dropFirst()) {
            let step = end - start, length = step.length
            var done = 0.0
            while length - done > left {
                done += left
                let place = start + step * (done / length)
                if phase % 2 == 0 { pieces.append(piece + [place]) }
                piece = [place]
                phase = (phase + 1) % pattern.count
                left = pattern[phase]
            }
            left -= length - done
            if phase % 2 == 0 { piece.append(end) }
        }
        if phase % 2 == 0, piece.count > 1 { pieces.append(piece) }
        return pieces
    }
}
