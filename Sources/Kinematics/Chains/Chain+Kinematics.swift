import Numerics

extension Chain.Segment {
    /// The child link's frame in the parent link's frame at the joint value that a configuration gives.
    public func pose(at q: [Double]) -> Pose {
        guard let variable else { return origin }
        return origin * kind.motion(by: multiplier * q[variable] + offset, along: axis)
    }
}

extension Chain {
    /// The pose of the tip in the base frame.
    ///
    /// - Precondition: `q` has ``degreesOfFreedom`` entries, as in every function that takes a configuration.
    public func forwardKinematics(_ q: [Double]) -> Pose {
        precondition(q.count == degreesOfFreedom)
        return segments.reduce(.identity) { $0 * $1.pose(at: q) }
    }

    /// The pose in the base frame of the link that each segment carries, in the order of ``segments``.
    public func linkPoses(_ q: [Double]) -> [Pose] {
        precondition(q.count == degreesOfFreedom)
        var frame = Pose.identity
        return segments.map { segment in
            frame = frame * segment.pose(at: q)
            return frame
        }
    }

    /// The geometric Jacobian, 6 × degrees of freedom, as ``ChainEvaluator/jacobian(into:)`` describes it.
    public func jacobian(_ q: [Double]) -> Matrix {
        var evaluator = ChainEvaluator(self)
        q.withUnsafeBufferPointer { evaluator.evaluate($0) }
        var result = Matrix(rows: 6, columns: degreesOfFreedom)
        result.elements.withUnsafeMutableBufferPointer { evaluator.jacobian(into: $0) }
        return result
    }

    /// Yoshikawa's manipulability √det(J Jᵀ), or √det(Jᵀ J) with fewer than six variables; zero where singular.
    ///
    /// Metres and radians enter with equal weight.
    public func manipulability(_ q: [Double]) -> Double {
        let jacobian = jacobian(q)
        let vectors = degreesOfFreedom < 6 ? jacobian.transposed : jacobian
        return vectors.volumeOfRows
    }

    /// Whether every entry is finite and within its limits, widened by a tolerance in rad or m; a continuous joint
    /// has no limits to keep.
    public func contains(_ q: [Double], tolerance: Double = 0) -> Bool {
        q.count == degreesOfFreedom && zip(variables, q).allSatisfy { variable, value in
            value.isFinite && (variable.kind == .continuous
                || (value >= variable.lower - tolerance && value <= variable.upper + tolerance))
        }
    }

    /// A configuration drawn uniformly within the limits.
    public func randomConfiguration(using stream: inout RandomStream) -> [Double] {
        variables.map { min($0.lower + ($0.upper - $0.lower) * stream.uniform(), $0.upper) }
    }
}

extension Matrix {
    /// √det(M Mᵀ), the volume that the rows span, by modified Gram–Schmidt with the longest remainder first.
    var volumeOfRows: Double {
        var vectors = (0..<rows).map { Array(row($0)) }
        var volume = 1.0
        while !vectors.isEmpty {
            let squares = vectors.map { $0.reduce(0) { $0 + $1 * $1 } }
            let longest = squares.indices.max { squares[$0] < squares[$1] }!
            let length = squares[longest].squareRoot()
            guard length > 0 else { return 0 }
            volume *= length
            let unit = vectors.remove(at: longest).map { $0 / length }
            for i in vectors.indices {
                let along = zip(unit, vectors[i]).reduce(0) { $0 + $1.0 * $1.1 }
                for j in unit.indices { vectors[i][j] -= along * unit[j] }
            }
        }
        return volume
    }
}
