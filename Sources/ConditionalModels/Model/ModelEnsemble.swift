import Mixtures
import Numerics

/// An ensemble of models of one conditional density, which answers with the average of their densities:
///
///     q(x|c) = 1/M · Σ q_m(x|c)
///
/// Members are of any kinds, mixtures beside normalizing flows, so long as they are over the same variables and take the same contexts, which are
/// numbers. Models that were trained from several seeds on few pairs err in different places; the average's expected log-density is at least the mean
/// of theirs (Jensen's inequality; deep ensembles, Lakshminarayanan et al., NeurIPS 2017).
public struct ModelEnsemble: Sendable {
    public static let memberRange = 1...256

    public let members: [any GenerativeModel]
    /// How each member scales its contexts.
    public let encodings: [NumberEncoding]

    /// - Throws: ``ModelError/invalidConfiguration(_:)`` for no or too many members, ``ModelError/mismatched(_:)`` for members over other variables or
    ///   with contexts of another shape than the first one's, ``ModelError/wrongSubject(expected:found:)`` where contexts are no numbers.
    public init(_ members: [any GenerativeModel]) throws(ModelError) {
        guard Self.memberRange.contains(members.count) else {
            throw .invalidConfiguration("an ensemble has from \(Self.memberRange.lowerBound) to \(Self.memberRange.upperBound) members, not \(members.count)")
        }
        var encodings: [NumberEncoding] = []
        for (index, member) in members.enumerated() {
            guard let encoding = member.encoder as? NumberEncoding else {
                throw .wrongSubject(expected: member.subject.name, found: "an ensemble, whose contexts are numbers")
            }
            encodings.append(encoding)
            let names = members[0].space.names, shape = encodings[0].shape
            guard member.space.names == names else {
                throw .mismatched("member \(index + 1) is over \(member.space.names.joined(separator: ", ")), the first one over \(names.joined(separator: ", "))")
            }
            guard encoding.shape == shape else {
                throw .mismatched("member \(index + 1) takes \(encoding.shape) as its context, the first one \(shape)")
            }
        }
        self.members = members
        self.encodings = encodings
    }

    /// What contexts are.
    public var contextShape: ContextShape { encodings[0].shape }
    /// The number of variables D.
    public var dimension: Int { members[0].dimension }
    /// The number of weights and biases of all members.
    public var parameterCount: Int { members.reduce(0) { $0 + $1.parameterCount } }
    /// Whether the average's density is known: whether all members' are.
    public var hasDensity: Bool { members.allSatisfy(\.hasDensity) }
    /// Whether the average is a mixture of Gaussians: whether all members are.
    public var isMixture: Bool { members.allSatisfy { $0 is ConditionalMixture } }
}
