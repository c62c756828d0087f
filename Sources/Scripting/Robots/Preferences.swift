import Kinematics
import LuaBridge
import Numerics

// What is preferred of solutions: nearness, held joints.

extension Preferences {
    /// Reads what `SearchKeys` declare beside the numbers of a search.
    init(_ options: LuaBridge.Options, of subject: some Jointed) throws {
        self.init()
        let unit = try AngleUnit(options), variables = subject.variables, name = subject.name
        near = try options[SearchKeys.near]?.configuration(of: subject, in: unit)
        weights = try options[SearchKeys.weights]?.jointWeights(of: name, count: variables.count)
        if let slot = options[SearchKeys.maxMove] {
            guard near != nil else { throw slot.invalid("goes with near = a configuration, which is missing") }
            greatestMoves = slot.kind == .number
                ? Array(repeating: try slot.positiveNumber(orInfinity: true), count: variables.count)
                : try slot.vector(count: variables.count, orInfinity: true, expected: "a number, or a list of \(variables.count.counted("number")), one a joint of \(name)")
            guard greatestMoves!.allSatisfy({ $0 >= 0 }) else { throw slot.invalid("must not be negative") }
            _ = try slot.turns(zip(greatestMoves!, variables).filter { $1.isAngle && $0.isFinite }.map(\.0), in: unit)
            for i in variables.indices { greatestMoves![i] *= unit.scale(of: variables[i]) }
        }
        try demand(options, of: subject, keeping: near, from: SearchKeys.near.name)
    }

    /// The preferences of a path, which has a way of its own to say how joints count, and begins at a start where one is given.
    init(_ options: LuaBridge.Options, of subject: some Jointed, weights: [Double]?, start: [Double]?) throws {
        self.init(weights: weights)
        try demand(options, of: subject, keeping: start, from: SearchKeys.start.name)
        guard let start, let slot = options[SearchKeys.start] else { return }
        for (index, value) in held.sorted(by: { $0.key < $1.key }) where abs(start[index] - value) > 1e-9 {
            throw slot.invalid("has \(subject.variables[index].name) at \(plainText(start[index])), which locked holds at \(plainText(value))")
        }
    }

    /// Reads what `SearchKeys.everywhere` declares.
    ///
    /// - Parameters:
    ///   - configuration: the one whose values joints keep that are named without a value; nil where none was given.
    ///   - option: what it was given by.
    private mutating func demand(_ options: LuaBridge.Options, of subject: some Jointed, keeping configuration: [Double]?, from option: String) throws {
        let unit = try AngleUnit(options), variables = subject.variables, name = subject.name
        guard let slot = options[SearchKeys.locked] else { return }
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
            guard let configuration else { throw slot.invalid("names \(variables[index].name) without a value, which goes with \(option) = a configuration only") }
            held[index] = configuration[index]
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

    /// One positive number per joint; nil where only the closest approach is weighed.
    ///
    /// - Parameter isOnly: whether there is no closest approach to weigh.
    func jointWeights(of robot: String, count: Int, isOnly: Bool = false) throws -> [Double]? {
        if !isOnly, kind == .table, try length() == 0, try !names().isEmpty { return nil }
        let weights = try vector(count: count, expected: "a list of \(count.counted("number")), one a joint of \(robot)")
        guard weights.allSatisfy({ $0 >= 1e-6 && $0 <= 1e6 }) else { throw invalid("must be numbers from 1e-6 to 1e6") }
        return weights
    }

    /// What the fields `position` and `rotation` make of the closest approach; nil where there is neither.
    func closeness() throws -> Closeness? {
        guard kind == .table else { return nil }
        var position: Double?, rotation: Double?
        try forEachEntry { key, value in
            guard key.kind == .string else { return }
            switch try key.name() {
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
            throw invalid("must lie within the limits of \(variable.name), \(plainText(variable.lower)) to \(plainText(variable.upper)), got \(plainText(value))"
                + (variable.isAngle && abs(value) > 2 * .pi ? unit.hint : ""))
        }
        return value
    }
}
