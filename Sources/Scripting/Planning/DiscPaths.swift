import Expressions
import Planning

/// Paths of a point past discs (balls where there are more than two coordinates): how likely the bridge is, less what its points come too near to a disc.
struct DiscPaths {
    /// A disc: numbers, or what a context says.
    struct Disc {
        var centre: [Formula]
        var radius: Formula
    }

    let prior: BridgePrior
    /// The clearance that is wanted, and the standard deviation of what a point may lack of it, m.
    let clearance: Double
    let softness: Double

    /// - Parameter x: the knots.
    func logDensity(_ x: [Formula], _ discs: [Disc], in graph: ExpressionGraph) -> Formula {
        let coordinates = prior.coordinates
        var terms: [Formula] = []
        let places = (0..<coordinates).map { axis in
            [graph.number(prior.start[axis])] + (0..<prior.knots).map { x[$0 * coordinates + axis] } + [graph.number(prior.goal[axis])]
        }
        for own in places {
            for i in own.indices {
                let row = own.indices.map { graph.number(prior.precision[i, $0]) }
                terms.append(own[i] * graph.dot(row, own) * -0.5)
            }
        }
        let weights = prior.spline.weights
        for point in 1..<weights.rows - 1 {
            let p = places.map { own in graph.dot(own.indices.map { graph.number(weights[point, $0]) }, own) }
            for disc in discs {
                let square = graph.sum(zip(p, disc.centre).map { pair in (pair.0 - pair.1) * (pair.0 - pair.1) })
                // The root has a slope at the middle, too.
                let lack = (clearance + disc.radius - (square + 1e-12).squareRoot).maximum(graph.number(0))
                terms.append(lack * lack * (-0.5 / (softness * softness)))
            }
        }
        return graph.sum(terms)
    }
}
