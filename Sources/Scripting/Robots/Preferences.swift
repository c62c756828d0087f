import Kinematics
import LuaBridge
import Numerics

// What is asked of every search: how many, how exact, how long; and what is preferred: nearness, held joints.

extension Session {
    /// The options that every search for configurations takes.
    static var searchOptions: [Parameter] { [
        Parameter("count", "integer", "how many distinct solutions to look for; where the target leaves freedom, up to 512 are chosen among more, far from one another", default: "1"),
        Parameter("position_tolerance", "number", "the largest distance from the target", unit: "m", default: "1e-4"),
        Parameter("rotation_tolerance", "number", "the largest angle from the target; math.huge for any orientation", unit: "rad", default: "1e-3"),
        Parameter("min_distance", "number", "solutions nearer to each other count as one; whole turns of a joint do not part them", unit: "rad, m", default: "0.01"),
        secondsOption,
        Parameter("seed", "integer", "the seed of this search", default: "the session's stream"),
        degreesOption,
    ] }

    static var secondsOption: Parameter {
        Parameter("seconds", "number", "the longest time that the whole call may take; what was found by then is the answer", unit: "s", default: "none: as long as it takes")
    }

    static var restartsOption: Parameter {
        Parameter("restarts", "integer", "how many starts are tried before the search gives up", default: "4096, and at least 64 * count")
    }

    /// The options of what is preferred, for every search.
    static var preferenceOptions: [Parameter] { [
        Parameter("near", "list of numbers", "a configuration: the nearest solutions come first, moved towards it as far as the target allows; joints without limits come in the turn nearest to it", unit: "rad, m", isOptional: true),
        Parameter("max_move", "number or list of numbers", "with near: how far each joint may be from there; solutions farther away are none", unit: "rad, m", default: "none: as far as the limits allow"),
        Parameter("weights", "list of numbers or table", "how much each joint counts in distances, above 0; or { position = , rotation = }: how much m^2 and rad^2 count in the closest approach", default: "all 1; the closest approach has the least distance, then the least angle"),
        Parameter("locked", "table", "joints that keep a value, { panda_joint1 = 0.3 }; or a list of names, which keep their values in near", isOptional: true),
    ] }
}

extension SearchOptions {
    /// Reads `Session.searchOptions`, `restarts`, and what `weights` say of the closest approach.
    init(_ options: LuaBridge.Options) throws {
        let unit = try AngleUnit(options)
        self.init(
            count: try options["count"]?.integer(in: 1...1_000_000) ?? 1,
            positionTolerance: try options["position_tolerance"]?.positiveNumber() ?? 1e-4,
            rotationTolerance: try options["rotation_tolerance"]?.angle(in: unit, orInfinity: true) ?? 1e-3,
            restarts: try options["restarts"]?.integer(in: 1...10_000_000),
            minimumDistance: try options["min_distance"].map { try $0.number(in: 0...1e6) * unit.scale } ?? 0.01,
            seconds: try options["seconds"]?.positiveNumber(), spreads: true)
        if let closeness = try options["weights"]?.closeness() { self.closeness = closeness }
    }
}

extension Preferences {
    /// Reads `Session.preferenceOptions`.
    init(_ options: LuaBridge.Options, robot: Robot) throws {
        try self.init(options, variables: robot.chain.variables, name: robot.chain.name) { try $0.configuration(of: robot, in: $1) }
    }

    init(_ options: LuaBridge.Options, whole: WholeBody) throws {
        try self.init(options, variables: whole.body.variables, name: whole.body.name) { try $0.configuration(of: whole, in: $1) }
    }

    private init(
        _ options: LuaBridge.Options, variables: [Chain.Variable], name: String, configuration: (Slot, AngleUnit) throws -> [Double]
    ) throws {
        self.init()
        let unit = try AngleUnit(options)
        near = try options["near"].map { try configuration($0, unit) }
        weights = try options["weights"]?.jointWeights(of: name, count: variables.count)
        if let slot = options["max_move"] {
            guard near != nil else { throw slot.invalid("goes with near = a configuration, which is missing") }
            greatestMoves = slot.kind == .number
                ? Array(repeating: try slot.positiveNumber(orInfinity: true), count: variables.count)
                : try slot.vector(count: variables.count, expected: "a number, or a list of \(variables.count) numbers, one a joint of \(name)")
            guard greatestMoves!.allSatisfy({ $0 >= 0 }) else { throw slot.invalid("must not be negative") }
            for i in variables.indices { greatestMoves![i] *= unit.scale(of: variables[i]) }
        }
        guard let slot = options["locked"] else { return }
        guard slot.kind == .table else { throw slot.mismatch("a table of joints and their values, { \(variables[0].name) = 0.3 }") }
        try slot.forEachEntry { key, value in
            if key.kind == .string {
                let index = try key.joint(among: variables, of: name)
                held[index] = try value.heldValue(for: variables[index], in: unit)
                return
            }
            guard value.kind == .string else {
                throw slot.invalid("must say which joint has a value, { \(variables[0].name) = 0.3 }, or name joints that keep theirs, {\"\(variables[0].name)\"}, got \(value.found)")
            }
            let index = try value.joint(among: variables, of: name)
            guard let near else { throw slot.invalid("names \(variables[index].name) without a value, which goes with near = a configuration only") }
            held[index] = near[index]
        }
        guard held.count < variables.count else { throw slot.invalid("leaves no joint of \(name) to move") }
    }
}

extension Slot {
    /// The index of a joint by its name.
    fileprivate func joint(among variables: [Chain.Variable], of robot: String) throws -> Int {
        let name = try string()
        guard let index = variables.firstIndex(where: { $0.name == name }) else {
            throw invalid("names no joint of \(robot) (\"\(name)\"); the joints are " + variables.map(\.name).joined(separator: ", "))
        }
        return index
    }

    /// One positive number a joint; nil where only the closest approach is weighed.
    ///
    /// - Parameter isOnly: whether there is no closest approach to weigh.
    func jointWeights(of robot: String, count: Int, isOnly: Bool = false) throws -> [Double]? {
        if !isOnly, kind == .table, try length() == 0, try !names().isEmpty { return nil }
        let weights = try vector(count: count, expected: "a list of \(count) numbers, one a joint of \(robot)")
        guard weights.allSatisfy({ $0 >= 1e-6 && $0 <= 1e6 }) else { throw invalid("must be numbers from 1e-6 to 1e6") }
        return weights
    }

    /// What the fields `position` and `rotation` make of the closest approach; nil where there is neither.
    fileprivate func closeness() throws -> Closeness? {
        guard kind == .table else { return nil }
        var position: Double?, rotation: Double?
        try forEachEntry { key, value in
            guard key.kind == .string else { return }
            switch try key.string() {
            case "position": position = try value.number(in: 0...1e9)
            case "rotation": rotation = try value.number(in: 0...1e9)
            case let name: throw invalid("has a field \"\(name)\"; beside numbers for the joints, the fields are position and rotation")
            }
        }
        guard position != nil || rotation != nil else { return nil }
        // Who says what one counts has the other count as usual.
        let (p, r) = (position ?? 1, rotation ?? 1)
        guard p > 0 || r > 0 else { throw invalid("must not have position and rotation both 0") }
        return .weighted(position: p, rotation: r)
    }

    /// A value that a joint can be held at.
    fileprivate func heldValue(for variable: Chain.Variable, in unit: AngleUnit) throws -> Double {
        let value = try jointValue(of: variable, in: unit)
        guard variable.kind == .continuous || (value >= variable.lower - 1e-9 && value <= variable.upper + 1e-9) else {
            throw invalid("must lie within the limits of \(variable.name), \(plainText(variable.lower)) to \(plainText(variable.upper)), got \(plainText(value))")
        }
        return value
    }
}
