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

/// A shape of a link, whatever it serves for.
public enum LinkShape: Sendable, Equatable {
    case sphere(CollisionSphere)
    case capsule(CollisionCapsule)
    case solid(CollisionSolid)
}

extension URDFReader {
    /// Reads a link's `<collision>` and `<visual>` elements; what cannot be read of the former is left out with a warning, of the latter without.
    mutating func readShapes(of element: MarkupElement, into link: inout RobotDescription.Link) {
        for collision in element.children("collision") {
            do {
                switch try shape(of: collision, link: link.name) {
                case .sphere(let sphere): link.spheres.append(sphere)
                case .capsule(let capsule): link.capsules.append(capsule)
                case .solid(let solid): link.solids.append(solid)
                case nil: break
                }
            } catch {
                warnings.append("\(error); it is left out")
            }
        }
        link.visuals = element.children("visual").compactMap { try? shape(of: $0, link: link.name) }
    }

    /// The shape of a `<collision>` or `<visual>`; nil where its geometry is missing or of an unknown kind.
    private func shape(of element: MarkupElement, link: String) throws(URDFError) -> LinkShape? {
        func called(_ name: String) -> String { "<\(name)> of link \"\(link)\"" }
        guard let geometry = element.child("geometry") else { return nil }
        let frame = try pose(of: element)
        if let sphere = geometry.child("sphere") {
            let radius = try radius(of: sphere, called: called("sphere"))
            return .sphere(CollisionSphere(centre: frame.position, radius: radius))
        } else if let box = geometry.child("box") {
            let size = try lengths("size", of: box, called: called("box"))
            guard min(size.x, size.y, size.z) > 0 else {
                throw fail(box, .invalidValue(
                    element: called("box"), attribute: "size", value: box.attributes["size"] ?? "", expected: "three lengths above 0"))
            }
            return .solid(CollisionSolid(shape: .box(size: size), pose: frame))
        } else if let cylinder = geometry.child("cylinder") {
            let (radius, length) = try radiusAndLength(of: cylinder, called: called("cylinder"))
            return .solid(CollisionSolid(shape: .cylinder(radius: radius, length: length), pose: frame))
        } else if let capsule = geometry.child("capsule") {
            let (radius, length) = try radiusAndLength(of: capsule, called: called("capsule"))
            let half = SIMD3(0, 0, length / 2)
            return .capsule(CollisionCapsule(start: frame * -half, end: frame * half, radius: radius))
        } else if let mesh = geometry.child("mesh") {
            let file = try text("filename", of: mesh, called: called("mesh"))
            let scale = try vector("scale", of: mesh, called: called("mesh"), default: [1, 1, 1])
            return .solid(CollisionSolid(shape: .mesh(file: file, scale: scale), pose: frame))
        }
        return nil
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
