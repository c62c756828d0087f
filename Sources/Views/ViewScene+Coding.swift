import Foundation

/// The scene as the page reads it: JSON without what the page can tell itself, configurations and spheres as whole numbers in base64.
///
/// A transform is its position alone where it does not turn, and is left out where it does nothing.
extension ViewScene: Encodable {
    private enum Key: String, CodingKey {
        case title, subtitle, provenance, variables, joints, shapes, meshes, tips, nominal, configurations, families, paths, frames, frameUnit, targets, world
        case notes, grid, centre, size, isFlat
    }

    /// Notes that a page shows, with a last one that counts the others.
    private static let noteLimit = 8

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(title, forKey: .title)
        try values.encode(subtitle, forKey: .subtitle)
        try values.encode(provenance, forKey: .provenance)
        try values.encode(variables, forKey: .variables)
        try values.encode(joints, forKey: .joints)
        try values.encode(shapes, forKey: .shapes)
        try values.encode(meshes, forKey: .meshes)
        try values.encode(tips, forKey: .tips)
        try values.encode(nominal.forEyes, forKey: .nominal)
        try values.encode(CodedConfigurations(configurations, aboutNames: aboutNames), forKey: .configurations)
        try values.encode(families, forKey: .families)
        try values.encode(paths, forKey: .paths)
        try values.encode(CodedFrames(frames), forKey: .frames)
        try values.encode(frameUnit, forKey: .frameUnit)
        try values.encode(targets.map { $0.codedRows(exact: true) ?? [0, 0, 0] }, forKey: .targets)
        try values.encode(world, forKey: .world)
        let left = notes.count - Self.noteLimit
        try values.encode(notes.prefix(Self.noteLimit) + (left > 0 ? ["and \(left) more"] : []) as [String], forKey: .notes)
        try values.encode(grid, forKey: .grid)
        try values.encode(centre.forEyes, forKey: .centre)
        try values.encode(size, forKey: .size)
        try values.encode(isFlat, forKey: .isFlat)
    }
}

extension ViewScene.Joint: Encodable {
    private enum Key: String, CodingKey { case parent, kind, origin, axis, v, m, o }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(parent, forKey: .parent)
        if kind != "r" { try values.encode(kind, forKey: .kind) }
        try values.encodeIfPresent(origin.codedRows(exact: true), forKey: .origin)
        try values.encode(axis, forKey: .axis)
        try values.encode(v, forKey: .v)
        if m != 1 { try values.encode(m, forKey: .m) }
        if o != 0 { try values.encode(o, forKey: .o) }
    }
}

extension ViewScene.Variable: Encodable {
    private enum Key: String, CodingKey { case name, unit, lower, upper }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(name, forKey: .name)
        if unit != "rad" { try values.encode(unit, forKey: .unit) }
        try values.encode([lower].forEyes[0], forKey: .lower)
        try values.encode([upper].forEyes[0], forKey: .upper)
    }
}

extension ViewScene.Tip: Encodable {
    private enum Key: String, CodingKey { case name, joint, offset }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(name, forKey: .name)
        try values.encode(joint, forKey: .joint)
        try values.encodeIfPresent(offset.codedRows(exact: true), forKey: .offset)
    }
}

extension ViewScene.Path: Encodable {
    private enum Key: String, CodingKey { case name, note, q, t, unit, jumps, rate }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(name, forKey: .name)
        try values.encode(note, forKey: .note)
        try values.encode(NumberTable(q), forKey: .q)
        try values.encode(t.forEyes, forKey: .t)
        try values.encode(unit, forKey: .unit)
        try values.encode(jumps, forKey: .jumps)
        try values.encode(rate, forKey: .rate)
    }
}

/// The configurations of a scene by columns.
private struct CodedConfigurations: Encodable {
    /// The names, or the word that they all begin with, their numbers from 1 behind it.
    var names: Column
    var notes: Column
    var families: [Int]
    var aboutNames: [String]
    /// A column a name.
    var about: [Column]
    var q: NumberTable

    /// Texts, or the one that all rows have.
    enum Column: Encodable {
        case same(String), each([String])

        init(_ texts: [String]) {
            self = texts.allSatisfy { $0 == texts[0] } ? .same(texts.first ?? "") : .each(texts)
        }

        func encode(to encoder: any Encoder) throws {
            var value = encoder.singleValueContainer()
            switch self {
            case .same(let text): try value.encode(text)
            case .each(let texts): try value.encode(texts)
            }
        }
    }

    init(_ all: [ViewScene.Configuration], aboutNames: [String]) throws {
        let word = all.first.map { String($0.name.dropLast(2)) } ?? ""
        let isCounted = all.count > 1 && all.enumerated().allSatisfy { $1.name == "\(word) \($0 + 1)" }
        names = isCounted ? .same(word) : .each(all.map(\.name))
        notes = Column(all.map(\.note))
        families = all.map(\.family)
        self.aboutNames = aboutNames
        about = aboutNames.indices.map { index in Column(all.map { index < $0.about.count ? $0.about[index] : "" }) }
        q = try NumberTable(all.map(\.q))
    }
}

/// Frames as columns; the members of all frames one after the other.
private struct CodedFrames: Encodable {
    var t: [Double]
    /// How many members a frame has.
    var counts: [Int]
    var families: [Int]
    var weights: [Double]
    var q: NumberTable

    init(_ frames: [ViewScene.Frame]) throws {
        let members = frames.flatMap(\.members)
        t = frames.map(\.t)
        counts = frames.map(\.members.count)
        families = members.map(\.family)
        weights = members.map { ($0.weight * 1e4).rounded() / 1e4 }
        q = try NumberTable(members.map(\.q))
    }
}

/// A matrix whose columns are whole numbers of steps of 24 bits: the finest step of 1, 2 or 5 times a power of ten that spans a column, 1e-7 at least.
///
/// Of an angle that goes all around, the step is 5e-7 rad.
struct NumberTable: Encodable {
    /// A column's value is its step times the sum of its start and what is in the data.
    var start: [Double] = []
    var step: [Double] = []
    /// Rows of little-endian numbers of three bytes, in base64.
    var data = ""

    private static let largest = Double(1 << 24 - 1)

    /// - Parameter rows: of equal length.
    /// - Throws: `EncodingError` for numbers that are not finite.
    init(_ rows: [[Double]]) throws {
        for column in rows.first?.indices ?? 0..<0 {
            let values = rows.map { $0[column] }
            if let bad = values.first(where: { !$0.isFinite }) {
                throw EncodingError.invalidValue(bad, .init(codingPath: [], debugDescription: "a number that is not finite"))
            }
            let unit = Self.step(spanning: values.min()!, values.max()!)
            step.append(unit)
            start.append((values.min()! / unit).rounded())
        }
        let bytes = rows.flatMap { row in
            row.indices.flatMap { column in
                let whole = UInt32(min(max((row[column] / step[column]).rounded() - start[column], 0), Self.largest))
                return [UInt8(whole & 255), UInt8(whole >> 8 & 255), UInt8(whole >> 16)]
            }
        }
        data = Data(bytes).base64EncodedString()
    }

    private static func step(spanning lower: Double, _ upper: Double) -> Double {
        for exponent in -7...308 {
            for factor in [1, 2, 5] {
                guard let unit = Double("\(factor)e\(exponent)") else { continue }
                if upper / unit - lower / unit < largest, max(abs(lower), abs(upper)) / unit < 0x1p52 { return unit }
            }
        }
        return 1e308
    }
}

extension ViewShape: Encodable {
    private enum Key: String, CodingKey { case type, joint, at, size, spheres, mesh, alpha }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(type, forKey: .type)
        if joint >= 0 { try values.encode(joint, forKey: .joint) }
        try values.encodeIfPresent(at?.codedRows(exact: false), forKey: .at)
        if type == .spheres {
            // Tenths of a millimetre, and coarser for a robot of more than three metres.
            let unit = max(1e-4, (size.map(abs).max() ?? 0) / 32_000)
            guard unit.isFinite else { throw EncodingError.invalidValue(unit, .init(codingPath: [], debugDescription: "a number that is not finite")) }
            try values.encode([unit], forKey: .size)
            try values.encode(size.map { Int16(($0 / unit).rounded()).littleEndian }.withUnsafeBytes { Data($0).base64EncodedString() }, forKey: .spheres)
        } else {
            try values.encode(size.forEyes, forKey: .size)
        }
        try values.encodeIfPresent(mesh, forKey: .mesh)
        try values.encodeIfPresent(alpha, forKey: .alpha)
    }
}

extension [Double] {
    /// A transform's rows as they are written; nil for one that does nothing.
    fileprivate func codedRows(exact: Bool) -> [Double]? {
        let rows = exact ? self : forEyes
        guard rows.enumerated().allSatisfy({ $0.offset % 4 == 3 || $0.element == ($0.offset % 5 == 0 ? 1 : 0) }) else { return rows }
        let position = [rows[3], rows[7], rows[11]]
        return position.allSatisfy { $0 == 0 } ? nil : position
    }
}
