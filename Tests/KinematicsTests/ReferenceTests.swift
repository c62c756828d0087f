import Kinematics
import Numerics
import TestSupport
import Testing

/// Agreement of every robot of the library with an independent implementation.
@Suite struct ReferenceTests {
    @Test func everyReferenceHasItsRobot() {
        #expect(References.names == library.names)
        #expect(References.names.count == 29)
    }

    @Test(arguments: References.names)
    func chainAgrees(name: String) throws {
        let reference = try #require(References.all.robots[name])
        let robot = try library.robot(name)
        for (tipName, tipLink) in reference.tips {
            let chain = try robot.chain(base: reference.base_link, tip: tipLink)
            if reference.tips.count == 1 {
                #expect(try robot.chain() == chain)
                #expect(chain.variables.map(\.name) == reference.joints)
            }
            var evaluator = ChainEvaluator(chain)
            let places = try chain.variables.map { try #require(reference.joints.firstIndex(of: $0.name)) }
            for configuration in reference.configurations {
                let q = places.map { configuration.q[$0] }
                let expected = try #require(configuration.poses[tipName])
                q.withUnsafeBufferPointer { evaluator.evaluate($0) }
                try check(evaluator.tip, expected)
                try check(chain.forwardKinematics(q), expected)
                #expect(chain.contains(q, tolerance: 1e-12))
                guard let rows = expected.jacobian else { continue }
                let jacobian = chain.jacobian(q)
                for i in 0..<6 {
                    for (j, place) in places.enumerated() { #expect(abs(jacobian[i, j] - rows[i][place]) < 1e-10) }
                }
            }
        }
    }

    @Test(arguments: References.names)
    func treeAgrees(name: String) throws {
        let reference = try #require(References.all.robots[name])
        let robot = try library.robot(name)
        #expect(robot.variables.map(\.name) == reference.joints)
        #expect(robot.links[robot.root].name == reference.base_link)
        if reference.tips.count > 1 {
            #expect(Dictionary(uniqueKeysWithValues: robot.tips.map { ($0.name, $0.link) }) == reference.tips)
        }
        var jacobians = 0
        for configuration in reference.configurations {
            for (tipName, tipLink) in reference.tips {
                let expected = try #require(configuration.poses[tipName])
                let link = try #require(robot.linkIndex(tipLink))
                try check(robot.pose(ofLink: link, at: configuration.q), expected)
                if let rows = expected.jacobian {
                    expectEqual(robot.jacobian(ofLink: link, at: configuration.q), rows, within: 1e-10)
                    jacobians += 1
                }
            }
            if let com = configuration.com {
                let centre = try #require(robot.centreOfMass(configuration.q))
                #expect((centre - SIMD3(com[0], com[1], com[2])).length < 1e-12)
            }
            if let rows = configuration.com_jacobian {
                expectEqual(try #require(robot.centreOfMassJacobian(configuration.q)), rows, within: 1e-10)
                jacobians += 1
            }
        }
        #expect(jacobians >= 3)
    }

    private func check(_ pose: Pose, _ expected: References.TipPose) throws {
        let p = expected.position, q = expected.quaternion_wxyz
        #expect((pose.position - SIMD3(p[0], p[1], p[2])).length < 1e-12)
        let rotation = try Rotation(quaternion: Quaternion(w: q[0], x: q[1], y: q[2], z: q[3]))
        #expect(pose.rotation.angle(to: rotation) < 1e-12)
        #expect(zip(pose.rotation.quaternion.components, q).allSatisfy { abs($0 - $1) < 1e-12 })
    }

    private func expectEqual(_ matrix: Matrix, _ rows: [[Double]], within tolerance: Double) {
        #expect(matrix.rows == rows.count && matrix.columns == rows[0].count)
        #expect(zip(matrix.elements, rows.joined()).allSatisfy { abs($0 - $1) < tolerance })
    }
}
