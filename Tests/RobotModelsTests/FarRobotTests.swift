import ConditionalModels
import Files
import Kinematics
import Mixtures
import ModelFiles
import ModelTraining
import Numerics
import RobotModels
import TestSupport
import Testing

/// Models of robots that are mounted far away, or very small, are those of the same robots at the origin and in usual size.
@Suite struct FarRobotTests {
    private static let mount = Pose(position: [3e5, -2e5, 1e5], rotation: .identity)

    private func model(_ chain: Chain, leading: Int? = nil, _ context: ContextKind, usesSymmetry: Bool = true) throws -> ConditionalMixture {
        let configuration = ModelConfiguration(components: 3, hidden: [16], seed: 1)
        return try ConditionalMixture(chain: chain, leading: leading, context: context, usesSymmetry: usesSymmetry, configuration: configuration)
    }

    @Test(arguments: [ContextKind.pose, .position], [true, false]) func predictionsAreThoseAtTheOrigin(context: ContextKind, usesSymmetry: Bool) throws {
        let home = try library.robot("ur5").chain(), far = home.mounted(at: Self.mount)
        let near = try PoseQuery(model(home, context, usesSymmetry: usesSymmetry), chain: home)
        let query = try PoseQuery(model(far, context, usesSymmetry: usesSymmetry), chain: far)
        var stream = RandomStream(seed: 2)
        for _ in 0..<20 {
            let q = home.randomConfiguration(using: &stream)
            let expected = near.predict(home.forwardKinematics(q)).logDensity(q), found = query.predict(far.forwardKinematics(q)).logDensity(q)
            #expect(abs(found - expected) < 0.01, "\(found) in place of \(expected)")
        }
    }

    @Test(arguments: [ContextKind.pose, .position], [true, false]) func predictionsForSmallRobotsAreThoseInUsualSize(context: ContextKind, usesSymmetry: Bool) throws {
        let home = try library.robot("ur5").chain(), size = 0x1p-10
        var small = home
        for i in small.segments.indices { small.segments[i].origin.position *= size }
        let usual = try PoseQuery(model(home, context, usesSymmetry: usesSymmetry), chain: home)
        let query = try PoseQuery(model(small, context, usesSymmetry: usesSymmetry), chain: small)
        var stream = RandomStream(seed: 2)
        for _ in 0..<20 {
            let q = home.randomConfiguration(using: &stream)
            let expected = usual.predict(home.forwardKinematics(q)).logDensity(q), found = query.predict(small.forwardKinematics(q)).logDensity(q)
            #expect(abs(found - expected) < 0.01, "\(found) in place of \(expected)")
        }
    }

    @Test(arguments: [ContextKind.pose, .position]) func pairsLieWhereTheDensityPeaks(context: ContextKind) throws {
        let chain = try library.robot("panda").chain().mounted(at: Pose(position: Self.mount.position, rotation: Rotation(roll: 0.3, pitch: -0.2, yaw: 1)))
        for usesSymmetry in [true, false] {
            let encoding = try model(chain, context, usesSymmetry: usesSymmetry).encoding, n = chain.degreesOfFreedom
            let source = KinematicPairs(chain: chain, encoding: encoding)
            let target = PoseTarget(chain: chain, encoding: encoding, widths: TargetWidths(position: 1e-3, rotation: 0.01, limit: 0.1))
            var rows = [Float](repeating: 0, count: n * laneCount), inputs = [Float](repeating: 0, count: source.inputCount * laneCount)
            var stream = RandomStream(seed: 3)
            source.draw(laneCount, using: &stream, configurations: &rows, contexts: &inputs, stride: laneCount)
            #expect(inputs.allSatisfy { abs($0) < 10 })
            let x = (0..<n).map { i in rows.withUnsafeBufferPointer { Lanes(loading: $0.baseAddress! + i * laneCount) } }
            var gradient = [Lanes](repeating: .zero, count: n), scratch = [Lanes](repeating: .zero, count: target.scratchCount)
            let values = inputs.withUnsafeBufferPointer {
                target.evaluate(x, inputs: $0.baseAddress!, stride: laneCount, gradient: &gradient, scratch: &scratch).logDensity
            }
            for lane in 0..<laneCount { #expect(abs(Double(values[lane]) - target.logNormaliser) < 0.1) }
        }
    }

    @Test func partsPassOnWhatTheySee() throws {
        let home = try library.robot("planar_3link").chain(), far = home.mounted(at: Self.mount)
        func query(_ chain: Chain) throws -> FactoredQuery {
            FactoredQuery(try FactoredMixture(lead: model(chain, leading: 1, .position), rest: model(chain.split(behind: 1)!.rest, .position)))
        }
        let q = [0.3, 0.8, -0.5], near = try query(home), distant = try query(far)
        var stream = RandomStream(seed: 4), same = stream
        let expected = near.sample(home.forwardKinematics(q), count: 20, using: &stream)
        let found = distant.sample(far.forwardKinematics(q), count: 20, using: &same)
        #expect(zip(expected.elements, found.elements).allSatisfy { abs($0 - $1) < 0.01 })
    }

    @Test func filesKeepWherePositionsAreMeasuredFrom() throws {
        let home = try library.robot("ur5").chain(), near = try model(home, .pose), far = try model(home.mounted(at: Self.mount), .pose)
        var file = far.encoded()
        #expect(try ConditionalMixture(file, path: "x.safetensors").encoding == far.encoding)
        #expect(near.encoded().metadata["origin"] == nil && near.encoding.origin == .zero)
        file.metadata["origin"] = "[1e300,0,0]"
        #expect(throws: (any Error).self) { try ConditionalMixture(file, path: "x.safetensors") }
    }
}
