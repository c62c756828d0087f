import Geometry

/// A box, a cylinder or a mesh of a link, as its description gives it.
public struct CollisionSolid: Sendable, Equatable {
    public enum Shape: Sendable, Equatable {
        /// Edge lengths along x, y and z, m.
        case box(size: SIMD3<Double>)
        /// Along z, its middle at the origin, m.
        case cylinder(radius: Double, length: Double)
        /// The name of a file as the description gives it, and factors along the axes.
        case mesh(file: String, scale: SIMD3<Double>)
    }

    public var shape: Shape
    /// The shape's frame in the link's frame.
    public var pose: Pose

    public init(shape: Shape, pose: Pose) {
        self.shape = shape
        self.pose = pose
    }
}

extension URDFReader {
    /// Reads a link's `<collision>` elements; what cannot be read is left out with a warning.
    mutating func readShapes(of element: MarkupElement, into link: inout RobotDescription.Link) {
        for collision in element.children("collision") {
            guard let geometry = collision.child("geometry") else { continue }
            do {
                try readShape(geometry, of: collision, into: &link)
            } catch {
                warnings.append("\(error); it is left out")
            }
        }
    }

    private func readShape(_ geometry: MarkupElement, of collision: MarkupElement, into link: inout RobotDescription.Link) throws(URDFError) {
        func called(_ name: String) -> String { "<\(name)> of link \"\(link.name)\"" }
        let frame = try pose(of: collision)
        if let sphere = geometry.child("sphere") {
            let radius = try radius(of: sphere, called: called("sphere"))
            link.spheres.append(CollisionSphere(centre: frame.position, radius: radius))
        } else if let box = geometry.child("box") {
            let size = try lengths("size", of: box, called: called("box"))
            guard min(size.x, size.y, size.z) > 0 else {
                throw fail(box, .invalidValue(
                    element: called("box"), attribute: "size", value: box.attributes["size"] ?? "", expected: "three lengths above 0"))
            }
            link.solids.append(CollisionSolid(shape: .box(size: size), pose: frame))
        } else if let cylinder = geometry.child("cylinder") {
            let (radius, length) = try radiusAndLength(of: cylinder, called: called("cylinder"))
            link.solids.append(CollisionSolid(shape: .cylinder(radius: radius, length: length), pose: frame))
        } else if let capsule = geometry.child("capsule") {
            let (radius, length) = try radiusAndLength(of: capsule, called: called("capsule"))
            let half = SIMD3(0, 0, length / 2)
            link.capsules.append(CollisionCapsule(start: frame * -half, end: frame * half, radius: radius))
        } else if let mesh = geometry.child("mesh") {
            let file = try text("filename", of: mesh, called: called("mesh"))
            let scale = try vector("scale", of: mesh, called: called("mesh"), default: [1, 1, 1])
            link.solids.append(CollisionSolid(shape: .mesh(file: file, scale: scale), pose: frame))
        }
    }

    private func radiusAndLength(of element: MarkupElement, called name: String) throws(URDFError) -> (Double, Double) {
        let radius = try radius(of: element, called: name)
        let length = try number("length", of: element, called: name, atMost: RobotBounds.length)
        guard length >= 0 else {
            throw fail(element, .invalidValue(element: name, attribute: "length", value: "\(length)", expected: "a length that is not negative"))
        }
        return (radius, length)
    }
}
