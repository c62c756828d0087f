import Kinematics
import Numerics
import TestSupport
import Testing

@Suite struct ChainSplittingTests {
    @Test(arguments: ["panda", "atlas2013_arm_waist", "valkyrie_arm_waist", "pr2_left_arm_torso"])
    func partsMakeTheWhole(_ name: String) throws {
        let chain = try library.robot(name).chain()
        var stream = RandomStream(seed: 1)
        for count in 1..<chain.degreesOfFreedom {
            let (lead, rest) = try #require(chain.split(behind: count))
            #expect(lead.degreesOfFreedom == count && rest.degreesOfFreedom == chain.degreesOfFreedom - count)
            #expect(lead.tip == rest.base && lead.base == chain.base && rest.tip == chain.tip)
            #expect(lead.fault == nil && rest.fault == nil)
            let q = chain.randomConfiguration(using: &stream)
            let parts = lead.forwardKinematics(Array(q.prefix(count))) * rest.forwardKinematics(Array(q.dropFirst(count)))
            let error = parts.error(to: chain.forwardKinematics(q))
            #expect(error.position < 1e-12 && error.rotation < 1e-7)
        }
    }

    @Test(arguments: ["panda", "robonaut2_arm_waist", "valkyrie_arm", "pr2_left_arm_torso"])
    func theReversedChainIsTheInverse(_ name: String) throws {
        let chain = try library.robot(name).chain(), reversed = chain.reversed()
        #expect(reversed.fault == nil && reversed.base == chain.tip && reversed.tip == chain.base)
        #expect(reversed.variables.map(\.name) == chain.variables.map(\.name).reversed())
        var stream = RandomStream(seed: 1)
        for _ in 0..<20 {
            let q = chain.randomConfiguration(using: &stream)
            let error = reversed.forwardKinematics(q.reversed()).error(to: chain.forwardKinematics(q).inverse)
            #expect(error.position < 1e-12 && error.rotation < 1e-7)
            let back = reversed.reversed().forwardKinematics(q).error(to: chain.forwardKinematics(q))
            #expect(back.position < 1e-12 && back.rotation < 1e-7)
        }
        let (lead, rest) = try #require(reversed.split(behind: 1))
        #expect(lead.variables.map(\.name) == [chain.variables.last!.name] && rest.tip == chain.base)
    }

    @Test func thereIsNoPlaceOutsideTheChainOrThroughAMimic() throws {
        let chain = try library.robot("panda").chain()
        for count in [-1, 0, 7, 8] { #expect(chain.split(behind: count) == nil) }
        var mimicking = chain
        let last = try #require(mimicking.segments.lastIndex { $0.variable == 6 })
        mimicking.segments[last].variable = 0
        #expect(mimicking.split(behind: 3) == nil)
    }

    @Test func theSameArmElsewhereIsRecognised() throws {
        let whole = try library.robot("atlas2013_arm_waist").chain(), arm = try library.robot("atlas2013_arm").chain()
        let part = try #require(whole.split(behind: 3)).rest
        // The arm alone counts its poses from the pelvis, the waist held at zero.
        let offset = try #require(arm.offset(of: part))
        let waist = whole.split(behind: 3)!.lead.forwardKinematics([0, 0, 0])
        #expect(offset.error(to: waist).position < 1e-12)
        var moved = part
        moved.variables[2].upper -= 0.1
        #expect(arm.offset(of: moved) == nil)
        #expect(arm.offset(of: whole) == nil)
        let other = try library.robot("ur5e").chain()
        #expect(arm.offset(of: other) == nil)
        var longer = part
        longer.segments[longer.segments.count - 1].origin.position.x += 1e-3
        #expect(arm.offset(of: longer) == nil)
    }

    @Test func framesSeenFromOthers() throws {
        let chain = try library.robot("panda").chain()
        let lanes = LaneChain(chain)
        var stream = RandomStream(seed: 2)
        let n = chain.degreesOfFreedom
        let configurations = (0..<2 * laneCount).map { _ in chain.randomConfiguration(using: &stream) }
        func frame(_ first: Int) -> LaneFrame {
            let q = (0..<n).map { joint in Lanes((0..<laneCount).map { Float(configurations[first + $0][joint]) }) }
            return q.withUnsafeBufferPointer { lanes.forward($0.baseAddress!) }
        }
        let seen = frame(0).seen(from: frame(laneCount))
        for lane in 0..<laneCount {
            let base = chain.forwardKinematics(configurations[laneCount + lane])
            let expected = base.inverse * chain.forwardKinematics(configurations[lane])
            #expect(abs(Double(seen.px[lane]) - expected.position.x) < 1e-5 && abs(Double(seen.pz[lane]) - expected.position.z) < 1e-5)
            #expect(abs(Double(seen.xy[lane]) - expected.rotation.x.y) < 1e-5 && abs(Double(seen.zx[lane]) - expected.rotation.z.x) < 1e-5)
        }
    }
}
