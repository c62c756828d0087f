import ConditionalModels
import Kinematics
import Mixtures
import Numerics

/// Queries a model of a whole body for configurations that bring its tip to a position.
///
/// A value owns its workspaces: use one per thread.
public final class BodyQuery {
    public let model: ConditionalMixture
    public let context: BodyContext
    let predictor: MixturePredictor
    let solver: BodySolver

    /// - Throws: ``ModelError`` where the model is not one of a whole body.
    public init(_ model: ConditionalMixture) throws(ModelError) {
        guard let context = model.robot.whole else { throw .invalidConfiguration("the model is not one of a whole body") }
        self.model = model
        self.context = context
        predictor = MixturePredictor(model)
        solver = BodySolver(context.body, task: context.task(at: (context.lower + context.upper) / 2))
    }

    /// The mixture over configurations with the tip at a place.
    public func predict(_ place: SIMD3<Double>) -> GaussianMixture {
        predictor.mixture(of: Array(0..<model.components), logWeights: predictor.logWeights(at: model.encoding.inputs(at: place))).gaussianMixture
    }

    /// Samples of the mixture, just as they fall: neither corrected nor clipped to the limits; `count × D`.
    public func sample(_ place: SIMD3<Double>, count: Int, using stream: inout RandomStream) -> Matrix {
        var starts = ModelStarts(predictor, at: model.encoding.inputs(at: place), body: context.body, stream: &stream)
        let rows = starts.draw(count)
        return Matrix(rows: count, columns: model.dimension, elements: rows.map { Double($0) })
    }

    /// Exact, distinct, ranked configurations: samples of the mixture, finished by the search for the whole body. If the model runs
    /// dry, spread starts take over.
    ///
    /// - Parameter preferences: variables that are held, and the configuration that solutions are to be near to.
    public func solve(
        _ place: SIMD3<Double>, options: SearchOptions = .init(), preferences: Preferences = .init(), using stream: inout RandomStream,
        cancellation: Cancellation = .never
    ) -> BodySolutions {
        solver.set(context.task(at: place))
        let own = RandomStream(seed: stream.next())
        return solver.solve(options: options, preferences: preferences, cancellation: cancellation) { [self] body in
            var stream = own
            return ModelStarts(predictor, at: model.encoding.inputs(at: place), body: body, stream: &stream)
        }
    }
}

extension BodyQuery {
    /// The same search without the model, from spread starts.
    public func search(
        _ place: SIMD3<Double>, options: SearchOptions = .init(), using stream: inout RandomStream
    ) -> BodySolutions {
        solver.set(context.task(at: place))
        return solver.solve(options: options, using: &stream)
    }
}

/// Starts drawn from a model's mixture, then, when it has had its chances, spread over the limits.
struct ModelStarts: StartSource {
    let patience = 40
    private let predictor: MixturePredictor
    private let logWeights: [Float]
    private let chooser: ComponentChooser
    private let lower: [Float]
    private let upper: [Float]
    private var random: RandomStream
    private var lanes: LaneRandom
    private var spread: SpreadStarts
    private var rows: [Float] = []
    private var labels: [Int] = []
    private var next = 0
    private var drawn = 0
    /// Samples at first, twice as many each time after that.
    private var size: Int
    private let limit = 4096

    /// - Parameters:
    ///   - inputs: the encoded context.
    ///   - samples: how many are drawn at first.
    init(_ predictor: MixturePredictor, at inputs: [Float], body: Body, samples: Int = laneCount, stream: inout RandomStream) {
        self.predictor = predictor
        size = samples
        logWeights = predictor.logWeights(at: inputs)
        chooser = ComponentChooser(logWeights: logWeights)
        lower = body.variables.map { Float($0.lower) }
        upper = body.variables.map { Float($0.upper) }
        lanes = LaneRandom(using: &stream)
        random = RandomStream(seed: stream.next())
        spread = SpreadStarts(body, stream: RandomStream(seed: stream.next()))
    }

    /// Rows of joint values.
    mutating func draw(_ count: Int) -> [Float] {
        labels = (0..<count).map { _ in chooser.next(using: &random) }
        return predictor.sample(labels, logWeights: logWeights, using: &lanes)
    }

    mutating func next(into q: UnsafeMutablePointer<Lanes>, lane: Int) -> Int? {
        let n = lower.count
        if next == labels.count {
            guard drawn < limit else { return spread.next(into: q, lane: lane) }
            rows = draw(size)
            drawn += size
            size = min(2 * size, 1024)
            next = 0
        }
        for i in 0..<n {
            let value = rows[next * n + i]
            q[i][lane] = value.isFinite ? min(max(value, lower[i]), upper[i]) : (lower[i] + upper[i]) / 2
        }
        next += 1
        return labels[next - 1]
    }
}
