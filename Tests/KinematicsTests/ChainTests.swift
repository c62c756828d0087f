import Kinematics
import Numerics
import TestSupport
import Testing

/// A chain of random joints of every kind with fixed joints between them, and a mimicking joint at the end.
func randomChain(moving: Int, using stream: inout RandomStream) -> Chain {
    var segments: [Chain.Segment] = []
    var variables: [Chain.Variable] = []
    func origin() -> Pose {
        Pose(position: 0.3 * randomVector(using: &stream), rotation: randomRotation(using: &stream))
    }
    func unit() -> SIMD3<Double> {
        let v = randomVector(using: &stream)
        return v / v.length
    }
    for i in 0..<moving {
        if stream.uniform() < 0.5 {
            segments.append(.init(name: "f\(i)", kind: .fixed, child: "g\(i)", origin: origin(), axis: .zero, variable: nil))
        }
        let kind: JointKind = [.revolute, .continuous, .prismatic][Int(3 * stream.uniform())]
        segments.append(.init(name: "j\(i)", kind: kind, child: "l\(i)", origin: origin(), axis: unit(), variable: i))
        variables.append(.init(name: "j\(i)", kind: kind, lower: kind == .continuous ? -.pi : -1, upper: kind == .continuous ? .pi : 2))
    }
    segments.append(.init(
        name: "mimic", kind: .revolute, child: "m", origin: origin(), axis: unit(), variable: 0, multiplier: -0.5, offset: 0.2))
    segments.append(.init(name: "last", kind: .fixed, child: "tip", origin: origin(), axis: .zero, variable: nil))
    return Chain(name: "random", base: "base", tip: "tip", segments: segments, variables: variables)
}

/// Two unit links in the plane.
let planarTwoLink = Chain(
    name: "planar", base: "base", tip: "tip",
    segments: [
        .init(name: "a", kind: .revolute, child: "one", origin: .identity, axis: [0, 0, 1], variable: 0),
        .init(name: "b", kind: .revolute, child: "two", origin: Pose(position: [1, 0, 0], rotation: .identity), axis: [0, 0, 1], variable: 1),
        .init(name: "c", kind: .fixed, child: "tip", origin: Pose(position: [1, 0, 0], rotation: .identity), axis: .zero, variable: nil),
    ],
    variables: [
        .init(name: "a", kind: .revolute, lower: -1, upper: 1),
        .init(name: "b", kind: .revolute, lower: -2, upper: -0.5),
    ])

@Suite struct ChainTests {
    @Test func evaluatorAgreesWithThePlainProduct() {
        var stream = RandomStream(seed: 21)
        for size in 1...12 {
            let chain = randomChain(moving: size, using: &stream)
            var evaluator = ChainEvaluator(chain)
            for _ in 0..<20 {
                let q = chain.randomConfiguration(using: &stream)
                q.withUnsafeBufferPointer { evaluator.evaluate($0) }
                let expected = chain.forwardKinematics(q)
                #expect((evaluator.tip.position - expected.position).length < 1e-13)
                #expect(difference(evaluator.tip.rotation, expected.rotation) < 1e-13)
                #expect(chain.linkPoses(q).last == expected)
            }
        }
    }

    @Test func jacobianAgreesWithFiniteDifferences() {
        var stream = RandomStream(seed: 22)
        let h = 1e-6
        for size in 1...10 {
            let chain = randomChain(moving: size, using: &stream)
            let q = chain.randomConfiguration(using: &stream)
            let jacobian = chain.jacobian(q)
            #expect(jacobian.rows == 6 && jacobian.columns == size)
            for j in 0..<size {
                var (left, right) = (q, q)
                left[j] -= h
                right[j] += h
                let a = chain.forwardKinematics(left), b = chain.forwardKinematics(right)
                let velocity = (b.position - a.position) / (2 * h)
                let angular = (b.rotation * a.rotation.inverse).rotationVector / (2 * h)
                let expected = [velocity.x, velocity.y, velocity.z, angular.x, angular.y, angular.z]
                for i in 0..<6 { #expect(abs(jacobian[i, j] - expected[i]) < 1e-8) }
            }
        }
    }

    @Test(arguments: [SIMD3<Double>(1, 0, 0), [0, 1, 0], [0, 0, 1], [-1, 0, 0], [0, -1, 0], [0, 0, -1]])
    func coordinateAxesAreExact(axis: SIMD3<Double>) {
        let chain = Chain(
            name: "one", base: "b", tip: "t",
            segments: [.init(name: "j", kind: .revolute, child: "t", origin: .identity, axis: axis, variable: 0)],
            variables: [.init(name: "j", kind: .revolute, lower: -1, upper: 1)])
        var evaluator = ChainEvaluator(chain)
        #expect(evaluator.tip == .identity)
        [0.7].withUnsafeBufferPointer { evaluator.evaluate($0) }
        #expect(difference(evaluator.tip.rotation, Rotation(axis: axis, angle: 0.7)) < 1e-15)
    }

    @Test func limitsAreInclusive() {
        #expect(planarTwoLink.contains([1, -2]))
        #expect(!planarTwoLink.contains([1.001, -2]))
        #expect(planarTwoLink.contains([1.001, -2], tolerance: 0.01))
        #expect(!planarTwoLink.contains([.nan, -1]))
        #expect(!planarTwoLink.contains([0]))
        var turning = planarTwoLink
        turning.variables[0].kind = .continuous
        #expect(turning.contains([400, -1]))
        #expect(!turning.contains([.infinity, -1]))
    }

    @Test func randomConfigurationsFillTheLimits() {
        var stream = RandomStream(seed: 23)
        let draws = (0..<4000).map { _ in planarTwoLink.randomConfiguration(using: &stream) }
        #expect(draws.allSatisfy { planarTwoLink.contains($0) })
        let mean = draws.reduce(0) { $0 + $1[1] } / 4000
        #expect(abs(mean + 1.25) < 0.03)
        var same = RandomStream(seed: 23)
        #expect(planarTwoLink.randomConfiguration(using: &same) == draws[0])
    }

    @Test func reachKeepsTheLimits() {
        // The elbow bends at least 0.5 rad: the law of cosines.
        let expected = (2 + 2 * Elementary.cos(0.5)).squareRoot()
        #expect(abs(planarTwoLink.reach - expected) < 1e-9)
        var straight = planarTwoLink
        straight.variables[1].upper = 2
        #expect(abs(straight.reach - 2) < 1e-9)
    }

    @Test func reachIsAnUpperBoundOfSamples() {
        var stream = RandomStream(seed: 24)
        for size in [2, 5, 8] {
            let chain = randomChain(moving: size, using: &stream)
            let reach = chain.reach
            #expect(reach == chain.reach)
            for _ in 0..<3000 {
                let q = chain.randomConfiguration(using: &stream)
                #expect(chain.forwardKinematics(q).position.length <= reach + 1e-9)
            }
        }
    }

    @Test func manipulabilityOfThePlanarArm() {
        // With two variables √det(JᵀJ); here JᵀJ is 2 × 2 and easily expanded.
        let q = [0.3, -1.1]
        let j = planarTwoLink.jacobian(q)
        func product(_ a: Int, _ b: Int) -> Double { (0..<6).reduce(0) { $0 + j[$1, a] * j[$1, b] } }
        let expected = (product(0, 0) * product(1, 1) - product(0, 1) * product(0, 1)).squareRoot()
        #expect(abs(planarTwoLink.manipulability(q) - expected) < 1e-14)
        #expect(expected > 0.5)
    }
}
