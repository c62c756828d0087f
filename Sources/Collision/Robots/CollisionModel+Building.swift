import Kinematics
import Numerics

extension CollisionModel {
    /// Why a robot's shapes cannot be used.
    public enum Failure: Error, Sendable, CustomStringConvertible {
        case noShapes(robot: String)
        case unknownLink(robot: String, link: String)
        case mesh(link: String, file: String, reason: String)

        public var description: String {
            switch self {
            case .noShapes(let robot): "\(robot) has no collision shapes: its URDF has no <collision> with a sphere, box, cylinder, capsule or mesh"
            case .unknownLink(let robot, let link): "\(robot) has no link \"\(link)\""
            case .mesh(let link, let file, let reason): "the shape of \(link), \"\(file)\": \(reason)"
            }
        }
    }

    /// How meshes that a description names are read.
    public typealias MeshSource = (_ file: String) throws -> TriangleMesh

    /// The shapes of a chain's robot, all of its links: those beside the chain stand still against the links that carry them.
    ///
    /// - Throws: ``Failure``, or what `meshes` throws.
    public convenience init(_ chain: Chain, of description: RobotDescription, meshes: MeshSource? = nil) throws {
        // A mounted chain begins with a fixed segment onto its base link.
        var start = chain.base, pose = Pose.identity
        if let mount = chain.segments.first, mount.name == "mount", description.linkIndex(chain.base) == nil {
            (start, pose) = (mount.child, mount.origin)
        }
        guard let link = description.linkIndex(start) else { throw Failure.unknownLink(robot: description.name, link: start) }
        try self.init(Body(chain), of: description, start: link, node: -1, pose: pose, meshes: meshes)
    }

    /// The shapes of a whole body.
    ///
    /// - Parameter mount: where a base that stands still is; the joints of a floating base carry its own.
    public convenience init(_ body: Body, of description: RobotDescription, at mount: Pose = .identity, meshes: MeshSource? = nil) throws {
        let base = body.joints.prefix(body.isFloating ? 6 : 0).count
        try self.init(body, of: description, start: description.root, node: base - 1, pose: body.isFloating ? .identity : mount, meshes: meshes)
    }

    private convenience init(_ body: Body, of description: RobotDescription, start: Int, node: Int, pose: Pose, meshes: MeshSource?) throws {
        // A joint's frame is turned so that its axis is the z axis.
        let turns = body.joints.map { Rotation(takingZTo: $0.axis) }
        let nodes = body.joints.enumerated().map { index, joint in
            var origin = joint.origin
            if let parent = joint.parent { origin = Pose(position: .zero, rotation: turns[parent].inverse) * origin }
            origin.rotation = origin.rotation * turns[index]
            return Node(
                parent: joint.parent ?? -1, origin: origin, slides: joint.kind == .prismatic, variable: joint.variable, scale: joint.multiplier,
                offset: joint.offset)
        }
        var walk = LinkWalk(description, joints: Dictionary(body.joints.enumerated().map { ($1.name, $0) }) { first, _ in first })
        walk.visit(start, node: node, pose: pose)
        var shapes = LinkShapes(description, meshes: meshes)
        var links: [Link] = []
        for (index, frame) in walk.frames.enumerated() {
            guard let frame else { continue }
            var own = frame.pose
            if frame.node >= 0 { own = Pose(position: .zero, rotation: turns[frame.node].inverse) * own }
            let spheres = try shapes.spheres(of: description.links[index]).map { CollisionSphere(centre: own * $0.centre, radius: $0.radius) }
            guard !spheres.isEmpty else { continue }
            links.append(Link(
                name: description.links[index].name, node: frame.node, spheres: spheres, bound: SphereCover.around(spheres),
                margin: shapes.margin(of: description.links[index], description.collisionRules)))
        }
        guard !links.isEmpty else { throw Failure.noShapes(robot: description.name) }
        let choice = PairChoice(description, links: links, nodes: nodes, variables: body.variables, usesSpheres: shapes.usesSpheres)
        self.init(
            name: description.name, variables: body.variables, nodes: nodes, links: links, pairs: choice.pairs, notes: shapes.notes + choice.notes)
    }
}

/// Finds which joint of a body moves each link, and the link's frame in that joint's frame; from any link outwards, so that the base may be any link.
private struct LinkWalk {
    private let description: RobotDescription
    private let joints: [String: Int]
    private(set) var frames: [(node: Int, pose: Pose)?]

    init(_ description: RobotDescription, joints: [String: Int]) {
        self.description = description
        self.joints = joints
        frames = Array(repeating: nil, count: description.links.count)
    }

    mutating func visit(_ start: Int, node: Int, pose: Pose) {
        frames[start] = (node, pose)
        var waiting = [start]
        while let link = waiting.popLast() {
            let (node, pose) = frames[link]!
            for index in description.links[link].childJoints where frames[description.joints[index].child] == nil {
                let joint = description.joints[index]
                // The joint's motion ends in the child's frame.
                frames[joint.child] = joints[joint.name].map { ($0, .identity) } ?? (node, pose * joint.origin * description.restMotion(of: joint))
                waiting.append(joint.child)
            }
            if let index = description.links[link].parentJoint, frames[description.joints[index].parent] == nil {
                let joint = description.joints[index]
                // Passed backwards: the motion comes first, then the origin.
                frames[joint.parent] = joints[joint.name].map { ($0, joint.origin.inverse) } ?? (node, pose * (joint.origin * description.restMotion(of: joint)).inverse)
                waiting.append(joint.parent)
            }
        }
    }
}

/// The spheres of links: those of the description where it has any, otherwise ones that contain its other shapes.
private struct LinkShapes {
    let usesSpheres: Bool
    private(set) var notes: [String] = []
    private let meshes: CollisionModel.MeshSource?

    init(_ description: RobotDescription, meshes: CollisionModel.MeshSource?) {
        usesSpheres = description.links.contains { !$0.spheres.isEmpty }
        self.meshes = meshes
    }

    /// What is added to the radii of a link's spheres where it is checked against other links: what the description says, or, where they cover
    /// capsules, less by what they exceed these. Neighbours but one often miss each other by less than that.
    func margin(of link: RobotDescription.Link, _ rules: CollisionRules) -> Double {
        if usesSpheres { return rules.sphereMargins[link.name] ?? 0 }
        let excess = link.capsules.map { capsule in (SphereCover.capsule(capsule).first?.radius ?? capsule.radius) - capsule.radius }
        // A capsule without a length is a sphere, and one without a radius its own cover.
        return -(zip(excess, link.capsules).filter { $0.1.radius > 0 && $0.0 < 0.1 * $0.1.radius }.map(\.0).max() ?? 0)
    }

    mutating func spheres(of link: RobotDescription.Link) throws -> [CollisionSphere] {
        if usesSpheres { return link.spheres.filter { $0.radius > 0 } }
        var result = link.capsules.flatMap(SphereCover.capsule)
        // Capsules stand for a link's solids where it has both.
        guard result.isEmpty else { return result }
        for solid in link.solids {
            switch solid.shape {
            case .box(let size): result += SphereCover.box(size: size, at: solid.pose)
            case .cylinder(let radius, let length):
                if radius > 0, length > 0 { result += SphereCover.cylinder(radius: radius, length: length, at: solid.pose) }
            case .mesh(let file, let scale):
                guard let meshes else {
                    notes.append("the mesh \"\(file)\" of \(link.name) was not read")
                    continue
                }
                do {
                    result += SphereCover.mesh(try meshes(file).scaled(by: scale), at: solid.pose)
                } catch let error as MeshError {
                    throw CollisionModel.Failure.mesh(link: link.name, file: file, reason: "\(error)")
                }
            }
        }
        return result
    }
}
