import Kinematics
import Numerics
import TestSupport
import Testing

/// How near an arm comes to what it cannot reach.
@Suite struct ClosestApproachTests {
    /// Arms of three to five joints, and poses that they cannot reach.
    private static func cases() throws -> [(Chain, Pose)] {
        var stream = RandomStream(seed: 31)
        let arm = try library.robot("panda").chain()
        return try [3, 4, 5].flatMap { joints -> [(Chain, Pose)] in
            let chain = try #require(arm.split(behind: joints)).lead
            return (0..<50).map { _ in
                var pose = chain.forwardKinematics(chain.randomConfiguration(using: &stream))
                pose.rotation = Rotation(roll: 6 * stream.uniform(), pitch: 3 * stream.uniform(), yaw: 6 * stream.uniform())
                pose.position += 0.1 * SIMD3(stream.normal(), stream.normal(), stream.normal())
                return (chain, pose)
            }
        }
    }

    /// Least distance first; among equal distances, least angle.
    private func isBetter(_ a: Solution, than b: Solution) -> Bool {
        if abs(a.positionError - b.positionError) > 1e-3 { return a.positionError < b.positionError }
        return a.positionError <= b.positionError + 1e-5 && a.rotationError < b.rotationError - 0.01
    }

    @Test func fewRestartsDoNotBeatIt() throws {
        var beaten = 0
        for (chain, pose) in try Self.cases() {
            let kinematics = InverseKinematics(chain)
            var stream = RandomStream(seed: 32)
            guard let closest = kinematics.solve(pose, using: &stream).closest else { continue }
            let others = (0..<6).compactMap { seed -> Solution? in
                var stream = RandomStream(seed: 100 + UInt64(seed))
                return kinematics.solve(pose, options: .init(restarts: 64), using: &stream).closest
            }
            if others.contains(where: { isBetter($0, than: closest) }) { beaten += 1 }
        }
        #expect(beaten == 0)
    }

    @Test func positionComesFirst() throws {
        for (chain, pose) in try Self.cases() {
            let kinematics = InverseKinematics(chain)
            var stream = RandomStream(seed: 33)
            guard let closest = kinematics.solve(pose, using: &stream).closest else { continue }
            let place = kinematics.solve(.position(pose.position), using: &stream)
            let least = place.solutions.first?.positionError ?? place.closest!.positionError
            #expect(closest.positionError <= least + 2e-4)
        }
    }

    /// Where both count, no small move within the limits makes the weighted sum less.
    @Test(arguments: [(1.0, 1.0), (1.0, 0.01), (0.0, 1.0)]) func weightsSayWhatCounts(position: Double, rotation: Double) throws {
        for (chain, pose) in try Self.cases().prefix(20) {
            var options = SearchOptions(), stream = RandomStream(seed: 34)
            options.closeness = .weighted(position: position, rotation: rotation)
            guard let closest = InverseKinematics(chain).solve(pose, options: options, using: &stream).closest else { continue }
            func cost(_ q: [Double]) -> Double {
                let error = chain.forwardKinematics(q).error(to: pose)
                return position * error.position * error.position + rotation * error.rotation * error.rotation
            }
            let least = cost(closest.configuration)
            for i in 0..<chain.degreesOfFreedom {
                for change in [-1e-3, 1e-3] {
                    var q = closest.configuration
                    q[i] += change
                    if chain.contains(q) { #expect(cost(q) > least - 1e-8) }
                }
            }
        }
    }
}
