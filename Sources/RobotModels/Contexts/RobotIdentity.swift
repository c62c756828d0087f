import ConditionalModels
import Files
import Kinematics
import Numerics

/// What a model stores of its robot: its identity, and the ranges that scale its joints.
public struct RobotIdentity: ModelSubject, Equatable, Codable {
    public var name: String
    public var base: String
    public var tip: String
    public var joints: [String]
    /// The limits, one entry per variable, rad or m.
    public var lower: [Double]
    public var upper: [Double]
    /// Sixteen hexadecimal digits that change with any number of the chain (FNV-1a of its geometry and limits).
    public var fingerprint: String
    /// The chain itself, so that a model needs no other file; nil where a file names its robot only.
    public private(set) var chain: Chain?
    /// The whole body and its task, for a model of one; such a model has no chain.
    public private(set) var whole: BodyContext?

    /// An identity whose chain is not known.
    package init(name: String, base: String, tip: String, joints: [String], lower: [Double], upper: [Double], fingerprint: String) {
        self.name = name
        self.base = base
        self.tip = tip
        self.joints = joints
        self.lower = lower
        self.upper = upper
        self.fingerprint = fingerprint
    }

    /// - Parameter count: how many of the chain's variables are meant, the first ones; all where nil.
    public init(_ chain: Chain, leading count: Int? = nil) {
        let variables = chain.variables.prefix(count ?? chain.degreesOfFreedom)
        self.chain = chain
        name = chain.name
        base = chain.base
        tip = chain.tip
        joints = variables.map(\.name)
        lower = variables.map(\.lower)
        upper = variables.map(\.upper)
        fingerprint = chain.fingerprint
    }

    /// A whole body, whose tip is the one whose place is the context.
    public init(_ context: BodyContext) {
        let body = context.body
        self.init(
            name: body.name, base: body.base, tip: body.tips[context.tip].name, joints: body.variables.map(\.name),
            lower: body.variables.map(\.lower), upper: body.variables.map(\.upper), fingerprint: body.fingerprint)
        whole = context
    }

    /// Throws ``ModelError/wrongSubject(expected:found:)`` unless this is the identity of a chain, or of its first variables.
    func check(_ chain: Chain) throws(ModelError) {
        guard chain.fingerprint == fingerprint else {
            throw .wrongSubject(expected: "\(name) (\(base) → \(tip))", found: "\(chain.name) (\(chain.base) → \(chain.tip))")
        }
    }

    public var degreesOfFreedom: Int { lower.count }
    /// The variables that a model of the robot is over.
    public var space: SampleSpace {
        let periodic = chain.map { chain in chain.variables.prefix(lower.count).map { $0.kind == .continuous } }
            ?? whole.map { whole in whole.body.variables.map { $0.kind == .continuous } }
        return SampleSpace(names: joints, lower: lower, upper: upper, periodic: periodic)
    }

    public func write(to file: inout Safetensors) {
        file.metadata.merge([
            "robot": name, "base": base, "tip": tip, "joints": Safetensors.json(joints), "lower": Safetensors.json(lower),
            "upper": Safetensors.json(upper), "fingerprint": fingerprint,
        ]) { $1 }
        if let chain { file.metadata["chain"] = Safetensors.json(chain) }
        if let whole { file.metadata["body"] = Safetensors.json(whole) }
    }
    /// Whether some of the chain's variables are left out.
    public var isPartial: Bool { chain.map { $0.degreesOfFreedom > lower.count } ?? false }

    /// The middle of every joint's range.
    public var middle: [Double] { zip(lower, upper).map { ($0 + $1) / 2 } }
    /// Half of every joint's range: scaled coordinates are (q − middle)/halfRange, from −1 to 1.
    public var halfRange: [Double] { zip(lower, upper).map { ($1 - $0) / 2 } }
}
