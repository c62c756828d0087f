import Numerics

/// Turns the elements of a URDF document into links, joints and variables.
///
/// Attributes are checked where they are read, with the line of their element; how the joints hang together is
/// checked by ``URDFTree``.
struct URDFReader {
    let source: String
    var links: [RobotDescription.Link] = []
    var linkLines: [Int] = []
    var linkIndices: [String: Int] = [:]
    var joints: [RobotDescription.Joint] = []
    var jointLines: [Int] = []
    var jointIndices: [String: Int] = [:]
    /// The limits of every joint; nil where fixed.
    var limits: [(lower: Double, upper: Double)?] = []
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
        if let inertial = element.child("inertial"), let mass = inertial.child("mass") {
            link.mass = try number("value", of: mass, called: "<mass> of link \"\(name)\"")
            guard link.mass >= 0 else {
                throw fail(mass, .invalidValue(
                    element: "<mass> of link \"\(name)\"", attribute: "value", value: "\(link.mass)",
                    expected: "a mass that is not negative"))
            }
            if let origin = inertial.child("origin") {
                link.centreOfMass = try vector("xyz", of: origin, called: "<origin>", default: .zero)
            }
        }
        for collision in element.children("collision") {
            guard let sphere = collision.child("geometry")?.child("sphere") else { continue }
            let radius = try radius(of: sphere, called: "<sphere> of link \"\(name)\"")
            let origin = try pose(of: collision)
            link.spheres.append(CollisionSphere(centre: origin.position, radius: radius))
        }
        linkIndices[name] = links.count
        links.append(link)
        linkLines.append(element.line)
    }

    mutating func readJoint(_ element: MarkupElement) throws(URDFError) {
        let name = try text("name", of: element, called: "<joint>")
        if let first = jointIndices[name] {
            throw fail(element, .duplicateName(of: "joint", name: name, firstLine: jointLines[first]))
        }
        let called = "joint \"\(name)\""
        let type = try text("type", of: element, called: called)
        guard let kind = JointKind(rawValue: type) else {
            throw fail(element, ["floating", "planar"].contains(type)
                ? .unsupportedJointType(joint: name, type: type) : .unknownJointType(joint: name, type: type))
        }
        let parent = try linkIndex(in: element, role: "parent", called: called)
        let child = try linkIndex(in: element, role: "child", called: called)
        var joint = RobotDescription.Joint(
            name: name, kind: kind, parent: parent, child: child, origin: try pose(of: element), axis: .zero)
        var range: (lower: Double, upper: Double)?
        if kind != .fixed {
            joint.axis = try axis(of: element, joint: name)
            range = try readLimits(of: element, into: &joint)
            if let mimic = element.child("mimic") {
                mimicked[joints.count] = try text("joint", of: mimic, called: "<mimic> of \(called)")
                joint.mimics = true
                joint.multiplier = try number("multiplier", of: mimic, called: "<mimic> of \(called)", default: 1)
                joint.offset = try number("offset", of: mimic, called: "<mimic> of \(called)", default: 0)
            }
        }
        jointIndices[name] = joints.count
        joints.append(joint)
        jointLines.append(element.line)
        limits.append(range)
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

    /// The limits of a moving joint, supplied with a warning where a revolute joint has none.
    private mutating func readLimits(
        of element: MarkupElement, into joint: inout RobotDescription.Joint
    ) throws(URDFError) -> (lower: Double, upper: Double) {
        let limit = element.child("limit")
        let called = "<limit> of joint \"\(joint.name)\""
        if let limit {
            joint.velocity = try optionalNumber("velocity", of: limit, called: called)
            joint.effort = try optionalNumber("effort", of: limit, called: called)
        }
        if joint.kind == .continuous { return (-.pi, .pi) }
        let lower = try limit.flatMap { l throws(URDFError) in try optionalNumber("lower", of: l, called: called) }
        let upper = try limit.flatMap { l throws(URDFError) in try optionalNumber("upper", of: l, called: called) }
        if lower == nil, upper == nil {
            guard joint.kind == .revolute else { throw fail(element, .missingLimits(joint: joint.name)) }
            warn(element, "joint \"\(joint.name)\" is revolute without limits; -pi to pi is assumed")
            return (-.pi, .pi)
        }
        let range = (lower: lower ?? 0, upper: upper ?? 0)  // URDF's own defaults
        guard range.lower <= range.upper else {
            throw fail(limit ?? element, .limitsReversed(joint: joint.name, lower: range.lower, upper: range.upper))
        }
        if joint.kind == .revolute, range.upper - range.lower > 1000 {
            warn(element, "joint \"\(joint.name)\" turns without practical limits; it is taken as continuous")
            joint.kind = .continuous
            return (-.pi, .pi)
        }
        return range
    }

    mutating func warn(_ element: MarkupElement, _ message: String) {
        warnings.append("\(source):\(element.line): \(message)")
    }
}

// MARK: Attributes

extension URDFReader {
    func text(_ attribute: String, of element: MarkupElement, called name: String) throws(URDFError) -> String {
        guard let value = element.attributes[attribute], !value.isEmpty else {
            throw fail(element, .missingAttribute(element: name, attribute: attribute))
        }
        return value
    }

    func numbers(
        _ attribute: String, of element: MarkupElement, called name: String, count: Int
    ) throws(URDFError) -> [Double]? {
        guard let value = element.attributes[attribute] else { return nil }
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
        _ attribute: String, of element: MarkupElement, called name: String, default fallback: Double? = nil
    ) throws(URDFError) -> Double {
        if let value = try optionalNumber(attribute, of: element, called: name) ?? fallback { return value }
        throw fail(element, .missingAttribute(element: name, attribute: attribute))
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
        guard radius >= 0 else {
            throw fail(element, .invalidValue(
                element: name, attribute: "radius", value: "\(radius)", expected: "a radius that is not negative"))
        }
        return radius
    }

    /// The pose of an element's `<origin>`, the identity where there is none.
    func pose(of element: MarkupElement) throws(URDFError) -> Pose {
        guard let origin = element.child("origin") else { return .identity }
        let name = "<origin> of <\(element.name)>"
        let xyz = try vector("xyz", of: origin, called: name, default: .zero)
        let rpy = try vector("rpy", of: origin, called: name, default: .zero)
        return Pose(position: xyz, rotation: Rotation(roll: rpy.x, pitch: rpy.y, yaw: rpy.z))
    }
}
