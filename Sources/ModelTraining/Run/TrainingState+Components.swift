import ConditionalInference
import ConditionalModels
import Mixtures
import Networks
import Numerics

// The component objective's part of a training step, and the revision of the components between steps.
extension TrainingState {
    /// Sets up the component objective of a step, where its share is above zero; takes a snapshot where one is due.
    mutating func prepare(
        _ task: inout TrainingWorkspace.Task, projection: PrecisionProjection, workspace: VariationalWorkspace, steps: TrainingWorkspace
    ) {
        let knobs = settings.variational
        let share = min(max(knobs.forwardShare.value(at: progress), 0), 1)
        let widths = (steps.problem.densities?.widths(knobs, at: progress) ?? knobs.widths(at: progress)).widened(by: variational?.record.widening ?? 1)
        guard share < 1, let target = steps.density(widths) else { return }
        task.forwardShare = share
        var objective = ComponentObjective(components: model.components, projection: projection, samples: knobs.sampleCount(at: progress))
        guard knobs.objective == .component else {
            var own = VariationalWorkspace.Task(objective: objective, target: target, share: Float(1 - share), resamplingShare: 0, effectiveShare: 1)
            own.choice = knobs.objective
            own.temperature = knobs.temperature.value(at: progress)
            if knobs.objective == .path {
                let drawn = knobs.drawnComponents == 0 ? model.components : min(knobs.drawnComponents, model.components)
                own.path = PathObjective(components: model.components, projection: projection, pairs: knobs.sampleCount(at: progress), drawn: drawn)
                own.path!.temperature = knobs.temperature.value(at: progress)
                own.path!.weightRule = knobs.weightRule
                own.path!.slopeLimit = knobs.slopeLimit.value(at: progress)
                own.path!.shareFloor = knobs.shareFloor.value(at: progress)
                own.path!.periodic = model.coordinates.wrapped
                own.path!.errors = knobs.adaptsWidths ? (target as? any MeasuringDensity)?.errors : nil
                // It has no snapshot, but remembers its components' weights.
                if variational == nil { variational = VariationalState(snapshot: optimizer.parameters, components: model.components) }
                if variational!.record.age >= knobs.snapshotInterval { variational!.record.endInterval(adapts: false) }
            }
            task.components = own
            return
        }
        if variational == nil { variational = VariationalState(snapshot: optimizer.parameters, components: model.components) }
        if variational!.record.age >= knobs.snapshotInterval {
            variational!.record.endInterval(adapts: knobs.adaptsBounds)
            variational!.snapshot = optimizer.parameters
        }
        let meanBound = knobs.meanBound.value(at: progress), covarianceBound = knobs.covarianceBound.value(at: progress)
        for component in 0..<model.components {
            let factor = variational!.record.boundFactors[component]
            workspace.meanBounds[component] = Lanes(repeating: Float(meanBound * factor))
            workspace.covarianceBounds[component] = Lanes(repeating: Float(covarianceBound * factor))
        }
        objective.trustRegion = knobs.trustRegion
        objective.entropyGradient = knobs.entropyGradient
        objective.weightStep = knobs.weightStep.value(at: progress)
        task.components = VariationalWorkspace.Task(
            objective: objective, target: target, share: Float(1 - share),
            resamplingShare: Float((1 - share) * knobs.resamplingShare.value(at: progress)), effectiveShare: knobs.effectiveShare.value(at: progress))
        task.components!.periodic = model.coordinates.wrapped
    }

    /// Takes in what the shards of a step measured.
    mutating func note(_ workspace: VariationalWorkspace, shards: Int, contexts: Int, measuresErrors: Bool, in measures: inout TrainingMeasures) {
        let count = model.components, scale = 1 / Double(contexts)
        let rewards = workspace.totals, weights = rewards + count, greatest = weights + count
        rewards.update(repeating: 0, count: 3 * count)
        var total = VariationalWorkspace.Sums()
        for shard in 0..<shards {
            let tally = workspace.tallies + shard * 3 * count
            for component in 0..<count {
                rewards[component] += scale * tally[component]
                weights[component] += scale * tally[count + component]
                greatest[component] = max(greatest[component], tally[2 * count + component])
            }
            let sums = workspace.sums[shard]
            total.elbo += sums.elbo
            total.boundContexts += sums.boundContexts
            total.entropy += sums.entropy
            total.componentsInUse += sums.componentsInUse
            total.distance += sums.distance
            total.samples += sums.samples
            total.undefined += sums.undefined
            total.angle += sums.angle
            total.logErrors += sums.logErrors
        }
        let interval = settings.variational.snapshotInterval
        variational?.record.note(rewards: rewards, averageWeights: weights, greatestWeights: greatest, interval: interval)
        // The model is a density over the variables in their own units.
        measures.elbo = total.elbo / Double(max(1, total.boundContexts)) + model.coordinates.halfRange.reduce(0) { $0 + Elementary.log(Double($1)) }
        measures.zeroShare = total.samples > 0 ? Double(total.undefined) / Double(total.samples) : nil
        guard settings.variational.objective == .component else {
            guard settings.variational.objective == .path else { return }
            measures.componentsInUse = total.componentsInUse * scale
            guard measuresErrors else { return }
            measures.widening = variational!.record.widening ?? 1
            variational!.record.widening = WidthRule.next(variational!.record.widening, logErrors: total.logErrors * scale)
            return
        }
        measures.entropy = total.entropy * scale
        measures.componentsInUse = total.componentsInUse * scale
        // Densities without a notion of distance count nothing.
        if total.distance > 0 || total.angle > 0 {
            measures.distance = total.distance * scale
            measures.angle = total.angle * scale
        }
        var meanBound = 0.0, covarianceBound = 0.0
        for component in 0..<count {
            meanBound += Double(workspace.meanBounds[component][0])
            covarianceBound += Double(workspace.covarianceBounds[component][0])
        }
        measures.meanBound = meanBound / Double(count)
        measures.covarianceBound = covarianceBound / Double(count)
    }

    /// Removes components whose weight stayed below the threshold at every context, and adds components where additions are due.
    ///
    /// Due at the end of an interval, from the tenth on. Additions are spread evenly over the phase. New components are halves of the
    /// heaviest ones; with the path objective they are placed where the mixture lacks most density, if there is such a point.
    ///
    /// - Returns: whether the components changed; workspaces must then be made anew.
    public mutating func reviseComponents(_ problem: TrainingProblem) throws(TrainingError) -> Bool {
        let knobs = settings.variational
        guard let record = variational?.record, record.age >= knobs.snapshotInterval, course.stepInPhase >= 10 * knobs.snapshotInterval else { return false }
        var sources = Array(0..<model.components)
        let threshold = knobs.removalThreshold.value(at: progress)
        if threshold > 0 {
            let obsolete = sources.filter {
                record.greatestWeights[$0] < threshold && record.averageWeights[$0] < threshold
            }
            if obsolete.count < sources.count { sources.removeAll { obsolete.contains($0) } }
        }
        let removed = model.components - sources.count
        let due = min(4096 - sources.count, Int(Double(knobs.additions) * min(1, 1.25 * progress) + 1e-9) - record.added)
        if due > 0 {
            let heaviest = sources.sorted { (record.averageWeights[$0], $1) > (record.averageWeights[$1], $0) }
            sources += heaviest.prefix(due)
        }
        let added = sources.count - (model.components - removed)
        guard removed > 0 || added > 0 else { return false }
        try rearrange(sources)
        variational!.record.removed += removed
        variational!.record.added += added
        if added > 0, knobs.objective == .path, let densities = problem.densities { placeLast(added, problem, densities) }
        return true
    }

    /// Replaces the components by those chosen, with all that is remembered of them.
    private mutating func rearrange(_ sources: [Int]) throws(TrainingError) {
        let stream = RandomStream(seed: settings.seed).split(step).split(-1)
        func select(_ buffer: AlignedFloats) throws(TrainingError) -> ConditionalMixture {
            var holder = model
            holder.parameters = buffer
            // Every buffer is split with the same numbers.
            var copy = stream
            do { return try holder.selecting(sources, using: &copy) } catch {
                throw .invalidSettings("\(error)")
            }
        }
        let next = try select(optimizer.parameters)
        let average = try select(optimizer.average).parameters
        let snapshot = try select(variational!.snapshot).parameters
        let start = try select(model.parameters)
        optimizer.parameters = next.parameters
        optimizer.average = average
        optimizer.first = model.rows(of: optimizer.first, for: next, sources: sources)
        optimizer.second = model.rows(of: optimizer.second, for: next, sources: sources)
        // The bases that go with the output layer are those of its inputs, which stay.
        optimizer.forgetLastGood()
        model = start
        variational!.record = variational!.record.selecting(sources)
        variational!.snapshot = snapshot
    }
}
