import Experiments
import LuaBridge

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
        guard slot.kind == .table, try slot.length() == 0 else { throw slot.mismatch("a table of lists by name, or a list of such tables") }
        var axes: [GridAxis] = []
        objects = []
        for name in try slot.names().sorted() {
            guard name != "seed" else { throw slot.invalid("must not have an axis \"seed\": give seeds = {1, 2, 3}") }
            guard !name.isEmpty, !name.contains(where: { $0.isWhitespace || $0 == "=" || $0 == "," }) else {
                throw slot.invalid("has an axis \"\(name)\": the name of an axis has no spaces, commas and equals signs")
            }
            let found = try slot.withField(.string(name)) { try ReadGrid.settings($0) }
            axes.append(GridAxis(name, found.map(\.setting)))
            objects.append(found.map(\.object))
        }
        grid = StudyGrid(axes)
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
