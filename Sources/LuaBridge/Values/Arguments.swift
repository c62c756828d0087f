import CLua
import CLuaSupport

/// The arguments of one call from Lua, read one by one; the receiver of a method is not counted among them.
public struct Arguments {
    unowned(unsafe) let callback: Callback
    /// The state that the call came from.
    public unowned(unsafe) let state: LuaState
    let L: OpaquePointer
    private let offset: Int32
    /// The number of arguments, `nil`s included.
    public let count: Int

    @inline(__always)
    init(state: LuaState, callback: Callback, L: OpaquePointer) {
        self.state = state
        self.callback = callback
        self.L = L
        offset = callback.isMethod ? 1 : 0
        count = max(0, Int(lua_gettop(L) - offset))
    }

    /// The argument at a position counted from 1; it may be absent.
    ///
    /// What reading other arguments leaves on the stack is none of them, so one beyond the last stays absent.
    public subscript(position: Int) -> Slot {
        let index = position <= count ? Int32(position) + offset : Self.absentIndex
        return Slot(state: state, index: index, place: .argument(position, parameterName(position)))
    }

    /// An index that no stack reaches (LUAI_MAXSTACK): Lua takes it for an absent value.
    private static let absentIndex: Int32 = 1_000_000

    /// The argument at a position; nil where it is absent or `nil`.
    public func optional(_ position: Int) -> Slot? {
        let slot = self[position]
        return slot.isNil ? nil : slot
    }

    /// All arguments, `nil`s at the end left out: an argument that is given as nil is as one that is absent.
    public var given: [Slot] {
        var slots = all
        while slots.last?.isNil ?? false { slots.removeLast() }
        return slots
    }

    /// All arguments.
    public var all: [Slot] { (0..<count).map { self[$0 + 1] } }

    /// Whether a declared argument is a table of options.
    var takesOptions: Bool { callback.parameters.contains { !$0.options.isEmpty } }

    /// Whether something else stands where the table of options belongs, which the function complains of.
    var missesOptions: Bool {
        guard let position = callback.parameters.firstIndex(where: { $0.name == "options" && !$0.options.isEmpty }) else { return false }
        let slot = self[position + 1]
        return !slot.isNil && slot.kind != .table
    }

    /// For functions whose second table goes with a path alone.
    ///
    /// - Throws: `ArgumentError` where there is one.
    public func refuseSecondTable() throws {
        guard let second = optional(2) else { return }
        throw second.invalid("goes with the path of a file; options go into the first table")
    }

    /// The table of options at a position, with keys as the parameter declares them; empty where it is absent.
    ///
    /// - Throws: `ArgumentError` for what is no table, for an unknown key (with a suggestion), for a value without a name.
    public func options(_ position: Int) throws -> Options {
        let slot = self[position]
        guard position <= callback.parameters.count else { return Options(state: state, table: nil) }
        return try Options(slot, declared: callback.parameters[position - 1])
    }

    /// The arguments of a function that takes any number of values, then a table of options, which is its last declared parameter.
    ///
    /// - Parameters:
    ///   - isExact: whether all tables but the values are options; else the last argument is the table of options where it has a key that is
    ///     one, or none at all.
    ///   - isValue: whether a table is one of the values.
    public func valuesAndOptions(isExact: Bool = false, isValue: (Slot) -> Bool) throws -> (values: [Slot], options: Options) {
        let given = given
        guard let declared = callback.parameters.last, let last = given.last, given.count > 1, last.kind == .table, !isValue(last) else {
            return (given, Options(state: state, table: nil))
        }
        let names = try last.names()
        let isEmpty = try names.isEmpty && last.length() == 0
        guard isExact || isEmpty || names.contains(where: { name in declared.options.contains { $0.name == name || $0.formerNames.contains(name) } }) else {
            return (given, Options(state: state, table: nil))
        }
        return (Array(given.dropLast()), try Options(last, declared: declared))
    }

    /// The object that a method was called on.
    ///
    /// - Throws: `ArgumentError` where it is none of that type, `BusyError` while it is being changed.
    @inline(__always)
    public func receiver<Contents>(_ type: Contents.Type) throws -> Contents { try receiverBox(type).read() }

    /// What a method was called on, where that is no object: a list of numbers.
    public var receiverSlot: Slot { Slot(state: state, index: 1, place: .value) }
    /// The object that a method was called on, for methods that return it.
    public var receiverValue: Value { callback.isMethod ? Slot(state: state, index: 1, place: .value).value : .nil }

    /// The box of the object that a method was called on.
    @inline(__always)
    public func receiverBox<Contents>(_ type: Contents.Type) throws -> Box<Contents> {
        if let box = state.box(at: 1, type, in: L) { return box }
        throw wrongReceiver(type)
    }

    /// An operand of an operator, counted from 1.
    public func operand<Contents>(_ position: Int, _ type: Contents.Type) throws -> Contents {
        if let box = state.box(at: Int32(position), type, in: L) { return try box.read() }
        let slot = Slot(state: state, index: Int32(position), place: .value)
        throw ArgumentError("expected a \(state.typeName(type)), got \(slot.found)")
    }

    func anyOperand(_ position: Int32) -> AnyBox? { state.anyBox(at: position, in: L) }

    /// The number in brackets of an access to an element.
    func elementIndex() throws -> Int {
        let slot = Slot(state: state, index: 2, place: .index)
        return try slot.integer()
    }

    private func parameterName(_ position: Int) -> String {
        callback.parameters.indices.contains(position - 1) ? callback.parameters[position - 1].name : ""
    }

    @inline(never)
    private func wrongReceiver(_ type: Any.Type) -> ArgumentError {
        let found = Slot(state: state, index: 1, place: .value).found
        return ArgumentError("is a method of a \(state.typeName(type)): write \(callback.name)(...) with a colon; it was called on \(found)")
    }
}

extension LuaState {
    /// The Lua name of a Swift type.
    func typeName(_ type: Any.Type) -> String { registry.type(of: type)?.name ?? "\(type)" }
}
