#if canImport(Glibc)
import Glibc
#else
import Foundation
#endif

extension Outline {
    /// The share of a tangent's length at which a cubic is as good as a quarter of a circle.
    private static let quarter = 0.5522847498

    package init(ellipseAt center: SIMD2<Double>, radii r: SIMD2<Double>) {
        func at(_ x: Double, _ y: Double) -> SIMD2<Double> { center + SIMD2(x, y) * r }
        let k = Self.quarter
        pieces = [
            .move(at(1, 0)), .cubic(at(1, k), at(k, 1), at(0, 1)), .cubic(at(-k, 1), at(-1, k), at(-1, 0)),
            .cubic(at(-1, -k), at(-k, -1), at(0, -1)), .cubic(at(k, -1), at(1, -k), at(1, 0)), .close,
        ]
    }

    package init(rectangleAt corner: SIMD2<Double>, size: SIMD2<Double>, radius: Double) {
        let r = min(radius, size.x / 2, size.y / 2), (x, y, w, h) = (corner.x, corner.y, size.x, size.y)
        guard r > 0 else {
            pieces = [.move([x, y]), .line([x + w, y]), .line([x + w, y + h]), .line([x, y + h]), .close]
            return
        }
        let k = r * (1 - Self.quarter)
        pieces = [
            .move([x + r, y]), .line([x + w - r, y]), .cubic([x + w - k, y], [x + w, y + k], [x + w, y + r]),
            .line([x + w, y + h - r]), .cubic([x + w, y + h - k], [x + w - k, y + h], [x + w - r, y + h]),
            .line([x + r, y + h]), .cubic([x + k, y + h], [x, y + h - k], [x, y + h - r]),
            .line([x, y + r]), .cubic([x, y + k], [x + k, y], [x + r, y]), .close,
        ]
    }

    /// The commands that figures use: M with more points behind it, A, h, v and Z.
    package init(pathData: String) {
        var pen = SIMD2<Double>.zero, start = pen
        var command: Character = "M", numbers: [Double] = []
        var result: [Piece] = []
        func flush() {
            var rest = numbers[...]
            func take() -> Double { rest.popFirst() ?? 0 }
            switch command {
            case "M":
                var isFirst = true
                while rest.count >= 2 {
                    pen = SIMD2(take(), take())
                    if isFirst { start = pen }
                    result.append(isFirst ? .move(pen) : .line(pen))
                    isFirst = false
                }
            case "h", "v":
                while !rest.isEmpty {
                    let step = take()
                    pen += command == "h" ? SIMD2(step, 0) : SIMD2(0, step)
                    result.append(.line(pen))
                }
            case "A":
                while rest.count >= 7 {
                    let radii = SIMD2(take(), take()), angle = take(), isLarge = take() != 0, isPositive = take() != 0, end = SIMD2(take(), take())
                    result += Self.arc(from: pen, to: end, radii: radii, angle: angle * .pi / 180, isLarge: isLarge, isPositive: isPositive)
                    pen = end
                    // A line may go on from there.
                    while rest.count >= 2, rest.count < 7 {
                        pen = SIMD2(take(), take())
                        result.append(.line(pen))
                    }
                }
            case "Z":
                result.append(.close)
                pen = start
            default: break
            }
            numbers = []
        }
        var isFirst = true
        var word = ""
        func endWord() {
            if let number = Double(word) { numbers.append(number) }
            word = ""
        }
        for character in pathData {
            switch character {
            case "0"..."9", ".": word.append(character)
            case "-":
                endWord()
                word = "-"
            case " ", ",", "\n": endWord()
            default:
                endWord()
                if !isFirst { flush() }
                isFirst = false
                command = character == "z" ? "Z" : character
            }
        }
        endWord()
        if !isFirst { flush() }
        pieces = result
    }

    /// An elliptical arc as cubics of at most a quarter turn (SVG 1.1, appendix F.6.5).
    private static func arc(
        from start: SIMD2<Double>, to end: SIMD2<Double>, radii: SIMD2<Double>, angle: Double, isLarge: Bool, isPositive: Bool
    ) -> [Piece] {
        let (c, s) = (cos(angle), sin(angle))
        let half = (start - end) / 2
        let p = SIMD2(c * half.x + s * half.y, c * half.y - s * half.x)
        var r = SIMD2(abs(radii.x), abs(radii.y))
        guard r.x > 1e-9, r.y > 1e-9, half.length > 1e-12 else { return [.line(end)] }
        let excess = (p / r * (p / r)).sum()
        if excess > 1 { r *= excess.squareRoot() }
        let square = r.x * r.x * r.y * r.y, part = r.x * r.x * p.y * p.y + r.y * r.y * p.x * p.x
        let factor = max(0, (square - part) / part).squareRoot() * (isLarge == isPositive ? -1 : 1)
        let own = factor * SIMD2(r.x * p.y / r.y, -r.y * p.x / r.x)
        let center = SIMD2(c * own.x - s * own.y, s * own.x + c * own.y) + (start + end) / 2
        let (u, v) = ((p - own) / r, (-p - own) / r)
        let first = atan2(u.y, u.x)
        var sweep = atan2(v.y, v.x) - first
        if isPositive, sweep <= 0 { sweep += 2 * .pi } else if !isPositive, sweep >= 0 { sweep -= 2 * .pi }
        let count = max(1, Int((abs(sweep) / (.pi / 2) - 1e-9).rounded(.up)))
        let step = sweep / Double(count), k = 4 / 3 * tan(step / 4)
        func place(_ point: SIMD2<Double>) -> SIMD2<Double> { center + SIMD2(c * r.x * point.x - s * r.y * point.y, s * r.x * point.x + c * r.y * point.y) }
        return (0..<count).map { index in
            let (a, b) = (first + step * Double(index), first + step * Double(index + 1))
            let (from, to) = (SIMD2(cos(a), sin(a)), SIMD2(cos(b), sin(b)))
            return .cubic(
                place(from + k * SIMD2(-from.y, from.x)), place(to - k * SIMD2(-to.y, to.x)), index == count - 1 ? end : place(to))
        }
    }
}
