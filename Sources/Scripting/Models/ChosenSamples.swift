import Kinematics
import LuaBridge
import Numerics
import RobotModels

extension Entries {
    /// The samples that the options `inside` or `resample` choose; nil without them.
    func chosenSamples(
        _ sampler: any PoseSampler, _ pose: Pose, _ count: Int, _ slot: Slot, _ options: LuaBridge.Options, chain: Chain,
        using stream: inout RandomStream
    ) throws -> Value? {
        if let pool = try options[ModelEntries.resampleOption] {
            guard count * pool <= Limits.count else {
                throw slot.invalid("asks for \(count) times \(pool) samples; at most \(Limits.count) are drawn")
            }
            return try inBlocks(count, columns: chain.degreesOfFreedom) {
                sampler.sampleResampled(pose, count: $0, pool: pool, using: &stream)
            }
        }
        guard try options[ModelEntries.insideOption] else { return nil }
        return try inBlocks(count, columns: chain.degreesOfFreedom) { sampler.sampleInside(pose, count: $0, of: chain, using: &stream) }
    }

    /// Rows drawn a few hundred at a time, so that an interruption is heeded between.
    func inBlocks(_ count: Int, columns: Int, _ draw: (_ count: Int) -> Matrix) throws -> Value {
        .matrix(try state.rows(count, columns: columns, block: 512, draw))
    }
}
