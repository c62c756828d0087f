import Geometry
import Kinematics
import RobotFiles

/// What a robot looks like in a view.
public struct ViewAppearance {
    public enum Shapes: String, CaseIterable, Sendable {
        /// What the description calls visual; what it says for collisions where it has none or its meshes cannot be read.
        case visual
        /// Capsules, boxes, cylinders and meshes for collisions; spheres where there are none.
        case collision
        /// The spheres for collisions.
        case spheres
        /// A rod from joint to joint.
        case rods
    }

    public var shapes: Shapes
    /// About how many triangles the meshes of the robot keep together.
    public var triangles: Int
    /// Reads a mesh by the name that the description has for it.
    public var mesh: ((String) throws -> TriangleMesh)?
    /// The spheres of the links at the nominal configuration, in the frame of the robot's poses; those of the description if nil.
    public var spheres: [(link: String, sphere: CollisionSphere)]?

    public init(
        _ shapes: Shapes = .visual, triangles: Int = 12_000, spheres: [(link: String, sphere: CollisionSphere)]? = nil,
        mesh: ((String) throws -> TriangleMesh)? = nil
    ) {
        self.shapes = shapes
        self.triangles = triangles
        self.spheres = spheres
        self.mesh = mesh
    }
}

extension ViewScene {
    /// A mesh that waits for its share of the triangles.
    private struct PendingMesh {
        var mesh: TriangleMesh
        var file: String
    }

    /// Adds the shapes of links on the joints, and of those that hang on them.
    ///
    /// - Parameter frames: the joint that carries a link, and where the link is in that joint's frame.
    mutating func addShapes(of description: RobotDescription, frames: [String: (joint: Int, offset: Pose)], _ appearance: ViewAppearance) {
        let frames = Self.hanging(description, on: frames)
        let links = description.links.filter { frames[$0.name] != nil }
        switch appearance.shapes {
        case .rods: return
        case .spheres:
            if let spheres = appearance.spheres { return addSpheres(spheres, frames: frames) }
            add(links.map { ($0, [$0.spheres.map { .sphere($0) }]) }, frames, appearance)
        case .visual, .collision:
            let usesSpheres = !links.contains { !$0.capsules.isEmpty || !$0.solids.isEmpty }
            add(links.map { link in
                let solid: [LinkShape] = usesSpheres ? [] : link.capsules.map { .capsule($0) } + link.solids.map { .solid($0) }
                let collision = solid.isEmpty ? link.spheres.map { .sphere($0) } : solid
                return (link, appearance.shapes == .visual && !link.visuals.isEmpty ? [link.visuals, collision] : [collision])
            }, frames, appearance)
        }
    }

    /// Links behind the joints, too, in the pose that joints without a variable of this robot have at zero, or at their nearest limit.
    private static func hanging(_ description: RobotDescription, on known: [String: (joint: Int, offset: Pose)]) -> [String: (joint: Int, offset: Pose)] {
        var frames = known
        for index in description.order {
            let joint = description.joints[index], child = description.links[joint.child].name
            guard frames[child] == nil, let parent = frames[description.links[joint.parent].name] else { continue }
            let value = joint.offset + joint.multiplier * (joint.variable.map { description.variables[$0].restValue } ?? 0)
            frames[child] = (parent.joint, parent.offset * joint.origin * joint.kind.motion(by: value, along: joint.axis))
        }
        return frames
    }

    private mutating func addSpheres(_ spheres: [(link: String, sphere: CollisionSphere)], frames: [String: (joint: Int, offset: Pose)]) {
        let now = jointFrames(at: nominal)
        var byJoint: [Int: [CollisionSphere]] = [:]
        for (link, sphere) in spheres {
            guard let joint = frames[link]?.joint else { continue }
            byJoint[joint, default: []].append(CollisionSphere(centre: joint < 0 ? sphere.centre : now[joint].inverse * sphere.centre, radius: sphere.radius))
        }
        add(spheres: byJoint)
    }

    private mutating func add(spheres byJoint: [Int: [CollisionSphere]]) {
        for (joint, spheres) in byJoint.sorted(by: { $0.key < $1.key }) { shapes.append(.spheres(spheres, joint: joint)) }
    }

    /// Adds the shapes of links: of each the first of several sets whose meshes can all be read, or what can be read of the last.
    private mutating func add(
        _ links: [(RobotDescription.Link, [[LinkShape]])], _ frames: [String: (joint: Int, offset: Pose)], _ appearance: ViewAppearance
    ) {
        var pending: [PendingMesh] = [], spheres: [Int: [CollisionSphere]] = [:]
        for (link, sets) in links {
            guard let frame = frames[link.name] else { continue }
            for (index, set) in sets.enumerated() {
                let found = set.compactMap { shape($0, in: frame, &pending, appearance) }
                guard found.count == set.count || index == sets.count - 1 else { continue }
                // A link may be hundreds of spheres, which go together.
                for view in found {
                    guard view.type == .sphere, let at = view.at else {
                        shapes.append(view)
                        continue
                    }
                    spheres[view.joint, default: []].append(CollisionSphere(centre: [at[3], at[7], at[11]], radius: view.size[0]))
                }
                break
            }
        }
        add(spheres: spheres)
        // Each mesh in proportion to the root of its size, so that a small one keeps its form.
        let sizes = pending.map { Double($0.mesh.triangles.count).squareRoot() }, total = sizes.reduce(0, +)
        for (mesh, size) in zip(pending, sizes) {
            meshes.append(ViewMesh(MeshSimplification.simplified(mesh.mesh, to: max(40, Int(Double(appearance.triangles) * size / total)))))
        }
    }

    /// A shape on the joint that carries its link; nil where its mesh cannot be read.
    private mutating func shape(
        _ shape: LinkShape, in frame: (joint: Int, offset: Pose), _ pending: inout [PendingMesh], _ appearance: ViewAppearance
    ) -> ViewShape? {
        var view: ViewShape
        switch shape {
        case .sphere(let sphere): view = .sphere(radius: sphere.radius, at: frame.offset * Pose(position: sphere.centre, rotation: .identity))
        case .capsule(let capsule): view = .capsule(from: capsule.start, to: capsule.end, radius: capsule.radius, in: frame.offset)
        case .solid(let solid):
            switch solid.shape {
            case .box(let size): view = .box(size, at: frame.offset * solid.pose)
            case .cylinder(let radius, let length): view = .cylinder(radius: radius, length: length, at: frame.offset * solid.pose)
            case .mesh(let file, let scale):
                guard let mesh = number(of: file, in: &pending, appearance) else { return nil }
                view = ViewShape(type: .mesh, at: (frame.offset * solid.pose).rows, size: [scale.x, scale.y, scale.z], mesh: meshes.count + mesh)
            }
        }
        view.joint = frame.joint
        return view
    }

    /// The place of a mesh among those of this robot, read where it is new; nil where it cannot be read.
    private mutating func number(of file: String, in pending: inout [PendingMesh], _ appearance: ViewAppearance) -> Int? {
        if let known = pending.firstIndex(where: { $0.file == file }) { return known }
        guard let mesh = appearance.mesh else { return nil }
        do {
            pending.append(PendingMesh(mesh: try mesh(file), file: file))
            return pending.count - 1
        } catch {
            let note = "\(file): \(error)"
            if !notes.contains(note) { notes.append(note) }
            return nil
        }
    }
}
