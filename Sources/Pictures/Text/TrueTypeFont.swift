/// Outlines and widths of the characters of a TrueType file (Apple and Microsoft, "OpenType specification", tables cmap, glyf, head, hhea,
/// hmtx, loca and maxp); instructions are passed over.
///
/// Files may be broken: whatever lies outside of its table is a glyph without an outline.
struct TrueTypeFont: Sendable {
    private let bytes: [UInt8]
    private let tables: [String: Range<Int>]
    private let unitsPerEm: Double
    private let hasLongOffsets: Bool
    private let glyphCount: Int
    private let metricCount: Int
    /// The table of characters: where it begins, and whether it is of format 12, not 4.
    private let characters: (start: Int, isLong: Bool)

    /// nil for a file that is none, or has no outlines of this kind.
    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        guard bytes.count > 12, let count = Self.number(bytes, 4, 2), [0x0001_0000, 0x7472_7565].contains(Self.number(bytes, 0, 4)) else { return nil }
        var tables: [String: Range<Int>] = [:]
        for index in 0..<min(count, 100) {
            let entry = 12 + 16 * index
            guard let start = Self.number(bytes, entry + 8, 4), let length = Self.number(bytes, entry + 12, 4), start + length <= bytes.count else { return nil }
            tables[String(decoding: bytes[entry..<entry + 4], as: UTF8.self)] = start..<start + length
        }
        self.tables = tables
        guard let head = tables["head"]?.lowerBound, let maxp = tables["maxp"]?.lowerBound, let hhea = tables["hhea"]?.lowerBound,
            let cmap = tables["cmap"]?.lowerBound, tables["glyf"] != nil, tables["loca"] != nil, tables["hmtx"] != nil,
            let units = Self.number(bytes, head + 18, 2), units > 0, let format = Self.number(bytes, head + 50, 2),
            let glyphs = Self.number(bytes, maxp + 4, 2), let metrics = Self.number(bytes, hhea + 34, 2), metrics > 0,
            let subtables = Self.number(bytes, cmap + 2, 2)
        else { return nil }
        unitsPerEm = Double(units)
        hasLongOffsets = format != 0
        glyphCount = glyphs
        metricCount = metrics
        var found: (start: Int, isLong: Bool)?
        for index in 0..<min(subtables, 100) {
            guard let offset = Self.number(bytes, cmap + 4 + 8 * index + 4, 4), let format = Self.number(bytes, cmap + offset, 2) else { continue }
            if format == 12 { found = (cmap + offset, true) }
            if format == 4, found == nil { found = (cmap + offset, false) }
        }
        guard let found else { return nil }
        characters = found
    }

    // MARK: Characters

    /// The number of a character's glyph; nil where the font has none.
    func glyph(_ scalar: Unicode.Scalar) -> Int? {
        let code = Int(scalar.value), start = characters.start
        if characters.isLong {
            for group in 0..<min(number(start + 12, 4) ?? 0, 100_000) {
                let entry = start + 16 + 12 * group
                guard let first = number(entry, 4), let last = number(entry + 4, 4), let glyph = number(entry + 8, 4) else { return nil }
                if code < first { return nil }
                if code <= last { return checked(glyph + code - first) }
            }
            return nil
        }
        guard code <= 0xFFFF, let double = number(start + 6, 2) else { return nil }
        for segment in 0..<double / 2 {
            guard let last = number(start + 14 + 2 * segment, 2), code <= last else { continue }
            let place = start + 16 + double + 2 * segment
            guard let first = number(place, 2), code >= first, let delta = number(place + double, 2), let offset = number(place + 2 * double, 2) else { return nil }
            if offset == 0 { return checked((code + delta) & 0xFFFF) }
            guard let glyph = number(place + 2 * double + offset + 2 * (code - first), 2), glyph != 0 else { return nil }
            return checked((glyph + delta) & 0xFFFF)
        }
        return nil
    }

    private func checked(_ glyph: Int) -> Int? { (1..<glyphCount).contains(glyph) ? glyph : nil }

    /// In units of the font's size.
    func advance(_ glyph: Int) -> Double {
        Double(number(tables["hmtx"]!.lowerBound + 4 * min(glyph, metricCount - 1), 2) ?? 0) / unitsPerEm
    }

    // MARK: Outlines

    /// In units of the font's size, y upwards.
    func outline(_ glyph: Int) -> Outline {
        let scale = 1 / unitsPerEm
        return outline(glyph, depth: 0).mapped { $0 * scale }
    }

    private func outline(_ glyph: Int, depth: Int) -> Outline {
        let loca = tables["loca"]!.lowerBound, size = hasLongOffsets ? 4 : 2, factor = hasLongOffsets ? 1 : 2
        guard depth < 5, (0..<glyphCount).contains(glyph), let from = number(loca + size * glyph, size), let to = number(loca + size * (glyph + 1), size), to > from else {
            return Outline()
        }
        let start = tables["glyf"]!.lowerBound + factor * from
        guard let contours = signed(start) else { return Outline() }
        return contours >= 0 ? simple(start + 10, contours) : composite(start + 10, depth)
    }

    private func composite(_ start: Int, _ depth: Int) -> Outline {
        var result = Outline(), place = start
        for _ in 0..<32 {
            guard let flags = number(place, 2), let part = number(place + 2, 2) else { return result }
            place += 4
            let isWide = flags & 1 != 0
            let offset = isWide
                ? SIMD2(Double(signed(place) ?? 0), Double(signed(place + 2) ?? 0))
                : SIMD2(Double(Int8(truncatingIfNeeded: number(place, 1) ?? 0)), Double(Int8(truncatingIfNeeded: number(place + 1, 1) ?? 0)))
            place += isWide ? 4 : 2
            func fraction() -> Double {
                defer { place += 2 }
                return Double(signed(place) ?? 0) / 16384
            }
            var (a, b, c, d) = (1.0, 0.0, 0.0, 1.0)
            if flags & 0x08 != 0 {
                a = fraction()
                d = a
            } else if flags & 0x40 != 0 {
                (a, d) = (fraction(), fraction())
            } else if flags & 0x80 != 0 {
                (a, b, c, d) = (fraction(), fraction(), fraction(), fraction())
            }
            // Offsets that are numbers of points to be joined are rare and left at zero.
            let shift = flags & 2 != 0 ? offset : .zero
            result.pieces += outline(part, depth: depth + 1).mapped { SIMD2(a * $0.x + c * $0.y, b * $0.x + d * $0.y) + shift }.pieces
            if flags & 0x20 == 0 { break }
        }
        return result
    }

    private func simple(_ start: Int, _ contours: Int) -> Outline {
        guard contours > 0, let last = number(start + 2 * (contours - 1), 2), let instructions = number(start + 2 * contours, 2) else { return Outline() }
        let count = last + 1
        var place = start + 2 * contours + 2 + instructions
        var flags: [Int] = []
        while flags.count < count {
            guard let flag = number(place, 1) else { return Outline() }
            place += 1
            flags.append(flag)
            if flag & 8 != 0 {
                flags += Array(repeating: flag, count: min(number(place, 1) ?? 0, count - flags.count))
                place += 1
            }
        }
        func coordinates(short: Int, same: Int) -> [Double] {
            var value = 0
            return flags.map { flag in
                if flag & short != 0 {
                    value += (flag & same != 0 ? 1 : -1) * (number(place, 1) ?? 0)
                    place += 1
                } else if flag & same == 0 {
                    value += signed(place) ?? 0
                    place += 2
                }
                return Double(value)
            }
        }
        let x = coordinates(short: 2, same: 16), y = coordinates(short: 4, same: 32)
        var result = Outline(), first = 0
        for contour in 0..<contours {
            guard let end = number(start + 2 * contour, 2), end < count, end >= first else { break }
            let points = (first...end).map { (place: SIMD2(x[$0], y[$0]), isOn: flags[$0] & 1 != 0) }
            result.pieces += Self.closed(points)
            first = end + 1
        }
        return result
    }

    /// A contour of quadratic pieces as cubic ones; between two points beside the curve lies one on it.
    private static func closed(_ points: [(place: SIMD2<Double>, isOn: Bool)]) -> [Outline.Piece] {
        guard points.count > 1 else { return [] }
        let begin = points.firstIndex(where: \.isOn)
        let ordered = begin.map { Array(points[$0...] + points[..<$0]) } ?? points
        let start = begin != nil ? ordered[0].place : (ordered[0].place + ordered[ordered.count - 1].place) / 2
        var pieces: [Outline.Piece] = [.move(start)], pen = start, control: SIMD2<Double>?
        func curve(to end: SIMD2<Double>) {
            if let control { pieces.append(.cubic(pen + (control - pen) * 2 / 3, end + (control - end) * 2 / 3, end)) } else { pieces.append(.line(end)) }
            pen = end
        }
        for point in begin != nil ? ordered.dropFirst() : ordered[...] {
            if point.isOn {
                curve(to: point.place)
                control = nil
            } else {
                if let before = control { curve(to: (before + point.place) / 2) }
                control = point.place
            }
        }
        if control != nil { curve(to: start) }
        return pieces + [.close]
    }

    // MARK: Numbers

    private func number(_ place: Int, _ size: Int) -> Int? { Self.number(bytes, place, size) }

    private func signed(_ place: Int) -> Int? { number(place, 2).map { Int(Int16(truncatingIfNeeded: $0)) } }

    /// Of so many bytes, the highest first; nil beyond the file's end.
    private static func number(_ bytes: [UInt8], _ place: Int, _ size: Int) -> Int? {
        guard place >= 0, place <= bytes.count - size else { return nil }
        return (0..<size).reduce(0) { $0 << 8 | Int(bytes[place + $1]) }
    }
}
