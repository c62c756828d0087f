import ConditionalModels
import Kinematics
import ModelTraining
import Numerics

/// Pairs of inverse kinematics: x uniform within the joint limits, c the tip's pose.
///
/// These are exact samples of the joint distribution whose conditional the model is to learn.
public struct KinematicPairs: PairSource {
    let chain: LaneChain
    let encoding: PoseEncoding
    private let middle: [Float]
    private let halfRange: [Float]
    private let coordinates: ModelCoordinates
    public let dimension: Int

    /// - Parameters:
    ///   - count: how many variables the configurations list, the first ones; all where nil.
    ///   - isBounded: whether their coordinates are bounded (``ModelConfiguration/isBounded``).
    public init(chain: Chain, encoding: PoseEncoding, leading count: Int? = nil, isBounded: Bool = false) {
        self.chain = LaneChain(chain, about: encoding.origin)
        self.encoding = encoding
        dimension = count ?? chain.degreesOfFreedom
        let identity = RobotIdentity(chain)
        middle = identity.middle.map(Float.init)
        halfRange = identity.halfRange.map(Float.init)
        coordinates = ModelCoordinates(identity.space, symmetry: encoding.symmetry, isBounded: isBounded)
    }

    public var inputCount: Int { encoding.inputCount }

    public func draw(_ count: Int, using stream: inout RandomStream, configurations: UnsafeMutablePointer<Float>,
                     contexts: UnsafeMutablePointer<Float>, stride: Int) {
        var random = LaneRandom(using: &stream)
        withUnsafeTemporaryAllocation(of: Lanes.self, capacity: middle.count) { q in
            for column in Swift.stride(from: 0, to: count, by: laneCount) {
                for joint in middle.indices {
                    let x = random.uniform() * 2 - 1
                    q[joint] = Lanes(repeating: middle[joint]).fma(x, Lanes(repeating: halfRange[joint]))
                }
                let angles = encoding.encode(chain.forward(UnsafePointer(q.baseAddress!)), into: contexts + column, stride: stride)
                for joint in 0..<dimension {
                    coordinates.encode(q[joint], variable: joint, angles: angles).store(to: configurations + joint * stride + column)
                }
            }
        }
    }
}
