import Mixtures
import Numerics
import Testing

/// Runs the layer in double precision.
private func project(_ projection: PrecisionProjection, _ raw: [Double]) -> [Double] {
    var factor = [Double](repeating: 0, count: raw.count)
    raw.withUnsafeBufferPointer { r in
        factor.withUnsafeMutableBufferPointer { projection.project(r.baseAddress!, into: $0.baseAddress!) }
    }
    return factor
}

private func gradient(_ projection: PrecisionProjection, _ raw: [Double], _ factorGradient: [Double]) -> [Double] {
    let factor = project(projection, raw)
    var g = factorGradient, scratch = raw, result = raw
    projection.backpropagate(raw, factor: factor, factorGradient: &g, scratch: &scratch, into: &result)
    return result
}

/// A·Aᵀ of a packed factor.
private func precision(_ factor: [Double], _ n: Int) -> Matrix {
    var result = Matrix(rows: n, columns: n)
    for i in 0..<n {
        for j in 0..<n {
            for k in 0...min(i, j) { result[i, j] += factor[triangleIndex(i, k)] * factor[triangleIndex(j, k)] }
        }
    }
    return result
}

/// The eigenvalues of a symmetric matrix by Jacobi's rotations.
private func eigenvalues(_ matrix: Matrix) -> [Double] {
    var a = matrix
    let n = a.rows
    for _ in 0..<60 {
        for p in 0..<n {
            for q in p + 1..<max(n, p + 1) where abs(a[p, q]) > 1e-300 {
                let theta = (a[q, q] - a[p, p]) / (2 * a[p, q])
                let t = (theta < 0 ? -1.0 : 1.0) / (abs(theta) + (theta * theta + 1).squareRoot())
                let c = 1 / (t * t + 1).squareRoot(), s = t * c
                for k in 0..<n { (a[k, p], a[k, q]) = (c * a[k, p] - s * a[k, q], s * a[k, p] + c * a[k, q]) }
                for k in 0..<n { (a[p, k], a[q, k]) = (c * a[p, k] - s * a[q, k], s * a[p, k] + c * a[q, k]) }
            }
        }
    }
    return (0..<n).map { a[$0, $0] }
}

@Suite struct PrecisionProjectionTests {
    @Test(arguments: [1, 2, 3, 7, 9], [(PrecisionProjection.Shape.full, true), (.full, false), (.diagonal, true), (.diagonal, false)])
    func gradientAgreesWithFiniteDifferences(dimension: Int, kind: (shape: PrecisionProjection.Shape, isBounded: Bool)) {
        let (shape, isBounded) = kind
        let projection = PrecisionProjection(dimension: dimension, shape: shape, deviations: 0.05...1, isBounded: isBounded)
        var stream = RandomStream(seed: UInt64(dimension))
        for spread in [0.3, 1.5] {
            let raw = (0..<projection.rawCount).map { _ in spread * stream.normal() + 0.5 }
            let weights = (0..<projection.rawCount).map { _ in stream.normal() }
            let analytic = gradient(projection, raw, weights)
            func value(_ raw: [Double]) -> Double { zip(project(projection, raw), weights).reduce(0) { $0 + $1.0 * $1.1 } }
            for index in raw.indices {
                var above = raw, below = raw
                above[index] += 1e-5
                below[index] -= 1e-5
                let numeric = (value(above) - value(below)) / 2e-5
                #expect(abs(numeric - analytic[index]) <= 1e-6 * (1 + abs(numeric)), "raw number \(index)")
            }
        }
    }

    @Test func factorIsThatOfTheDocumentedMatrix() {
        let projection = PrecisionProjection(dimension: 2, deviations: 0.1...2)
        let raw = [0.4, -0.7, 1.1]
        let low = -Elementary.log(2) - 2, high = -Elementary.log(0.1) + 1
        let m = (low + high) / 2, h = (high - low) / 2
        func diagonal(_ r: Double) -> Double { Elementary.exp(m + h * ((r - m) / h).hyperbolicTangent) }
        let c00 = diagonal(0.4), c11 = diagonal(1.1), c10 = -0.7 * c00
        let b = [c00 * c00, c10 * c00, c10 * c10 + c11 * c11]
        let scale = (100 - 0.25) / (100 + b[0] + b[2])
        let found = precision(project(projection, raw), 2)
        #expect(abs(found[0, 0] - (0.25 + scale * b[0])) < 1e-12)
        #expect(abs(found[1, 0] - scale * b[1]) < 1e-12)
        #expect(abs(found[1, 1] - (0.25 + scale * b[2])) < 1e-12)
    }

    /// The bounds hold for any input, in the precision that training uses.
    @Test(arguments: [2, 7, 16, 32])
    func eigenvaluesStayInBoundsForExtremeInputs(dimension: Int) {
        let projection = PrecisionProjection(dimension: dimension, deviations: 0.003...1)
        var stream = RandomStream(seed: 5)
        let extremes: [Float] = [0, 1, -1, 5, -5, 50, -50, 1e6, -1e6, .infinity, -.infinity, .nan, .greatestFiniteMagnitude]
        let raw = (0..<projection.rawCount).map { _ in
            var lanes = Lanes.zero
            for lane in 0..<laneCount {
                lanes[lane] = lane < 12 ? extremes[Int(stream.next() % UInt64(extremes.count))] : Float(50 * (2 * stream.uniform() - 1))
            }
            return lanes
        }
        var factor = raw
        projection.project(raw, into: &factor)
        for lane in 0..<laneCount {
            let values = eigenvalues(precision(factor.map { Double($0[lane]) }, dimension))
            let (least, greatest) = (1.0, 1 / (0.003 * 0.003))
            // Single precision: errors are in proportion to the greatest eigenvalue.
            #expect(values.allSatisfy { $0.isFinite })
            #expect(values.min()! >= least - 1e-6 * greatest * Double(dimension) && values.min()! > 0.3 * least, "\(values.min()!)")
            #expect(values.max()! <= greatest * (1 + 1e-5), "\(values.max()!)")
        }
    }

    @Test(arguments: [3, 7])
    func lanesAgreeWithDoubles(dimension: Int) {
        let projection = PrecisionProjection(dimension: dimension, deviations: 0.01...1)
        var stream = RandomStream(seed: 9)
        let raw = (0..<projection.rawCount).map { _ in (0..<laneCount).map { _ in Float(stream.normal() + 1) } }
        let weights = (0..<projection.rawCount).map { _ in Float(stream.normal()) }
        let lanes = raw.map { Lanes($0) }
        var factor = lanes, g = weights.map { Lanes(repeating: $0) }, scratch = lanes, result = lanes
        projection.project(lanes, into: &factor)
        projection.backpropagate(lanes, factor: factor, factorGradient: &g, scratch: &scratch, into: &result)
        for lane in 0..<laneCount {
            let one = raw.map { Double($0[lane]) }
            let expected = gradient(projection, one, weights.map(Double.init))
            let norm = expected.reduce(0) { max($0, abs($1)) }
            for (index, value) in expected.enumerated() {
                #expect(abs(Double(result[index][lane]) - value) < 2e-3 * norm, "raw number \(index), lane \(lane)")
            }
        }
    }

    @Test(arguments: [1, 3, 7]) func trianglesHaveZerosBelowADiagonal(dimension: Int) {
        let count = triangleCount(dimension)
        for shape in PrecisionProjection.Shape.allCases {
            let projection = PrecisionProjection(dimension: dimension, shape: shape, deviations: 0.01...1)
            let raw = (0..<projection.rawCount).map { 0.3 * Double($0) - 1 }, factor = project(projection, raw)
            var triangle = [Double](repeating: .nan, count: count), scratch = raw
            projection.projectTriangle(raw, into: &triangle, scratch: &scratch)
            var expected = factor
            if shape == .diagonal {
                expected = Array(repeating: 0, count: count)
                for i in 0..<dimension { expected[triangleIndex(i, i)] = factor[i] }
            }
            #expect(triangle == expected)
        }
    }

    @Test func rawNumberGivesItsDeviation() {
        let projection = PrecisionProjection(dimension: 1, deviations: 0.001...3)
        let factor = project(projection, [projection.rawNumber(forDeviation: 0.3)])
        #expect(abs(1 / factor[0] - 0.3) < 0.005)
    }
}
