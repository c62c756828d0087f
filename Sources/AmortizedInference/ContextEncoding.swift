import Kinematics
import Numerics

/// Which part of a tip's pose a model is asked with.
public enum ContextKind: String, Sendable, Codable, CaseIterable {
    /// Position and orientation.
    case pose
    /// Position only.
    case position
}

/// How a pose becomes the network's inputs.
///
/// The inputs are the position and, for ``ContextKind/pose``, the first two columns of the rotation, which are continuous in the
/// orientation; each is shifted and scaled to zero mean and unit variance over poses of uniform configurations.
public struct ContextEncoding: Sendable, Equatable {
    public let kind: ContextKind
    /// Subtracted from every raw input.
    public let offset: [Float]
    /// Multiplies every shifted input.
    public let scale: [Float]

    /// The number of inputs of a kind: 9 or 3.
    public static func inputCount(_ kind: ContextKind) -> Int { kind == .pose ? 9 : 3 }

    /// - Precondition: as many offsets and scales as the kind has inputs.
    public init(kind: ContextKind, offset: [Float], scale: [Float]) {
        let count = Self.inputCount(kind)
        precondition(offset.count == count && scale.count == count, "an encoding of \(kind) needs \(count) offsets and scales")
        self.kind = kind
        self.offset = offset
        self.scale = scale
    }

    /// Measures the shift and the scale on 16384 configurations of a chain, from a fixed seed.
    public init(kind: ContextKind, measuring chain: Chain) {
        let count = Self.inputCount(kind)
        let raw = ContextEncoding(kind: kind, offset: Array(repeating: 0, count: count), scale: Array(repeating: 1, count: count))
        let source = KinematicPairSource(chain: chain, encoding: raw)
        let samples = 16384
        var stream = RandomStream(seed: 0)
        let x = UnsafeMutablePointer<Float>.allocate(capacity: chain.degreesOfFreedom * samples)
        let inputs = UnsafeMutablePointer<Float>.allocate(capacity: count * samples)
        defer { x.deallocate(); inputs.deallocate() }
        source.draw(samples, using: &stream, configurations: x, contexts: inputs, stride: samples)
        var offset: [Float] = [], scale: [Float] = []
        for row in 0..<count {
            let values = UnsafeBufferPointer(start: inputs + row * samples, count: samples)
            let mean = values.reduce(0.0) { $0 + Double($1) } / Double(samples)
            let variance = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(samples)
            offset.append(Float(mean))
            // An input that hardly moves, such as the height of a planar arm's tip, must not be blown up.
            scale.append(Float(1 / max(variance.squareRoot(), 1e-3)))
        }
        self.init(kind: kind, offset: offset, scale: scale)
    }

    public var inputCount: Int { offset.count }

    /// The inputs for a pose.
    public func encode(_ pose: Pose) -> [Float] {
        let (p, r) = (pose.position, pose.rotation)
        let raw = [p.x, p.y, p.z] + (kind == .pose ? [r.x.x, r.x.y, r.x.z, r.y.x, r.y.y, r.y.z] : [])
        return raw.indices.map { (Float(raw[$0]) - offset[$0]) * scale[$0] }
    }

    /// Writes the inputs for sixteen frames, `stride` elements from one input to the next.
    @inline(__always)
    func encode(_ frame: LaneFrame, into inputs: UnsafeMutablePointer<Float>, stride: Int) {
        func put(_ row: Int, _ value: Lanes) {
            ((value - Lanes(repeating: offset[row])) * Lanes(repeating: scale[row])).store(to: inputs + row * stride)
        }
        put(0, frame.px); put(1, frame.py); put(2, frame.pz)
        guard kind == .pose else { return }
        put(3, frame.xx); put(4, frame.xy); put(5, frame.xz)
        put(6, frame.yx); put(7, frame.yy); put(8, frame.yz)
    }

    /// The frames that sixteen columns of inputs encode; without rotations, for ``ContextKind/position``, their axes are the base's.
    @inline(__always)
    func decode(_ inputs: UnsafePointer<Float>, stride: Int) -> LaneFrame {
        func get(_ row: Int) -> Lanes {
            Lanes(repeating: offset[row]).fma(Lanes(loading: inputs + row * stride), Lanes(repeating: 1 / scale[row]))
        }
        var frame = LaneFrame(.identity)
        frame.px = get(0); frame.py = get(1); frame.pz = get(2)
        guard kind == .pose else { return frame }
        frame.xx = get(3); frame.xy = get(4); frame.xz = get(5)
        frame.yx = get(6); frame.yy = get(7); frame.yz = get(8)
        frame.zx = (frame.xy * frame.yz).fnma(frame.xz, frame.yy)
        frame.zy = (frame.xz * frame.yx).fnma(frame.xx, frame.yz)
        frame.zz = (frame.xx * frame.yy).fnma(frame.xy, frame.yx)
        return frame
    }
}
