import Kinematics
import Numerics

/// What answers of a model are compared with.
public enum ReferenceKind: String, Sendable, CaseIterable, Codable {
    /// Draws from the exact conditional distribution of uniform joints, ``ExactConditional``.
    case exact
    /// What damped least squares reaches from uniform starts, which is biased towards wide basins; IKFlow's reference is of this kind.
    case multistart

    /// Reference solutions of a pose, each drawn independently of the others.
    ///
    /// - Returns: a matrix of `count` rows, or of none where no solution was found.
    public func sample(
        _ chain: Chain, target: Pose, count: Int, followsRotation: Bool = true, using stream: inout RandomStream,
        cancellation: Cancellation = .never
    ) -> Matrix {
        switch self {
        case .exact:
            let exact = ExactConditional(chain, target: target, followsRotation: followsRotation, using: &stream, cancellation: cancellation)
            return exact.sample(count, using: &stream, cancellation: cancellation)
        case .multistart:
            // The errors are those of the exact reference, and nothing is dropped for being near to another solution.
            let options = SearchOptions(
                count: count, positionTolerance: 1e-6, rotationTolerance: followsRotation ? 1e-6 : .infinity, minimumDistance: 0)
            let found = InverseKinematics(chain).solve(target, options: options, using: &stream, cancellation: cancellation)
            return Matrix(found.solutions.map(\.configuration), columns: chain.degreesOfFreedom).shuffled(using: &stream)
        }
    }
}

extension Matrix {
    package init(_ rows: [[Double]], columns: Int) {
        self.init(rows: rows.count, columns: columns, elements: rows.flatMap(\.self))
    }

    /// The rows in random order; what searches return is ranked.
    package func shuffled(using stream: inout RandomStream) -> Matrix {
        let order = (0..<rows).shuffled(using: &stream)
        return Matrix(rows: rows, columns: columns, elements: order.flatMap { row($0) })
    }

    /// The first rows.
    package func prefix(_ count: Int) -> Matrix {
        count >= rows ? self : Matrix(rows: count, columns: columns, elements: Array(elements[..<(count * columns)]))
    }
}
