import Numerics

/// The search of a chain for a pose, or for a position in any orientation.
final class PoseProblem: SearchProblem {
    let chain: Chain
    let space: ConfigurationSpace
    private let frame: SearchFrame
    private let units: SearchUnits
    var scale: Double { units.scale }
    private let solver: LaneSolver
    private var corrector: PoseCorrector
    private let finder: NearestConfiguration
    /// The variables in metres of very great range.
    private let wide: [Int]
    /// The fixed length of the chain, and the target, in the frame and the units of the search.
    private let length: Double
    private var target = Pose.identity
    private var followsRotation = true

    init(_ chain: Chain) {
        self.chain = chain
        space = ConfigurationSpace(chain)
        frame = chain.searchFrame
        let scaled = chain.seen(from: frame)
        units = SearchUnits(scale: frame.scale, chain.variables)
        length = scaled.fixedLength
        wide = wideVariables(scaled.variables, fixedLength: length)
        solver = LaneSolver(LaneChain(scaled))
        corrector = PoseCorrector(scaled)
        finder = NearestConfiguration(scaled)
    }

    /// Sets what is searched for: a pose, or a goal with nothing but its position.
    func set(_ goal: Goal, followsRotation: Bool) {
        self.followsRotation = followsRotation
        target = goal.pose
        target.position = frame.position(target.position)
        solver.target = LaneFrame(target)
        solver.followsRotation = followsRotation
    }

    var leavesFreedom: Bool { chain.degreesOfFreedom > (followsRotation ? 6 : 3) }
    let achievement = "reached the pose"
    let nearestPool = (first: 96, around: 64)

    var q: UnsafeMutablePointer<Lanes> { solver.q }
    @inline(__always) var positionSquare: Lanes { solver.positionError }
    @inline(__always) var rotationSquare: Lanes { solver.rotationError }

    @inline(__always)
    func iterate(_ decide: () -> LaneMask) { solver.iterate(decide) }

    func begin(_ lane: Int, isUniform: Bool) {
        for i in units.slides { solver.q[i][lane] /= Float(scale) }
        guard isUniform, !wide.isEmpty else { return }
        withLane(lane) { start in
            let q = corrector.reach(for: target.position, from: start, along: wide, within: length)
            for i in q.indices { solver.q[i][lane] = Float(q[i]) }
        }
    }

    /// Single precision goes as far as it is good for, which is less far away from the origin.
    func arrival(_ options: SearchOptions) -> (position: Float, rotation: Float) {
        let finest = max(2e-5, 1e-6 * target.position.length)
        let position = Float(min(max(options.positionTolerance / scale, finest), 1e6))
        let rotation = Float(min(max(options.rotationTolerance, 1e-4), 1e6))
        return (position * position, rotation * rotation)
    }

    func error(ofLane lane: Int) -> Float { solver.positionError[lane] + solver.rotationError[lane] }

    func configuration(_ lane: Int) -> [Double] {
        withLane(lane) { units.unscaled(Array(UnsafeBufferPointer(start: $0, count: chain.degreesOfFreedom))) }
    }

    func finish(_ lane: Int, _ options: SearchOptions) -> Solution { withLane(lane) { corrected($0, options) } }

    func correct(_ start: [Double], _ options: SearchOptions) -> Solution { units.scaled(start).withUnsafeBufferPointer { corrected($0.baseAddress!, options) } }

    private func corrected(_ start: UnsafePointer<Double>, _ options: SearchOptions) -> Solution {
        unscaled(corrector.correct(
            start, towards: target, positionTolerance: options.positionTolerance / scale, rotationTolerance: followsRotation ? options.rotationTolerance : .infinity))
    }

    let otherApproaches = 32

    func approach(_ start: [Double], isNear: Bool, _ options: SearchOptions) -> (solution: Solution, nearness: Nearness) {
        var tolerances = options
        tolerances.positionTolerance /= scale
        if !followsRotation { tolerances.rotationTolerance = .infinity }
        let (solution, nearness) = corrector.approach(target, from: units.scaled(start), isNear: isNear, closeness: options.closeness, length: max(length, 1e-3), unit: scale, tolerances)
        return (unscaled(solution), nearness)
    }

    func reduceAngle(of solution: Solution, _ options: SearchOptions) -> (solution: Solution, nearness: Nearness)? {
        guard options.closeness == .positionFirst, followsRotation, solution.positionError > options.positionTolerance,
              let (turned, nearness) = corrector.turn(units.scaled(solution.configuration), towards: target, length: max(length, 1e-3), positionTolerance: options.positionTolerance / scale) else { return nil }
        return (unscaled(turned), nearness)
    }

    func move(
        _ start: [Double], towards near: [Double], _ metric: ConfigurationMetric, _ options: SearchOptions
    ) -> (solution: Solution, isCertain: Bool, isRegular: Bool)? {
        let begin = space.unwound(start, near: near)
        var metric = metric
        if !units.slides.isEmpty {
            let weights = metric.weights.indices.map { metric.weights[$0] * (units.slides.contains($0) ? scale * scale : 1) }
            metric = ConfigurationMetric(chain.variables, weights: weights)
        }
        guard let found = finder.find(
            target, near: units.scaled(near), from: units.scaled(begin), metric: metric, corrector: &corrector,
            positionTolerance: options.positionTolerance / scale, rotationTolerance: followsRotation ? options.rotationTolerance : .infinity)
        else { return nil }
        var solution = unscaled(found.0)
        solution.configuration = space.unwound(solution.configuration, near: near)
        return (solution, found.isStraight, found.isRegular)
    }

    func solution(at configuration: [Double]) -> Solution {
        var result = unscaled(units.scaled(configuration).withUnsafeBufferPointer { corrector.measure($0.baseAddress!, from: target, followsRotation: followsRotation) })
        result.configuration = configuration
        result.limitMargin = limitMargin(of: configuration, chain.variables)
        return result
    }

    private func withLane<Result>(_ lane: Int, _ body: (UnsafePointer<Double>) -> Result) -> Result {
        let n = chain.degreesOfFreedom
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: max(n, 1)) { memory in
            for i in 0..<n { memory[i] = Double(solver.q[i][lane]) }
            return body(memory.baseAddress!)
        }
    }

    private func unscaled(_ solution: Solution) -> Solution {
        guard scale != 1 else { return solution }
        var solution = solution
        solution.configuration = units.unscaled(solution.configuration)
        solution.positionError *= scale
        solution.manipulability = chain.manipulability(solution.configuration)
        return solution
    }
}
