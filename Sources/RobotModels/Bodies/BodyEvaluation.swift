import Kinematics
import Numerics

/// How a model of a whole body answers for places drawn uniformly in its box.
public struct BodyEvaluation: Sendable, Equatable {
    /// The number of positions, and of those that were solved: exact, within the limits, checked independently of the search.
    public var places = 0
    public var solved = 0
    /// The time of one answer, s, sorted.
    public var seconds: [Double] = []
    /// Iterations of sixteen searches side by side for one answer, on average.
    public var iterations = 0.0
    /// Of raw samples: the tip's distance from its place, m, sorted, and the share inside the limits.
    public var errors: [Double] = []
    public var inside = 0.0
    /// The share of raw samples from which a search arrives.
    public var arriving = 0.0
    /// exp of the entropy of the weights, on average.
    public var componentsInUse = 0.0
}

extension BodyQuery {
    /// Computes one exact answer at each of many positions, and measures raw samples.
    ///
    /// - Parameters:
    ///   - samples: raw samples at every place.
    ///   - usesModel: false uses spread starts in place of the model's samples, for comparison.
    public func evaluate(
        places: Int, samples: Int = 10, usesModel: Bool = true, options: SearchOptions = .init(), using stream: inout RandomStream,
        cancellation: Cancellation = .never
    ) -> BodyEvaluation {
        let body = context.body
        let evaluator = BodyEvaluator(body)
        var result = BodyEvaluation()
        let clock = ContinuousClock()
        var inside = 0, rows = 0, found = 0, starts = 0
        for _ in 0..<places where !cancellation.isRequested {
            let place = context.lower + (context.upper - context.lower) * SIMD3(stream.uniform(), stream.uniform(), stream.uniform())
            let begin = clock.now
            let answer = usesModel ? solve(place, options: options, using: &stream) : search(place, options: options, using: &stream)
            result.seconds.append((clock.now - begin) / .seconds(1))
            result.places += 1
            result.iterations += Double(answer.iterations)
            if let solution = answer.solutions.first {
                evaluator.evaluate(solution.configuration)
                let error = evaluator.error(of: context.task(at: place))
                let isExact = error.position <= options.positionTolerance && error.rotation <= options.rotationTolerance
                if isExact, body.contains(solution.configuration) { result.solved += 1 }
            }
            guard usesModel, samples > 0 else { continue }
            let raw = sample(place, count: samples, using: &stream)
            for row in 0..<samples {
                let q = Array(raw.row(row))
                evaluator.evaluate(q)
                result.errors.append((evaluator.pose(ofTip: context.tip).position - place).length)
                inside += body.contains(q) ? 1 : 0
                rows += 1
            }
            var many = options
            many.count = 16
            many.restarts = 16
            let batch = solve(place, options: many, using: &stream)
            found += batch.converged
            starts += batch.starts
            result.componentsInUse += predict(place).componentsInUse
        }
        result.seconds.sort()
        result.errors.sort()
        result.iterations /= Double(max(result.places, 1))
        result.inside = Double(inside) / Double(max(rows, 1))
        result.arriving = Double(found) / Double(max(starts, 1))
        result.componentsInUse /= Double(max(result.places, 1))
        return result
    }
}
