import Foundation
import Kinematics
import Mixtures
import Numerics
import Testing
import VariationalInference

@Suite struct TargetTests {
    private static let chain = Chain(
        name: "arm", base: "base", tip: "tip",
        segments: (0..<4).map { index in
            Chain.Segment(
                name: "joint\(index)", kind: .revolute, child: "link\(index)",
                origin: Pose(position: SIMD3(0.3, 0.1, 0.05 * Double(index)), rotation: .identity),
                axis: [SIMD3(0, 0, 1), SIMD3(0, 1, 0), SIMD3(1, 0, 0), SIMD3(0, 1, 0)][index], variable: index, multiplier: 1, offset: 0)
        },
        variables: (0..<4).map { Chain.Variable(name: "joint\($0)", kind: .revolute, lower: -0.5, upper: 0.5) })

    private static let targets: [any TargetDensity] = [
        PlanarRobot.published(goals: 4), PlanarRobot.published(goals: 1), PlanarRobot.twoJoints(goal: SIMD2(1, 0.5), width: 0.1),
        MixtureTarget.published(dimension: 5), StudentMixture.published(dimension: 6, isHard: false),
        LogisticRegression(
            name: "regression", features: Matrix(rows: 5, columns: 2, elements: [1, 2, 3, 1, 0, 4, 2, 2, 5, 1]),
            labels: [true, false, true, true, false], deviation: 2),
        PoseDensity(chain, pose: Pose(position: SIMD3(0.9, 0.4, 0.3), rotation: .identity), positionWidth: 0.1, rotationWidth: 0.2, limitWidth: 0.1),
    ]

    @Test(arguments: 0..<7)
    func gradientsAreThoseOfTheLogDensity(_ index: Int) throws {
        let target = Self.targets[index], n = target.dimension
        var stream = RandomStream(seed: 3)
        let prior = target.start.prior
        // Thirty-five places: blocks and lanes that are not full.
        let places = (0..<35).flatMap { _ in prior.sample(using: &stream) }
        var values = Array(repeating: 0.0, count: 35), gradients = Array(repeating: 0.0, count: 35 * n)
        try target.evaluate(places, count: 35, into: &values, gradients: &gradients)
        for place in 0..<35 {
            let x = Array(places[place * n..<(place + 1) * n])
            let single = try target.evaluate(x)
            #expect(abs(single.logDensity - values[place]) < 1e-10 * max(1, abs(values[place])))
            for i in 0..<n {
                let step = 1e-6
                var above = x, below = x
                above[i] += step
                below[i] -= step
                let slope = (try target.evaluate(above).logDensity - target.evaluate(below).logDensity) / (2 * step)
                #expect(abs(gradients[place * n + i] - slope) < 1e-4 * max(1, abs(slope)) + 1e-9 * abs(values[place]), "\(target.name) \(place) \(i)")
            }
        }
    }

    @Test func planarRobotsAreNormalisedAsPublished() throws {
        let target = PlanarRobot.published(goals: 4)
        // With the first joints turned so that the tip reaches (7, 0) nearly: prior plus likelihood by hand.
        let angles = [0.1, -0.2, 0.3, 0, 0.1, 0, 0, -0.1, 0, 0.2]
        var sum = 0.0, x = 0.0, y = 0.0, expected = 0.0
        for (angle, deviation) in zip(angles, [1] + Array(repeating: 0.2, count: 9)) {
            sum += angle
            x += cos(sum)
            y += sin(sum)
            expected += -0.5 * angle * angle / (deviation * deviation) - log(deviation) - 0.5 * log(2 * Double.pi)
        }
        let distances = [(7.0, 0.0), (-7.0, 0.0), (0.0, 7.0), (0.0, -7.0)].map { (x - $0.0) * (x - $0.0) + (y - $0.1) * (y - $0.1) }
        expected += -0.5 * distances.min()! / 1e-4 - log(2 * Double.pi * 1e-4)
        let value = try target.evaluate(angles).logDensity
        #expect(abs(value - expected) < 1e-9 * abs(expected))
    }

    /// Integrals of the one-dimensional targets.
    @Test func densitiesIntegrateToOne() throws {
        for target in [MixtureTarget.published(dimension: 1), StudentMixture.published(dimension: 1, isHard: true)] as [any TargetDensity] {
            var sum = 0.0
            let step = 0.01
            for index in 0..<400_000 { sum += step * exp(try target.evaluate([-2000 + step * Double(index)]).logDensity) }
            #expect(abs(sum - 1) < 1e-3)
        }
    }

    @Test func numbersAreNumpys() {
        var random = MersenneTwister(seed: 10_000)
        #expect([random.uniform(), random.uniform(), random.uniform()] == [0.5454701510335127, 0.17186531503221092, 0.8529318094853018])
        let normal = (0..<3).map { _ in 20 * random.normal() }
        for (number, expected) in zip(normal, [6.8453042346736215, -24.678317962529302, 2.9461766484510274]) { #expect(abs(number - expected) < 1e-13) }
        var other = MersenneTwister(seed: 1)
        #expect(abs(other.normal() - 1.6243453636632417) < 1e-15)
    }

    @Test func modesAreCounted() {
        let arm = PlanarRobot.published(goals: 4).modes!
        #expect(arm.count == 4 && arm.nearest(Array(repeating: 0, count: 10)) == nil)
        let target = MixtureTarget.published(dimension: 20)
        #expect(target.mixture.coveredModes(target.modes!) == 10)
    }
}
