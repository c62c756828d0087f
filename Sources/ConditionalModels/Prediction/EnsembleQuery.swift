import Mixtures
import Numerics

/// Asks a ``ModelEnsemble`` at contexts of numbers.
///
/// A value owns its workspace: use one per thread.
public final class EnsembleQuery {
    public let ensemble: ModelEnsemble
    /// Contexts are scaled by every member in its own way.
    private let members: [(encoding: NumberEncoding, generator: any Generator)]
    private var mixtures: [ConditionalQuery]?

    public init(_ ensemble: ModelEnsemble) {
        self.ensemble = ensemble
        members = zip(ensemble.encodings, ensemble.members).map { ($0, $1.makeGenerator()) }
    }

    /// Samples at a context; a `count × D` matrix in the variables' units. Which member a sample is of is drawn for each.
    ///
    /// - Throws: ``ModelError/undefined(_:)`` where a member's network gives numbers that are not finite.
    public func sample(_ context: [Double], count: Int, using stream: inout RandomStream) throws(ModelError) -> Matrix {
        let dimension = ensemble.dimension
        let owners = (0..<count).map { _ in min(Int(stream.uniform() * Double(members.count)), members.count - 1) }
        var elements = Array(repeating: 0.0, count: count * dimension)
        for (index, member) in members.enumerated() {
            let own = owners.indices.filter { owners[$0] == index }
            guard !own.isEmpty else { continue }
            let rows = member.generator.sample(at: EncodedContext(inputs: member.encoding.encode(context)), count: own.count, using: &stream)
            if let fault = member.generator.takeFault() { throw fault }
            for (number, row) in own.enumerated() {
                for column in 0..<dimension { elements[row * dimension + column] = Double(rows[number * dimension + column]) }
            }
        }
        return Matrix(rows: count, columns: dimension, elements: elements)
    }

    /// log q(x|c) of the rows of a matrix, in nats and the variables' units; nil where a member knows no density.
    ///
    /// - Throws: ``ModelError/undefined(_:)`` where a member's network gives numbers that are not finite.
    public func logDensities(of rows: Matrix, at context: [Double]) throws(ModelError) -> [Double]? {
        var all: [[Double]] = []
        for member in members {
            guard let logs = member.generator.logDensities(of: rows, at: EncodedContext(inputs: member.encoding.encode(context))) else { return nil }
            if let fault = member.generator.takeFault() { throw fault }
            all.append(logs)
        }
        let count = Elementary.log(Double(members.count))
        return (0..<rows.rows).map { row in logSumExp(all.map { $0[row] }) - count }
    }

    /// The mixture of all members' components at a context, each with its weight over M; nil where a member is no mixture.
    ///
    /// - Throws: ``ModelError/undefined(_:)`` where a member's network gives numbers that are not finite.
    public func predict(_ context: [Double]) throws(ModelError) -> GaussianMixture? {
        if mixtures == nil {
            var found: [ConditionalQuery] = []
            for member in ensemble.members {
                guard let mixture = member as? ConditionalMixture else { return nil }
                found.append(try ConditionalQuery(mixture))
            }
            mixtures = found
        }
        var weights: [Double] = [], components: [Gaussian] = []
        for query in mixtures ?? [] {
            let mixture = try query.predict(context)
            weights += mixture.weights
            components += mixture.components
        }
        return GaussianMixture(weights: weights, components: components)
    }
}
