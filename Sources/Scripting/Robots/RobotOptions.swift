import Kinematics
import LuaBridge
import Numerics

/// The options of avips.robot: which part of a description is meant, and what it does not say.
struct RobotOptions {
    let given: LuaBridge.Options
    /// The link at which the chain starts, and where the base stands in the frame that poses are given in.
    private(set) var base: String?
    private(set) var mount: Pose?

    private static let base = RawOption(
        "base", "string, Pose or table",
        "the link at which the chain starts; or the pose of the base in the frame in which poses are given, of a floating base that where its six values are zero, from which its range, nominal configuration and the URDF's stance are counted; or { link = ..., pose = ... }",
        otherwise: "the URDF's own, or its root")
    private static let tip = OptionKey.string(
        "tip", "the link whose pose is computed; it may lie on another branch than base",
        otherwise: "the URDF's own, or a tool frame or flange at the end of the only arm")
    private static let tool = OptionKey<Pose?>.value("tool", "Pose", "the pose of a tool frame that is fixed to the tip; kinematics then refer to that frame") { try $0.pose() }
    private static let limits = RawOption(
        "limits", "table of lists of 2 numbers", "joint limits that replace the URDF's: { elbow = {-1, 1} }", unit: "rad, m")
    private static let srdf = OptionKey.path("srdf", "the path of an SRDF: pairs of links that it disables are not checked for collisions", otherwise: "the pairs that the URDF's <avips> element names")
    private static let degrees = OptionKey.flag("degrees", default: false, "whether limits of revolute joints are in degrees")
    private static let tips = RawOption(
        "tips", "list or table",
        "for a whole body, the links that goals are set for: { \"hand\", \"foot\" }, or under other names { hand = \"wrist_link\", foot = { link = \"ankle\", tool = pose } }",
        otherwise: "as the URDF says")
    private static let floating = RawOption(
        "floating", "boolean or table",
        "whether the base of a whole body moves freely; or its range, { lower = {x, y, z, roll, pitch, yaw}, upper = {...} }", unit: "m, rad",
        otherwise: "as the URDF says; true takes the URDF's range, and where it has none allows ±1 m along each axis, ±180° about z and ±45° about x and y")
    private static let nominal = RawOption(
        "nominal", "list of numbers", "the configuration of a whole body to start from; the floating base's six values may be left out", unit: "rad, m",
        otherwise: "the URDF's own, or the middle of the limits")
    private static let stance = RawOption(
        "stance", "list or table",
        "the contacts of a whole body: tips that stay where the nominal configuration has them, { \"left_foot\", \"right_foot\" }, or a Goal, Pose or position for each",
        otherwise: "as the URDF says")
    private static let balance = RawOption(
        "balance", "list of 2 numbers", "the largest distance of the centre of mass from the middle of the stance along x and y of the frame in which poses are given", unit: "m",
        otherwise: "no bound, or as the URDF says")

    static var declared: [any DeclaredOption] { [base, tip, tool, limits, srdf, degrees, tips, floating, nominal, stance, balance] }

    /// The options that only a whole body has.
    private static var bodyOptions: [RawOption] { [tips, floating, nominal, stance, balance] }

    init(_ given: LuaBridge.Options) throws {
        self.given = given
        guard let slot = given[Self.base] else { return }
        if slot.kind == .string {
            base = try slot.string()
        } else if slot.boxIfPresent(Pose.self) != nil {
            mount = try slot.object(Pose.self)
        } else if slot.kind == .table {
            base = try slot.withField("link") { $0.isNil ? nil : try $0.string() }
            mount = try slot.withField("pose") { $0.isNil ? nil : try $0.pose() }
            // A pose may be given as its options everywhere.
            if base == nil, mount == nil { mount = try slot.pose() }
        } else {
            throw slot.mismatch("the name of a link, or a Pose")
        }
    }

    /// The robot or whole body that is meant.
    func value(of description: RobotDescription, files: FileAccess) throws -> Value {
        var description = description
        if let path = try given[Self.srdf] { try description.readAllowedPairs(srdf: files.read(path), source: path) }
        try limit(&description)
        let (tip, tool) = (try given[Self.tip], try given[Self.tool])
        let asksForBody = given[Self.tips] != nil || given[Self.floating] != nil || given[Self.stance] != nil
        if tip == nil, base == nil, tool == nil, description.isWhole || asksForBody {
            return .object(holding: try body(description))
        }
        if let slot = Self.bodyOptions.lazy.compactMap({ given[$0] }).first {
            let other = tip != nil ? "tip" : base != nil ? "base" : tool != nil ? "tool" : nil
            throw slot.invalid(other.map { "goes with a whole body, and \($0) with a chain: give one of them" }
                ?? "goes with a whole body: a robot that names several tips, or one with the option tips")
        }
        let found = try description.foundChain(base: base, tip: tip)
        var chain = found.chain
        if let tool { chain = chain.carrying(tool) }
        if let mount { chain = chain.mounted(at: mount) }
        if let fault = chain.fault { throw ArgumentError("tool and base lead to a robot that cannot be used: \(fault)") }
        return .object(holding: Robot(chain, notes: found.notes, description: description))
    }

    private func limit(_ description: inout RobotDescription) throws {
        let unit = try AngleUnit(given), isSaid = given.has(Self.degrees)
        guard let slot = given[Self.limits] else { return }
        guard slot.kind == .table else { throw slot.mismatch("a table of limits by joint, { elbow = {-1, 1} }") }
        try slot.forEachEntry { key, value in
            guard key.kind == .string else { throw slot.mismatch("a table of limits by joint, { elbow = {-1, 1} }") }
            let name = try key.name()
            let range = try value.numbers(count: 2, expected: "{lower, upper}")
            let turns = description.joints.first { $0.name == name }?.kind != .prismatic
            let limits = turns ? try value.turns(range, in: unit, isSaid: isSaid) : range
            do {
                try description.limit(name, to: JointLimits(lower: limits[0], upper: limits[1]))
            } catch let error as URDFError { throw value.invalid("cannot be taken: \(error.problem)") }
        }
    }

    // MARK: Bodies

    private func body(_ description: RobotDescription) throws -> WholeBody {
        var description = description
        let tips = try given[Self.tips].map(tips)
        if let tips {
            description.tips = tips
            description.stance = nil
        }
        let found = try description.foundBody(floating: floating(description), at: mount ?? .identity, holdingFingers: tips != nil)
        var body = found.body
        if let slot = given[Self.nominal] { body.nominal = try nominal(slot, of: body) }
        if let fault = body.fault { throw ArgumentError("the body cannot be used: \(fault)") }
        try stand(&body)
        return WholeBody(body, notes: found.notes, description: description, mount: mount ?? .identity)
    }

    private func tips(_ slot: Slot) throws -> [RobotDescription.Tip] {
        func offset(_ slot: Slot) throws -> Pose { slot.isNil ? .identity : try slot.pose() }
        var tips: [RobotDescription.Tip] = []
        for position in 0..<(try slot.length()) {
            tips.append(try slot.withElement(position + 1) { .init(name: try $0.string(), link: try $0.string()) })
        }
        var named: [RobotDescription.Tip] = []
        try slot.forEachEntry { key, value in
            guard key.kind == .string else { return }
            let name = try key.name()
            if value.kind == .string { return named.append(.init(name: name, link: try value.string())) }
            guard value.kind == .table else { throw value.mismatch("the name of a link, or { link = \"...\", tool = avips.pose{...} }") }
            let link = try value.withField("link") { try $0.string() }
            named.append(.init(name: name, link: link, offset: try value.withField("tool", offset)))
        }
        tips += named.sorted { $0.name < $1.name }
        guard !tips.isEmpty else { throw slot.invalid("must name a link: { \"left_hand\", \"right_hand\" }") }
        let names = Set(tips.map(\.name))
        guard names.count == tips.count else { throw slot.invalid("must not name a tip twice") }
        return tips
    }

    private func floating(_ description: RobotDescription) throws -> RobotDescription.FloatingBase? {
        guard let slot = given[Self.floating] else { return description.floatingBase }
        if slot.kind == .boolean { return try slot.boolean() ? description.floatingBase ?? .wide : nil }
        guard slot.kind == .table else { throw slot.mismatch("true, false or { lower = {...}, upper = {...} }") }
        let lower = try slot.withField("lower") { try $0.numbers(count: 6) }, upper = try slot.withField("upper") { try $0.numbers(count: 6) }
        guard zip(lower, upper).allSatisfy({ $0 <= $1 }) else { throw slot.invalid("has a lower limit above the upper one") }
        return .init(lower: lower, upper: upper)
    }

    private func nominal(_ slot: Slot, of body: Body) throws -> [Double] {
        let count = try slot.length(), base = body.isFloating ? 6 : 0
        guard count == body.degreesOfFreedom || count == body.degreesOfFreedom - base else {
            throw slot.invalid("must have \(body.degreesOfFreedom) numbers"
                + (base > 0 ? ", or \(body.degreesOfFreedom - base) without the floating base" : "") + ", got \(count)")
        }
        let q = try slot.numbers() + body.nominal[count...]
        try slot.requireLimits(q, of: body.variables, name: body.name)
        return zip(q, body.variables).map { $1.kind == .continuous ? $0 : min(max($0, $1.lower), $1.upper) }
    }

    /// Gives a body the stance of the options.
    private func stand(_ body: inout Body) throws {
        let halfWidths = try given[Self.balance].map { slot in
            let widths = try slot.numbers(count: 2)
            guard widths[0] >= 0, widths[1] >= 0 else { throw slot.invalid("must not be negative") }
            return SIMD2(widths[0], widths[1])
        }
        guard let slot = given[Self.stance] else {
            guard let halfWidths else { return }
            guard let aims = body.stance?.aims, !aims.isEmpty else { throw given[Self.balance]!.invalid("goes with a stance") }
            return body.stance = BodyTask(aims: aims, halfWidths: halfWidths)
        }
        var goals: [Int: Goal] = [:]
        let evaluator = BodyEvaluator(body), whole = body
        for position in 0..<(try slot.length()) {
            let tip = try slot.withElement(position + 1) { try $0.tip(of: whole) }
            goals[tip] = Goal(evaluator.pose(ofTip: tip))
        }
        try slot.forEachEntry { key, value in
            guard key.kind == .string else { return }
            goals[try key.tip(of: whole)] = try value.goal(takesPosition: true)
        }
        guard !goals.isEmpty else { throw slot.invalid("must name a tip: { \(body.tips.first.map { "\"\($0.name)\"" } ?? "") }") }
        body.stance = BodyTask(aims: goals.sorted { $0.key < $1.key }.map { .init(tip: $0.key, goal: $0.value) }, halfWidths: halfWidths)
    }
}
