import Geometry

/// Turns the elements of a URDF document into links, joints and variables.
///
/// Attributes are checked where they are read, with the line of their element; how the joints hang together is
/// checked by ``URDFTree``. What makes the tree, names, parents and children, must be in order; a fault of anything else is kept with its
/// joint or link, and counts where that is used.
struct URDFReader {
    let source: String
    var links: [RobotDescription.Link] = []
    var linkLines: [Int] = []
    var linkIndices: [String: Int] = [:]
    var joints: [RobotDescription.Joint] = []
    var jointLines: [Int] = []
    var jointIndices: [String: Int] = [:]
    /// The name that a mimicking joint follows.
    var mimicked: [Int: String] = [:]
    var warnings: [String] = []

    init(source: String) { self.source = source }

    func fail(_ element: MarkupElement, _ problem: URDFError.Problem) -> URDFError {
        URDFError(source: source, line: element.line, problem: problem)
    }

    mutating func readLink(_ element: MarkupElement) throws(URDFError) {
        let name = try text("name", of: element, called: "<link>")
        if let first = linkIndices[name] {
            throw fail(element, .duplicateName(of: "link", name: name, firstLine: linkLines[first]))
        }
        var link = RobotDescription.Link(name: name)
        do {
            try readMass(of: element, into: &link)
        } catch {
            link.massFault = error
        }
        readShapes(of: element, into: &link)
        linkIndices[name] = links.count
        links.append(link)
        linkLines.append(element.line)
    }

    private func readMass(of element: MarkupElement, into link: inout RobotDescription.Link) throws(URDFError) {
        // <mass/> gives none.
        guard let inertial = element.child("inertial"), let mass = inertial.child("mass"), !mass.attributes.isEmpty else { return }
        let called = "<mass> of link \"\(link.name)\""
        let value = try number("value", of: mass, called: called)
        guard (0...RobotBounds.mass).contains(value) else {
            throw fail(mass, .invalidValue(
                element: called, attribute: "value", value: "\(value)",
                expected: value < 0 ? "a mass that is not negative" : "a mass of at most \(RobotBounds.mass) kg"))
        }
        if let origin = inertial.child("origin") { link.centreOfMass = try lengths("xyz", of: origin, called: "<origin>") }
        link.mass = value
    }

    mutating func readJoint(_ element: MarkupElement) throws(URDFError) {
        let name = try text("name", of: element, called: "<joint>")
        if let first = jointIndices[name] {
            throw fail(element, .duplicateName(of: "joint", name: name, firstLine: jointLines[first]))
        }
        let called = "joint \"\(name)\""
        let parent = try linkIndex(in: element, role: "parent", called: called)
        let child = try linkIndex(in: element, role: "child", called: called)
        var joint = RobotDescription.Joint(name: name, kind: .fixed, parent: parent, child: child, origin: .identity, axis: .zero)
        do {
            try readMotion(of: element, into: &joint)
        } catch {
            joint.kind = .fixed
            joint.fault = error
            mimicked[joints.count] = nil
            joint.mimics = false
        }
        jointIndices[name] = joints.count
        joints.append(joint)
        jointLines.append(element.line)
    }

    /// Where a joint lies and how it moves.
    private mutating func readMotion(of element: MarkupElement, into joint: inout RobotDescription.Joint) throws(URDFError) {
        let called = "joint \"\(joint.name)\""
        if let left = element.children.first(where: { $0.name.hasPrefix("xacro:") }) { throw fail(left, .xacro(found: "the element <\(left.name)>")) }
        let type = try text("type", of: element, called: called)
        guard let kind = JointKind(rawValue: type) else {
            throw fail(element, ["floating", "planar"].contains(type)
                ? .unsupportedJointType(joint: joint.name, type: type) : .unknownJointType(joint: joint.name, type: type))
        }
        joint.kind = kind
        joint.origin = try pose(of: element)
        guard kind != .fixed else { return }
        joint.axis = try axis(of: element, joint: joint.name)
        if let mimic = element.child("mimic") {
            mimicked[joints.count] = try text("joint", of: mimic, called: "<mimic> of \(called)")
            joint.mimics = true
            joint.multiplier = try number("multiplier", of: mimic, called: "<mimic> of \(called)", default: 1, atMost: RobotBounds.multiplier)
            joint.offset = try number("offset", of: mimic, called: "<mimic> of \(called)", default: 0, atMost: RobotBounds.length)
        }
        do {
            try readLimits(of: element, into: &joint)
        } catch {
            // Limits can be given otherwise; the joint keeps its way to move.
            joint.fault = error
        }
    }

    private func linkIndex(in joint: MarkupElement, role: String, called: String) throws(URDFError) -> Int {
        guard let element = joint.child(role) else { throw fail(joint, .missingElement(in: called, element: role)) }
        let name = try text("link", of: element, called: "<\(role)> of \(called)")
        guard let index = linkIndices[name] else {
            throw fail(element, .unknownLink(
                in: "<\(role)> of \(called)", link: name,
                hint: NearestNames.hint(links.map(\.name), for: name, plural: "links")))
        }
        return index
    }

    private func axis(of element: MarkupElement, joint: String) throws(URDFError) -> SIMD3<Double> {
        guard let axis = element.child("axis") else { return [1, 0, 0] }
        let vector = try vector("xyz", of: axis, called: "<axis> of joint \"\(joint)\"", default: [1, 0, 0])
        let largest = max(abs(vector.x), max(abs(vector.y), abs(vector.z)))
        guard largest > 0 else { throw fail(axis, .zeroAxis(joint: joint)) }
        let length = vector.length
        // A unit vector stays as it is printed; the scale keeps the squares of extreme components finite.
        if length == 1 { return vector }
        let scaled = vector / largest
        return scaled / scaled.length
    }

    /// The limits of a moving joint, with a note where they were supplied or are none in practice.
    private mutating func readLimits(of element: MarkupElement, into joint: inout RobotDescription.Joint) throws(URDFError) {
        let limit = element.child("limit")
        let called = "<limit> of joint \"\(joint.name)\""
        // Speeds and torques have no part in kinematics: what is wrong with them does not make a joint unusable.
        if let limit { readVelocity(of: limit, into: &joint) }
        joint.effort = limit?.attributes["effort"].flatMap { Double($0) }.flatMap { $0.isFinite ? $0 : nil }
        if joint.kind == .continuous { return }
        let lower = try limit.flatMap { l throws(URDFError) in try limitNumber("lower", of: l, called: called) }
        let upper = try limit.flatMap { l throws(URDFError) in try limitNumber("upper", of: l, called: called) }
        if lower == nil, upper == nil {
            // A joint that follows another has its limits.
            if joint.mimics { return }
            guard joint.kind == .revolute else { throw fail(element, .missingLimits(joint: joint.name)) }
            note("is revolute without limits; -pi to pi is assumed", &joint, element)
            joint.limits = .turn
            return
        }
        var range = JointLimits(lower: lower ?? 0, upper: upper ?? 0)  // URDF's own defaults
        guard range.lower <= range.upper else {
            throw fail(limit ?? element, .limitsReversed(joint: joint.name, lower: range.lower, upper: range.upper))
        }
        if joint.kind == .revolute {
            if range.upper - range.lower > 1000 {
                note("turns without practical limits; it is taken as continuous", &joint, element)
                joint.kind = .continuous
                return
            }
            guard max(abs(range.lower), abs(range.upper)) <= RobotBounds.angle else {
                throw fail(limit ?? element, .invalidValue(
                    element: called, attribute: "upper", value: "\(range.upper)", expected: "angles of at most \(RobotBounds.angle) rad"))
            }
            if let doubt = range.doubtOfUnit { note(doubt, &joint, limit ?? element) }
        } else if max(abs(range.lower), abs(range.upper)) > RobotBounds.length {
            range.lower = max(range.lower, -RobotBounds.length)
            range.upper = min(range.upper, RobotBounds.length)
            guard range.lower <= range.upper else { throw fail(element, .missingLimits(joint: joint.name)) }
            note("slides without practical limits; \(range.lower) m to \(range.upper) m is assumed", &joint, element)
        }
        if range.lower == range.upper {
            // Exporters write 0 and 0 where they mean nothing by it; what follows another joint is not held by that.
            if joint.mimics { return }
            note("has the lower limit \(range.lower) and the same upper limit: it does not move", &joint, element, isWarning: false)
        }
        joint.limits = range
    }

    /// The largest speed; a note says where there is one that cannot be used.
    private mutating func readVelocity(of limit: MarkupElement, into joint: inout RobotDescription.Joint) {
        guard let text = limit.attributes["velocity"] else { return }
        let shown = text.count > 40 ? text.prefix(40) + "..." : text[...]
        let assumption = "; 1 \(joint.kind == .prismatic ? "m/s" : "rad/s") is assumed"
        let words = text.split(whereSeparator: \.isWhitespace)
        let number = words.count == 1 ? Double(words[0]) : nil
        if let number, number >= RobotBounds.speed {
            joint.velocityNote = "joint \"\(joint.name)\" has no practical limit of its speed, velocity \"\(shown)\"" + assumption
        } else if let number, number > 0, number.isNormal {
            joint.velocity = number
        } else {
            joint.velocityNote = "joint \"\(joint.name)\" has the velocity \"\(shown)\", expected a number above 0" + assumption
        }
        if let note = joint.velocityNote { warn(limit, note) }
    }

    /// A limit, which may be infinite.
    private func limitNumber(_ attribute: String, of element: MarkupElement, called name: String) throws(URDFError) -> Double? {
        if let value = element.attributes[attribute].flatMap({ Double($0) }), value.isInfinite { return value }
        return try optionalNumber(attribute, of: element, called: name)
    }

    private mutating func note(_ what: String, _ joint: inout RobotDescription.Joint, _ element: MarkupElement, isWarning: Bool = true) {
        joint.notes.append("joint \"\(joint.name)\" \(what)")
        if isWarning { warn(element, "joint \"\(joint.name)\" \(what)") }
    }

    mutating func warn(_ element: MarkupElement, _ message: String) {
        warnings.append("\(source):\(element.line): \(message)")
    }
}

// MARK: Attributes

extension URDFReader {
    func text(_ attribute: String, of element: MarkupElement, called name: String) throws(URDFError) -> String {
        guard let value = element.attributes[attribute] else { throw fail(element, .missingAttribute(element: name, attribute: attribute)) }
        guard !value.isEmpty else { throw fail(element, .invalidValue(element: name, attribute: attribute, value: "", expected: "a text that is not empty")) }
        try rejectXacro(value, attribute, element)
        return value
    }

    /// Throws where a value still waits for xacro.
    private func rejectXacro(_ value: String, _ attribute: String, _ element: MarkupElement) throws(URDFError) {
        guard value.contains("${") || value.contains("$(") else { return }
        throw fail(element, .xacro(found: "\"\(value)\" in the attribute \"\(attribute)\" of <\(element.name)>"))
    }

    func numbers(
        _ attribute: String, of element: MarkupElement, called name: String, count: Int
    ) throws(URDFError) -> [Double]? {
        guard let value = element.attributes[attribute] else { return nil }
        try rejectXacro(value, attribute, element)
        let parts = value.split(whereSeparator: \.isWhitespace)
        let values = parts.compactMap { Double($0) }
        guard parts.count == count, values.count == count, values.allSatisfy(\.isFinite) else {
            throw fail(element, .notNumbers(element: name, attribute: attribute, value: value, expected: count))
        }
        return values
    }

    func optionalNumber(_ attribute: String, of element: MarkupElement, called name: String) throws(URDFError) -> Double? {
        try numbers(attribute, of: element, called: name, count: 1)?[0]
    }

    func number(
        _ attribute: String, of element: MarkupElement, called name: String, default fallback: Double? = nil, atMost bound: Double = .infinity
    ) throws(URDFError) -> Double {
        guard let value = try optionalNumber(attribute, of: element, called: name) ?? fallback else {
            throw fail(element, .missingAttribute(element: name, attribute: attribute))
        }
        guard abs(value) <= bound else {
            throw fail(element, .invalidValue(element: name, attribute: attribute, value: "\(value)", expected: "a number of at most \(bound)"))
        }
        return value
    }

    /// Three lengths in metres; zeros where the attribute is missing.
    func lengths(_ attribute: String, of element: MarkupElement, called name: String) throws(URDFError) -> SIMD3<Double> {
        let v = try vector(attribute, of: element, called: name, default: .zero)
        guard max(abs(v.x), abs(v.y), abs(v.z)) <= RobotBounds.length else {
            throw fail(element, .invalidValue(
                element: name, attribute: attribute, value: element.attributes[attribute] ?? "", expected: "lengths of at most \(RobotBounds.length) m"))
        }
        return v
    }

    func vector(
        _ attribute: String, of element: MarkupElement, called name: String, default fallback: SIMD3<Double>? = nil
    ) throws(URDFError) -> SIMD3<Double> {
        if let v = try numbers(attribute, of: element, called: name, count: 3) { return SIMD3(v[0], v[1], v[2]) }
        if let fallback { return fallback }
        throw fail(element, .missingAttribute(element: name, attribute: attribute))
    }

    func radius(of element: MarkupElement, called name: String) throws(URDFError) -> Double {
        let radius = try number("radius", of: element, called: name)
        guard radius >= 0, radius <= RobotBounds.length else {
            throw fail(element, .invalidValue(
                element: name, attribute: "radius", value: "\(radius)",
                expected: radius < 0 ? "a radius that is not negative" : "a radius of at most \(RobotBounds.length) m"))
        }
        return radius
    }

    /// The pose of an element's `<origin>`, the identity where there is none.
    func pose(of element: MarkupElement) throws(URDFError) -> Pose {
        guard let origin = element.child("origin") else { return .identity }
        let name = "<origin> of <\(element.name)>"
        let xyz = try lengths("xyz", of: origin, called: name)
        // URDF 1.2 has a quaternion in place of the angles.
        if let q = try numbers("quat_xyzw", of: origin, called: name, count: 4) {
            let quaternion = Quaternion(w: q[3], x: q[0], y: q[1], z: q[2])
            guard origin.attributes["rpy"] == nil, let rotation = try? Rotation(quaternion: quaternion) else {
                throw fail(origin, .invalidValue(
                    element: name, attribute: "quat_xyzw", value: origin.attributes["quat_xyzw"] ?? "",
                    expected: origin.attributes["rpy"] == nil ? "a quaternion whose norm is 1 to within 0.001" : "rpy or quat_xyzw, not both"))
            }
            return Pose(position: xyz, rotation: rotation)
        }
        let rpy = try vector("rpy", of: origin, called: name, default: .zero)
        return Pose(position: xyz, rotation: Rotation(roll: rpy.x, pitch: rpy.y, yaw: rpy.z))
    }
}
