import LuaBridge
import ModelTraining

// What a script asks a training for: phases out of the options of model:train and model:training.

extension Session {
    /// What the options ask for; nil where they name no budget.
    ///
    /// - Parameters:
    ///   - usual: what holds where nothing is said; its budget and seed do not count.
    func trainingPlan(_ options: LuaBridge.Options, of slot: Slot, _ keys: TrainingKeys, usual: TrainingSettings) throws -> TrainingPlan? {
        let seed = try options[TrainingKeys.seed]
        let budget = try TrainingKeys.budgets.budget(options, of: slot)?.scaled(by: trainingShare)
        var settings = usual
        settings.budget = budget ?? .steps(1)
        settings.seed = 0
        var functions: [String: Reference] = [:]
        try keys.read(options, into: &settings, &functions)
        guard let phases = options[TrainingKeys.phases] else {
            guard budget != nil else { return try planWithoutBudget(functions, settings, of: slot, usual: usual) }
            settings.seed = seed ?? nextSeed()
            try settings.validate()
            return TrainingPlan(phases: [settings], functions: [functions], hasSeed: seed != nil)
        }
        settings.seed = seed ?? nextSeed()
        var plan = TrainingPlan(phases: [], functions: [], hasSeed: seed != nil)
        var shares: [Double] = []
        let phaseParameter = keys.phaseParameter
        let count = try phases.length()
        guard TrainingKeys.phaseCount.contains(count) else { throw phases.mismatch("a list of 1 to \(TrainingKeys.phaseCount.upperBound) phases") }
        for position in 1...count {
            try phases.withElement(position) { phase in
                var phaseSettings = settings, phaseFunctions = functions
                let options = try LuaBridge.Options(phase, declared: phaseParameter)
                try keys.read(options, into: &phaseSettings, &phaseFunctions)
                let own = try TrainingKeys.budgets.budget(options, of: phase)?.scaled(by: trainingShare)
                guard (own == nil) == (budget != nil) else {
                    throw budget == nil ? TrainingKeys.budgets.missing(in: phase) : phase.invalid("must have a share, not a budget of its own")
                }
                if let own { phaseSettings.budget = own }
                shares.append(try options[TrainingKeys.share])
                try phaseSettings.validate()
                plan.phases.append(phaseSettings)
                plan.functions.append(phaseFunctions)
            }
        }
        if let budget { Self.divide(budget, by: shares, among: &plan.phases) }
        return plan
    }

    /// Functions without a budget are those that an interrupted training lacks.
    private func planWithoutBudget(
        _ functions: [String: Reference], _ settings: TrainingSettings, of slot: Slot, usual: TrainingSettings
    ) throws -> TrainingPlan? {
        var usual = usual
        (usual.budget, usual.seed) = (.steps(1), 0)
        guard settings.withoutFunctions(usual) == usual else {
            throw TrainingKeys.budgets.missing(in: slot)
        }
        return functions.isEmpty ? nil : TrainingPlan(phases: [], functions: [functions], hasSeed: false)
    }

    /// Cuts a budget by shares; every phase has a step at least.
    ///
    /// - Precondition: the shares are above 0, and their sum is finite.
    private static func divide(_ budget: TrainingBudget, by shares: [Double], among phases: inout [TrainingSettings]) {
        let total = shares.reduce(0, +)
        precondition(total > 0 && total.isFinite, "shares of a budget")
        var before = 0.0
        for index in phases.indices {
            let start = before / total
            before += shares[index]
            let end = before / total
            func part(_ count: Int) -> Int { max(1, Int((end * Double(count)).rounded()) - Int((start * Double(count)).rounded())) }
            phases[index].budget = switch budget {
            case .minutes(let minutes): .minutes(max(1e-6, minutes * (end - start)))
            case .processorMinutes(let minutes): .processorMinutes(max(1e-6, minutes * (end - start)))
            case .steps(let steps): .steps(part(steps))
            case .samples(let samples): .samples(part(samples))
            }
        }
    }
}

extension TrainingSettings {
    /// The same settings with the defaults in the place of functions.
    fileprivate func withoutFunctions(_ plain: TrainingSettings) -> TrainingSettings {
        var result = self
        for knob in TrainingKnob.all where suppliedNames.contains(knob.name) {
            result[keyPath: knob.path] = plain[keyPath: knob.path]
            if knob.name == "learning_rate" {
                result.warmupSteps = plain.warmupSteps
                result.finalShare = plain.finalShare
            }
        }
        return result
    }
}

extension TrainingBudget {
    /// A share of the budget: a step or a sample at least.
    fileprivate func scaled(by share: Double) -> TrainingBudget {
        guard share != 1 else { return self }
        return switch self {
        case .minutes(let minutes): .minutes(max(1e-6, minutes * share))
        case .processorMinutes(let minutes): .processorMinutes(max(1e-6, minutes * share))
        case .steps(let steps): .steps(max(1, Int(Double(steps) * share)))
        case .samples(let samples): .samples(max(1, Int(Double(samples) * share)))
        }
    }
}
