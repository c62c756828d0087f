import ConditionalModels
import Kinematics
import Mixtures
import Numerics

/// Queries a model in parts for configurations that reach a pose.
///
/// The first joints are drawn from one mixture; each draw then is a context of its own for the next part's network, which evaluates them in
/// batches. Joints from which the later parts are not expected to reach the pose are drawn anew, and where that goes on the likeliest ones are
/// kept. A value owns its workspaces: use one per thread.
public final class FactoredQuery: PoseSampler {
    public let model: FactoredMixture
    /// Whether joints are drawn anew that a ``Feasibility`` of the model holds unlikely to be completed; nothing where it has none.
    public var usesFeasibility = true
    let predictor: MixturePredictor
    /// The parts after the first.
    let evaluators: [BatchEvaluator]
    private let passages: [Passage]
    private let kinematics: InverseKinematics
    public let resampler: PoseResampler

    /// Rounds of drawing after which feasible joints are not waited for any longer: those of the first part, and those of later ones, whose
    /// components are few and thin, so that what fails some times fails ever.
    private static let (patience, laterPatience) = (32, 3)
    /// How often a sample is drawn from its first joints on: where all draws of a later part are refused, the joints before it were at fault.
    /// Starts, which a search moves to the pose anyway, are not drawn so often.
    private static let (attempts, attemptsOfStart) = (4, 2)

    public init(_ model: FactoredMixture) {
        self.model = model
        predictor = MixturePredictor(model.lead)
        evaluators = model.parts.dropFirst().map(BatchEvaluator.init)
        passages = model.links.indices.map { Passage(model.links[$0], from: model.parts[$0].encoding.origin, to: model.parts[$0 + 1].encoding.origin) }
        kinematics = InverseKinematics(model.chain)
        resampler = PoseResampler(chain: model.chain, lanes: kinematics.laneChain, followsRotation: model.context == .pose)
    }

    public func sample(_ pose: Pose, count: Int, using stream: inout RandomStream) -> Matrix {
        var lanes = LaneRandom(using: &stream)
        let asked = asked(pose), lead = predictor.mixture(at: asked, inCoordinates: true)
        let rows = draw(asked, lead, count: count, attempts: Self.attempts, using: &stream, &lanes).rows
        return Matrix(rows: count, columns: model.dimension, elements: rows.map { Double($0) })
    }

    /// Parts that draw joints anew which the later ones cannot complete have no density in closed form.
    public func logDensities(of rows: Matrix, at pose: Pose) -> [Double]? { nil }

    public func weights(at pose: Pose) -> [Double] { predictor.logWeights(at: asked(pose)).map { Elementary.exp(Double($0)) } }

    /// Exact, distinct, ranked configurations that meet a goal and preferences; their labels are the components of the last part.
    public func solve(
        _ goal: Goal, options: SearchOptions = .init(count: 100), preferences: Preferences = .init(), refine steps: Int = 0,
        using stream: inout RandomStream, cancellation: Cancellation = .never
    ) -> Solutions {
        kinematics.solve(
            goal, options: options, preferences: preferences, context: model.context, dimension: model.dimension, using: &stream, cancellation: cancellation
        ) { [self] pose in
            let asked = asked(pose), lead = predictor.mixture(at: asked, inCoordinates: true)
            return { count, random, lanes in self.draw(asked, lead, count: count, attempts: Self.attemptsOfStart, using: &random, &lanes) }
        }
    }

    /// Sixteen pairs for the training of a feasibility: the coordinate of the error of a sample, and the second part's input.
    func errorPairs(_ pose: Pose, using stream: inout RandomStream) -> [Float] {
        var lanes = LaneRandom(using: &stream)
        let asked = asked(pose)
        let samples = draw(asked, predictor.mixture(at: asked, inCoordinates: true), count: laneCount, attempts: 1, using: &stream, &lanes).rows
        let n = model.dimension, encoding = model.parts[1].encoding, inputs = encoding.inputCount
        let leads = (0..<model.lead.dimension).map { joint in
            var register = Lanes.zero
            for lane in 0..<laneCount { register[lane] = samples[lane * n + column(of: joint)] }
            return register
        }
        var columns = [Float](repeating: 0, count: inputs * laneCount)
        encoding.encode(passages[0].context(behind: leads, from: model.lead.encoding.frame(of: asked)), into: &columns, stride: laneCount)
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

    /// Draws configurations; what a later part gives up is drawn again from the first joints on.
    ///
    /// - Parameter pose: the first part's input.
    /// - Returns: configurations by rows, and the component of the last part that each comes from.
    private func draw(
        _ pose: Pose, _ lead: LaneMixture, count: Int, attempts: Int, using stream: inout RandomStream, _ lanes: inout LaneRandom
    ) -> (rows: [Float], labels: [Int]) {
        var drawing = Drawing(count: count, dimension: model.dimension), left = Array(0..<count)
        let chooser = ComponentChooser(logWeights: lead.logWeights)
        for attempt in 1...attempts where !left.isEmpty {
            let patience = attempt == 1 ? Self.patience : Self.patience / 4
            left = draw(left, of: &drawing, pose, lead, chooser, patience: patience, givesUp: attempt < attempts, using: &stream, &lanes)
        }
        return (drawing.rows, drawing.labels)
    }

    private struct Drawing {
        var rows: [Float]
        var labels: [Int]

        init(count: Int, dimension: Int) {
            rows = [Float](repeating: 0, count: count * dimension)
            labels = [Int](repeating: 0, count: count)
        }
    }

    /// Draws some rows, part after part.
    ///
    /// - Parameter patience: rounds in which feasible first joints are waited for.
    /// - Returns: the rows that were given up, since all draws of a later part were refused; none where `givesUp` is false, and each row has what was
    ///   refused least.
    private func draw(
        _ wanted: [Int], of drawing: inout Drawing, _ pose: Pose, _ lead: LaneMixture, _ chooser: ComponentChooser, patience: Int, givesUp: Bool,
        using stream: inout RandomStream, _ lanes: inout LaneRandom
    ) -> [Int] {
        let n = model.dimension
        var rows = wanted, givenUp: [Int] = [], begin = 0
        var contexts = [LaneFrame](repeating: model.lead.encoding.frame(of: pose), count: (rows.count + laneCount - 1) / laneCount)
        for part in model.parts.indices {
            let passage = part < passages.count ? passages[part] : nil, isFirst = part == 0
            let patience = isFirst ? patience : Self.laterPatience, canGiveUp = givesUp && !isFirst
            var waiting = Array(rows.indices), next = contexts, best = [Float](repeating: -1, count: usesFeasibility ? rows.count : 0)
            for round in 1...patience where !waiting.isEmpty {
                let asked = round == 1 ? contexts : contexts.gathered(waiting)
                let draws = isFirst
                    ? drawLead(lead, chooser, count: waiting.count, using: &stream, &lanes) : evaluators[part - 1].draw(at: asked, using: &lanes)
                let seen = passage?.contexts(behind: draws, from: asked)
                let judgement = usesFeasibility ? seen.flatMap { passage?.judgement(of: $0) } : nil
                var refused: [Int] = []
                for (place, index) in waiting.enumerated() {
                    let block = place / laneCount, lane = place % laneCount, row = rows[index]
                    if let judgement {
                        let chance = judgement.chances[block][lane]
                        if !(chance >= judgement.confidence) { refused.append(index) }
                        guard !(chance <= best[index]) else { continue }
                        best[index] = chance
                    }
                    for i in 0..<draws.dimension { drawing.rows[row * n + column(of: begin + i)] = draws.values[block * draws.dimension + i][lane] }
                    drawing.labels[row] = Int(draws.labels[block][lane])
                    if let seen { next.copy(index, from: seen, place) }
                }
                waiting = refused
            }
            contexts = next
            if !waiting.isEmpty, canGiveUp {
                givenUp += waiting.map { rows[$0] }
                let refused = Set(waiting), kept = rows.indices.filter { !refused.contains($0) }
                guard !kept.isEmpty else { break }
                contexts = next.gathered(kept)
                rows = kept.map { rows[$0] }
            }
            begin += model.parts[part].dimension
        }
        return givenUp
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

    /// - Parameters:
    ///   - origin: where the part before has its inputs seen from, m.
    ///   - next: where the next one has.
    init(_ link: FactoredMixture.Link, from origin: SIMD3<Double>, to next: SIMD3<Double>) {
        chain = LaneChain(link.chain, about: origin)
        base = LaneFrame(Pose(position: link.offset.position - next, rotation: link.offset.rotation).inverse)
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

    /// How likely the later parts are to reach the pose, and how likely they must be; nil where that was not learned.
    func judgement(of contexts: [LaneFrame]) -> (chances: [Lanes], confidence: Float)? {
        guard let judge else { return nil }
        var chances = Array(repeating: Lanes.zero, count: contexts.count)
        judge.evaluator.evaluate(contexts) { batch, column, block, _, parameters in chances[block] = judge.feasibility.chances(batch, column, parameters) }
        return (chances, Float(judge.feasibility.confidence))
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
