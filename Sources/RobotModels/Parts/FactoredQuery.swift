import ConditionalModels
import Kinematics
import Mixtures
import Numerics

/// Queries a model in parts for configurations that reach a pose.
///
/// The first joints are drawn from one mixture; each draw then is a context of its own for the next part's network, which evaluates them in
/// batches. Joints from which the later parts are not expected to reach the pose are drawn anew. A value owns its workspaces: use one per
/// thread.
public final class FactoredQuery: PoseSampler {
    public let model: FactoredMixture
    /// Whether joints are drawn anew that a ``Feasibility`` of the model holds unlikely to be completed; nothing where it has none.
    public var usesFeasibility = true
    let predictor: MixturePredictor
    /// The parts after the first.
    let evaluators: [BatchEvaluator]
    private let passages: [Passage]
    private let kinematics: InverseKinematics
    private let resampler: PoseResampler

    /// Rounds of drawing after which feasible joints are not waited for any longer: those of the first part, and those of later ones, whose
    /// components are few and thin, so that what fails some times fails ever.
    private static let (patience, laterPatience) = (32, 6)

    public init(_ model: FactoredMixture) {
        self.model = model
        predictor = MixturePredictor(model.lead)
        evaluators = model.parts.dropFirst().map(BatchEvaluator.init)
        passages = model.links.map(Passage.init)
        kinematics = InverseKinematics(model.chain)
        resampler = PoseResampler(chain: model.chain, lanes: kinematics.laneChain, followsRotation: model.context == .pose)
    }

    public func sample(_ pose: Pose, count: Int, using stream: inout RandomStream) -> Matrix {
        var lanes = LaneRandom(using: &stream)
        let asked = asked(pose), lead = predictor.mixture(at: asked, inCoordinates: true)
        let rows = draw(asked, lead, count: count, using: &stream, &lanes).rows
        return Matrix(rows: count, columns: model.dimension, elements: rows.map { Double($0) })
    }

    public func sampleResampled(_ pose: Pose, count: Int, pool: Int = 8, using stream: inout RandomStream) -> Matrix {
        let candidates = sample(pose, count: max(count, 1) * max(pool, 1), using: &stream)
        return resampler.resample(candidates, towards: pose, count: count, using: &stream)
    }

    /// Parts that draw joints anew which the later ones cannot complete have no density in closed form.
    public func logDensities(of rows: Matrix, at pose: Pose) -> [Double]? { nil }

    public func weights(at pose: Pose) -> [Double] { predictor.logWeights(at: asked(pose)).map { Elementary.exp(Double($0)) } }

    /// Exact, distinct, ranked configurations that meet a goal and preferences; their labels are the components of the last part.
    ///
    /// Samples take no account of held joints, nor of what a goal leaves free: the other joints of samples at poses that meet the goal are starts.
    public func solve(
        _ goal: Goal, options: SearchOptions = .init(count: 100), preferences: Preferences = .init(), refine steps: Int = 0,
        using stream: inout RandomStream, cancellation: Cancellation = .never
    ) -> Solutions {
        var options = options
        if model.context == .position, goal.isPose { options.rotationTolerance = .infinity }
        guard goal.isPose, preferences.isEmpty else {
            let own = RandomStream(seed: stream.next())
            return kinematics.solve(goal, options: options, preferences: preferences, cancellation: cancellation) { [self] rest, free in
                GoalStarts(goal, chain: rest, free: free, dimension: model.dimension, stream: own) { pose, count, random, lanes in
                    let asked = self.asked(pose)
                    return self.draw(asked, self.predictor.mixture(at: asked, inCoordinates: true), count: count, using: &random, &lanes)
                }
            }
        }
        let asked = asked(goal.pose), lead = predictor.mixture(at: asked, inCoordinates: true)
        var starts = SampledStarts(kinematics.laneChain, for: options, stream: &stream, cancellation: cancellation) {
            [unowned self] count, stream, lanes in draw(asked, lead, count: count, using: &stream, &lanes)
        }
        return kinematics.solve(goal, options: options, from: &starts, cancellation: cancellation)
    }

    /// Exact, distinct, ranked configurations that reach a pose.
    public func solve(
        _ pose: Pose, options: SearchOptions = .init(count: 100), using stream: inout RandomStream, cancellation: Cancellation = .never
    ) -> Solutions {
        solve(Goal(pose), options: options, using: &stream, cancellation: cancellation)
    }

    /// Sixteen pairs for the training of a feasibility: the coordinate of the error of a sample, and the second part's input.
    func errorPairs(_ pose: Pose, using stream: inout RandomStream) -> [Float] {
        var lanes = LaneRandom(using: &stream)
        let asked = asked(pose)
        let samples = draw(asked, predictor.mixture(at: asked, inCoordinates: true), count: laneCount, using: &stream, &lanes).rows
        let n = model.dimension, encoding = model.parts[1].encoding, inputs = encoding.inputCount
        let leads = (0..<model.lead.dimension).map { joint in
            var register = Lanes.zero
            for lane in 0..<laneCount { register[lane] = samples[lane * n + column(of: joint)] }
            return register
        }
        var columns = [Float](repeating: 0, count: inputs * laneCount)
        encoding.encode(passages[0].context(behind: leads, from: LaneFrame(asked)), into: &columns, stride: laneCount)
        var rows: [Float] = []
        rows.reserveCapacity(laneCount * (1 + inputs))
        for lane in 0..<laneCount {
            let q = samples[lane * n..<(lane + 1) * n].map(Double.init)
            let error = model.chain.contains(q)
                ? Feasibility.error(of: model.chain.forwardKinematics(q), from: pose, followsRotation: model.context == .pose) : 1
            rows.append(Float(Feasibility.coordinate(error)))
            for input in 0..<inputs { rows.append(columns[input * laneCount + lane]) }
        }
        return rows
    }

    /// The first part's input.
    private func asked(_ pose: Pose) -> Pose { model.isReversed ? pose.inverse : pose }
    /// Where a joint of the parts stands in a configuration.
    private func column(of joint: Int) -> Int { model.isReversed ? model.dimension - 1 - joint : joint }

    /// Configurations by rows, and the component of the last part that each comes from.
    ///
    /// - Parameter pose: the first part's input.
    private func draw(
        _ pose: Pose, _ lead: LaneMixture, count: Int, using stream: inout RandomStream, _ lanes: inout LaneRandom
    ) -> (rows: [Float], labels: [Int]) {
        let n = model.dimension, chooser = ComponentChooser(logWeights: lead.logWeights)
        var rows = [Float](repeating: 0, count: count * n), labels = [Int](repeating: 0, count: count)
        var contexts = [LaneFrame](repeating: LaneFrame(pose), count: (count + laneCount - 1) / laneCount)
        var begin = 0
        for part in model.parts.indices {
            let passage = part < passages.count ? passages[part] : nil
            let patience = part == 0 ? Self.patience : Self.laterPatience
            var waiting = Array(0..<count), next = contexts
            for round in 1...patience where !waiting.isEmpty {
                let asked = round == 1 ? contexts : contexts.gathered(waiting)
                let draws = part == 0
                    ? drawLead(lead, chooser, count: waiting.count, using: &stream, &lanes) : evaluators[part - 1].draw(at: asked, using: &lanes)
                let seen = passage?.contexts(behind: draws, from: asked)
                let refusals = usesFeasibility && round < patience ? seen.flatMap { passage?.refusals(at: $0) } : nil
                var refused: [Int] = []
                for (place, row) in waiting.enumerated() {
                    let block = place / laneCount, lane = place % laneCount
                    if let refusals, refusals[block][lane] {
                        refused.append(row)
                        continue
                    }
                    for i in 0..<draws.dimension { rows[row * n + column(of: begin + i)] = draws.values[block * draws.dimension + i][lane] }
                    labels[row] = Int(draws.labels[block][lane])
                    if let seen { next.copy(row, from: seen, place) }
                }
                waiting = refused
            }
            contexts = next
            begin += model.parts[part].dimension
        }
        return (rows, labels)
    }

    /// The first joints of so many samples.
    private func drawLead(
        _ lead: LaneMixture, _ chooser: ComponentChooser, count: Int, using stream: inout RandomStream, _ lanes: inout LaneRandom
    ) -> LaneDraws {
        let n = lead.dimension
        var draws = LaneDraws(dimension: n, blocks: (count + laneCount - 1) / laneCount)
        var rows = lead.sample((0..<count).map { _ in chooser.next(using: &stream) }, using: &lanes)
        predictor.decode(&rows)
        for row in 0..<count {
            for i in 0..<n { draws.values[row / laneCount * n + i][row % laneCount] = rows[row * n + i] }
        }
        return draws
    }
}

/// From one part of a model to the next: its input, and whether it will reach the pose.
private final class Passage {
    private let chain: LaneChain
    private let base: LaneFrame
    private let judge: (feasibility: Feasibility, evaluator: BatchEvaluator)?

    init(_ link: FactoredMixture.Link) {
        chain = LaneChain(link.chain)
        base = LaneFrame(link.offset.inverse)
        judge = link.feasibility.map { ($0, BatchEvaluator($0.errors)) }
    }

    /// The next part's input after sixteen draws of the part before.
    func context(behind joints: UnsafePointer<Lanes>, from context: LaneFrame) -> LaneFrame {
        context.seen(from: chain.forward(joints)).seen(from: base)
    }

    func contexts(behind draws: LaneDraws, from contexts: [LaneFrame]) -> [LaneFrame] {
        draws.values.withUnsafeBufferPointer { joints in
            contexts.indices.map { context(behind: joints.baseAddress! + $0 * draws.dimension, from: contexts[$0]) }
        }
    }

    /// Where the later parts are not likely enough to reach the pose; nil where that was not learned.
    func refusals(at contexts: [LaneFrame]) -> [SIMDMask<SIMD16<Int32>>]? {
        guard let judge else { return nil }
        let confidence = Lanes(repeating: Float(judge.feasibility.confidence))
        var refusals = Array(repeating: SIMDMask<SIMD16<Int32>>(repeating: false), count: contexts.count)
        judge.evaluator.evaluate(contexts) { batch, column, block, _, parameters in
            refusals[block] = judge.feasibility.chances(batch, column, parameters) .< confidence
        }
        return refusals
    }
}

extension [LaneFrame] {
    /// The frames of some rows, sixteen rows an element.
    fileprivate func gathered(_ rows: [Int]) -> [LaneFrame] {
        // Lanes beyond the last row hold a frame all the same.
        var result = Array(repeating: self[0], count: (rows.count + laneCount - 1) / laneCount)
        for (place, row) in rows.enumerated() { result.copy(place, from: self, row) }
        return result
    }

    /// Copies the frame of one row.
    fileprivate mutating func copy(_ row: Int, from other: [LaneFrame], _ otherRow: Int) {
        let registers = MemoryLayout<LaneFrame>.size / MemoryLayout<Lanes>.size
        withUnsafeMutableBytes { target in
            other.withUnsafeBytes { source in
                let target = target.bindMemory(to: Float.self), source = source.bindMemory(to: Float.self)
                let to = row / laneCount * registers * laneCount + row % laneCount
                let from = otherRow / laneCount * registers * laneCount + otherRow % laneCount
                for register in 0..<registers { target[to + register * laneCount] = source[from + register * laneCount] }
            }
        }
    }
}
