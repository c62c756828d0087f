import Numerics
import Planning
import Testing

/// Splines through places, and how likely they are.
@Suite struct SplineTests {
    @Test(arguments: [2, 3, 4, 7]) func `a spline goes through its places, keeps straight lines, and bends without a kink`(nodes: Int) {
        let parts = 40, spline = NaturalSpline(nodes: nodes, points: (nodes - 1) * parts + 1)
        var stream = RandomStream(seed: 3)
        let places = Matrix(rows: nodes, columns: 2, elements: (0..<nodes).flatMap { [stream.normal(), 2 * Double($0) - 1] })
        let points = spline.points(places)
        for node in 0..<nodes { #expect(abs(points[node * parts, 0] - places[node, 0]) < 1e-12) }
        for point in 0..<points.rows { #expect(abs(points[point, 1] - (2 * Double(point) / Double(parts) - 1)) < 1e-12) }
        // Second differences are linear within every piece, zero at the ends, and go on across the places.
        let h = 1 / Double(parts)
        func bend(_ point: Int) -> Double { (points[point - 1, 0] - 2 * points[point, 0] + points[point + 1, 0]) / (h * h) }
        var steepest = 0.0
        for piece in 0..<nodes - 1 {
            let bends = (piece * parts + 1..<(piece + 1) * parts).map(bend)
            steepest = max(steepest, abs(bends[1] - bends[0]) / h)
            for (index, middle) in bends.enumerated().dropFirst().dropLast() { #expect(abs(bends[index - 1] - 2 * middle + bends[index + 1]) < 1e-8) }
        }
        #expect(abs(bend(1)) <= steepest * h * 1.01 + 1e-8 && abs(bend(points.rows - 2)) <= steepest * h * 1.01 + 1e-8)
        for node in 1..<max(nodes - 1, 1) { #expect(abs(bend(node * parts - 1) - bend(node * parts + 1)) <= 2 * steepest * h * 1.01 + 1e-8) }
    }

    @Test func `a bridge's density is that of independent steps`() {
        let prior = BridgePrior(start: [-1, 0], goal: [1, 0.5], knots: 3, points: 17, deviation: 0.7)
        var stream = RandomStream(seed: 4)
        func energy(_ x: [Double]) -> (steps: Double, form: Double) {
            let places = prior.places(x), path = prior.spline.points(places)
            var steps = 0.0, gradient = places.elements
            for point in 1..<path.rows { for axis in 0..<2 { steps += (path[point, axis] - path[point - 1, axis]) * (path[point, axis] - path[point - 1, axis]) } }
            let form = -prior.logDensity(places.elements, gradient: &gradient)
            // The form is quadratic: half of what its gradient says along the places.
            #expect(abs(form + 0.5 * zip(places.elements, gradient).reduce(0) { $0 + $1.0 * $1.1 }) < 1e-9 * (1 + form))
            return (steps * 16 / (2 * 0.49), form)
        }
        for _ in 0..<20 {
            let found = energy((0..<6).map { _ in stream.normal() })
            #expect(abs(found.steps - found.form) < 1e-9 * (1 + found.steps))
        }
        // The straight line is the likeliest.
        let straight = energy(prior.middle.mean)
        #expect(abs(straight.form - (4 + 0.25) / (2 * 0.49)) < 1e-9)
        for _ in 0..<20 { #expect(energy(prior.middle.mean.map { $0 + 0.1 * stream.normal() }).form > straight.form) }
    }

    @Test func `the clearance of a path is the least along it, and none where it touches`() throws {
        let (_, checker, start, goal) = try PathPlannerTests.scene()
        var stream = RandomStream(seed: 1)
        let plan = try PathPlanner(checker, limits: PathPlannerTests.limits).plans(from: start, to: [goal], using: &stream)[0]
        let found = try #require(PathClearance(checker).least(along: plan.points))
        #expect(found > 0 && abs(found - plan.clearance) < 3e-6)
        #expect(abs(found - PathPlannerTests.leastDistance(plan, checker)) < 5e-5)
        #expect(PathClearance(checker).least(along: [start, goal]) == nil)
        let times = TimeScaling.times(of: plan.points, limits: PathPlannerTests.limits)
        #expect(times == plan.times)
    }
}
