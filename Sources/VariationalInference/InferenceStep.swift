import Mixtures
import Numerics

extension InferenceState {
    /// One iteration: samples are drawn and evaluated, then every component and the weights are improved, all with the responsibilities of the
    /// mixture as it was; then components are added and removed.
    ///
    /// - Parameter cancellation: asked between batches of evaluations.
    /// - Throws: what the target throws, `InferenceError` where none of its values is finite, `InferenceInterruption` where it is asked to stop;
    ///   the state is then as before.
    public mutating func step(_ target: any TargetDensity, cancellation: Cancellation = .never) throws -> InferenceInfo {
        let clock = ContinuousClock()
        let begin = clock.now
        let target = DifferentiatedTarget(target)
        var stream = RandomStream(seed: settings.seed).split(iteration + 1)
        let gaussians = components.map(\.gaussian), logWeights = components.map(\.logWeight)
        let reused = reusedSamples()
        let counts = settings.selection.draws(
            effective: reused.effectiveSamples(gaussians, logWeights, threads: settings.threads), logWeights: logWeights, using: &stream)
        // Whatever may throw comes first; from then on the state changes.
        let evaluator = SampleEvaluator(target: target, threads: settings.threads, cancellation: cancellation)
        let fresh = try evaluator.draw(counts, from: gaussians, gradients: settings.estimate == .stein, stream: stream.split(1))
        let candidates = try priorCandidates(evaluator, stream: stream.split(2))
        var info = InferenceInfo(iteration: iteration + 1, samples: fresh.count)
        try noteInvalid(fresh, target, &info)
        let samples = weigh(fresh, counts, with: reused, gaussians, logWeights)
        evaluations += fresh.count * (settings.estimate == .stein ? target.evaluationsPerPlace : 1) + candidates.count
        store(fresh, counts, gaussians)
        improve(samples, &info)
        iteration += 1
        adaptComponents(candidates, stream: &stream)
        seconds += (clock.now - begin).seconds
        info.evaluations = evaluations
        info.identifiers = components.map(\.identifier)
        info.weights = components.map { Elementary.exp($0.logWeight) }
        info.seconds = seconds
        return info
    }

    // MARK: Samples

    /// Samples of the database that are used again, and the Gaussians that drew them.
    struct Reused {
        var samples = WeightedBlocks.Samples()
        var gaussians: [Gaussian] = []
        /// How many of the samples each of them drew.
        var counts: [Int] = []

        /// What the samples are worth to each component: 1/Σ w².
        func effectiveSamples(_ components: [Gaussian], _ logWeights: [Double], threads: Int) -> [Double] {
            guard samples.count > 0 else { return components.map { _ in 0 } }
            var shifted = samples
            shifted.gradients = []
            shifted.drawers = samples.drawers.map { $0 + components.count }
            let table = DensityTable(components + gaussians, dimension: components[0].dimension)
            let blocks = WeightedBlocks(
                shifted, table: table, components: components.count, logWeights: logWeights,
                counts: components.map { _ in 0 } + counts, threads: threads)
            return components.indices.map { blocks.moments(of: $0).effectiveSamples }
        }
    }

    private func reusedSamples() -> Reused {
        var result = Reused()
        let wanted = Int(settings.selection.reuse * Double(settings.selection.count * components.count))
        let range = database.newest(wanted)
        guard !range.isEmpty else { return result }
        let n = dimension
        result.samples.places = Array(database.places[range.lowerBound * n..<range.upperBound * n])
        result.samples.logDensities = Array(database.logDensities[range])
        if !database.gradients.isEmpty {
            result.samples.gradients = Array(database.gradients[range.lowerBound * n..<range.upperBound * n])
        }
        var known: [Int: Int] = [:]
        for index in range {
            let drawer = database.drawers[index]
            if known[drawer] == nil, let gaussian = database.gaussians[drawer] {
                known[drawer] = result.gaussians.count
                result.gaussians.append(gaussian)
                result.counts.append(0)
            }
            let place = known[drawer] ?? 0
            result.samples.drawers.append(place)
            result.counts[place] += 1
        }
        return result
    }

    private func weigh(
        _ fresh: WeightedBlocks.Samples, _ counts: [Int], with reused: Reused, _ gaussians: [Gaussian], _ logWeights: [Double]
    ) -> WeightedBlocks {
        var all = fresh
        all.places += reused.samples.places
        all.logDensities += reused.samples.logDensities
        if !all.gradients.isEmpty { all.gradients += reused.samples.gradients }
        all.drawers += reused.samples.drawers.map { $0 + gaussians.count }
        return WeightedBlocks(
            all, table: DensityTable(gaussians + reused.gaussians, dimension: dimension), components: gaussians.count, logWeights: logWeights,
            counts: counts + reused.counts, threads: settings.threads)
    }

    private func noteInvalid(_ fresh: WeightedBlocks.Samples, _ target: DifferentiatedTarget, _ info: inout InferenceInfo) throws {
        let n = dimension
        func isValid(_ index: Int) -> Bool {
            fresh.logDensities[index].isFinite
                && (fresh.gradients.isEmpty || fresh.gradients[index * n..<(index + 1) * n].allSatisfy(\.isFinite))
        }
        var first: Int?
        for index in 0..<fresh.count where !isValid(index) {
            info.invalid += 1
            first = first ?? index
        }
        guard let first else { return }
        let place = Array(fresh.places[first * n..<(first + 1) * n])
        let value = fresh.logDensities[first].isFinite ? .nan : fresh.logDensities[first]
        info.invalidExample = (place, value)
        if info.invalid == fresh.count {
            throw InferenceError.noFiniteValue(target: target.name, count: fresh.count, example: place, value: value)
        }
    }

    private mutating func store(_ fresh: WeightedBlocks.Samples, _ counts: [Int], _ gaussians: [Gaussian]) {
        let n = dimension
        let isReused = settings.selection.reuse > 0
        var start = 0
        for (component, count) in counts.enumerated() {
            let end = start + count
            database.append(
                places: fresh.places[start * n..<end * n], logDensities: fresh.logDensities[start..<end],
                gradients: isReused && !fresh.gradients.isEmpty ? fresh.gradients[start * n..<end * n] : [], drawnBy: gaussians[component],
                keepsDrawer: isReused)
            start = end
        }
        database.trim()
        if isReused {
            database.forgetDrawers(beyondNewest: Int(settings.selection.reuse * Double(settings.selection.count * (components.count + 1))))
        }
    }
}
