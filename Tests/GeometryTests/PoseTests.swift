import Geometry
import Numerics
import TestSupport
import Testing

@Suite struct PoseTests {
    @Test func conversionsRoundTrip() throws {
        var stream = RandomStream(seed: 11)
        for _ in 0..<2000 {
            let r = randomRotation(using: &stream)
            #expect(try difference(Rotation(quaternion: r.quaternion), r) < 1e-14)
            #expect(try difference(Rotation(matrix: r.matrix), r) < 1e-14)
            #expect(difference(Rotation(rotationVector: r.rotationVector), r) < 1e-14)
            let angles = r.rollPitchYaw
            #expect(difference(Rotation(roll: angles.roll, pitch: angles.pitch, yaw: angles.yaw), r) < 1e-14)
            #expect(difference(r * r.inverse, .identity) < 4e-15)

            let pose = Pose(position: randomVector(using: &stream), rotation: r)
            let back = try Pose(matrix: pose.matrix)
            #expect(difference(back.rotation, r) < 1e-14 && back.position == pose.position)
            let one = pose * pose.inverse
            #expect(one.position.length < 1e-14 && difference(one.rotation, .identity) < 1e-14)
            let point = randomVector(using: &stream)
            #expect((pose.inverse * (pose * point) - point).length < 1e-14)
        }
    }

    @Test func rollPitchYawFollowsURDF() {
        // Rz(π/2) · Ry(0) · Rx(π/2): x goes to y, y to z, z to x.
        let r = Rotation(roll: .pi / 2, pitch: 0, yaw: .pi / 2)
        #expect(difference(r, Rotation(x: [0, 1, 0], y: [0, 0, 1], z: [1, 0, 0])) < 1e-15)
        let composed = Rotation(axis: [0, 0, 1], angle: 0.3) * Rotation(axis: [0, 1, 0], angle: -0.7)
            * Rotation(axis: [1, 0, 0], angle: 1.9)
        #expect(difference(Rotation(roll: 1.9, pitch: -0.7, yaw: 0.3), composed) < 1e-15)
        let angles = composed.rollPitchYaw
        #expect(abs(angles.roll - 1.9) < 1e-14 && abs(angles.pitch + 0.7) < 1e-14 && abs(angles.yaw - 0.3) < 1e-14)
    }

    @Test(arguments: [0, 1e-16, 1e-12, 1e-8, 1e-4])
    func rollPitchYawRoundTripsNearGimbalLock(offset: Double) {
        for pitch in [Double.pi / 2 - offset, -Double.pi / 2 + offset] {
            for (roll, yaw) in [(0.4, -1.1), (-2.9, 3.0), (0, 0)] {
                let r = Rotation(roll: roll, pitch: pitch, yaw: yaw)
                let a = r.rollPitchYaw
                #expect(difference(Rotation(roll: a.roll, pitch: a.pitch, yaw: a.yaw), r) < 1e-14)
            }
        }
    }

    @Test func logarithmIsAccurateAtEveryAngle() {
        var stream = RandomStream(seed: 12)
        for angle in [1e-100, 1e-12, 1e-9, 1e-5, 0.1, 1, 3, .pi - 1e-5, .pi - 1e-9, .pi - 1e-13] {
            let direction = randomVector(using: &stream)
            let axis = direction / direction.length
            let vector = Rotation(axis: axis, angle: angle).rotationVector
            #expect((vector - angle * axis).length <= 2e-15 * max(1, angle))
            if angle <= 1e-5 { #expect(abs(vector.length - angle) <= 1e-14 * angle) }
        }
        let half = Rotation(x: [1, 0, 0], y: [0, -1, 0], z: [0, 0, -1]).rotationVector
        #expect(half == [.pi, 0, 0])
        #expect(Rotation.identity.rotationVector == .zero)
    }

    @Test func geodesicAngleResolvesTinyAngles() {
        var stream = RandomStream(seed: 13)
        for _ in 0..<200 {
            let r = randomRotation(using: &stream)
            let turned = r * Rotation(axis: [0.6, 0, 0.8], angle: 1e-9)
            #expect(abs(r.angle(to: turned) - 1e-9) < 1e-15)
            #expect(abs(turned.angle(to: r) - 1e-9) < 1e-15)
        }
        let a = Pose.identity
        let b = Pose(position: [3, 0, 4], rotation: Rotation(axis: [0, 1, 0], angle: -2))
        #expect(a.error(to: b).position == 5)
        #expect(abs(a.error(to: b).rotation - 2) < 1e-15)
    }

    @Test func quaternionsHaveCanonicalSign() throws {
        var stream = RandomStream(seed: 14)
        for _ in 0..<500 {
            let q = randomRotation(using: &stream).quaternion
            #expect(q.components.first { $0 != 0 }! > 0)
            #expect(abs(q.norm - 1) < 1e-15)
        }
        #expect(Quaternion(w: 0, x: 0, y: -0.6, z: 0.8).canonical == Quaternion(w: 0, x: 0, y: 0.6, z: -0.8))
        #expect(try Rotation(quaternion: Quaternion(w: 0, x: -1, y: 0, z: 0)).quaternion
            == Quaternion(w: 0, x: 1, y: 0, z: 0))
    }

    @Test func nearlyValidInputIsNormalised() throws {
        var stream = RandomStream(seed: 15)
        for _ in 0..<200 {
            let r = randomRotation(using: &stream)
            let q = r.quaternion
            let scaled = Quaternion(w: q.w * 1.0009, x: q.x * 1.0009, y: q.y * 1.0009, z: q.z * 1.0009)
            #expect(try difference(Rotation(quaternion: scaled), r) < 1e-14)
            var matrix = r.matrix
            for i in matrix.elements.indices { matrix.elements[i] += 2e-5 * (stream.uniform() - 0.5) }
            let repaired = try Rotation(matrix: matrix)
            #expect(difference(repaired.inverse * repaired, .identity) < 4e-15)
            #expect(difference(repaired, r) < 5e-5)
        }
    }

    @Test func invalidInputIsNamed() {
        #expect(throws: PoseError.quaternionNotUnit(norm: 2)) {
            try Rotation(quaternion: Quaternion(w: 2, x: 0, y: 0, z: 0))
        }
        #expect(throws: PoseError.quaternionNotUnit(norm: 0)) {
            try Rotation(quaternion: Quaternion(w: 0, x: 0, y: 0, z: 0))
        }
        #expect(throws: PoseError.notFinite("quaternion")) {
            try Rotation(quaternion: Quaternion(w: 1, x: .nan, y: 0, z: 0))
        }
        #expect(throws: PoseError.matrixShape(rows: 2, columns: 3, expected: 3)) {
            try Rotation(matrix: Matrix(rows: 2, columns: 3))
        }
        #expect(throws: PoseError.notOrthonormal(deviation: 1)) { try Rotation(matrix: Matrix(rows: 3, columns: 3)) }
        var mirror = Matrix.identity(3)
        mirror[2, 2] = -1
        #expect(throws: PoseError.reflection) { try Rotation(matrix: mirror) }
        var infinite = Matrix.identity(4)
        infinite[0, 3] = .infinity
        #expect(throws: PoseError.notFinite("matrix")) { try Pose(matrix: infinite) }
        var skewed = Matrix.identity(4)
        skewed[3, 0] = 1
        #expect(throws: PoseError.lastRow([1, 0, 0, 1])) { try Pose(matrix: skewed) }
        #expect("\(PoseError.quaternionNotUnit(norm: 2))".contains("norm 2.0, expected 1"))
    }
}
