import CLua
import CLuaSupport

/// A Lua value where it lies on the stack, with words for where it came from.
///
/// All reading of what scripts pass happens here: a reader checks kind, finiteness, range, shape and size, and its error
/// names the place, what was expected and what came. Tables are read without metamethods.
public struct Slot {
    /// Where a value came from, as messages say it.
    indirect enum Place: CustomStringConvertible {
        case value, index
        case argument(Int, String)
        case option(String)
        case element(Place, Int)
        case field(Place, String)
        /// A key that is no name, as Lua writes it: `[1]`, `[0.5]`.
        case integerKey(Place, Int)
        case key(Place, String)

        var description: String {
            var steps: [String] = [], root = self
            while let step = root.lastStep {
                steps.append(step.words)
                root = step.outer
            }
            return ([root.words] + shortenedPath(steps.reversed())).joined(separator: ", ")
        }

        /// What the place lies in, and how it is reached from there; nil for what lies in nothing.
        private var lastStep: (outer: Place, words: String)? {
            switch self {
            case .value, .index, .argument, .option: nil
            case .element(let place, let index): (place, "element \(index)")
            case .field(let place, let name): (place, "field \(name)")
            case .integerKey(let place, let key): (place, "[\(key)]")
            case .key(let place, let text): (place, text)
            }
        }

        /// The words for what lies in nothing.
        private var words: String {
            switch self {
            case .index: "the index"
            case .argument(let position, ""): "argument \(position)"
            case .argument(let position, let name): "argument \(position) (\(name))"
            case .option(let name): "option \(name)"
            case .value, .element, .field, .integerKey, .key: "the value"
            }
        }
    }

    /// The state that it belongs to.
    public unowned(unsafe) let state: LuaState
    let index: Int32
    let place: Place

    public var kind: Kind { Kind(rawValue: lua_type(state.current, index)) ?? .none }
    /// Whether it is a function written in Lua, which leaves alone what it does not ask for; others read all that they are given, as options or a
    /// base of a logarithm.
    public var isLuaFunction: Bool { kind == .function && lua_iscfunction(state.current, index) == 0 }
    /// Whether it is absent or `nil`.
    public var isNil: Bool { lua_type(state.current, index) <= LUA_TNIL }

    /// The value, to keep.
    public var value: Value {
        lua_checkstack(state.current, 4) == 0 ? .nil : state.value(at: index)
    }

    /// What Lua's `tostring` gives.
    public func text() throws -> String { try state.text(at: index) }

    /// The registered type, where it is an object.
    public var objectType: ObjectType? {
        state.anyBox(at: index, in: state.current).flatMap { state.registry.type(of: type(of: $0).contentsType) }
    }

    /// The identity of a table, function, object or thread; nil for other values.
    public var identity: UnsafeRawPointer? { lua_topointer(state.current, index).map { UnsafeRawPointer($0) } }

    /// What came, as messages say it: `number 3`, `string "abc"`, `a Robot`.
    public var found: String {
        switch kind {
        case .none, .nil: return "nothing"
        case .boolean: return lua_toboolean(state.current, index) != 0 ? "true" : "false"
        case .number:
            return "number " + (lua_isinteger(state.current, index) != 0
                ? "\(avips_to_integer(state.current, index))" : plainText(avips_to_number(state.current, index)))
        case .string:
            let text = state.string(at: index).replacing(controls: "?")
            return "string \"" + (text.count > 40 ? text.prefix(37) + "..." : text[...]) + "\""
        case .table:
            let length = lua_rawlen(state.current, index)
            return length > 0 ? "a table of \(length)" : "a table"
        case .userdata:
            var isReleased = false
            _ = avips_object_at(state.current, index, &isReleased)
            if isReleased { return "an object that was closed" }
            return objectType.map { $0.name.withArticle } ?? "a userdata"
        case .lightUserdata: return "a userdata"
        case .function: return "a function"
        case .thread: return "a coroutine"
        }
    }

    /// The error that something else was expected: "a string", "4 numbers".
    public func mismatch(_ expected: String) -> ArgumentError {
        ArgumentError("\(place) must be \(expected), got \(found)")
    }

    /// An error about the value: "must not be empty".
    public func invalid(_ complaint: String) -> ArgumentError { ArgumentError("\(place) \(complaint)") }

    /// Warns of a value that is taken all the same; once a state for each kind of warning.
    public func warn(_ kind: String, _ complaint: String) {
        if state.warned.insert(kind).inserted { state.warn("\(place) \(complaint)") }
    }
}

/// The steps to a place as messages say them: of more than five the first three and the last, and how many are between.
public func shortenedPath(_ steps: [String]) -> [String] {
    guard steps.count > 5, let last = steps.last else { return steps }
    return steps.prefix(3) + ["… (\(steps.count - 4) more) …", last]
}

/// A number for people: 3, not 3.0; 1e-6, not 1e-06.
public func plainText(_ number: Double) -> String {
    if number.isNaN { return "nan" }
    if number.isInfinite { return number < 0 ? "-inf" : "inf" }
    if let integer = Int(exactly: number), integer.magnitude < 1_000_000_000_000_000 { return "\(integer)" }
    return "\(number)".replacing("e-0", with: "e-")
}

extension String {
    /// The text with each control character replaced.
    func replacing(controls replacement: Character) -> String {
        String(map { $0.unicodeScalars.contains { $0.value < 32 || $0.value == 127 } ? replacement : $0 })
    }
}
