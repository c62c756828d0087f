import ConditionalInference
import ConditionalModels
import ModelTraining
import Numerics

/// Densities that are evaluated in double precision, place by place, for a training in single.
final class ContextualDensities: DensityFamily, @unchecked Sendable {
    private let density: any ContextualDensity
    private let space: SampleSpace
    private let makeContexts: () -> KnownContexts
    // The training asks between steps, and only one thread evaluates.
    private var failure: (any Error)?
    fileprivate private(set) lazy var contexts = makeContexts()

    /// - Parameter contexts: those that the training draws; asked for once, where a place is first evaluated.
    init(_ density: any ContextualDensity, space: SampleSpace, contexts: @autoclosure @escaping () -> KnownContexts) {
        self.density = density
        self.space = space
        makeContexts = contexts
    }

    var isConcurrent: Bool { false }

    func density(_ widths: TargetWidths) -> any ConditionalDensity { LaneContextualDensity(density, space: space, family: self) }

    func takeFailure() -> (any Error)? {
        defer { failure = nil }
        return failure
    }

    fileprivate func note(_ error: any Error) { failure = failure ?? error }
    fileprivate var hasFailed: Bool { failure != nil }
}

/// One such density: places come in the model's coordinates, contexts as the network's inputs.
private final class LaneContextualDensity: ConditionalDensity, @unchecked Sendable {
    private let base: any ContextualDensity
    private let space: SampleSpace
    private let family: ContextualDensities
    private var points: [Double] = [], contexts: [Double] = [], values: [Double] = [], slopes: [Double] = []

    init(_ base: any ContextualDensity, space: SampleSpace, family: ContextualDensities) {
        self.base = base
        self.space = space
        self.family = family
    }

    var dimension: Int { base.dimension }
    var contextCount: Int { base.contextCount }
    var scratchCount: Int { 0 }

    func evaluate(
        _ places: UnsafePointer<Lanes>, count: Int, contexts inputs: UnsafePointer<Float>, stride: Int, values results: UnsafeMutablePointer<Lanes>,
        gradients: UnsafeMutablePointer<Lanes>, scratch: UnsafeMutablePointer<Lanes>
    ) {
        let n = dimension, m = contextCount, rows = laneCount * count
        if points.count < rows * n || contexts.count < rows * m {
            points = Array(repeating: 0, count: rows * n)
            contexts = Array(repeating: 0, count: rows * m)
            values = Array(repeating: 0, count: rows)
            slopes = Array(repeating: 0, count: rows * n)
        }
        for lane in 0..<laneCount {
            let first = lane * count
            contexts.replaceSubrange(first * m..<(first + 1) * m, with: family.contexts.context(of: (0..<m).map { inputs[$0 * stride + lane] }))
            for place in 0..<count {
                let row = first + place
                for i in 0..<n { points[row * n + i] = space.middle[i] + space.halfRange[i] * Double(places[place * n + i][lane]) }
                if place > 0 { for i in 0..<m { contexts[row * m + i] = contexts[first * m + i] } }
            }
        }
        do {
            guard !family.hasFailed else { throw Stopped() }
            try evaluate(rows)
        } catch {
            if !(error is Stopped) { family.note(error) }
            for row in 0..<rows { values[row] = .nan }
        }
        for lane in 0..<laneCount {
            for place in 0..<count {
                let row = lane * count + place
                results[place][lane] = Float(values[row])
                for i in 0..<n { gradients[place * n + i][lane] = Float(slopes[row * n + i] * space.halfRange[i]) }
            }
        }
    }

    private struct Stopped: Error {}

    /// Values and gradients of so many rows; by central differences where the density has no gradient of its own.
    private func evaluate(_ rows: Int) throws {
        guard !base.hasGradient else { return try base.evaluate(points, contexts: contexts, count: rows, into: &values, gradients: &slopes) }
        try base.evaluate(points, contexts: contexts, count: rows, into: &values, gradients: nil)
        let n = dimension
        var moved = points, above = values, below = values
        for i in 0..<n {
            let step = 1e-4 * space.halfRange[i]
            for row in 0..<rows { moved[row * n + i] = points[row * n + i] + step }
            try base.evaluate(moved, contexts: contexts, count: rows, into: &above, gradients: nil)
            for row in 0..<rows { moved[row * n + i] = points[row * n + i] - step }
            try base.evaluate(moved, contexts: contexts, count: rows, into: &below, gradients: nil)
            for row in 0..<rows {
                moved[row * n + i] = points[row * n + i]
                slopes[row * n + i] = (above[row] - below[row]) / (2 * step)
            }
        }
    }
}
