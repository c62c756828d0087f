import ConditionalModels
import Files
import Kinematics
import Numerics

/// Which part of a tip's pose a model is queried with.
public enum ContextKind: String, Sendable, Codable, CaseIterable {
    /// Position and orientation.
    case pose
    /// Position only.
    case position
}

/// How a pose becomes the network's inputs.
///
/// Without a target symmetry, the inputs are the position and, for ``ContextKind/pose``, the first two columns of the rotation, which are
/// continuous in the orientation. With them they are the wrist's radius and height, the orientation as it looks from a base that turns
/// with the target (the last axis, or two columns where the last joint does not turn), and cosine and sine of the angles that were turned
/// away. Each is shifted and scaled to zero mean and unit variance over poses of uniform configurations.
///
/// Positions are measured from ``origin``, for which single precision would be too coarse where a robot stands far away.
public struct PoseEncoding: ContextEncoder, Equatable {
    public let kind: ContextKind
    public let turns: TargetSymmetry?
    /// Where positions are measured from, m, in the base's frame; frames of lanes and the symmetry's axes are seen from there.
    public let origin: SIMD3<Double>
    /// Subtracted from every raw input.
    public let offset: [Float]
    /// Multiplies every shifted input.
    public let scale: [Float]

    /// The number of inputs: 9 or 3 without a target symmetry; 9, 10 or 4 with them.
    public static func inputCount(_ kind: ContextKind, turns: TargetSymmetry?) -> Int {
        switch (kind, turns) {
        case (.pose, nil): 9
        case (.position, nil): 3
        case (.pose, let turns?): turns.last == nil ? 10 : 9
        case (.position, _?): 4
        }
    }

    /// The most inputs that any encoding has.
    package static let largestInputCount = 10

    /// - Precondition: as many offsets and scales as the kind has inputs.
    public init(
        kind: ContextKind, symmetry turns: TargetSymmetry? = nil, about origin: SIMD3<Double> = .zero, offset: [Float], scale: [Float]
    ) {
        let count = Self.inputCount(kind, turns: turns)
        precondition(offset.count == count && scale.count == count, "an encoding of \(kind) needs \(count) offsets and scales")
        self.kind = kind
        self.turns = turns
        self.origin = origin
        self.offset = offset
        self.scale = scale
    }

    /// Measures the shift and the scale on 16384 configurations of a chain, from a fixed seed.
    public init(kind: ContextKind, symmetry turns: TargetSymmetry? = nil, about origin: SIMD3<Double> = .zero, measuring chain: Chain) {
        let count = Self.inputCount(kind, turns: turns)
        let raw = PoseEncoding(
            kind: kind, symmetry: turns, about: origin, offset: Array(repeating: 0, count: count), scale: Array(repeating: 1, count: count))
        let source = KinematicPairs(chain: chain, encoding: raw)
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
            // An input that hardly moves, such as the height of a planar arm's tip, must not be blown up: a pose that is reached not quite
            // moves it further than all that were trained on.
            let deviation = variance.squareRoot(), unit = row < Self.lengthCount(turns: turns) ? chain.lengthUnit : 1
            scale.append(Float(1 / (deviation < Self.leastDeviation * unit ? unit : deviation)))
        }
        self.init(kind: kind, symmetry: turns, about: origin, offset: offset, scale: scale)
    }

    /// How many of the first inputs are lengths: a position's coordinates, or the wrist's radius and height.
    private static func lengthCount(turns: TargetSymmetry?) -> Int { turns == nil ? 3 : 2 }

    /// Inputs that deviate by less hardly move, in the chain's units of length.
    private static let leastDeviation = 1e-3

    public var inputCount: Int { offset.count }

    public var symmetry: ContextSymmetry? {
        turns.map { turns in
            ContextSymmetry(
                first: turns.firstVariable, last: turns.last == nil ? nil : turns.lastVariable, firstMiddle: turns.firstMiddle,
                lastMiddle: turns.lastMiddle)
        }
    }

    public func write(to file: inout Safetensors) {
        file.tensors["encoding.offset"] = Tensor(shape: [inputCount], values: offset)
        file.tensors["encoding.scale"] = Tensor(shape: [inputCount], values: scale)
        file.metadata["context"] = kind.rawValue
        if origin != .zero { file.metadata["origin"] = Safetensors.json(origin) }
        if let turns { file.metadata["turns"] = Safetensors.json(turns) }
    }

    /// A pose of the base's frame as it is seen from the origin, in all lanes.
    func frame(of pose: Pose) -> LaneFrame { LaneFrame(Pose(position: pose.position - origin, rotation: pose.rotation)) }

    /// The inputs for a pose, and the angles that joints are counted from.
    package func encode(_ pose: Pose) -> (inputs: [Float], angles: ContextAngles) {
        withUnsafeTemporaryAllocation(of: Float.self, capacity: inputCount * laneCount) { memory in
            let angles = encode(frame(of: pose), into: memory.baseAddress!, stride: laneCount)
            return ((0..<inputCount).map { memory[$0 * laneCount] }, angles)
        }
    }

    /// Whether a pose lies far outside of those that the encoding was measured on, as one in millimetres does.
    func isFar(_ pose: Pose) -> Bool { encode(pose).inputs.contains { !(abs($0) <= Self.farthestInput) } }

    /// In deviations: what a robot reaches lies within a few of them.
    private static let farthestInput: Float = 20

    /// Writes the inputs for sixteen frames, `stride` elements from one input to the next; returns the angles that joints are counted from.
    ///
    /// - Parameter frame: seen from the origin.
    @inline(__always)
    @discardableResult
    package func encode(_ frame: LaneFrame, into inputs: UnsafeMutablePointer<Float>, stride: Int) -> ContextAngles {
        var row = 0
        @inline(__always) func put(_ value: Lanes) {
            ((value - Lanes(repeating: offset[row])) * Lanes(repeating: scale[row])).store(to: inputs + row * stride)
            row += 1
        }
        @inline(__always) func put(_ vector: LaneVector) { put(vector.x); put(vector.y); put(vector.z) }
        guard let turns else {
            put(LaneVector(frame.px, frame.py, frame.pz))
            if kind == .pose {
                put(LaneVector(frame.xx, frame.xy, frame.xz))
                put(LaneVector(frame.yx, frame.yy, frame.yz))
            }
            return ContextAngles()
        }
        let turned = turns.turn(frame)
        put(turned.radius); put(turned.height); put(turned.firstCosine); put(turned.firstSine)
        guard kind == .pose else { return ContextAngles(first: turned.firstAngle) }
        if turns.last != nil {
            put(turned.axis); put(turned.lastCosine); put(turned.lastSine)
        } else {
            put(turned.x); put(turned.y)
        }
        return ContextAngles(first: turned.firstAngle, last: turned.lastAngle)
    }

    /// The frames that sixteen columns of inputs encode, seen from the origin, and the angles that joints are counted from; without rotations, for
    /// ``ContextKind/position``, the frames' axes are the base's.
    @inline(__always)
    package func decode(_ inputs: UnsafePointer<Float>, stride: Int) -> (frame: LaneFrame, angles: ContextAngles) {
        @inline(__always) func get(_ row: Int) -> Lanes {
            Lanes(repeating: offset[row]).fma(Lanes(loading: inputs + row * stride), Lanes(repeating: 1 / scale[row]))
        }
        guard let turns else {
            var frame = LaneFrame(.identity)
            frame.px = get(0); frame.py = get(1); frame.pz = get(2)
            guard kind == .pose else { return (frame, ContextAngles()) }
            (frame.xx, frame.xy, frame.xz) = (get(3), get(4), get(5))
            (frame.yx, frame.yy, frame.yz) = (get(6), get(7), get(8))
            let z = LaneVector(frame.xx, frame.xy, frame.xz).cross(LaneVector(frame.yx, frame.yy, frame.yz))
            (frame.zx, frame.zy, frame.zz) = (z.x, z.y, z.z)
            return (frame, ContextAngles())
        }
        let zero = LaneVector(.zero, .zero, .zero)
        var turned = TurnedFrame(
            radius: get(0), height: get(1), firstAngle: .zero, firstSine: get(3), firstCosine: get(2), axis: zero,
            lastAngle: .zero, lastSine: .zero, lastCosine: Lanes(repeating: 1), x: LaneVector(Lanes(repeating: 1), .zero, .zero),
            y: LaneVector(.zero, Lanes(repeating: 1), .zero))
        var angles = ContextAngles(first: Lanes.angle(sine: turned.firstSine, cosine: turned.firstCosine))
        if kind == .pose, turns.last != nil {
            turned.axis = LaneVector(get(4), get(5), get(6))
            (turned.lastCosine, turned.lastSine) = (get(7), get(8))
            angles.last = Lanes.angle(sine: turned.lastSine, cosine: turned.lastCosine)
        } else if kind == .pose {
            turned.x = LaneVector(get(4), get(5), get(6))
            turned.y = LaneVector(get(7), get(8), get(9))
        }
        return (turns.unturn(turned), angles)
    }
}
