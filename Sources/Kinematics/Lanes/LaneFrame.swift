import Numerics

/// Sixteen frames: an origin and the three columns of a rotation, one number per register.
public struct LaneFrame: Sendable {
    public var px, py, pz: Lanes
    public var xx, xy, xz: Lanes
    public var yx, yy, yz: Lanes
    public var zx, zy, zz: Lanes

    /// The same frame in every lane.
    @inline(__always)
    public init(_ pose: Pose) {
        px = Lanes(repeating: Float(pose.position.x))
        py = Lanes(repeating: Float(pose.position.y))
        pz = Lanes(repeating: Float(pose.position.z))
        xx = Lanes(repeating: Float(pose.rotation.x.x))
        xy = Lanes(repeating: Float(pose.rotation.x.y))
        xz = Lanes(repeating: Float(pose.rotation.x.z))
        yx = Lanes(repeating: Float(pose.rotation.y.x))
        yy = Lanes(repeating: Float(pose.rotation.y.y))
        yz = Lanes(repeating: Float(pose.rotation.y.z))
        zx = Lanes(repeating: Float(pose.rotation.z.x))
        zy = Lanes(repeating: Float(pose.rotation.z.y))
        zz = Lanes(repeating: Float(pose.rotation.z.z))
    }

    /// Puts a pose into one lane.
    public mutating func set(_ pose: Pose, lane: Int) {
        px[lane] = Float(pose.position.x); py[lane] = Float(pose.position.y); pz[lane] = Float(pose.position.z)
        xx[lane] = Float(pose.rotation.x.x); xy[lane] = Float(pose.rotation.x.y); xz[lane] = Float(pose.rotation.x.z)
        yx[lane] = Float(pose.rotation.y.x); yy[lane] = Float(pose.rotation.y.y); yz[lane] = Float(pose.rotation.y.z)
        zx[lane] = Float(pose.rotation.z.x); zy[lane] = Float(pose.rotation.z.y); zz[lane] = Float(pose.rotation.z.z)
    }

    /// The frames as they look from other ones: the inverse of each `base` times the frame.
    @inline(__always)
    public func seen(from base: LaneFrame) -> LaneFrame {
        @inline(__always) func turned(_ x: Lanes, _ y: Lanes, _ z: Lanes) -> (Lanes, Lanes, Lanes) {
            ((base.xx * x).fma(base.xy, y).fma(base.xz, z), (base.yx * x).fma(base.yy, y).fma(base.yz, z),
             (base.zx * x).fma(base.zy, y).fma(base.zz, z))
        }
        var result = self
        (result.px, result.py, result.pz) = turned(px - base.px, py - base.py, pz - base.pz)
        (result.xx, result.xy, result.xz) = turned(xx, xy, xz)
        (result.yx, result.yy, result.yz) = turned(yx, yy, yz)
        (result.zx, result.zy, result.zz) = turned(zx, zy, zz)
        return result
    }

    /// The frames, given in other ones, in the frame that those are given in: each `base` times the frame.
    @inlinable @inline(__always)
    public func placed(in base: LaneFrame) -> LaneFrame {
        @inline(__always) func turned(_ x: Lanes, _ y: Lanes, _ z: Lanes) -> (Lanes, Lanes, Lanes) {
            ((base.xx * x).fma(base.yx, y).fma(base.zx, z), (base.xy * x).fma(base.yy, y).fma(base.zy, z),
             (base.xz * x).fma(base.yz, y).fma(base.zz, z))
        }
        var result = self
        let place = turned(px, py, pz)
        (result.px, result.py, result.pz) = (base.px + place.0, base.py + place.1, base.pz + place.2)
        (result.xx, result.xy, result.xz) = turned(xx, xy, xz)
        (result.yx, result.yy, result.yz) = turned(yx, yy, yz)
        (result.zx, result.zy, result.zz) = turned(zx, zy, zz)
        return result
    }

    /// Turns the frames about their own z axes.
    @inlinable @inline(__always)
    public mutating func turn(sine: Lanes, cosine: Lanes) {
        let (ax, ay, az) = (xx, xy, xz)
        xx = (cosine * ax).fma(sine, yx); xy = (cosine * ay).fma(sine, yy); xz = (cosine * az).fma(sine, yz)
        yx = (cosine * yx).fnma(sine, ax); yy = (cosine * yy).fnma(sine, ay); yz = (cosine * yz).fnma(sine, az)
    }

    /// Moves the frames along their own z axes, by m.
    @inlinable @inline(__always)
    public mutating func slide(_ distance: Lanes) {
        px = px.fma(distance, zx); py = py.fma(distance, zy); pz = pz.fma(distance, zz)
    }

    @inline(__always)
    mutating func translate(_ t: SIMD3<Float>) {
        if t.x != 0 {
            let v = Lanes(repeating: t.x)
            px = px.fma(v, xx); py = py.fma(v, xy); pz = pz.fma(v, xz)
        }
        if t.y != 0 {
            let v = Lanes(repeating: t.y)
            px = px.fma(v, yx); py = py.fma(v, yy); pz = pz.fma(v, yz)
        }
        if t.z != 0 {
            let v = Lanes(repeating: t.z)
            px = px.fma(v, zx); py = py.fma(v, zy); pz = pz.fma(v, zz)
        }
    }

    @inline(__always)
    mutating func twist(_ step: LaneChain.Step) {
        switch step.twist {
        case .none: break
        case .quarter:
            let (ax, ay, az) = (yx, yy, yz)
            (yx, yy, yz) = (zx, zy, zz)
            (zx, zy, zz) = (-ax, -ay, -az)
        case .threeQuarters:
            let (ax, ay, az) = (yx, yy, yz)
            (yx, yy, yz) = (-zx, -zy, -zz)
            (zx, zy, zz) = (ax, ay, az)
        case .half:
            (yx, yy, yz) = (-yx, -yy, -yz)
            (zx, zy, zz) = (-zx, -zy, -zz)
        case .general:
            let s = Lanes(repeating: step.twistSine), c = Lanes(repeating: step.twistCosine)
            let (ax, ay, az) = (yx, yy, yz)
            yx = (c * ax).fma(s, zx); yy = (c * ay).fma(s, zy); yz = (c * az).fma(s, zz)
            zx = (c * zx).fnma(s, ax); zy = (c * zy).fnma(s, ay); zz = (c * zz).fnma(s, az)
        }
    }

    /// Moves the frame through one joint and on to the next joint's frame.
    @inline(__always)
    mutating func advance(_ step: LaneChain.Step, by q: Lanes) {
        let value = Lanes(repeating: step.offset).fma(q, Lanes(repeating: step.scale))
        if step.isRevolute {
            let (sine, cosine) = value.sineAndCosine
            turn(sine: sine, cosine: cosine)
        } else {
            slide(value)
        }
        translate(step.translation)
        twist(step)
    }
}

extension LaneChain {
    /// The tip's frame in the base for sixteen configurations.
    ///
    /// - Parameter q: one register per variable.
    @inline(__always)
    public func forward(_ q: UnsafePointer<Lanes>) -> LaneFrame {
        var frame = LaneFrame(base)
        steps.withUnsafeBufferPointer { steps in
            for step in steps { frame.advance(step, by: q[step.variable]) }
        }
        if let turn = finalTurn {
            frame.turn(sine: Lanes(repeating: turn.sine), cosine: Lanes(repeating: turn.cosine))
        }
        return frame
    }

    /// The tip's frame, and its geometric Jacobian in the base frame about the tip's origin.
    ///
    /// - Parameters:
    ///   - q: one register per variable.
    ///   - jacobian: six registers per variable, in the order vx vy vz wx wy wz.
    @inline(__always)
    public func forward(_ q: UnsafePointer<Lanes>, jacobian: UnsafeMutablePointer<Lanes>) -> LaneFrame {
        if hasMimics { return forwardWithMimics(q, jacobian: jacobian) }
        var frame = LaneFrame(base)
        steps.withUnsafeBufferPointer { steps in
            for step in steps {
                let column = jacobian + 6 * step.variable
                if step.isRevolute {
                    guard step.isDriven else { frame.advance(step, by: .zero); continue }
                    column[0] = frame.px; column[1] = frame.py; column[2] = frame.pz
                    column[3] = frame.zx; column[4] = frame.zy; column[5] = frame.zz
                } else {
                    column[0] = frame.zx; column[1] = frame.zy; column[2] = frame.zz
                    column[3] = .zero; column[4] = .zero; column[5] = .zero
                }
                frame.advance(step, by: q[step.variable])
            }
            if let turn = finalTurn {
                frame.turn(sine: Lanes(repeating: turn.sine), cosine: Lanes(repeating: turn.cosine))
            }
            for step in steps where step.isRevolute && step.isDriven {
                let column = jacobian + 6 * step.variable
                let (rx, ry, rz) = (frame.px - column[0], frame.py - column[1], frame.pz - column[2])
                let (zx, zy, zz) = (column[3], column[4], column[5])
                column[0] = (zy * rz).fnma(zz, ry)
                column[1] = (zz * rx).fnma(zx, rz)
                column[2] = (zx * ry).fnma(zy, rx)
            }
        }
        return frame
    }

    /// Several joints may share a variable: the columns are sums, collected joint by joint.
    @inline(never)
    private func forwardWithMimics(_ q: UnsafePointer<Lanes>, jacobian: UnsafeMutablePointer<Lanes>) -> LaneFrame {
        let tip = forward(q)
        for entry in 0..<6 * degreesOfFreedom { jacobian[entry] = .zero }
        var frame = LaneFrame(base)
        for step in steps {
            let column = jacobian + 6 * step.variable
            let scale = Lanes(repeating: step.scale)
            let (zx, zy, zz) = (scale * frame.zx, scale * frame.zy, scale * frame.zz)
            if step.isRevolute {
                let (rx, ry, rz) = (tip.px - frame.px, tip.py - frame.py, tip.pz - frame.pz)
                column[0] += (zy * rz).fnma(zz, ry)
                column[1] += (zz * rx).fnma(zx, rz)
                column[2] += (zx * ry).fnma(zy, rx)
                column[3] += zx; column[4] += zy; column[5] += zz
            } else {
                column[0] += zx; column[1] += zy; column[2] += zz
            }
            frame.advance(step, by: q[step.variable])
        }
        return tip
    }
}
