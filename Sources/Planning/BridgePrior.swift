import Numerics

/// The prior over splines from a start to a goal: the density of the Brownian bridge through its points, whose motion over the whole
/// path has a given standard deviation, so that short and smooth paths are more probable.
///
/// The variables are the knots between the ends, knot by knot.
public struct BridgePrior: Sendable {
    /// The configurations at the ends, rad or m.
    public let start: [Double]
    public let goal: [Double]
    /// The number of knots between the ends.
    public let knots: Int
    /// The points along the spline that count, the ends included.
    public let spline: NaturalSpline
    /// The standard deviation of the motion over the whole path, rad or m.
    public let deviation: Double
    /// −log p is `Σ ½·x·A·x` over the coordinates, x being start, knots and goal of one coordinate: nodes × nodes.
    public let precision: Matrix

    /// The number of coordinates of a configuration.
    public var coordinates: Int { start.count }
    /// The number of variables: all coordinates of all knots.
    public var dimension: Int { knots * start.count }

    /// - Precondition: start and goal have as many numbers; at least one knot; a deviation above 0.
    public init(start: [Double], goal: [Double], knots: Int, points: Int, deviation: Double) {
        precondition(start.count == goal.count && knots > 0 && deviation > 0)
        self.start = start
        self.goal = goal
        self.knots = knots
        self.deviation = deviation
        spline = NaturalSpline(nodes: knots + 2, points: points)
        let w = spline.weights, factor = Double(points - 1) / (deviation * deviation)
        var precision = Matrix(rows: knots + 2, columns: knots + 2)
        for point in 1..<points {
            for i in 0..<knots + 2 {
                for j in 0..<knots + 2 { precision[i, j] += factor * (w[point, i] - w[point - 1, i]) * (w[point, j] - w[point - 1, j]) }
            }
        }
        self.precision = precision
    }

    /// Start, knots and goal: nodes × coordinates.
    public func places(_ x: UnsafePointer<Double>) -> Matrix {
        let knots = Array(UnsafeBufferPointer(start: x, count: dimension))
        return Matrix(rows: self.knots + 2, columns: coordinates, elements: start + knots + goal)
    }

    /// log p, up to a constant, and its gradient: of one path, or of one a lane.
    ///
    /// - Parameters:
    ///   - places: start, knots and goal, nodes × coordinates.
    ///   - gradient: receives as many numbers.
    @inlinable
    public func logDensity<S: LaneArithmetic>(_ places: UnsafePointer<S>, gradient: UnsafeMutablePointer<S>) -> S {
        let count = start.count, nodes = knots + 2
        var square = S(0.0)
        for node in 0..<nodes {
            for axis in 0..<count {
                var product = S(0.0)
                for other in 0..<nodes { product = product.fma(places[other * count + axis], S(precision[node, other])) }
                square = square.fma(places[node * count + axis], product)
                gradient[node * count + axis] = S(0.0) - product
            }
        }
        return S(-0.5) * square
    }

    /// Knots on the straight line, and how far a bridge is from there.
    public var middle: (mean: [Double], deviations: [Double]) {
        var mean: [Double] = [], deviations: [Double] = []
        for knot in 1...knots {
            let u = Double(knot) / Double(knots + 1)
            for i in 0..<coordinates {
                mean.append(start[i] + u * (goal[i] - start[i]))
                deviations.append(deviation * (u * (1 - u)).squareRoot())
            }
        }
        return (mean, deviations)
    }
}
