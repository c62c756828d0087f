import Geometry

/// Turns the elements of an MJCF document (MuJoCo's own format) into links, joints and variables.
///
/// Bodies become links, their joints one link more each where a body has several; sites become links that are fixed. Read are the compiler's angles,
/// Euler sequence, limits and mesh folder, default classes, hinges and slides, masses, collision shapes, excluded pairs, equalities of joints, and keyframes. What
/// changes the kinematics and is not read (balls, composites, includes, attachments) is an error that names it.
struct MJCFReader {
    private(set) var links = URDFReader(source: "")
    private let source: String
    private let attributes: MJCFAttributes
    /// The files of meshes by name, with their factors.
    private var meshes: [String: (file: String, scale: SIMD3<Double>)] = [:]
    private var references: [String: Double] = [:]
    private var unnamed = 0

    /// - Throws: ``URDFError``.
    static func description(_ document: MarkupElement, source: String) throws(URDFError) -> RobotDescription {
        var reader = try MJCFReader(document, source: source)
        try reader.read(document)
        let tree = try URDFTree(reader.links)
        var description = RobotDescription(
            name: document.attributes["model"].flatMap { $0.isEmpty ? nil : $0 } ?? "robot", summary: nil, source: source, links: tree.reader.links,
            joints: tree.reader.joints, variables: tree.variables, root: tree.root, order: tree.order, base: nil, tip: nil, tips: [],
            nominalConfigurations: [], collisionRules: CollisionRules(), warnings: tree.reader.warnings)
        try reader.readExclusions(document, into: &description)
        try reader.readKeyframes(document, into: &description)
        return description
    }

    private init(_ document: MarkupElement, source: String) throws(URDFError) {
        self.source = source
        attributes = try MJCFAttributes(document, source: source)
        links = URDFReader(source: source)
    }

    private mutating func read(_ document: MarkupElement) throws(URDFError) {
        if let include = document.child("include") { throw fail(include, .unsupported("<include>", advice: "give one file with everything in it (MuJoCo's compile tool writes one)")) }
        for asset in document.children("asset") {
            for mesh in asset.children("mesh") { try readMesh(mesh) }
        }
        guard let world = document.child("worldbody") else { throw fail(document, .missingElement(in: "<mujoco>", element: "worldbody")) }
        let root = try addLink("world", world)
        try readContents(of: world, link: root, frame: .identity, className: nil, depth: 0)
        guard links.links.count > 1 else { throw fail(world, .missingElement(in: "<worldbody>", element: "body")) }
        try readEqualities(document)
    }

    private func fail(_ element: MarkupElement, _ problem: URDFError.Problem) -> URDFError {
        URDFError(source: source, line: element.line, problem: problem)
    }

    /// Bodies deeper than this are no robot's.
    private static let greatestDepth = 500
    private static let unsupported = ["composite", "flexcomp", "attach", "replicate", "include"]

    // MARK: Bodies

    /// What stands in a body or in a frame: geoms, sites, bodies, frames.
    private mutating func readContents(of element: MarkupElement, link: Int, frame: Pose, className: String?, depth: Int) throws(URDFError) {
        guard depth < Self.greatestDepth else { throw fail(element, .unsupported("a body inside \(Self.greatestDepth) others")) }
        for child in element.children {
            if Self.unsupported.contains(child.name) { throw fail(child, .unsupported("<\(child.name)> in <\(element.name)>")) }
            let own = child.attributes["class"] ?? className
            switch child.name {
            case "body":
                try readBody(child, parent: link, frame: frame, className: child.attributes["childclass"] ?? className, depth: depth)
            case "frame":
                let inner = frame * (try attributes.pose(child, attributes.values(of: child, own)))
                try readContents(of: child, link: link, frame: inner, className: child.attributes["childclass"] ?? className, depth: depth + 1)
            case "geom": try readGeom(child, attributes.values(of: child, own), link: link, frame: frame)
            case "site":
                let values = attributes.values(of: child, own)
                guard let name = child.attributes["name"], links.linkIndices[name] == nil else { continue }
                let place = frame * (try attributes.pose(child, values))
                let site = try addLink(name, child)
                try addJoint("\(name)_fixed", .fixed, parent: link, child: site, origin: place, element: child)
            default: break
            }
        }
    }

    private mutating func readBody(_ element: MarkupElement, parent: Int, frame: Pose, className: String?, depth: Int) throws(URDFError) {
        let name = name(of: element, "body")
        var origin = frame * (try attributes.pose(element, element.attributes)), above = parent
        let motions = element.children.filter { ["joint", "freejoint"].contains($0.name) }
        let moving = motions.filter { $0.name == "joint" }
        for (index, motion) in motions.enumerated() {
            let values = attributes.values(of: motion, motion.attributes["class"] ?? className)
            let type = motion.name == "freejoint" ? "free" : values["type"] ?? "hinge"
            if type == "free" {
                links.warn(motion, "body \"\(name)\" moves freely; it is taken to stand still, unless the robot is asked for with floating = true")
                continue
            }
            let isLast = index == motions.count - 1
            let link = try addLink(isLast ? name : "\(name)_\(index + 1)", element)
            origin = try readJoint(motion, values, type: type, body: name, number: moving.count > 1 ? index + 1 : nil, parent: above, child: link, origin: origin)
            above = link
        }
        var link = above
        if motions.isEmpty || links.links[above].name != name {
            link = try addLink(name, element)
            try addJoint("\(name)_fixed", .fixed, parent: above, child: link, origin: origin, element: element)
            origin = .identity
        }
        // A joint's own place was undone behind it: what the body holds is given in the body's frame.
        let inner = origin
        if let inertial = element.child("inertial") { try readMass(inertial, link: link, frame: inner) }
        try readContents(of: element, link: link, frame: inner, className: className, depth: depth + 1)
    }

    /// Adds a joint whose axis passes through a point of its body.
    ///
    /// - Returns: the body's frame in the new link's frame.
    private mutating func readJoint(
        _ element: MarkupElement, _ values: [String: String], type: String, body: String, number: Int?, parent: Int, child: Int, origin: Pose
    ) throws(URDFError) -> Pose {
        let name = element.attributes["name"] ?? "\(body)_joint" + (number.map { "_\($0)" } ?? "")
        guard type == "hinge" || type == "slide" else { throw fail(element, .unsupported("joint \"\(name)\" of type \(type)", advice: "hinge and slide are read")) }
        let place = try attributes.vector("pos", element, values, default: .zero)
        let index = try addJoint(name, type == "hinge" ? .revolute : .prismatic, parent: parent, child: child, origin: origin * Pose(position: place, rotation: .identity), element: element)
        let axis = try attributes.vector("axis", element, values, default: [0, 0, 1])
        let largest = max(abs(axis.x), abs(axis.y), abs(axis.z))
        guard largest > 0 else { throw fail(element, .zeroAxis(joint: name)) }
        links.joints[index].axis = axis / largest / (axis / largest).length
        let angle = type == "hinge" ? attributes.radians : 1
        let reference = try attributes.number("ref", element, values) ?? 0
        links.joints[index].offset = -reference * angle
        references[name] = reference * angle
        let range = try attributes.numbers("range", element, values, count: 2)
        let isLimited = switch values["limited"] ?? "auto" {
        case "true": true
        case "false": false
        default: attributes.limitsAutomatically && range != nil
        }
        if isLimited, let range {
            guard range[0] <= range[1] else { throw fail(element, .limitsReversed(joint: name, lower: range[0], upper: range[1])) }
            guard max(abs(range[0]), abs(range[1])) * angle <= (type == "hinge" ? RobotBounds.angle : RobotBounds.length) else {
                throw fail(element, .invalidValue(element: "joint \"\(name)\"", attribute: "range", value: values["range"] ?? "", expected: "practical limits"))
            }
            let limits = JointLimits(lower: range[0] * angle, upper: range[1] * angle)
            links.joints[index].limits = limits
            if type == "hinge", angle == 1, let doubt = limits.doubtOfUnit {
                links.joints[index].notes.append("joint \"\(name)\" \(doubt)")
                links.warn(element, "joint \"\(name)\" \(doubt)")
            }
        } else if type == "hinge" {
            links.joints[index].kind = .continuous
        } else {
            links.joints[index].fault = fail(element, .missingLimits(joint: name))
        }
        return Pose(position: -place, rotation: .identity)
    }

    private mutating func readMass(_ element: MarkupElement, link: Int, frame: Pose) throws(URDFError) {
        guard let mass = try attributes.number("mass", element, element.attributes) else { return }
        guard (0...RobotBounds.mass).contains(mass) else {
            throw fail(element, .invalidValue(element: "<inertial>", attribute: "mass", value: "\(mass)", expected: "a mass that is not negative"))
        }
        links.links[link].mass = mass
        links.links[link].centreOfMass = frame * (try attributes.vector("pos", element, element.attributes, default: .zero))
    }

    // MARK: Shapes

    private mutating func readMesh(_ element: MarkupElement) throws(URDFError) {
        let values = attributes.values(of: element, element.attributes["class"])
        guard let file = values["file"] else { return }
        let stem = file.split(separator: "/").last.map { $0.split(separator: ".").first.map(String.init) ?? file } ?? file
        let scale = try attributes.vector("scale", element, values, default: [1, 1, 1])
        meshes[element.attributes["name"] ?? stem] = (attributes.meshFolder.map { $0 + "/" + file } ?? file, scale)
    }

    /// A geom that can collide; others are for the eye.
    private mutating func readGeom(_ element: MarkupElement, _ values: [String: String], link: Int, frame: Pose) throws(URDFError) {
        if values["contype"] == "0", values["conaffinity"] == "0" { return }
        let type = values["type"] ?? (values["mesh"] != nil ? "mesh" : "sphere")
        let called = "<geom> of type \(type)"
        func size(_ count: Int) throws(URDFError) -> [Double] {
            guard let text = values["size"] else { throw fail(element, .missingAttribute(element: called, attribute: "size")) }
            let sizes = try attributes.numberList("size", element, text)
            guard sizes.count >= count, sizes.prefix(count).allSatisfy({ $0 > 0 && $0 <= RobotBounds.length }) else {
                throw fail(element, .invalidValue(element: called, attribute: "size", value: text, expected: "\(count) lengths above 0"))
            }
            return sizes
        }
        if let ends = try attributes.numbers("fromto", element, values, count: 6) {
            let (a, b) = (frame * SIMD3(ends[0], ends[1], ends[2]), frame * SIMD3(ends[3], ends[4], ends[5]))
            let radius = try size(1)[0], way = b - a
            if type == "capsule" {
                links.links[link].capsules.append(CollisionCapsule(start: a, end: b, radius: radius))
            } else if type == "cylinder", way.length > 0 {
                let pose = Pose(position: (a + b) / 2, rotation: Rotation(takingZTo: way / way.length))
                links.links[link].solids.append(CollisionSolid(shape: .cylinder(radius: radius, length: way.length), pose: pose))
            }
            return
        }
        let pose = frame * (try attributes.pose(element, values))
        switch type {
        case "sphere": links.links[link].spheres.append(CollisionSphere(centre: pose.position, radius: try size(1)[0]))
        case "capsule":
            let sizes = try size(2), half = SIMD3(0, 0, sizes[1])
            links.links[link].capsules.append(CollisionCapsule(start: pose * -half, end: pose * half, radius: sizes[0]))
        case "cylinder":
            let sizes = try size(2)
            links.links[link].solids.append(CollisionSolid(shape: .cylinder(radius: sizes[0], length: 2 * sizes[1]), pose: pose))
        case "box":
            let sizes = try size(3)
            links.links[link].solids.append(CollisionSolid(shape: .box(size: 2 * SIMD3(sizes[0], sizes[1], sizes[2])), pose: pose))
        case "mesh":
            guard let mesh = values["mesh"].flatMap({ meshes[$0] }) else {
                return links.warn(element, "a <geom> names the mesh \"\(values["mesh"] ?? "")\", which is no asset; it is left out")
            }
            links.links[link].solids.append(CollisionSolid(shape: .mesh(file: mesh.file, scale: mesh.scale), pose: pose))
        case "plane", "hfield", "sdf", "ellipsoid": links.warn(element, "\(called) is left out")
        default: throw fail(element, .invalidValue(element: "<geom>", attribute: "type", value: type, expected: "sphere, capsule, cylinder, box or mesh"))
        }
    }

    // MARK: Besides the bodies

    /// Joints that follow others.
    private mutating func readEqualities(_ document: MarkupElement) throws(URDFError) {
        for element in document.children("equality").flatMap({ $0.children("joint") }) {
            let values = attributes.values(of: element, element.attributes["class"])
            guard values["active"] != "false", let first = values["joint1"], let second = values["joint2"], let index = links.jointIndices[first] else { continue }
            let coefficients = try values["polycoef"].map { text throws(URDFError) in try attributes.numberList("polycoef", element, text) } ?? [0, 1]
            guard coefficients.dropFirst(2).allSatisfy({ $0 == 0 }) else { throw fail(element, .unsupported("an equality of joints that is not linear (polycoef)")) }
            let slope = coefficients.count > 1 ? coefficients[1] : 1
            // Both count from their references: y − y₀ = a + b·(x − x₀); the joint's own offset has taken y₀ off.
            links.mimicked[index] = second
            links.joints[index].mimics = true
            links.joints[index].multiplier = slope
            links.joints[index].offset = (coefficients.first ?? 0) - slope * (references[second] ?? 0)
        }
    }

    private func readExclusions(_ document: MarkupElement, into description: inout RobotDescription) throws(URDFError) {
        var pairs: [CollisionRules.Pair] = []
        for element in document.children("contact").flatMap({ $0.children("exclude") }) {
            guard let first = element.attributes["body1"], let second = element.attributes["body2"] else {
                throw fail(element, .missingAttribute(element: "<exclude>", attribute: element.attributes["body1"] == nil ? "body1" : "body2"))
            }
            if description.linkIndex(first) != nil, description.linkIndex(second) != nil { pairs.append(.init(first: first, second: second)) }
        }
        description.collisionRules.ignoredForSpheres = pairs
        description.collisionRules.ignoredForCapsules = pairs
    }

    private func readKeyframes(_ document: MarkupElement, into description: inout RobotDescription) throws(URDFError) {
        for element in document.children("keyframe").flatMap({ $0.children("key") }) {
            guard let text = element.attributes["qpos"] else { continue }
            let q = try attributes.numberList("qpos", element, text)
            // With joints that follow others, or that move freely, qpos has more numbers than a configuration.
            guard q.count == description.degreesOfFreedom else { continue }
            description.nominalConfigurations.append(.init(name: element.attributes["name"] ?? "key", base: .identity, configuration: q))
        }
    }

    // MARK: Links and joints

    private mutating func name(of element: MarkupElement, _ kind: String) -> String {
        if let name = element.attributes["name"], !name.isEmpty { return name }
        unnamed += 1
        return "\(kind)_\(unnamed)"
    }

    private mutating func addLink(_ name: String, _ element: MarkupElement) throws(URDFError) -> Int {
        if let first = links.linkIndices[name] { throw fail(element, .duplicateName(of: "body", name: name, firstLine: links.linkLines[first])) }
        links.linkIndices[name] = links.links.count
        links.links.append(RobotDescription.Link(name: name))
        links.linkLines.append(element.line)
        return links.links.count - 1
    }

    @discardableResult
    private mutating func addJoint(
        _ name: String, _ kind: JointKind, parent: Int, child: Int, origin: Pose, element: MarkupElement
    ) throws(URDFError) -> Int {
        if let first = links.jointIndices[name] { throw fail(element, .duplicateName(of: "joint", name: name, firstLine: links.jointLines[first])) }
        guard max(abs(origin.position.x), abs(origin.position.y), abs(origin.position.z)) <= RobotBounds.length else {
            throw fail(element, .invalidValue(element: "<\(element.name)>", attribute: "pos", value: "\(origin.position)", expected: "lengths of at most \(RobotBounds.length) m"))
        }
        links.jointIndices[name] = links.joints.count
        links.joints.append(RobotDescription.Joint(name: name, kind: kind, parent: parent, child: child, origin: origin, axis: .zero))
        links.jointLines.append(element.line)
        return links.joints.count - 1
    }
}
