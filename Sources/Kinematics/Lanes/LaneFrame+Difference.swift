import Numerics

/// How far sixteen frames are from sixteen targets.
public struct LaneDifference {
    /// x y z of the displacement to the target (m), then of the rotation to it: 2·sin(θ/2) times the axis, which is the rotation vector (rad)
    /// for small angles and grows up to half a turn. Both are given in the base frame.
    public var components: (Lanes, Lanes, Lanes, Lanes, Lanes, Lanes)
    /// The squared length of the displacement, m².
    public var positionSquare: Lanes
    /// The squared length of the rotation part, 4·sin²(θ/2).
    public var rotationSquare: Lanes
}

extension LaneFrame {
    /// The displacement and the rotation from these frames to the targets.
    @inline(__always)
    public func difference(to t: LaneFrame) -> LaneDifference {
        let (dx, dy, dz) = (t.px - px, t.py - py, t.pz - pz)
        let positionSquare = (dx * dx).fma(dy, dy).fma(dz, dz)
        // vee(R* Rᵀ − R R*ᵀ)/2 = sin θ · axis is half the sum of the columns' cross products; tr(R* Rᵀ) = 1 + 2 cos θ.
        var rx = (xy * t.xz).fnma(xz, t.xy), ry = (xz * t.xx).fnma(xx, t.xz), rz = (xx * t.xy).fnma(xy, t.xx)
        rx = rx.fma(yy, t.yz).fnma(yz, t.yy); ry = ry.fma(yz, t.yx).fnma(yx, t.yz); rz = rz.fma(yx, t.yy).fnma(yy, t.yx)
        rx = rx.fma(zy, t.zz).fnma(zz, t.zy); ry = ry.fma(zz, t.zx).fnma(zx, t.zz); rz = rz.fma(zx, t.zy).fnma(zy, t.zx)
        var trace = (xx * t.xx).fma(xy, t.xy).fma(xz, t.xz)
        trace = trace.fma(yx, t.yx).fma(yy, t.yy).fma(yz, t.yz)
        trace = trace.fma(zx, t.zx).fma(zy, t.zy).fma(zz, t.zz)
        // 2 sin(θ/2) = sin θ / cos(θ/2).
        let cosineSquare = ((1 + trace) * 0.25).maximum(Lanes(repeating: 1e-4))
        let scale = 0.5 / cosineSquare.squareRoot()
        rx *= scale; ry *= scale; rz *= scale
        // Near zero 3 − tr cancels, but the vector does not; near half a turn it is the other way round.
        let small = (rx * rx).fma(ry, ry).fma(rz, rz)
        let rotationSquare = (3 - trace).replacing(with: small, where: small .< 0.01)
        return LaneDifference(components: (dx, dy, dz, rx, ry, rz), positionSquare: positionSquare, rotationSquare: rotationSquare)
    }
}
