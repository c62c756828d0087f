import Collision
import Geometry
import LuaBridge

/// An entry of a list of obstacles: what known worlds and worlds that depend on a context read alike, whatever their numbers are.
struct ObstacleEntry {
    /// What entries of a list may be.
    struct Form {
        /// An obstacle in words, and an entry and its place as examples.
        var subject: String
        var box: String
        var sphere: String
        /// The most obstacles.
        var limit: Int
        var kinds: [String]
        /// The fields beside the shape.
        var others: [String]
    }

    let slot: Slot
    let number: Int
    let kind: String
    /// The fields that it has.
    let fields: [String]

    /// Reads the entries of a list.
    static func all<Result>(_ slot: Slot, _ form: Form, _ read: (ObstacleEntry) throws -> Result) throws -> [Result] {
        guard slot.kind == .table else { throw slot.mismatch("a list of obstacles, { \(form.box) }") }
        guard try slot.names().isEmpty else {
            throw slot.invalid("must be a list of obstacles, each a table of its own: { { \(try slot.names().first ?? "box") = ... } }")
        }
        let count = try slot.length()
        guard count <= form.limit else { throw slot.invalid("must have at most \(form.limit) obstacles, got \(count)") }
        return try (0..<count).map { index in
            try slot.withElement(index + 1) { try read(ObstacleEntry($0, number: index + 1, form)) }
        }
    }

    private init(_ slot: Slot, number: Int, _ form: Form) throws {
        guard slot.kind == .table else { throw slot.mismatch("an obstacle, \(form.sphere)") }
        let names = try slot.names()
        let kinds = form.kinds.joined(separator: ", ")
        if let unknown = names.first(where: { !form.kinds.contains($0) && !form.others.contains($0) }) {
            throw slot.invalid("has a field \"\(unknown)\"; \(form.subject) has one of \(kinds), and \(form.others.joined(separator: ", "))")
        }
        let found = form.kinds.filter(names.contains)
        guard found.count == 1, let kind = found.first else {
            throw slot.invalid(found.isEmpty ? "has no shape; give one of \(kinds)" : "has two shapes, \(found[0]) and \(found[1]); an obstacle has one")
        }
        (self.slot, self.number, self.kind, fields) = (slot, number, kind, names)
    }

    /// Its name; its kind and number where it has none.
    func name() throws -> String { try slot.withField("name") { $0.isNil ? "\(kind) \(number)" : try $0.string() } }

    /// The numbers of a box, a sphere, a cylinder or a capsule, as ``Shape/init(kind:sizes:)`` takes them; nil for other kinds.
    func sizes<Number>(
        number: (Slot) throws -> Number, numbers: (_ slot: Slot, _ count: Int, _ expected: String) throws -> [Number]
    ) throws -> [Number]? {
        try slot.withField(.string(kind)) { field -> [Number]? in
            switch kind {
            case "box": return try numbers(field, 3, "three edge lengths {x, y, z}")
            case "sphere": return [try number(field)]
            case "cylinder", "capsule":
                guard field.kind == .table else { throw field.mismatch("{ radius = 0.05, length = 0.2 }") }
                return try ["radius", "length"].map { name in try field.withField(.string(name), number) }
            default: return nil
            }
        }
    }
}

extension Shape {
    /// A box with edge lengths, a sphere with a radius, or a cylinder or a capsule with a radius and a length.
    init(kind: String, sizes: [Double]) {
        self = switch kind {
        case "box": .box(size: SIMD3(sizes[0], sizes[1], sizes[2]))
        case "sphere": .sphere(radius: sizes[0])
        case "cylinder": .cylinder(radius: sizes[0], length: sizes[1])
        default: .capsule(radius: sizes[0], length: sizes[1])
        }
    }
}
