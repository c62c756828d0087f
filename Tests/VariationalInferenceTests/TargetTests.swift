import Foundation
import Mixtures
import Numerics
import Testing
import VariationalInference

@Suite struct TargetTests {
    private static let targets: [any TargetDensity] = [
        PlanarRobot.published(goals: 4), PlanarRobot.published(goals: 1), PlanarRobot.twoJoints(goal: SIMD2(1, 0.5), width: 0.1),
        MixtureTarget.published(dimension: 5), StudentMixture.published(dimension: 6, isHard: false),
        LogisticRegression(
            name: "regression", features: Matrix(rows: 5, columns: 2, elements: [1, 2, 3, 1, 0, 4, 2, 2, 5, 1]),
            labels: [true, false, true, true, false], deviation: 2),
        Funnel(), ManyWells(dimension: 6), SeedGermination(), BrownianMotion(), MixtureTarget.forty(dimension: 2),
    ]

    @Test(arguments: 0..<11)
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

    // MARK: Targets of the literature, against their definitions written plainly

    private static func normal(_ x: Double, _ mean: Double, _ deviation: Double) -> Double {
        -0.5 * pow((x - mean) / deviation, 2) - log(deviation) - 0.5 * log(2 * Double.pi)
    }

    @Test func funnelsAreAsDefined() throws {
        let x = [1.3, 0.2, -0.7, 2, 0.1, -1, 0.4, 0.9, -0.3, 0.05]
        let expected = Self.normal(x[0], 0, 3) + x.dropFirst().reduce(0) { $0 + Self.normal($1, 0, exp(0.65)) }
        #expect(abs(try Funnel().evaluate(x).logDensity - expected) < 1e-10)
    }

    @Test func wellsHaveTheirIntegral() throws {
        let target = ManyWells(dimension: 2)
        var sum = 0.0
        for i in 0..<800 {
            for j in 0..<160 {
                let value = try target.evaluate([-4 + 0.01 * (Double(i) + 0.5), -8 + 0.1 * (Double(j) + 0.5)]).logDensity
                sum += 0.01 * 0.1 * exp(value)
            }
        }
        #expect(abs(log(sum) - target.logNormaliser) < 1e-6)
        #expect(abs(ManyWells().logNormaliser - 164.696) < 1e-3)
    }

    @Test func seedsAreAsDefined() throws {
        var x = (0..<26).map { 0.1 * sin(Double($0)) }
        x[25] = 1.2
        func coefficient(_ n: Double, _ r: Double) -> Double { lgamma(n + 1) - lgamma(r + 1) - lgamma(n - r + 1) }
        let r: [Double] = [10, 23, 23, 26, 17, 5, 53, 55, 32, 46, 10, 8, 10, 8, 23, 0, 3, 22, 15, 32, 3]
        let n: [Double] = [39, 62, 81, 51, 39, 6, 74, 72, 51, 79, 13, 16, 30, 28, 45, 4, 12, 41, 30, 51, 7]
        var expected = (0..<4).reduce(0) { $0 + Self.normal(x[$1], 0, 10) }
        // Gamma(a, b) of τ = eᵘ, and the Jacobian eᵘ.
        expected += 0.01 * log(0.01) - lgamma(0.01) + (0.01 - 1) * x[25] - 0.01 * exp(x[25]) + x[25]
        for plate in 0..<21 {
            let seed = plate < 11 ? 0.0 : 1, extract = (5..<11).contains(plate) || plate >= 16 ? 1.0 : 0
            let p = 1 / (1 + exp(-(x[0] + x[1] * seed + x[3] * extract + x[2] * seed * extract + x[4 + plate])))
            expected += Self.normal(x[4 + plate], 0, exp(-0.6)) + coefficient(n[plate], r[plate]) + r[plate] * log(p) + (n[plate] - r[plate]) * log(1 - p)
        }
        #expect(abs(try SeedGermination().evaluate(x).logDensity - expected) < 1e-9)
    }

    @Test func brownianMotionIsAsDefined() throws {
        var x = (0..<32).map { 0.3 * cos(Double($0)) }
        x[0] = -1.5
        x[1] = -1.1
        let first = [0.21592641, 0.118771404, -0.07945447, 0.037677474, -0.27885845, -0.1484156, -0.3250906, -0.22957903, -0.44110894, -0.09830782]
        let last = [-0.8786016, -0.83736074, -0.7384849, -0.8939254, -0.7774566, -0.70238715, -0.87771565, -0.51853573, -0.6948214, -0.6202789]
        var expected = Self.normal(x[0], 0, 2) + Self.normal(x[1], 0, 2)
        for time in 0..<30 { expected += Self.normal(x[2 + time], time == 0 ? 0 : x[1 + time], exp(x[0])) }
        for time in 0..<10 { expected += Self.normal(first[time], x[2 + time], exp(x[1])) + Self.normal(last[time], x[22 + time], exp(x[1])) }
        #expect(abs(try BrownianMotion().evaluate(x).logDensity - expected) < 1e-9)
    }

    @Test func featuresAreScaledAsAsked() throws {
        let features = Matrix(rows: 4, columns: 1, elements: [1, 2, 3, 6]), labels = [false, true, true, false]
        // Mean 3, variance 3.5.
        let scaled: [(scaling: LogisticRegression.Scaling, shift: Double, scale: Double)] = [(.none, 0, 1), (.deviation, 0, sqrt(3.5)), (.standard, 3, sqrt(3.5))]
        for (scaling, shift, scale) in scaled {
            let target = LogisticRegression(name: "regression", features: features, labels: labels, deviation: 1, scaling: scaling)
            var expected = Self.normal(0.4, 0, 1) + Self.normal(-0.8, 0, 1)
            for (feature, label) in zip([1.0, 2, 3, 6], labels) {
                let logit = 0.4 - 0.8 * (feature - shift) / scale
                expected -= log(1 + exp(label ? -logit : logit))
            }
            #expect(abs(try target.evaluate([0.4, -0.8]).logDensity - expected) < 1e-12)
        }
    }
}
