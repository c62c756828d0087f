import Expressions

/// Five conditional log densities as formulas: a moving mixture of four Gaussians, a ring, a path of nine segments around a disc, a grasp
/// of an ellipse with two fingers, and an energy with five centres.
enum TracedTargets {
    struct Target {
        var name: String
        var dimension: Int
        var contextCount: Int
        var build: (ExpressionGraph) -> Formula

        var density: TracedDensity {
            get throws { try TracedDensity(build(ExpressionGraph(dimension: dimension, contextCount: contextCount))) }
        }
    }

    static var all: [Target] { [
        Target(name: "a, mixture", dimension: 2, contextCount: 2, build: mixture),
        Target(name: "b, ring", dimension: 2, contextCount: 4, build: ring),
        Target(name: "c, path", dimension: 16, contextCount: 3, build: path),
        Target(name: "d, grasp", dimension: 4, contextCount: 5, build: grasp),
        Target(name: "f, energy", dimension: 2, contextCount: 5, build: energy),
    ] }

    private static let pi = Double.pi

    private static func numbers(_ graph: ExpressionGraph) -> (x: [Formula], c: [Formula]) {
        ((0..<graph.dimension).map { graph.variable($0) }, (0..<graph.contextCount).map { graph.contextNumber($0) })
    }

    static func mixture(_ graph: ExpressionGraph) -> Formula {
        let (x, c) = numbers(graph)
        let weights = [c[0], c[1], -c[0], -c[1]]
        let total = graph.logSumExp(weights)
        return graph.logSumExp((0..<4).map { k in
            let angle = Double(k) * pi / 2 + pi / 4 * c[0], radius = 2.5 + c[1], turn = angle + pi / 4 * c[1]
            let (dx, dy) = (x[0] - radius * angle.cos, x[1] - radius * angle.sin)
            let u = (turn.cos * dx + turn.sin * dy) / 0.5, v = (turn.cos * dy - turn.sin * dx) / 0.2
            return weights[k] - total - graph.number(2 * pi * 0.5 * 0.2).log - 0.5 * (u.squared + v.squared)
        })
    }

    static func ring(_ graph: ExpressionGraph) -> Formula {
        let (x, c) = numbers(graph)
        let radius = 1.5 + 0.75 * c[2], width = 0.1, start = pi * c[3]
        let (dx, dy) = (x[0] - c[0], x[1] - c[1])
        let distance = (dx.squared + dy.squared).squareRoot
        return -(distance - radius).squared / (2 * width * width) + (1 + 0.8 * (Formula.angle(sine: dy, cosine: dx) - start).cos).log
            - (2 * pi * width * (2 * pi).squareRoot() * radius).log
    }

    static func path(_ graph: ExpressionGraph) -> Formula {
        let (x, c) = numbers(graph)
        let (ox, oy, radius) = (0.5 + 0.2 * c[0], 0.15 * c[1], 0.18 + 0.05 * c[2])
        func hinge(_ px: Formula, _ py: Formula) -> Formula {
            let (dx, dy) = (px - ox, py - oy)
            return (radius - (dx.squared + dy.squared + 1e-12).squareRoot).maximum(graph.number(0)).squared / (2 * 0.0004)
        }
        var (px, py) = (graph.number(0), graph.number(0)), sum = graph.number(0)
        for i in 0..<9 {
            let (qx, qy) = i < 8 ? (x[2 * i], x[2 * i + 1]) : (graph.number(1), graph.number(0))
            sum = sum - ((qx - px).squared + (qy - py).squared) / 0.02 - hinge((px + qx) / 2, (py + qy) / 2)
            if i < 8 { sum = sum - hinge(qx, qy) }
            (px, py) = (qx, qy)
        }
        return sum
    }

    static func grasp(_ graph: ExpressionGraph) -> Formula {
        let (x, c) = numbers(graph)
        let (cx, cy, turn, a, b) = (0.3 * c[0], 0.3 * c[1], pi / 2 * c[2], 0.6 + 0.15 * c[3], 0.35 + 0.1 * c[4])
        let (cp, sp, g) = (turn.cos, turn.sin, 0.5 * (a + b))
        let (dx, dy, w) = (x[2].cos, x[2].sin, x[3])
        var sum = -0.5 * w.squared
        for sign in [-1.0, 1.0] {
            let (px, py) = (x[0] + sign / 2 * w * dx - cx, x[1] + sign / 2 * w * dy - cy)
            let u = cp * px + sp * py, v = cp * py - sp * px
            let f = ((u / a).squared + (v / b).squared + 1e-6).squareRoot - 1
            let (nu, nv) = (u / (a * a), v / (b * b)), n = (nu.squared + nv.squared + 1e-6).squareRoot
            let nx = (cp * nu - sp * nv) / n, ny = (sp * nu + cp * nv) / n
            sum = sum - (g * f).squared / (2 * 0.03 * 0.03) - (1 - sign * (nx * dx + ny * dy)) / 0.04
        }
        let zero = graph.number(0)
        return sum - (w.minimum(zero) / 0.02).squared / 2 - (x[2].absolute - pi).maximum(zero).squared / 0.02
    }

    static func energy(_ graph: ExpressionGraph) -> Formula {
        let (x, c) = numbers(graph)
        func parameter(_ i: Int, _ j: Int) -> Double { 0.9 * (Double(7 * i + 3 * j) * 1.37).sineOfTurn }
        let scale = (graph.number(2.302585092994046) * ((c[4] - 1) / 2)).exp
        let terms = (0..<5).map { k in
            let centre = (0..<2).map { axis in
                1.5 * graph.sum((0..<4).map { parameter(4 * k + axis, $0) * c[$0] } + [graph.number(parameter(k, 5 + axis))]).tanh
            }
            let height = 0.3 * graph.sum((0..<4).map { parameter(4 * k + 2, $0) * c[$0] })
            return (height - ((x[0] - centre[0]).squared + (x[1] - centre[1]).squared) / (2 * 0.1225)) / 0.1
        }
        return 0.1 * graph.logSumExp(terms) / scale
    }
}

extension Double {
    /// A number in [−1, 1] that stands for a parameter.
    fileprivate var sineOfTurn: Double { 2 * (self - rounded(.down)) - 1 }
}
