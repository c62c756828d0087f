import Foundation
import Kinematics
import Mixtures
import Numerics
import RobotModels
import TestSupport
import Testing

/// Targets over bodies: gradients against finite differences, normalisers against integrals, and the published TALOS density.
@Suite struct BodyTargetTests {
    private func checkGradient(_ target: BodyTarget, at x: [Double], tolerance: Double = 2e-6) throws {
        let gradient = try #require(try target.evaluate(x).gradient)
        for i in x.indices {
            func at(_ step: Double) throws -> Double {
                var moved = x
                moved[i] += step
                return try target.evaluate(moved).logDensity
            }
            let step = 1e-6
            let slope = (try at(step) - at(-step)) / (2 * step)
            #expect(abs(slope - gradient[i]) <= tolerance * max(1, gradient.map(abs).max()!), "variable \(i)")
        }
    }

    @Test func gradientsOfEveryFactor() throws {
        let robot = try library.robot("talos_28dof")
        let body = try robot.body(floating: robot.floatingBase)
        let pose = Pose(position: [0.4, -0.3, 1], rotation: Rotation(roll: 0.3, pitch: -0.6, yaw: 0.4))
        let goals = [
            Goal(pose), .position(pose.position), Goal(pose, orientation: .axis([0, 0, 1])),
            Goal(pose, positionSlack: [0.01, .infinity, 0.2], rotationSlack: 0.3), Goal(pose, orientation: .axis([0.6, 0.8, 0]), rotationSlack: 0.2),
        ]
        var stream = RandomStream(seed: 5)
        var factors: [BodyDensity.Factor] = goals.map { .goal(.init(tip: 0, goal: $0), position: 0.1, rotation: 0.2) }
        factors.append(.frame(tip: 2, pose, position: 0.1, rotation: 0.3))
        let rectangle = BodyTask.Balance(centre: [0, 0.1], halfWidths: [0.1, 0.05])
        factors.append(.balance(rectangle, around: 3, deviation: 0.1))
        factors.append(.balance(rectangle, around: nil, deviation: 0.05))
        factors.append(.limits(variables: Array(0..<34), deviation: 0.1, integral: true))
        factors.append(.limits(variables: Array(0..<34), deviation: 0.1, integral: false))
        factors.append(.preference(means: body.nominal, deviations: body.nominal.indices.map { $0 % 3 == 0 ? .infinity : 0.5 }))
        for factor in factors {
            let target = BodyTarget(BodyDensity(body, factors: [factor]), name: "one factor")
            for _ in 0..<3 {
                // Some variables leave their limits.
                let x = body.randomConfiguration(using: &stream).map { $0 + 0.3 * stream.normal() }
                try checkGradient(target, at: x)
            }
        }
        try checkGradient(BodyTarget(BodyDensity(body, factors: factors), name: "all"), at: body.nominal.map { $0 + 0.1 * stream.normal() })
    }

    /// log N(e; s_p²) + log N(2·sin(θ/2)·axis; s_r²) − Σ excess²/(2·s_l²), whether the orientation matters or not.
    @Test(arguments: [true, false]) func theDensityAroundAPoseIsItsFormula(_ followsRotation: Bool) throws {
        let chain = try library.robot("panda").chain()
        let pose = chain.forwardKinematics([0.1, -0.4, 0.2, -2, 0.3, 1.7, 0.6])
        let target = BodyTarget.goal(followsRotation ? Goal(pose) : .position(pose.position), of: Body(chain), position: 0.1, rotation: 0.2, limit: 0.3)
        var stream = RandomStream(seed: 2)
        func normal(_ e: Double, _ s: Double, _ dimension: Double) -> Double { -0.5 * e * e / (s * s) - dimension * log(s * (2 * Double.pi).squareRoot()) }
        for _ in 0..<20 {
            let q = chain.randomConfiguration(using: &stream).map { $0 + 0.5 * stream.normal() }
            let error = chain.forwardKinematics(q).error(to: pose)
            var expected = normal(error.position, 0.1, 3) + (followsRotation ? normal(2 * sin(error.rotation / 2), 0.2, 3) : 0)
            for (value, variable) in zip(q, chain.variables) {
                let excess = max(value - variable.upper, variable.lower - value, 0)
                expected -= 0.5 * excess * excess / 0.09
            }
            #expect(abs(try target.evaluate(q).logDensity - expected) < 1e-9 * abs(expected))
            try checkGradient(target, at: q)
        }
        #expect(target.start.mean == chain.variables.map { ($0.lower + $0.upper) / 2 })
    }

    /// A joint without limits may turn on: whole turns do not count against it.
    @Test func jointsWithoutLimitsArePeriodic() throws {
        var chain = try library.robot("planar_3link").chain()
        for i in chain.segments.indices where chain.segments[i].variable == 0 { chain.segments[i].kind = .continuous }
        (chain.variables[0].kind, chain.variables[0].lower, chain.variables[0].upper) = (.continuous, -.pi, .pi)
        let target = BodyTarget.goal(.position([1, 1, 0]), of: Body(chain), position: 0.1, rotation: 1, limit: 0.1)
        let (here, there) = (try target.evaluate([0.3, 0.5, 0.2]).logDensity, try target.evaluate([0.3 + 4 * .pi, 0.5, 0.2]).logDensity)
        #expect(abs(here - there) < 1e-9)
    }

    /// Far outside its limits the density has a finite logarithm and gradient, and the two forms of the normal integral meet.
    @Test func softEdgesHoldFarOut() throws {
        let body = Body(try library.robot("planar_3link").chain())
        let target = BodyTarget(BodyDensity(body, factors: [.limits(variables: [0], deviation: 0.05, integral: true)]), name: "edge")
        let lower = body.variables[0].lower
        for z in [1.0, 19.999, 20.001, 35, 60] {
            let x = [lower - 0.05 * z, 0, 0]
            let (value, gradient) = try target.evaluate(x)
            #expect(value.isFinite && abs(value + 0.5 * z * z) < 2 + log(z + 3))
            try checkGradient(target, at: x)
            #expect(try #require(gradient)[0] > 0)
        }
        let near = try (target.evaluate([lower - 0.05 * 19.999999, 0, 0]).logDensity, target.evaluate([lower - 0.05 * 20.000001, 0, 0]).logDensity)
        #expect(abs(near.0 - near.1) < 1e-4)
    }

    /// A goal's factor integrates to one over the errors that it penalises.
    @Test func goalFactorsAreNormalised() throws {
        // One slide along x: the position's error is one-dimensional, the other axes are free.
        let slide = Chain(name: "slide", base: "a", tip: "b", segments: [
            .init(name: "j", kind: .prismatic, child: "b", origin: .identity, axis: [1, 0, 0], variable: 0)],
            variables: [.init(name: "j", kind: .prismatic, lower: -1, upper: 1)])
        let goal = Goal(.identity, orientation: .free, positionSlack: [0.2, .infinity, .infinity])
        let target = BodyTarget(BodyDensity(Body(slide), factors: [.goal(.init(tip: 0, goal: goal), position: 0.05, rotation: 1)]), name: "box")
        let step = 1e-3
        var integral = 0.0
        for i in -1000...1000 { integral += exp(try target.evaluate([Double(i) * step]).logDensity) * step }
        #expect(abs(integral - 1) < 1e-3)
        // Full poses, no slack: six Gaussian densities at their maximum.
        let body = Body(try library.robot("panda").chain())
        let q = body.nominal
        let evaluator = BodyEvaluator(body)
        evaluator.evaluate(q)
        let exact = BodyTarget(BodyDensity(body, factors: [
            .goal(.init(tip: 0, goal: Goal(evaluator.pose(ofTip: 0))), position: 0.01, rotation: 0.02)]), name: "pose")
        let expected = -3 * log(0.01) - 3 * log(0.02) - 3 * log(2 * Double.pi)
        #expect(abs(try exact.evaluate(q).logDensity - expected) < 1e-9)
    }

    @Test func talosAgreesWithItsDefinition() throws {
        let robot = try library.robot("talos_28dof")
        let target = try BodyTarget.talos(robot, leftHand: [0.1, 0.5, 1])
        #expect(target.dimension == 34)
        var stream = RandomStream(seed: 8)
        for _ in 0..<3 {
            let x = target.density.body.nominal.map { $0 + 0.2 * stream.normal() }
            #expect(abs(try target.evaluate(x).logDensity - talos(robot, x)) < 1e-7)
            try checkGradient(target, at: x)
        }
        // The same with the masses of the authors' chains: another centre of mass.
        let chains = try BodyTarget.talos(robot, leftHand: [0.1, 0.5, 1], countsChains: true)
        #expect(abs(chains.density.body.totalMass - target.density.body.totalMass) > 1)
        let batch = (0..<5).flatMap { _ in target.density.body.randomConfiguration(using: &stream) }
        var values = [Double](repeating: 0, count: 5)
        target.evaluate(batch, count: 5, into: &values, gradients: nil)
        for i in 0..<5 { #expect(values[i] == (try target.evaluate(Array(batch[i * 34..<i * 34 + 34])).logDensity)) }
    }

    /// The density written down plainly, with the tree's own kinematics.
    private func talos(_ robot: RobotDescription, _ x: [Double]) throws -> Double {
        let q = Array(x[..<28])
        let base = Pose(position: [x[28], x[29], x[30]], rotation: Rotation(roll: x[31], pitch: x[32], yaw: x[33]))
        func pose(_ link: String) -> Pose { base * robot.linkPoses(q)[robot.linkIndex(link)!] }
        func normal(_ e: Double, _ s: Double) -> Double { -0.5 * e * e / (s * s) - log(s) - 0.5 * log(2 * .pi) }
        func logIntegral(_ z: Double) -> Double { log(0.5 * erfc(-z / 2.0.squareRoot())) }
        var sum = 0.0
        for (variable, value) in zip(robot.variables, q) {
            sum += logIntegral((value - variable.lower) / 0.05) + logIntegral((variable.upper - value) / 0.05)
        }
        let left = pose("left_sole_link"), centre = base * robot.centreOfMass(q)!
        for i in 0..<2 {
            let d = centre[i] - left.position[i]
            sum += logIntegral((d + 0.14) / 0.01) + logIntegral((0.14 - d) / 0.01)
        }
        for (tip, y) in [(left, 0.09), (pose("right_sole_link"), -0.09)] {
            let place = SIMD3(-0.02, y, 0)
            for i in 0..<3 {
                sum += normal(tip.position[i] - place[i], 0.02)
                for (column, unit) in [(tip.rotation.x, 0), (tip.rotation.y, 1), (tip.rotation.z, 2)] {
                    sum += normal(column[i] - (i == unit ? 1 : 0), 0.1)
                }
            }
        }
        let hand = pose("gripper_left_base_link").position, goal = SIMD3(0.1, 0.5, 1)
        for i in 0..<3 { sum += normal(hand[i] - goal[i], 0.02) }
        return sum
    }
}
