import Files
import Kinematics
import LuaBridge

/// What configurations belong to: the chain of a robot, or a whole body.
enum RobotOrBody {
    case robot(Robot)
    case body(WholeBody)

    var jointed: any Jointed {
        switch self {
        case .robot(let robot): robot
        case .body(let whole): whole
        }
    }

    var name: String { jointed.name }
    var variables: [Chain.Variable] { jointed.variables }
    var dof: Int { variables.count }

    /// The body, or a chain as one with one tip.
    var body: Body {
        switch self {
        case .robot(let robot): Body(robot.chain)
        case .body(let whole): whole.body
        }
    }

    var value: Value {
        switch self {
        case .robot(let robot): .object(holding: robot)
        case .body(let whole): .object(holding: whole)
        }
    }
}

extension Slot {
    /// The robot or the body of a model of any kind; nil for other values, and for models of neither.
    func subjectOfModel() throws -> RobotOrBody? {
        if let box = boxIfPresent(Model.self) { return .robot(try box.read().robot) }
        if let box = boxIfPresent(FactoredModel.self) { return .robot(try box.read().robot) }
        if let box = boxIfPresent(SampledModel.self) { return try box.read().robot.map { .robot($0) } }
        if let box = boxIfPresent(BodyModel.self) { return .body(try box.read().whole) }
        return nil
    }
}

extension Session {
    /// The names of the joints of a robot, a body, or the robot of a model, in their order; none for other values.
    public func jointNames(of value: Value) -> [String] {
        let subject = try? state.withSlot(value) { slot -> (any Jointed)? in
            if let box = slot.boxIfPresent(Robot.self) { return try box.read() }
            if let box = slot.boxIfPresent(WholeBody.self) { return try box.read() }
            return try slot.subjectOfModel()?.jointed
        }
        return subject?.variables.map(\.name) ?? []
    }

    /// A robot, or one of the library by its name or path.
    func robot(_ slot: Slot) throws -> Robot {
        if let box = slot.boxIfPresent(Robot.self) { return try box.read() }
        return Robot(try description(slot, expected: "a Robot or the name of one").chain())
    }

    /// A robot or a body, or one of the library by its name or path: a body where several tips are named there and none is the robot's own.
    func robotOrBody(_ slot: Slot) throws -> RobotOrBody {
        if let box = slot.boxIfPresent(Robot.self) { return .robot(try box.read()) }
        if let box = slot.boxIfPresent(WholeBody.self) { return .body(try box.read()) }
        let description = try description(slot, expected: "a Robot, a Body or the name of one")
        guard description.isWhole else { return .robot(Robot(try description.chain())) }
        return .body(WholeBody(try description.body(floating: description.floatingBase)))
    }

    private func description(_ slot: Slot, expected: String) throws -> RobotDescription {
        guard slot.kind == .string else { throw slot.mismatch(expected) }
        return try robotDescription(slot.string())
    }

    /// A robot of the library by its name, or one by its path or its text. A file that lies there under a name that no robot has is meant by its path.
    func robotDescription(_ name: String) throws -> RobotDescription {
        let library = resources.robotLibrary
        if RobotLibrary.isText(name) { return try library.robot(name) }
        guard RobotLibrary.isPath(name) || !library.names.contains(name) && (try? files.checkReading(name)) != nil else { return try library.robot(name) }
        let path = try files.source(name)
        if path.hasSuffix(".safetensors"), let held = (try? Safetensors(contentsOf: path)).flatMap(SavedObject.init) { throw held.refusal(path) }
        return try RobotDescription(contentsOf: path)
    }
}

extension Slot {
    /// What was found for one robot is nothing for another: configurations go with joints.
    ///
    /// - Throws: where the names of the two differ, or those of their joints.
    func require(of own: RobotOrBody, is subject: RobotOrBody) throws {
        guard own.name == subject.name else { throw invalid("is of \(own.name), not of \(subject.name)") }
        let joints = own.variables.map(\.name), wanted = subject.variables.map(\.name)
        guard joints != wanted else { return }
        func said(_ names: [String]) -> String {
            "\(NumberText.counted(names.count, "joint")) (\(names.prefix(4).joined(separator: ", "))\(names.count > 4 ? ", …" : ""))"
        }
        throw invalid("is of another \(own.name), one with \(said(joints)) in place of \(said(wanted))")
    }
}
