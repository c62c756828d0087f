import Experiments
import LuaBridge
import Numerics

/// A grid, and what its settings are in Lua.
struct ReadGrid {
    var grid: StudyGrid
    /// By axis and setting; nil where the label says it all.
    private var objects: [[Value?]]

    private static let settingLimit = 100_000

    /// Reads the grids of a study: a table of axes, or a list of such tables.
    static func all(_ slot: Slot) throws -> [ReadGrid] {
        guard slot.kind == .table else { throw slot.mismatch("a table of lists by name, such as { robot = {\"ur5\", \"panda\"} }") }
        let count = try slot.length()
        if count == 0 { return [try ReadGrid(slot)] }
        guard count <= 1000 else { throw slot.invalid("must have at most 1000 grids") }
        return try (1...count).map { try slot.withElement($0) { try ReadGrid($0) } }
    }

    /// One point without settings.
    init() {
        grid = StudyGrid([])
        objects = []
    }

    init(_ slot: Slot) throws {
        self.init()
        for name in try ReadGrid.names(slot) {
            let found = try slot.withField(.string(name)) { axis in
                if try RandomRange(axis) != nil { throw axis.invalid("is a range: it goes with search = { random = 20 }, which draws from it") }
                return try ReadGrid.settings(axis)
            }
            add(name, found)
        }
    }

    /// Points that are drawn: of a list one of its settings, of { from =, to = } a number between both.
    ///
    /// Each axis draws from a stream of its own, so that more points, or another axis, leave the points as they are.
    static func drawn(_ slot: Slot, count: Int, seed: UInt64) throws -> [ReadGrid] {
        var grids = Array(repeating: ReadGrid(), count: count)
        for name in try names(slot) {
            var stream = RandomStream(seed: seed ^ (UInt64(Digest(of: name).hexadecimal.prefix(16), radix: 16) ?? 0))
            try slot.withField(.string(name)) { axis in
                if let range = try RandomRange(axis) {
                    for index in grids.indices { grids[index].add(name, [(GridSetting(range.draw(using: &stream)), nil)]) }
                } else {
                    let found = try settings(axis)
                    for index in grids.indices { grids[index].add(name, [found[Int(stream.uniform() * Double(found.count))]]) }
                }
            }
        }
        return grids
    }

    private static func names(_ slot: Slot) throws -> [String] {
        guard slot.kind == .table, try slot.length() == 0 else { throw slot.mismatch("a table of lists by name, or a list of such tables") }
        let names = try slot.names().sorted()
        for name in names {
            guard name != "seed" else { throw slot.invalid("must not have an axis \"seed\": give seeds = {1, 2, 3}") }
            guard !name.isEmpty, !name.contains(where: { $0.isWhitespace || $0 == "=" || $0 == "," }) else {
                throw slot.invalid("has an axis \"\(name)\": the name of an axis has no spaces, commas and equals signs")
            }
        }
        return names
    }

    private mutating func add(_ name: String, _ found: [Found]) {
        grid.axes.append(GridAxis(name, found.map(\.setting)))
        objects.append(found.map(\.object))
    }

    /// The grid with constants: axes of a single setting, whatever it is.
    func with(constants slot: Slot) throws -> ReadGrid {
        var grid = self
        for name in try ReadGrid.names(slot) {
            guard !grid.grid.axes.contains(where: { $0.name == name }) else { throw slot.invalid("has \"\(name)\", which is an axis of the grid") }
            grid.add(name, [try slot.withField(.string(name)) { try ReadGrid.setting($0) }])
        }
        return grid
    }

    /// The grid with one more axis, of a single setting.
    func with(_ name: String, _ setting: Datum) -> ReadGrid {
        var grid = self
        grid.add(name, [(GridSetting(setting), nil)])
        return grid
    }

    /// What a setting is in Lua: plain data are made anew for each run, so that none changes those of another.
    func value(axis: Int, setting: Int) -> Value { objects[axis][setting] ?? grid.axes[axis].settings[setting].label.luaValue }

    private typealias Found = (setting: GridSetting, object: Value?)

    private static func settings(_ slot: Slot) throws -> [Found] {
        guard slot.kind == .table, !slot.describesItself else { return [try setting(slot)] }
        let count = try slot.length(), names = try slot.names().sorted()
        guard count > 0 || !names.isEmpty else { throw slot.invalid("must have a setting at least") }
        guard count + names.count <= settingLimit else { throw slot.invalid("must have at most \(settingLimit) settings") }
        guard count == 0 || names.isEmpty else { throw slot.invalid("must be a list of settings, or settings by name, not both") }
        if count > 0 { return try (1...count).map { try slot.withElement($0) { try setting($0) } } }
        return try names.map { name in try slot.withField(.string(name)) { try setting($0, named: name) } }
    }

    private static func setting(_ slot: Slot) throws -> Found {
        switch slot.kind {
        case .string, .boolean, .number: return (GridSetting(try plain(slot)), nil)
        case .table where !slot.describesItself: return (GridSetting(try plain(slot)), nil)
        case .userdata, .table:
            let text = try slot.text()
            let label: String = slot.objectType?.properties.contains { $0.name == "name" } == true ? try slot.withMember("name") { try $0.string() } : text
            guard !label.contains("\n"), label.utf8.count <= 80 else { throw slot.invalid("needs a name: { short = ... } in place of a list") }
            return (GridSetting(.text(label), identity: ["name": .text(label), "value": try described(slot)]), slot.value)
        default: throw slot.invalid("is \(slot.found), which needs a name: { short = ... } in place of a list")
        }
    }

    private static func setting(_ slot: Slot, named name: String) throws -> Found {
        (GridSetting(.text(name), identity: ["name": .text(name), "value": try described(slot)]), slot.value)
    }

    /// Data without objects; numbers that are not finite have no place in JSON, by which settings are told apart.
    private static func plain(_ slot: Slot) throws -> Datum {
        if slot.kind == .number, case .number(let number) = slot.value, !number.isFinite { throw slot.invalid("is \(slot.found): give it a name, { unbounded = math.huge }") }
        var writer = JSONWriter(indent: nil)
        do { try writer.write(slot) } catch let error as ArgumentError { throw slot.invalid("cannot be told from others: \(error)") }
        return try Datum(json: writer.bytes)
    }

    /// What tells a value of any kind from others.
    private static func described(_ slot: Slot) throws -> Datum {
        if slot.kind == .number { return .text(try slot.text()) }
        var writer = JSONWriter(indent: nil, isLenient: true)
        try writer.write(slot)
        return try Datum(json: writer.bytes)
    }
}

extension Datum {
    /// The value in Lua: `null` is nil, and has no place in a table.
    var luaValue: LuaBridge.Value {
        switch self {
        case .null: .nil
        case .boolean(let truth): .boolean(truth)
        case .integer(let number): .integer(number)
        case .number(let number): .number(number)
        case .text(let text): .string(text)
        case .list(let elements): .list(elements.map(\.luaValue))
        case .record(let members): .record(members.map { ($0.name, $0.value.luaValue) })
        }
    }
}

/// A range that numbers are drawn from.
struct RandomRange {
    var range: ClosedRange<Double>
    var isLogarithmic: Bool
    var isWhole: Bool

    /// A table { from =, to =, log =, integer = }; nil for any other value.
    init?(_ slot: Slot) throws {
        guard slot.kind == .table, try slot.length() == 0, Set(try slot.names()).isSuperset(of: ["from", "to"]) else { return nil }
        let names = try slot.names()
        guard Set(names).isSubset(of: ["from", "to", "log", "integer"]) else { return nil }
        let from = try slot.withField(.string("from")) { try $0.number() }, to = try slot.withField(.string("to")) { try $0.number(in: from...Double.greatestFiniteMagnitude) }
        isLogarithmic = try slot.withField(.string("log")) { $0.isNil ? false : try $0.boolean() }
        isWhole = try slot.withField(.string("integer")) { $0.isNil ? false : try $0.boolean() }
        guard !isLogarithmic || from > 0 else { throw slot.invalid("must be above 0 where log = true") }
        range = from...to
    }

    func draw(using stream: inout RandomStream) -> Datum {
        let share = stream.uniform()
        let number = isLogarithmic
            ? range.lowerBound * Elementary.exp(share * Elementary.log(range.upperBound / range.lowerBound)) : range.lowerBound + share * (range.upperBound - range.lowerBound)
        guard isWhole else { return .number(min(max(number, range.lowerBound), range.upperBound)) }
        let whole = min(max(number.rounded(), range.lowerBound.rounded(.up)), range.upperBound.rounded(.down))
        return Int(exactly: whole).map { .integer($0) } ?? .number(whole)
    }
}
