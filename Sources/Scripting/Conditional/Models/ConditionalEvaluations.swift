import ConditionalModels
import LuaBridge
import Mixtures
import Numerics
import VariationalInference

// ConditionalModel:evaluate and the ConditionalEvaluation type.

private enum EvaluationReference: String, CaseIterable { case vips, none }

extension ConditionalModelEntries {
    static let evaluatedContexts = OptionKey<Int>.integer("contexts", in: 1...100_000, default: 100, "how many contexts are drawn")
    static let evaluatedSamples = OptionKey<Int>.integer("samples", in: 2...1_000_000, default: 1000, "samples of the model at each context")
    private static let evaluationReference = OptionKey<EvaluationReference>.choice(
        "reference", default: .none, "what the model is compared with: avips.vips at each context alone, or nothing but the model's own importance weights")
    private static let referenceIterations = OptionKey<Int>.integer(
        "iterations", in: 1...100_000, default: 100, "iterations of the reference at each context")
    private static let referenceComponents = OptionKey<Int?>.integer(
        "components", in: 1...4096, "components that the reference starts with", otherwise: "as many as the model has")

    static let evaluationSeed = OptionKey.seed("the seed of contexts and samples")

    var evaluate: Function {
        Function(
            "ConditionalModel:evaluate", "Measures the model at fresh contexts of its target: the evidence bound, its gap, modes, components in use, importance weights, times.",
            parameters: [.options([
                Self.evaluatedContexts, Self.evaluatedSamples, Self.evaluationReference, Self.referenceIterations,
                Self.referenceComponents, Self.evaluationSeed,
            ])],
            returns: "ConditionalEvaluation",
            example: Self.example + """
                student:train{ steps = 40, seed = 1 }
                local evaluation = student:evaluate{ contexts = 5, samples = 200, seed = 2 }
                print(evaluation)
                assert(#evaluation.elbo == 5 and evaluation.effective_share[1] <= 1)
                """
        ) { arguments in
            let model = try arguments.receiver(ConditionalModel.self)
            let options = try arguments.options(1)
            guard let target = model.target else {
                throw LuaError("the model has no target to be measured against; give it one: avips.model(path, { target = ... })")
            }
            let seed = try options[Self.evaluationSeed] ?? nextSeed()
            let count = try options[Self.evaluatedContexts]
            guard count * model.shape.count <= Limits.elements else { throw options.invalid(Self.evaluatedContexts, "makes more than \(Limits.elements) numbers") }
            let reference = try options[Self.evaluationReference] == .vips
                ? (iterations: options[Self.referenceIterations], components: options[Self.referenceComponents] ?? model.mixture.components) : nil
            return .object(holding: try measured(
                model, target, contexts: count, samples: options[Self.evaluatedSamples], reference: reference, seed: seed))
        }
    }

    /// What an inference at a context alone finds.
    private func reference(_ density: any TargetDensity, _ iterations: Int, _ components: Int, seed: UInt64) throws -> GaussianMixture {
        var settings = InferenceSettings()
        settings.components = components
        settings.seed = seed
        let target: any TargetDensity = density.hasGradient ? density : DifferentiatedTarget(density)
        var state = try InferenceState(target, settings: settings)
        var run = InferenceRun(.iterations(iterations), from: state)
        do {
            while !run.isFinished(state) {
                guard try run.step(&state, target, cancellation: cancellation) != nil else { break }
            }
        } catch is InferenceInterruption {
            throw LuaError("interrupted; nothing was kept", kind: .interrupt)
        }
        return state.mixture
    }

    var evaluationType: ObjectType {
        ObjectType(
            "ConditionalEvaluation", of: ConditionalEvaluation.self, "The measured quality of a conditional model: figures for each context.",
            describe: { display.spelled(Self.text($0, showsTimes: display.showsTimes, width: display.width)) },
            operators: [(.length, { .integer(try $0.operand(1, ConditionalEvaluation.self).rows.count) })],
            table: { DataTable($0) },
            properties: [
                ObjectProperty("contexts", "Matrix", "the contexts, one per row") { evaluation in
                    .matrix(Matrix(rows: evaluation.rows.count, columns: evaluation.rows.first?.context.count ?? 0, elements: evaluation.rows.flatMap(\.context)))
                }
            ] + Self.figures.map { figure in
                let property = ObjectProperty<ConditionalEvaluation>(figure.name, "list of numbers", figure.summary) { evaluation in
                    .numbers(evaluation.rows.map { figure.value(evaluation, $0) ?? .nan })
                }
                return figure.name == "effective_share" ? property.formerly("effective_size") : property
            })
    }

    /// What is measured at every context.
    static var figures: [(name: String, summary: String, value: (ConditionalEvaluation, ConditionalEvaluation.Row) -> Double?)] { [
        ("elbo", "the evidence bound at each context, nats, of fresh samples", { $1.bound }),
        ("elbo_error", "its standard error", { $1.boundError }),
        ("gap", "the reference's bound minus the model's; without a reference, log_z minus the bound", { $0.gap($1) }),
        ("log_z", "the logarithm of the mean importance weight: an estimate of the density's integral", { $1.logEvidence }),
        ("effective_share", "the effective sample size as a share of the samples, 0 to 1", { $1.effectiveShare }),
        ("components_in_use", "exp of the weights' entropy", { $1.componentsInUse }),
        ("modes_known", "modes of the reference with more than 2 % of its mass", { $1.reference == nil ? nil : Double($1.modes) }),
        ("modes_held", "those of them that the model holds with at least a quarter of their mass", { $1.reference == nil ? nil : Double($1.held) }),
        ("reference", "the reference's evidence bound at each context", { $1.reference }),
        ("zero_share", "the share of samples at which the density is zero: the bound is -inf then", { $1.zeroShare }),
        ("seconds", "the time of a prediction, s", { $1.seconds }),
    ] }

    /// Means and quantiles over the contexts.
    private static func text(_ evaluation: ConditionalEvaluation, showsTimes: Bool, width: Int) -> String {
        func quantile(_ share: Double, _ value: (ConditionalEvaluation.Row) -> Double) -> Double { evaluation.rows.map(value).sorted().quantile(share) }
        var table = TextTable([.left, .right, .right, .right, .right])
        table.add(["", "mean", "5 %", "median", "95 %"])
        func add(_ name: String, _ value: (ConditionalEvaluation.Row) -> Double) {
            table.add([name, NumberText.short(evaluation.mean(value))] + [0.05, 0.5, 0.95].map { NumberText.short(quantile($0, value)) })
        }
        add("ELBO, nats", { $0.bound })
        add(evaluation.hasReference ? "gap to the reference" : "gap to log Z", { evaluation.gap($0) })
        add("log Z by importance weights", { $0.logEvidence })
        add("effective size", { $0.effectiveShare })
        add("components in use", { $0.componentsInUse })
        if showsTimes { add("time of a prediction, µs", { 1e6 * $0.seconds }) }
        var lines = ["ConditionalEvaluation · \(evaluation.name) · \(NumberText.counted(evaluation.rows.count, "context")) · \(NumberText.counted(evaluation.samples, "sample")) each"]
        lines += table.lines(within: width)
        if evaluation.hasReference {
            lines.append("modes held: \(evaluation.rows.reduce(0) { $0 + $1.held }) of \(evaluation.rows.reduce(0) { $0 + $1.modes })")
        }
        let zeros = evaluation.mean { $0.zeroShare }
        if zeros > 0 { lines.append("\(NumberText.significant(100 * zeros)) % of the samples fall where the density is zero") }
        return lines.joined(separator: "\n")
    }
}

extension ConditionalModelEntries {
    /// What a model of any kind that has a density says at contexts drawn from its target.
    ///
    /// - Parameters:
    ///   - sample: the model's samples at a context, as many as `samples`.
    ///   - densities: its log-densities of them.
    ///   - componentsInUse: exp of the entropy of its weights at a context; 1 where it is no mixture.
    func measured(
        _ target: ConditionalTarget, contexts count: Int, samples: Int, seed: UInt64, sample: ([Double], inout RandomStream) throws -> Matrix,
        densities: ([Double], Matrix) throws -> [Double], componentsInUse: ([Double]) throws -> Double = { _ in 1 }
    ) throws -> ConditionalEvaluation {
        let clock = ContinuousClock()
        return try evaluation(of: target, contexts: count, samples: samples, seed: seed) { context, density, stream in
            let begin = clock.now
            let places = try sample(context, &stream)
            let seconds = (clock.now - begin) / .seconds(1)
            let estimate = try EvidenceEstimate(of: density, samples: places, logDensities: densities(context, places))
            return ConditionalEvaluation.Row(context, estimate: estimate, componentsInUse: try componentsInUse(context), seconds: seconds)
        }
    }

    private func measured(
        _ model: ConditionalModel, _ target: ConditionalTarget, contexts count: Int, samples: Int, reference: (iterations: Int, components: Int)?,
        seed: UInt64
    ) throws -> ConditionalEvaluation {
        let query = try model.query(), clock = ContinuousClock()
        return try evaluation(of: target, contexts: count, samples: samples, seed: seed) { context, density, stream in
            let begin = clock.now
            let mixture = try query.predict(context)
            let seconds = (clock.now - begin) / .seconds(1)
            let estimate = try mixture.evidence(of: density, samples: samples, using: &stream)
            var row = ConditionalEvaluation.Row(context, estimate: estimate, componentsInUse: mixture.componentsInUse, seconds: seconds)
            if let reference {
                let found = try self.reference(density, reference.iterations, reference.components, seed: stream.next())
                let estimate = try found.evidence(of: density, samples: samples, using: &stream)
                row.compare(with: found, bound: estimate.restricted.value, mixture: mixture, using: &stream)
            }
            return row
        }
    }

    /// What contexts drawn from a target say, one after the other.
    ///
    /// - Parameter row: what one says, told the density there and random numbers of its own.
    private func evaluation(
        of target: ConditionalTarget, contexts count: Int, samples: Int, seed: UInt64,
        row: (_ context: [Double], _ density: any TargetDensity, inout RandomStream) throws -> ConditionalEvaluation.Row
    ) throws -> ConditionalEvaluation {
        let contexts = try target.contexts.draw(count, seed: seed ^ 0x5eed, in: state), stream = RandomStream(seed: seed)
        var evaluation = ConditionalEvaluation(name: target.density.name, samples: samples, rows: [])
        defer { progress?.end() }
        for index in 0..<contexts.rows {
            if cancellation.isRequested { throw LuaError("interrupted; nothing was kept", kind: .interrupt) }
            var own = stream.split(index)
            let context = Array(contexts.row(index))
            evaluation.rows.append(try naming(context) { try row(context, target.at(context).density, &own) })
            progress?.show(ProgressReport(
                "evaluating", fraction: Double(index + 1) / Double(contexts.rows), done: index + 1, total: contexts.rows, unit: "contexts"))
        }
        return evaluation
    }
}
