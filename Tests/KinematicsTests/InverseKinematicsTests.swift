import Kinematics
import Numerics
import TestSupport
import Testing

@Suite struct InverseKinematicsTests {
    @Test(arguments: [1e-4, 1e-6, 1e-9]) func everyReachablePoseIsSolvedExactly(tolerance: Double) {
        var stream = RandomStream(seed: 1)
        for chain in [quarterTurnArm(continuous: false), quarterTurnArm(continuous: true)] {
            let kinematics = InverseKinematics(chain)
            for _ in 0..<100 {
                let target = chain.forwardKinematics(chain.randomConfiguration(using: &stream))
                let answer = kinematics.solve(
                    target, options: .init(positionTolerance: tolerance, rotationTolerance: tolerance), using: &stream)
                #expect(answer.found == 1 && answer.reason == nil)
                guard let solution = answer.solutions.first else { continue }
                let error = chain.forwardKinematics(solution.configuration).error(to: target)
                #expect(error.position <= tolerance && error.rotation <= tolerance)
                #expect(abs(error.position - solution.positionError) < 1e-12 && abs(error.rotation - solution.rotationError) < 1e-9)
                #expect(chain.contains(solution.configuration))
            }
        }
    }

    @Test func chainsWithFewOrManyJointsAreSolved() {
        var stream = RandomStream(seed: 2)
        for joints in [1, 2, 3, 4, 5, 6, 8, 10] {
            let chain = randomChain(moving: joints, using: &stream)
            let kinematics = InverseKinematics(chain)
            var found = 0
            for _ in 0..<20 {
                let target = chain.forwardKinematics(chain.randomConfiguration(using: &stream))
                found += kinematics.solve(target, using: &stream).found
            }
            #expect(found == 20, "\(joints) joints")
        }
    }

    @Test func anyOrientationWillDoWhereItsToleranceIsInfinite() {
        var stream = RandomStream(seed: 8)
        let chain = quarterTurnArm(continuous: false)
        let target = Pose(position: [0.4, 0.1, 0.3], rotation: .identity)
        let answer = InverseKinematics(chain).solve(
            target, options: .init(count: 50, positionTolerance: 1e-6, rotationTolerance: .infinity, minimumDistance: 0.5), using: &stream)
        #expect(answer.found == 50)
        #expect(answer.solutions.allSatisfy { $0.positionError <= 1e-6 && chain.contains($0.configuration) })
        #expect(Set(answer.solutions.map { Int($0.rotationError * 4) }).count > 4)
    }

    @Test func solutionsDifferAndAreRanked() {
        var stream = RandomStream(seed: 3)
        let chain = quarterTurnArm(continuous: true)
        let target = chain.forwardKinematics([0.1, -0.5, 0.2, -1.8, 0.3, 1.5, 0.4])
        let answer = InverseKinematics(chain).solve(target, options: .init(count: 60, minimumDistance: 0.1), using: &stream)
        #expect(answer.found == 60)
        for (i, a) in answer.solutions.enumerated() {
            #expect(abs(a.manipulability - chain.manipulability(a.configuration)) < 1e-9)
            if i > 0 { #expect(a.score <= answer.solutions[i - 1].score) }
            for b in answer.solutions[..<i] {
                var d = zip(a.configuration, b.configuration).map { $0 - $1 }
                d[0] -= 2 * .pi * (d[0] / (2 * .pi)).rounded()
                #expect(d.reduce(0) { $0 + $1 * $1 }.squareRoot() > 0.1 - 1e-5)
            }
        }
    }

    /// Of a continuum those are chosen that are far from one another; isolated solutions are what they are.
    @Test func solutionsOfAContinuumAreSpread() throws {
        var stream = RandomStream(seed: 6)
        func leastDistance(_ solutions: [Solution]) -> Double {
            let all = solutions.map(\.configuration)
            return all.indices.flatMap { i in
                all.indices.filter { $0 > i }.map { j in zip(all[i], all[j]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot() }
            }.min() ?? 0
        }
        for joints in [6, 7, 9] {
            let chain = randomChain(moving: joints, using: &stream), kinematics = InverseKinematics(chain)
            var plain = 0.0, spread = 0.0
            for _ in 0..<20 {
                let target = chain.forwardKinematics(chain.randomConfiguration(using: &stream))
                var (one, other) = (RandomStream(seed: 3), RandomStream(seed: 3))
                var options = SearchOptions(count: joints == 6 ? 2 : 20)
                let before = kinematics.solve(target, options: options, using: &one)
                options.spreads = true
                let after = kinematics.solve(target, options: options, using: &other)
                #expect(after.found == before.found)
                #expect(after.found <= options.count && after.solutions.allSatisfy { chain.contains($0.configuration) && $0.positionError <= 1e-4 })
                #expect(zip(after.solutions, after.solutions.dropFirst()).allSatisfy { $0.score >= $1.score })
                if joints == 6 { #expect(after.solutions == before.solutions) }
                guard before.found == 20, after.found == 20 else { continue }
                #expect(after.starts > before.starts)
                plain += leastDistance(before.solutions)
                spread += leastDistance(after.solutions)
            }
            #expect(joints == 6 || spread > 1.5 * plain, "\(joints) joints: \(spread) against \(plain)")
        }
    }

    @Test func sameStreamSameSolutions() {
        let chain = quarterTurnArm(continuous: false)
        let target = chain.forwardKinematics([0.1, -0.5, 0.2, -1.8, 0.3, 1.5, 0.4])
        func run() -> [[Double]] {
            var stream = RandomStream(seed: 9)
            return InverseKinematics(chain).solve(target, options: .init(count: 20), using: &stream).solutions.map(\.configuration)
        }
        #expect(run() == run())
    }

    @Test func unreachablePosesNameTheClosestApproach() throws {
        var stream = RandomStream(seed: 4)
        let chain = quarterTurnArm(continuous: false)
        let target = Pose(position: [3, 0, 0.3], rotation: .identity)
        let answer = InverseKinematics(chain).solve(target, using: &stream)
        #expect(answer.found == 0 && answer.reason != nil && answer.starts == 4096)
        let closest = try #require(answer.closest)
        #expect(chain.contains(closest.configuration))
        // At the closest approach no small move within the limits brings the tip nearer by a tenth of a micrometre; the orientation comes second.
        func square(_ q: [Double]) -> Double {
            let error = chain.forwardKinematics(q).error(to: target)
            return error.position * error.position
        }
        let least = square(closest.configuration)
        for i in 0..<7 {
            for change in [-1e-3, 1e-3] {
                var q = closest.configuration
                q[i] += change
                if chain.contains(q) { #expect(square(q) > least - 2 * least.squareRoot() * 1e-7) }
            }
        }
    }

    /// A pose just out of reach is near enough where the tolerance says so.
    @Test func looseTolerancesAreTakenAtTheirWord() {
        var stream = RandomStream(seed: 4)
        let kinematics = InverseKinematics(planarTwoLink)
        let target = Pose(position: [2.02, 0, 0], rotation: .identity)
        var chain = planarTwoLink
        chain.variables[1].lower = -2
        chain.variables[1].upper = 2
        let answer = InverseKinematics(chain).solve(target, options: .init(positionTolerance: 0.05, rotationTolerance: 0.5), using: &stream)
        #expect(answer.found == 1)
        #expect(kinematics.solve(target, using: &stream).found == 0)
    }

    @Test func cancellationStopsTheSearch() {
        var stream = RandomStream(seed: 4)
        let chain = quarterTurnArm(continuous: false)
        let answer = InverseKinematics(chain).solve(
            Pose(position: [3, 0, 0], rotation: .identity), options: .init(restarts: 100_000_000), using: &stream, cancellation: Cancellation { true })
        #expect(answer.found == 0 && answer.starts < 10_000)
        #expect(answer.reason?.hasPrefix("interrupted") == true)
    }
}

@Suite struct ShippedChainTests {
    /// Every robot that has one chain is solved wherever it can be.
    @Test func everyReachablePoseOfEveryChainIsSolved() throws {
        var chains = 0
        for name in library.names {
            guard let chain = try? library.robot(name).chain() else { continue }
            chains += 1
            var stream = RandomStream(seed: 5)
            let kinematics = InverseKinematics(chain)
            for _ in 0..<100 {
                let target = chain.forwardKinematics(chain.randomConfiguration(using: &stream))
                let answer = kinematics.solve(target, options: .init(positionTolerance: 1e-6, rotationTolerance: 1e-6), using: &stream)
                #expect(answer.found == 1, "\(name)")
                guard let solution = answer.solutions.first else { continue }
                let error = chain.forwardKinematics(solution.configuration).error(to: target)
                #expect(error.position <= 1e-6 && error.rotation <= 1e-6 && chain.contains(solution.configuration), "\(name)")
            }
        }
        #expect(chains >= 24)
    }
}
