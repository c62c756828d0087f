import Kinematics
import Mixtures
import Networks
import Numerics

/// Asks a model in two parts for the configurations that reach a pose.
///
/// The first joints are drawn from one mixture, anew where the rest is not expected to reach the pose from them; each draw then is a
/// context of its own for the rest's network, which evaluates them in batches. A value owns its workspaces: use one per thread.
public final class FactoredQuery: PoseSampler {
    public let model: FactoredMixture
    /// Whether first joints are drawn anew that the model's ``Feasibility`` holds unlikely to be completed; nothing where it has none.
    public var usesFeasibility = true
    private let predictor: MixturePredictor
    private let leadChain: LaneChain
    private let coordinates: ModelCoordinates
    /// Where the rest's network is evaluated, from narrow to wide: a few samples need not pay for many.
    private let batches: [BatchWorkspace]
    /// Where the feasibility's network is evaluated, likewise.
    private let feasibilityBatches: [BatchWorkspace]
    private let kinematics: InverseKinematics
    private let resampler: PoseResampler
    private let weights: UnsafeMutablePointer<Lanes>
    private let raw: UnsafeMutablePointer<Lanes>
    private let factor: UnsafeMutablePointer<Lanes>
    private let configuration: UnsafeMutablePointer<Lanes>

    /// Contexts of the rest's network that are evaluated together.
    private static let batchSizes = [laneCount, 4 * laneCount, 2 * BatchWorkspace.shardWidth]
    /// Draws after which feasible first joints are not waited for any longer, as a multiple of those asked for.
    private static let patience = 32

    public init(_ model: FactoredMixture) {
        self.model = model
        let rest = model.rest
        predictor = MixturePredictor(model.lead)
        leadChain = LaneChain(model.leadChain)
        coordinates = ModelCoordinates(rest.robot, turns: rest.encoding.turns)
        batches = Self.batchSizes.map { BatchWorkspace(rest.network, batch: $0) }
        feasibilityBatches = Self.batchSizes.compactMap { size in model.feasibility.map { BatchWorkspace($0.errors.network, batch: size) } }
        kinematics = InverseKinematics(model.chain)
        resampler = PoseResampler(chain: model.chain, lanes: kinematics.laneChain, followsRotation: model.context == .pose)
        func memory(_ count: Int) -> UnsafeMutablePointer<Lanes> {
            let memory = UnsafeMutablePointer<Lanes>.allocate(capacity: count)
            memory.initialize(repeating: .zero, count: count)
            return memory
        }
        weights = memory(rest.components)
        raw = memory(rest.rowsPerComponent)
        factor = memory(rest.projection.rawCount)
        configuration = memory(model.dimension + model.dimension % 2)
    }

    deinit { weights.deallocate(); raw.deallocate(); factor.deallocate(); configuration.deallocate() }

    public func sample(_ pose: Pose, count: Int, using stream: inout RandomStream) -> Matrix {
        var lanes = LaneRandom(using: &stream)
        let lead = predictor.mixture(at: pose, inCoordinates: true)
        let rows = draw(pose, lead, count: count, using: &stream, &lanes).rows
        return Matrix(rows: count, columns: model.dimension, elements: rows.map { Double($0) })
    }

    public func sampleResampled(_ pose: Pose, count: Int, pool: Int = 8, using stream: inout RandomStream) -> Matrix {
        let candidates = sample(pose, count: max(count, 1) * max(pool, 1), using: &stream)
        return resampler.resample(candidates, towards: pose, count: count, using: &stream)
    }

    public func weights(at pose: Pose) -> [Double] { predictor.logWeights(at: pose).map { Elementary.exp(Double($0)) } }

    /// Exact, distinct, ranked configurations that reach a pose; their labels are the components of the rest.
    public func solve(
        _ pose: Pose, options: InverseKinematics.Options = .init(count: 100), using stream: inout RandomStream,
        cancellation: Cancellation = .never
    ) -> Solutions {
        var options = options
        if model.context == .position { options.rotationTolerance = .infinity }
        let lead = predictor.mixture(at: pose, inCoordinates: true)
        var starts = SampledStarts(
            kinematics.laneChain, first: options.count, limit: max(256, 16 * options.count), stream: &stream, cancellation: cancellation
        ) { [unowned self] count, stream, lanes in draw(pose, lead, count: count, using: &stream, &lanes) }
        return kinematics.solve(pose, options: options, from: &starts, cancellation: cancellation)
    }

    /// Sixteen pairs for the training of a feasibility: the coordinate of the error of a sample, and what the rest was asked with.
    func errorPairs(_ pose: Pose, using stream: inout RandomStream) -> [Float] {
        var lanes = LaneRandom(using: &stream)
        let samples = draw(pose, predictor.mixture(at: pose, inCoordinates: true), count: laneCount, using: &stream, &lanes).rows
        let n = model.dimension, inputs = model.rest.encoding.inputCount, batch = batches[0]
        var rows: [Float] = []
        rows.reserveCapacity(laneCount * (1 + inputs))
        for lane in 0..<laneCount {
            let q = samples[lane * n..<(lane + 1) * n].map(Double.init)
            let error = model.chain.contains(q)
                ? Feasibility.error(of: model.chain.forwardKinematics(q), from: pose, followsRotation: model.context == .pose) : 1
            rows.append(Float(Feasibility.coordinate(error)))
            for input in 0..<inputs { rows.append(batch.input[input * batch.stride + lane]) }
        }
        return rows
    }

    /// Configurations by rows, and the component of the rest that each comes from.
    private func draw(
        _ pose: Pose, _ lead: LaneMixture, count: Int, using stream: inout RandomStream, _ lanes: inout LaneRandom
    ) -> (rows: [Float], labels: [Int]) {
        let n = model.dimension, first = model.lead.dimension
        let leads = drawLeads(pose, lead, count: count, using: &stream, &lanes)
        var rows = [Float](repeating: 0, count: count * n), labels = [Int](repeating: 0, count: count)
        evaluate(batches, model.rest.parameters, leads, at: pose) { batch, column, start, angles, parameters in
            let components = choose(batch, column, parameters, using: &lanes)
            drawRest(batch, column, components, parameters, angles, using: &lanes)
            for lane in 0..<min(laneCount, count - start) {
                let place = start + lane
                labels[place] = Int(components[lane])
                for i in 0..<first { rows[place * n + i] = leads[place * first + i] }
                for i in first..<n { rows[place * n + i] = configuration[i - first][lane] }
            }
        }
        return (rows, labels)
    }

    /// The first joints of so many samples, by rows.
    private func drawLeads(
        _ pose: Pose, _ lead: LaneMixture, count: Int, using stream: inout RandomStream, _ lanes: inout LaneRandom
    ) -> [Float] {
        let first = model.lead.dimension, chooser = ComponentChooser(logWeights: lead.logWeights)
        func propose(_ count: Int) -> [Float] {
            var leads = lead.sample((0..<count).map { _ in chooser.next(using: &stream) }, using: &lanes)
            predictor.decode(&leads)
            return leads
        }
        guard usesFeasibility, let feasibility = model.feasibility else { return propose(count) }
        var leads: [Float] = [], proposed = 0
        leads.reserveCapacity(count * first)
        while leads.count < count * first, proposed < Self.patience * count {
            let wanted = count - leads.count / first
            // Some more, so that one round mostly does.
            let trials = propose((wanted + wanted / 3 + laneCount - 1) / laneCount * laneCount)
            proposed += trials.count / first
            evaluate(feasibilityBatches, feasibility.errors.parameters, trials, at: pose) { batch, column, start, _, parameters in
                let chances = feasibility.chances(batch, column, parameters)
                for lane in 0..<laneCount where chances[lane] >= 0.5 && leads.count < count * first {
                    leads += trials[(start + lane) * first..<(start + lane + 1) * first]
                }
            }
        }
        return leads + propose(count - leads.count / first)
    }

    /// Evaluates a network at what the rest is asked with after first joints, sixteen contexts a call.
    ///
    /// - Parameters:
    ///   - batches: the network's workspaces, from narrow to wide.
    ///   - leads: the first joints by rows.
    ///   - body: told the workspace, the column of its first context, the row of the first lead, the angles that joints are counted
    ///     from, and the network's parameters; lanes beyond the last lead repeat it.
    private func evaluate(
        _ batches: [BatchWorkspace], _ parameters: AlignedFloats, _ leads: [Float], at pose: Pose,
        body: (_ batch: BatchWorkspace, _ column: Int, _ start: Int, _ angles: ContextAngles, _ parameters: UnsafePointer<Float>) -> Void
    ) {
        let first = model.lead.dimension, count = leads.count / first
        let goal = LaneFrame(pose), base = LaneFrame(model.offset.inverse)
        let widest = Self.batchSizes.last!
        var angles = [ContextAngles](repeating: ContextAngles(), count: widest / laneCount)
        for start in stride(from: 0, to: count, by: widest) {
            let width = min(widest, count - start)
            let batch = batches.first { $0.batch >= width }!
            for column in stride(from: 0, to: width, by: laneCount) {
                for lane in 0..<laneCount {
                    let row = min(start + column + lane, count - 1)
                    for i in 0..<first { configuration[i][lane] = leads[row * first + i] }
                }
                let seen = goal.seen(from: leadChain.forward(UnsafePointer(configuration))).seen(from: base)
                angles[column / laneCount] = model.rest.encoding.encode(seen, into: batch.input + column, stride: batch.stride)
            }
            parameters.withPointer { parameters in
                for shard in 0..<(width + BatchWorkspace.shardWidth - 1) / BatchWorkspace.shardWidth { batch.forward(shard: shard, parameters) }
                for column in stride(from: 0, to: width, by: laneCount) {
                    body(batch, column, start + column, angles[column / laneCount], parameters)
                }
            }
        }
    }

    /// Draws a component of the rest for each of sixteen contexts.
    private func choose(
        _ batch: BatchWorkspace, _ column: Int, _ parameters: UnsafePointer<Float>, using lanes: inout LaneRandom
    ) -> SIMD16<Int32> {
        let biases = parameters + batch.network.layers.last!.biases, count = model.rest.components
        var largest = Lanes(repeating: -.greatestFiniteMagnitude), total = Lanes.zero
        for component in 0..<count {
            weights[component] = Lanes(loading: batch.output + component * batch.stride + column) + Lanes(repeating: biases[component])
            largest = largest.atLeast(weights[component])
        }
        for component in 0..<count {
            total += (weights[component] - largest).exponential
            weights[component] = total
        }
        let threshold = lanes.uniform() * total
        var chosen = SIMD16<Int32>.zero
        for component in 0..<count - 1 { chosen.replace(with: chosen &+ 1, where: weights[component] .<= threshold) }
        return chosen
    }

    /// Draws the other joints of sixteen contexts, each from its component, into the first places of `configuration`.
    private func drawRest(
        _ batch: BatchWorkspace, _ column: Int, _ components: SIMD16<Int32>, _ parameters: UnsafePointer<Float>, _ angles: ContextAngles,
        using lanes: inout LaneRandom
    ) {
        let rest = model.rest, n = rest.dimension, biases = parameters + batch.network.layers.last!.biases
        let numbers = UnsafeMutableRawPointer(raw).assumingMemoryBound(to: Float.self)
        for lane in 0..<laneCount {
            let top = rest.firstRow(ofComponent: Int(components[lane]))
            for row in 0..<rest.rowsPerComponent {
                numbers[row * laneCount + lane] = batch.output[(top + row) * batch.stride + column + lane] + biases[top + row]
            }
        }
        rest.projection.project(raw + n, into: factor)
        let noise = configuration
        for i in stride(from: 0, to: n, by: 2) { (noise[i], noise[i + 1]) = lanes.normals() }
        if rest.configuration.covariance == .full {
            PackedTriangle.solveTransposed(n, factor, noise)
        } else {
            for i in 0..<n { noise[i] = noise[i] / factor[i] }
        }
        for i in 0..<n {
            configuration[i] = coordinates.decode(raw[i], joint: i, angles: angles).fma(noise[i], Lanes(repeating: coordinates.halfRange[i]))
        }
    }
}
