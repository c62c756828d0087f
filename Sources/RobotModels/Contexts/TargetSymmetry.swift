import Kinematics
import Numerics

/// The rotational symmetry of a chain's answers: the axes about which a target can be turned together with a joint, so that nothing else
/// of the answer changes.
///
/// Turning the target about the first joint's axis by φ adds φ to the first joint of every solution; turning it about the last joint's
/// axis adds to the last joint. A model that knows this has two coordinates of the pose less to learn: its inputs are the pose in a
/// frame that turns with the target, and its first and last coordinate are counted from the target's own angles. Only the joint
/// limits still depend on these, so their sines and cosines stay among the inputs.
///
/// With er, et and ea the radial, tangential and axial directions at the *wrist* W (the point of the last axis nearest to the tip; the
/// tip itself where the last joint does not take part), the angles are
///
///     φ = azimuth of W about the first axis,      ψ = angle from the reference k to the tip's side v, about the last axis u
///
/// where the reference is that one of er, et, ea which is seldom parallel to u.
public struct TargetSymmetry: Sendable, Equatable, Codable {
    /// A line with two directions across it.
    struct Axis: Sendable, Equatable, Codable {
        var point: SIMD3<Double>
        var direction: SIMD3<Double>
        /// A unit vector across the axis; the third direction is `direction × side`.
        var side: SIMD3<Double>

        init(point: SIMD3<Double>, direction: SIMD3<Double>) {
            self.direction = direction
            // The point nearest to the frame's origin.
            self.point = point - point.dot(direction) * direction
            // The coordinate axis least along the direction makes the best conditioned side.
            let (x, y, z) = (abs(direction.x), abs(direction.y), abs(direction.z))
            let helper: SIMD3<Double> = x <= y && x <= z ? [1, 0, 0] : y <= z ? [0, 1, 0] : [0, 0, 1]
            let across = direction.cross(helper)
            side = across / across.length
        }

        var third: SIMD3<Double> { direction.cross(side) }
    }

    /// The first joint's axis, seen from the encoding's origin, and the variable that drives the joint.
    let first: Axis
    let firstVariable: Int
    /// The last joint's axis, in the tip's frame; nil where it does not take part.
    private(set) var last: Axis?
    let lastVariable: Int
    /// Which of er, et, ea is the reference of ψ: 0, 1 or 2.
    private(set) var reference = 1
    /// The middles of the windows, a full turn wide, that the first and the last coordinate are counted in.
    private(set) var firstMiddle = 0.0
    private(set) var lastMiddle = 0.0

    /// The axes of a chain; nil where its first joint cannot take part.
    ///
    /// - Parameters:
    ///   - usesTip: whether targets have an orientation, without which the last joint takes no part.
    ///   - origin: where frames are seen from, m, in the base's frame.
    init?(_ chain: Chain, usesTip: Bool, about origin: SIMD3<Double> = .zero) {
        let moving = chain.segments.indices.filter { chain.segments[$0].variable != nil && chain.segments[$0].kind != .fixed }
        guard let start = moving.first, let end = moving.last, Self.canTurn(start, of: chain) else { return nil }
        var frame = Pose.identity
        for segment in chain.segments[...start] { frame = frame * segment.origin }
        first = Axis(point: frame.position - origin, direction: frame.rotation * chain.segments[start].axis)
        firstVariable = chain.segments[start].variable!
        lastVariable = chain.segments[end].variable!
        if usesTip, moving.count > 2, Self.canTurn(end, of: chain) {
            var tip = Pose.identity
            for segment in chain.segments[(end + 1)...] { tip = tip * segment.origin }
            let inverse = tip.inverse
            last = Axis(point: inverse.position, direction: inverse.rotation * chain.segments[end].axis)
        }
        guard settle(LaneChain(chain, about: origin), RobotIdentity(chain), unit: Float(chain.lengthUnit)) else { return nil }
    }

    /// Whether numbers that were read belong to a chain with so many joints.
    package func isSound(degreesOfFreedom count: Int) -> Bool {
        let vectors = [first.point, first.direction, first.side] + (last.map { [$0.point, $0.direction, $0.side] } ?? [])
        return (0..<count).contains(firstVariable) && (0..<count).contains(lastVariable) && (0..<3).contains(reference)
            && (last == nil || firstVariable != lastVariable) && vectors.allSatisfy(\.isFinite) && abs(firstMiddle) <= 7 && abs(lastMiddle) <= 7
    }

    /// The least range of a joint that takes part, rad: where limits cut off much of a turn, they decide more than the turn does.
    private static let leastRange = 4.0

    /// Whether a segment's joint turns freely of others, over much of a turn but no more than a full one.
    private static func canTurn(_ index: Int, of chain: Chain) -> Bool {
        let segment = chain.segments[index], variable = chain.variables[segment.variable!]
        return (segment.kind == .revolute || segment.kind == .continuous) && segment.multiplier == 1
            && chain.segments.count { $0.variable == segment.variable } == 1
            && (leastRange...2 * .pi + 1e-9).contains(variable.upper - variable.lower)
    }

    /// Chooses the reference and the windows from 8192 configurations; false where the angles are mostly undefined.
    ///
    /// - Parameter unit: the chain's unit of length, m.
    private mutating func settle(_ lanes: LaneChain, _ middles: RobotIdentity, unit: Float) -> Bool {
        var stream = RandomStream(seed: 0), random = LaneRandom(using: &stream)
        var q = [Lanes](repeating: .zero, count: lanes.degreesOfFreedom)
        var frames: [(LaneFrame, first: Lanes, last: Lanes)] = []
        for _ in 0..<512 {
            for i in q.indices {
                q[i] = Lanes(repeating: Float(middles.middle[i])).fma(random.uniform() * 2 - 1, Lanes(repeating: Float(middles.halfRange[i])))
            }
            frames.append((lanes.forward(q), q[firstVariable], q[lastVariable]))
        }
        /// The number below which a twentieth of all lanes lies.
        func low(_ value: (TurnedFrame) -> Lanes) -> Float {
            let values = frames.flatMap { frame in
                let lanes = value(turn(frame.0))
                return (0..<laneCount).map { lanes[$0] }
            }.sorted()
            return values[values.count / 20]
        }
        if last != nil {
            let clearance = (0..<3).map { k in low { 1 - $0.axis[k] * $0.axis[k] } }
            reference = clearance.indices.max { clearance[$0] < clearance[$1] }!
            if clearance[reference] < 0.02 || low({ $0.radius }) < 0.02 * unit { last = nil }
        }
        guard low({ $0.radius }) >= 0.005 * unit else { return false }
        let turned = frames.map { turn($0.0) }
        firstMiddle = Self.emptiest(zip(frames, turned).map { $0.first - $1.firstAngle }) + .pi
        if last != nil { lastMiddle = Self.emptiest(zip(frames, turned).map { $0.last - $1.lastAngle }) + .pi }
        return true
    }

    /// The angle about which the fewest of the given ones lie, in (−π, π].
    private static func emptiest(_ angles: [Lanes]) -> Double {
        let bins = 36
        var counts = [Int](repeating: 0, count: bins)
        for angle in angles {
            let share = angle * (1 / (2 * Float.pi))
            for lane in 0..<laneCount {
                let fraction = share[lane] - share[lane].rounded(.down)
                counts[min(bins - 1, Int(fraction * Float(bins)))] += 1
            }
        }
        let best = counts.indices.min { counts[$0] + counts[($0 + bins - 1) % bins] < counts[$1] + counts[($1 + bins - 1) % bins] }!
        let angle = 2 * Double.pi * Double(best) / Double(bins)
        return angle > .pi ? angle - 2 * .pi : angle
    }
}

/// Sixteen vectors, one register per component.
struct LaneVector {
    var x, y, z: Lanes

    @inline(__always)
    init(_ x: Lanes, _ y: Lanes, _ z: Lanes) { (self.x, self.y, self.z) = (x, y, z) }

    @inline(__always)
    func cross(_ other: LaneVector) -> LaneVector {
        LaneVector((y * other.z).fnma(z, other.y), (z * other.x).fnma(x, other.z), (x * other.y).fnma(y, other.x))
    }

    @inline(__always)
    func scaled(_ factor: Lanes) -> LaneVector { LaneVector(x * factor, y * factor, z * factor) }

    /// `self + factor · other`.
    @inline(__always)
    func adding(_ factor: Lanes, _ other: LaneVector) -> LaneVector {
        LaneVector(x.fma(factor, other.x), y.fma(factor, other.y), z.fma(factor, other.z))
    }

    @inline(__always)
    subscript(_ index: Int) -> Lanes { index == 0 ? x : index == 1 ? y : z }
}

/// Sixteen frames as they look from a base that turns with them.
struct TurnedFrame {
    /// The wrist's distance from the first axis and its height along it, m.
    var radius: Lanes
    var height: Lanes
    /// φ and its sine and cosine.
    var firstAngle: Lanes
    var firstSine: Lanes
    var firstCosine: Lanes
    /// The last axis u, along er, et, ea.
    var axis: LaneVector
    /// ψ and its sine and cosine; zero, zero and one where the last joint takes no part.
    var lastAngle: Lanes
    var lastSine: Lanes
    var lastCosine: Lanes
    /// The first two columns of the tip's rotation along er, et, ea.
    var x: LaneVector
    var y: LaneVector
}


extension TargetSymmetry {
    /// The components of a vector along the directions of an axis: side, third, direction.
    @inline(__always)
    private func components(_ v: LaneVector, of axis: Axis) -> LaneVector {
        func along(_ d: SIMD3<Double>) -> Lanes {
            (v.x * Float(d.x)).fma(v.y, Lanes(repeating: Float(d.y))).fma(v.z, Lanes(repeating: Float(d.z)))
        }
        return LaneVector(along(axis.side), along(axis.third), along(axis.direction))
    }

    /// a·side + b·third + c·direction.
    @inline(__always)
    private func combination(_ v: LaneVector, of axis: Axis) -> LaneVector {
        func row(_ i: Int) -> Lanes {
            (v.x * Float(axis.side[i])).fma(v.y, Lanes(repeating: Float(axis.third[i]))).fma(v.z, Lanes(repeating: Float(axis.direction[i])))
        }
        return LaneVector(row(0), row(1), row(2))
    }

    /// The image of a constant vector under the rotation of a frame.
    @inline(__always)
    private func image(_ d: SIMD3<Double>, _ f: LaneFrame) -> LaneVector {
        LaneVector(f.xx, f.xy, f.xz).scaled(Lanes(repeating: Float(d.x)))
            .adding(Lanes(repeating: Float(d.y)), LaneVector(f.yx, f.yy, f.yz))
            .adding(Lanes(repeating: Float(d.z)), LaneVector(f.zx, f.zy, f.zz))
    }

    /// How frames look from a base that turns with them.
    @inline(__always)
    func turn(_ f: LaneFrame) -> TurnedFrame {
        let point = image(last?.point ?? .zero, f), origin = first.point
        let w = components(
            LaneVector(f.px + point.x - Float(origin.x), f.py + point.y - Float(origin.y), f.pz + point.z - Float(origin.z)), of: first)
        let radius = (w.x * w.x).fma(w.y, w.y).squareRoot().maximum(Lanes(repeating: 1e-9))
        let cosine = w.x / radius, sine = w.y / radius
        func turned(_ v: LaneVector) -> LaneVector {
            let c = components(v, of: first)
            return LaneVector((c.x * cosine).fma(c.y, sine), (c.y * cosine).fnma(c.x, sine), c.z)
        }
        var result = TurnedFrame(
            radius: radius, height: w.z, firstAngle: Lanes.angle(sine: w.y, cosine: w.x), firstSine: sine, firstCosine: cosine,
            axis: LaneVector(.zero, .zero, .zero), lastAngle: .zero, lastSine: .zero, lastCosine: Lanes(repeating: 1),
            x: turned(LaneVector(f.xx, f.xy, f.xz)), y: turned(LaneVector(f.yx, f.yy, f.yz)))
        guard let last else { return result }
        let u = turned(image(last.direction, f)), v = turned(image(last.side, f))
        let c = v[reference], s = v.cross(u)[reference]
        let length = (c * c).fma(s, s).squareRoot().maximum(Lanes(repeating: 1e-9))
        result.axis = u
        result.lastAngle = Lanes.angle(sine: s, cosine: c)
        result.lastSine = s / length
        result.lastCosine = c / length
        return result
    }

    /// The frames that look like this from a base that turns with them: the inverse of ``turn(_:)``.
    ///
    /// Where the last joint takes part, the columns follow from its axis u and from ψ: with k₁ the reference's part across u, the
    /// tip's side is v = k₁·cos ψ + (u × k₁)·sin ψ.
    @inline(__always)
    func unturn(_ t: TurnedFrame) -> LaneFrame {
        func base(_ v: LaneVector) -> LaneVector {
            combination(LaneVector((v.x * t.firstCosine).fnma(v.y, t.firstSine), (v.x * t.firstSine).fma(v.y, t.firstCosine), v.z), of: first)
        }
        var x = t.x, y = t.y
        if let last {
            let u = t.axis
            var k = u.scaled(-u[reference])
            if reference == 0 { k.x += 1 } else if reference == 1 { k.y += 1 } else { k.z += 1 }
            k = k.scaled(1 / (k.x * k.x).fma(k.y, k.y).fma(k.z, k.z).squareRoot().maximum(Lanes(repeating: 1e-9)))
            let v = k.scaled(t.lastCosine).adding(t.lastSine, u.cross(k)), w = u.cross(v)
            func column(_ i: Int) -> LaneVector {
                v.scaled(Lanes(repeating: Float(last.side[i]))).adding(Lanes(repeating: Float(last.third[i])), w)
                    .adding(Lanes(repeating: Float(last.direction[i])), u)
            }
            x = column(0)
            y = column(1)
        }
        var frame = LaneFrame(.identity)
        let a = base(x), b = base(y), c = a.cross(b)
        (frame.xx, frame.xy, frame.xz) = (a.x, a.y, a.z)
        (frame.yx, frame.yy, frame.yz) = (b.x, b.y, b.z)
        (frame.zx, frame.zy, frame.zz) = (c.x, c.y, c.z)
        let wrist = base(LaneVector(t.radius, .zero, t.height)), point = image(last?.point ?? .zero, frame)
        frame.px = wrist.x - point.x + Float(first.point.x)
        frame.py = wrist.y - point.y + Float(first.point.y)
        frame.pz = wrist.z - point.z + Float(first.point.z)
        return frame
    }
}
