import Numerics

/// A vector in space, one register per coordinate.
struct Triple<S: BodyArithmetic> {
    var x, y, z: S

    @inline(__always)
    init(_ x: S, _ y: S, _ z: S) {
        self.x = x
        self.y = y
        self.z = z
    }

    /// The same vector in every lane.
    @inline(__always)
    init(_ v: SIMD3<Double>) { self.init(S(v.x), S(v.y), S(v.z)) }

    @inline(__always)
    static var zero: Triple { Triple(S(0.0), S(0.0), S(0.0)) }

    @inline(__always)
    static func + (a: Triple, b: Triple) -> Triple { Triple(a.x + b.x, a.y + b.y, a.z + b.z) }
    @inline(__always)
    static func - (a: Triple, b: Triple) -> Triple { Triple(a.x - b.x, a.y - b.y, a.z - b.z) }
    @inline(__always)
    static func * (scale: S, v: Triple) -> Triple { Triple(scale * v.x, scale * v.y, scale * v.z) }

    /// `self + scale·v`.
    @inline(__always)
    func fma(_ scale: S, _ v: Triple) -> Triple { Triple(x.fma(scale, v.x), y.fma(scale, v.y), z.fma(scale, v.z)) }

    @inline(__always)
    func dot(_ v: Triple) -> S { (x * v.x).fma(y, v.y).fma(z, v.z) }

    @inline(__always)
    func cross(_ v: Triple) -> Triple {
        Triple((y * v.z).fnma(z, v.y), (z * v.x).fnma(x, v.z), (x * v.y).fnma(y, v.x))
    }
}

/// A frame in space: an origin and the columns of a rotation, one register a number.
struct BodyFrame<S: BodyArithmetic> {
    var p, x, y, z: Triple<S>

    @inline(__always)
    init(p: Triple<S>, x: Triple<S>, y: Triple<S>, z: Triple<S>) {
        self.p = p
        self.x = x
        self.y = y
        self.z = z
    }

    /// The same frame in every lane.
    init(_ pose: Pose) {
        self.init(p: Triple(pose.position), x: Triple(pose.rotation.x), y: Triple(pose.rotation.y), z: Triple(pose.rotation.z))
    }

    /// A point that is given in this frame.
    @inline(__always)
    func point(_ v: SIMD3<Double>) -> Triple<S> { p.fma(S(v.x), x).fma(S(v.y), y).fma(S(v.z), z) }

    /// A direction that is given in this frame.
    @inline(__always)
    func direction(_ v: SIMD3<Double>) -> Triple<S> { (S(v.x) * x).fma(S(v.y), y).fma(S(v.z), z) }

    /// A frame that is given in this frame.
    @inline(__always)
    func frame(_ pose: Pose) -> BodyFrame {
        BodyFrame(p: point(pose.position), x: direction(pose.rotation.x), y: direction(pose.rotation.y), z: direction(pose.rotation.z))
    }
}
