import LuaBridge
import Mixtures
import ModelFiles
import Numerics
import VariationalInference

/// avips.vips, the Vips type and its log.
struct VipsEntries: Entries {
    unowned let session: Session

    func register() throws {
        try state.register(inferenceLogType)
        try state.register(iterationsType)
        try state.register(inferenceType)
        try state.register(Function(
            "avips.vips", "Sets up variational inference by policy search (VIPS): a Gaussian mixture that vips:run fits to one target without a context.",
            parameters: [
                Parameter("start", "table or string", "the options of a new inference, or the path of a file of vips:save", options: InferenceOptions.declared),
                .options([Self.storedTargetOption, InferenceOptions.threads]),
            ],
            returns: "Vips",
            example: """
                local target = avips.target{ dimension = 2, logdensity = function(x) return -x[1]^2 - (x[2] - x[1]^2)^2 end }
                local vips = avips.vips{ target = target, components = 3, seed = 1 }
                vips:run{ iterations = 20 }
                print(vips)
                print(vips.mixture)
                """
        ) { arguments in
            if arguments[1].kind == .string { return .object(holding: try storedInference(arguments[1], arguments.options(2))) }
            let options = try arguments.options(1)
            try arguments.refuseSecondTable()
            guard let slot = options[InferenceOptions.target] else { throw ArgumentError("option target must be given: a Target, such as avips.target.planar_robot()") }
            let target = try slot.object(Target.self)
            let settings = try InferenceOptions(options).settings(for: target.density, seed: nextSeed)
            return .object(holding: try Inference(target, settings: settings))
        })
    }

    private var inferenceType: ObjectType {
        ObjectType(
            "Vips", of: Inference.self, "A run of variational inference: a target, and the mixture that approximates it.",
            describe: { display.spelled(InferenceText.text($0, width: display.width)) },
            properties: [
                ObjectProperty("target", "Target", "the density that is approximated") { .object(holding: $0.target) },
                ObjectProperty("mixture", "Mixture", "the mixture as it is now") { inference in
                    .object(holding: Prediction(robot: inference.target.robot, names: inference.target.names, mixture: inference.state.mixture))
                },
                ObjectProperty("log", "InferenceLog", "what all runs reported") { .object(holding: $0.log) },
                ObjectProperty("iteration", "integer", "iterations done") { .integer($0.state.iteration) },
                ObjectProperty("evaluations", "integer", "evaluations of the target's log-density: one for each sample, and two more for each variable where its gradient is by central differences; gradients of its own come with it. Those between samples where leaps are looked for, and up to some thousands that warnings need where a run ends, are not among them") { .integer($0.state.evaluations) },
                ObjectProperty("components", "integer", "the number of components") { .integer($0.state.components.count) },
                ObjectProperty("seconds", "number", "time spent, in s") { .number($0.state.seconds) },
                ObjectProperty("zero_share", "number", "the share of the last iteration's samples, weighted, at which the density was zero") { .number($0.state.zeroShare) },
                ObjectProperty("warning", "string or nil", "the latest warning; of a mixture that has left its start without end, as those of densities without a finite integral do, for as long as it has; of mass far from the start that a run has not come to, with where it lies, and of leaps of the density that slopes do not show, with a place, until the next iteration") { $0.warning.map { .string($0) } ?? .nil },
            ],
            methods: [run, iterations, freshBound, coveredModes, save])
    }

    /// What examples start from.
    private static let example = """
        local vips = avips.vips{ target = avips.target.two_joint_arm(), components = 4, seed = 1 }

        """

    private static let budgetIterations = OptionKey.integer(
        "iterations", in: 1...1_000_000_000, "the budget as iterations", otherwise: "one budget is required, unless an interrupted run continues")
    private static let budgetSamples = OptionKey.integer(
        "samples", in: 1...1_000_000_000_000, "the budget as evaluations of the target; it is not exceeded, but by the first iteration where that needs more", otherwise: "see iterations")
    private static let budgetMinutes = OptionKey.number("minutes", in: 1e-6...1e6, "the budget as time", unit: "min", otherwise: "see iterations")
    private static var budgets: BudgetOptions<InferenceBudget> {
        BudgetOptions().or(budgetIterations) { .iterations($0) }.or(budgetSamples) { .samples($0) }.or(budgetMinutes) { .minutes($0) }
    }
    private static let runCheckpoint = RawOption(
        "checkpoint", "string",
        "a .safetensors file that the inference is written to every minute and at the end; avips.vips(path, { target = ... }) continues from it", otherwise: "none")

    private var run: Function {
        Function(
            "Vips:run", "Improves the mixture until a budget is spent; Ctrl-C keeps the last whole iteration, and vips:run() continues.",
            parameters: [.options(Self.budgets.keys + [Self.runCheckpoint, Session.overwriteOption])],
            returns: "InferenceLog of all runs",
            example: Self.example + """
                local log = vips:run{ iterations = 10 }
                print(log)
                assert(#log == 10 and log.evaluations[10] == vips.evaluations)
                """
        ) { arguments in
            let box = try arguments.receiverBox(Inference.self)
            let options = try arguments.options(1)
            let budget = try Self.budgets.budget(options, of: arguments[1])
            return try box.update("inference") { inference in
                let checkpoint = try options[Self.runCheckpoint].map { slot in
                    try session.checkpointDestination(slot, own: inference.ownFile, options) { InferenceState.isHeld(by: $0) ? "another inference" : nil }
                }
                return try run(&inference, budget, checkpoint: checkpoint)
            }
        }
    }

    private func run(_ inference: inout Inference, _ budget: InferenceBudget?, checkpoint: String?) throws -> Value {
        guard var run = budget.map({ InferenceRun($0, from: inference.state) }) ?? inference.pending else {
            throw ArgumentError("no run was interrupted that could go on; give a budget: iterations = 100, samples = 1e5 or minutes = 1")
        }
        defer { progress?.end() }
        inference.pending = run
        var isDone = false, lastCheckpoint = inference.state.seconds
        // Whatever ends the run, the file holds where it ended.
        defer {
            if !isDone, let checkpoint { do { try inference.save(to: checkpoint) } catch { inference.warning = "\(error)" } }
        }
        do {
            while !run.isFinished(inference.state) {
                if cancellation.isRequested { throw InferenceInterruption() }
                guard let info = try inference.step(&run, cancellation: cancellation) else { break }
                inference.pending = run
                showProgress(info, run, inference)
                guard let checkpoint, inference.state.seconds - lastCheckpoint > 60 else { continue }
                lastCheckpoint = inference.state.seconds
                // A disk that is full for a while does not end the run; at its end it is an error.
                do { try inference.save(to: checkpoint) } catch { inference.warning = "\(error)" }
            }
            try inference.conclude()
        } catch is InferenceInterruption {
            throw interruption(inference)
        } catch let error as LuaError where error.kind == .interrupt {
            throw interruption(inference)
        } catch {
            throw LuaError("\(error); the mixture of iteration \(inference.state.iteration) is kept")
        }
        inference.pending = nil
        isDone = true
        warnOfConclusion(inference)
        do { try checkpoint.map { try inference.save(to: $0) } } catch {
            throw LuaError("\(error); the run is finished and the mixture of iteration \(inference.state.iteration) is kept")
        }
        return .object(holding: inference.log)
    }

    /// What is said where iterations end: of a mixture that is on its way nothing is known before.
    private func warnOfConclusion(_ inference: Inference) {
        if let conclusion = inference.conclusion { session.warn("target \"\(inference.target.density.name)\": \(conclusion)") }
    }

    private func interruption(_ inference: Inference) -> LuaError {
        LuaError("interrupted after iteration \(inference.state.iteration); the mixture is kept, vips:run() continues", kind: .interrupt)
    }

    private func showProgress(_ info: InferenceInfo, _ run: InferenceRun, _ inference: Inference) {
        guard let progress else { return }
        var total: Int?
        if case .iterations(let count) = run.budget { total = count }
        progress.show(ProgressReport(
            "inference", fraction: run.progress(inference.state), done: run.iterationsDone(inference.state), total: total, unit: "iterations",
            rate: Double(info.evaluations) / max(info.seconds, 1e-9), rateUnit: "samples",
            figures: [("ELBO", NumberText.nats(info.bound)), ("components", "\(info.weights.count)")]))
    }

    private var iterations: Function {
        Function(
            "Vips:iterations", "Runs iterations one by one in a loop: for report in vips:iterations(100) do ... end.",
            parameters: [Parameter("count", "integer", "how many; fewer where the loop is left", isOptional: true)],
            returns: "function, an iterator over reports: tables with iteration, evaluations, elbo, components, zero_share, entropy, step_size, weight_step_size, divergence, seconds",
            example: Self.example + """
                for report in vips:iterations(5) do print(report.iteration, report.elbo) end
                assert(vips.iteration == 5)
                """
        ) { arguments in
            let box = try arguments.receiverBox(Inference.self)
            let count = try arguments.optional(1)?.integer(in: 0...1_000_000_000) ?? 1_000_000_000
            return .object(holding: InferenceIterations(box, run: InferenceRun(.iterations(count), from: try box.read().state)))
        }
    }

    private var iterationsType: ObjectType {
        ObjectType(
            "Iterations", of: InferenceIterations.self, "The iterations of an inference that a loop goes through.",
            describe: { _ in "Iterations" },
            operators: [(.call, { arguments in
                let iterations = try arguments.operand(1, InferenceIterations.self), wasFinished = iterations.isFinished
                guard let info = try iterations.next(cancellation: cancellation) else {
                    if !wasFinished {
                        try iterations.box.update("inference") { try $0.conclude() }
                        warnOfConclusion(try iterations.box.read())
                    }
                    return .nil
                }
                return .record(zip(InferenceLog.columns, InferenceLog.row(info)).map { name, number in
                    (name, ["iteration", "evaluations", "components"].contains(name) ? .integer(Int(number)) : .number(number))
                })
            })])
    }

    private static let boundSamples = OptionKey.integer("samples", in: 2...Limits.count, default: 2000, "how many samples")

    private var freshBound: Function {
        Function(
            "Vips:elbo", "Estimates the evidence lower bound E_q[log p - log q] in nats, from fresh samples: at most the logarithm of the target's integral, and -inf where a sample falls on density zero.",
            parameters: [.options([Self.boundSamples, Session.seedOption])],
            returns: "number, the bound; and a number, its standard error (nan for -inf); and a table: elbo, error, zero_share (the share of samples at density zero), "
                + "restricted_elbo and restricted_error (the bound of the mixture cut to where the density is above zero, E_q[log p - log q | A] + log q(A), finite and at most log Z too), "
                + "log_z (by importance sampling), effective_share (of the samples, for log_z), samples",
            example: Self.example + """
                local bound, error, report = vips:elbo{ samples = 500, seed = 1 }
                assert(report.zero_share == 0 and report.restricted_elbo == bound)
                """
        ) { arguments in
            let box = try arguments.receiverBox(Inference.self)
            let options = try arguments.options(1)
            let count = try options[Self.boundSamples]
            var stream = try stream(seed: options[Session.seedOption])
            // A target written in Lua may ask for the inference meanwhile; it is then said to be in use.
            return try box.update("evaluation") { inference in
                let found = try inference.state.mixture.evidence(of: inference.target.density, samples: count, using: &stream)
                if found.zeros > 0 {
                    inference.warning = "the density of \"\(inference.target.density.name)\" was zero at \(found.zeros) of \(count) fresh samples: the bound is -inf"
                        + (found.zeros < count ? ", that of the mixture cut to where it is not \(NumberText.nats(found.restricted.value))" : "")
                }
                return .several([.number(found.bound.value), .number(found.bound.standardError), .record([
                    "elbo": .number(found.bound.value), "error": .number(found.bound.standardError), "zero_share": .number(found.zeroShare),
                    "restricted_elbo": .number(found.restricted.value), "restricted_error": .number(found.restricted.standardError),
                    "log_z": .number(found.logEvidence), "effective_share": .number(found.effectiveSamples / Double(count)), "samples": .integer(count),
                ])])
            }
        }
    }

    private var coveredModes: Function {
        Function(
            "Vips:modes", "Counts the target's known modes near which a component has a weight above 0.0001.",
            returns: "integer, modes covered; and an integer, modes in all; nil where the target's modes are not known",
            example: Self.example + "local covered, all = vips:modes()\nassert(all == 2)"
        ) { arguments in
            let inference = try arguments.receiver(Inference.self)
            guard let modes = inference.target.density.modes else { return .nil }
            return .several([.integer(inference.state.mixture.coveredModes(modes, leastWeight: 1e-4)), .integer(modes.count)])
        }
    }

    private var inferenceLogType: ObjectType {
        ObjectType(
            "InferenceLog", of: InferenceLog.self, "The report of an inference: a table of columns.",
            describe: { display.spelled(InferenceText.text($0, width: display.width)) },
            operators: [(.length, { .integer(try $0.operand(1, InferenceLog.self).rows.count) })],
            table: { DataTable($0) },
            properties: InferenceLog.columns.map { name in
                ObjectProperty(name, "list of numbers", Self.inferenceColumns[name] ?? "a column") { .numbers($0.column(name)) }
            } + [
                ObjectProperty("weights", "Matrix", "the weights of the components, one column each in the order of creation, one row a row of the log") {
                    .matrix($0.weightTable)
                },
            ])
    }

    private static let inferenceColumns = [
        "iteration": "the iteration", "evaluations": "evaluations of the target's log-density so far, central differences included",
        "elbo": "the evidence bound before the iteration's updates, from its samples, in nats; where some have density zero that of the mixture cut to the others' support",
        "zero_share": "the share of the mixture's mass where the density is zero, from the same samples", "components": "the number of components",
        "entropy": "the mixture's entropy, from the same samples, in nats", "step_size": "the components' step size, averaged over the weights",
        "weight_step_size": "the weights' step size", "divergence": "the greatest KL(new||old) of a component, in nats", "seconds": "time spent, in s",
    ]
}
