import Mixtures
import Numerics

/// Queries a model whose contexts are numbers.
///
/// A value owns its workspace: use one per thread.
public final class ConditionalQuery {
    public let model: ConditionalMixture
    private let encoding: NumberEncoding
    private let predictor: MixturePredictor

    /// - Throws: ``ModelError/wrongSubject(expected:found:)`` where the model's contexts are no numbers.
    public init(_ model: ConditionalMixture) throws(ModelError) {
        guard let encoding = model.encoder as? NumberEncoding else {
            throw .wrongSubject(expected: model.subject.name, found: "a density with numbers as contexts")
        }
        self.model = model
        self.encoding = encoding
        predictor = MixturePredictor(model)
    }

    /// The mixture at a context.
    ///
    /// - Precondition: the context has as many numbers as the encoding.
    public func predict(_ context: [Double]) throws(ModelError) -> GaussianMixture {
        try mixture(context).gaussianMixture
    }

    private func mixture(_ context: [Double]) throws(ModelError) -> LaneMixture {
        let logWeights = predictor.logWeights(at: encoding.encode(context))
        let mixture = predictor.mixture(of: Array(0..<model.components), logWeights: logWeights)
        if let fault = predictor.takeFault() { throw fault }
        return mixture
    }

    /// Samples of the mixture at a context; a `count × D` matrix.
    public func sample(_ context: [Double], count: Int, using stream: inout RandomStream) throws(ModelError) -> Matrix {
        let mixture = try mixture(context)
        var lanes = LaneRandom(using: &stream)
        let chooser = ComponentChooser(logWeights: mixture.logWeights)
        let rows = mixture.sample((0..<count).map { _ in chooser.next(using: &stream) }, using: &lanes)
        return Matrix(rows: count, columns: model.dimension, elements: rows.map { Double($0) })
    }
}
