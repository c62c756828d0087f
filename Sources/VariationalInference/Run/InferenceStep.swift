import Mixtures
import Numerics

extension Cancellation {
    fileprivate func check() throws { if isRequested { throw InferenceInterruption() } }
}

extension InferenceState {
    /// One iteration: samples are drawn and evaluated, then every component and the weights are improved, all with the responsibilities of the
    /// mixture as it was; then components are added and removed.
    ///
    /// - Parameter cancellation: asked between batches of evaluations, and between blocks and components afterwards.
    /// - Throws: what the target throws, `TargetError` where it is NaN or +∞, `InferenceError` where its density is zero at all samples,
    ///   `InferenceInterruption` where it is asked to stop; the state is then as before.
    public mutating func step(_ target: any TargetDensity, cancellation: Cancellation = .never) throws -> InferenceInfo {
        let clock = ContinuousClock()
        let begin = clock.now
        let target = DifferentiatedTarget(target)
        var stream = RandomStream(seed: settings.seed).split(iteration + 1)
        let gaussians = components.map(\.gaussian), logWeights = components.map(\.logWeight)
        let places = Dictionary(uniqueKeysWithValues: components.enumerated().map { ($1.identifier, $0) })
        var reused = settings.selection.reuse > 0 ? window.samples(places: places) : WeightedSamples()
        let counts = settings.selection.draws(
            effective: effectiveSamples(reused, gaussians, logWeights, cancellation), logWeights: logWeights, using: &stream)
        try cancellation.check()
        // Whatever may throw comes first; from then on the state changes.
        let evaluator = SampleEvaluator(
            target: target, threads: settings.threads, cancellation: cancellation, drawsPairs: settings.drawsPairs)
        var fresh = try evaluator.draw(counts, from: gaussians, gradients: usesSlopes, stream: stream.split(1))
        let candidates = try priorCandidates(evaluator, stream: stream.split(2))
        var info = InferenceInfo(iteration: iteration + 1, samples: fresh.count)
        try check(candidates, target)
        try check(fresh, target)
        try noteZeros(fresh, target, &info)
        let cost = fresh.count * (usesSlopes ? target.evaluationsPerPoint : 1) + candidates.count
        let leaps = try leaps || findsLeap(among: fresh, target, cancellation)
        if leaps { (fresh.gradients, reused.gradients) = ([], []) }
        let older = window.logShares(of: fresh, threads: settings.threads)
        let samples = weigh(fresh, counts, older, with: reused, gaussians, logWeights, cancellation)
        let findings = findings(samples, cancellation)
        try cancellation.check()
        evaluations += cost
        self.leaps = leaps
        if leaps { window.removeGradients() }
        database.append(places: fresh.places, logDensities: fresh.logDensities)
        if settings.selection.reuse > 0 { keep(fresh, counts, older, gaussians, samples.logShares(count: fresh.count + reused.count)) }
        improve(findings, samples, &info)
        iteration += 1
        adaptComponents(candidates, stream: &stream)
        reseatLostComponents(stream: stream.split(3))
        seconds += (clock.now - begin) / .seconds(1)
        info.evaluations = evaluations
        info.identifiers = components.map(\.identifier)
        info.weights = components.map { Elementary.exp($0.logWeight) }
        info.seconds = seconds
        return info
    }

    // MARK: Leaps

    /// Whether fresh samples show that the density leaps: the first iteration looks, those after a power of two, and those after each sixteenth.
    private func findsLeap(among fresh: WeightedSamples, _ target: DifferentiatedTarget, _ cancellation: Cancellation) throws -> Bool {
        guard !fresh.gradients.isEmpty, settings.followsLeaps(dimension: dimension), iteration & (iteration - 1) == 0 || iteration % 16 == 0 else { return false }
        // Components of next to no weight may be anywhere.
        let known = fresh.drawers.indices.filter { components[fresh.drawers[$0]].logWeight > Self.leastLogWeight }
        let looked = stride(from: 0, to: known.count, by: max(1, (known.count + Self.searchedSamples - 1) / Self.searchedSamples)).map { known[$0] }
        // A density may fail where it is not asked otherwise.
        let found = try? LeapSearch(target.target).find(fresh, looked)
        try cancellation.check()
        return found != nil
    }

    private static let searchedSamples = 32
    private static let leastLogWeight = -7.0

    /// Where a density leaps among samples of the mixture; nil where it does not.
    ///
    /// - Throws: what the density throws.
    package func leap(of density: any TargetDensity) throws -> LeapSearch.Finding? {
        var stream = RandomStream(seed: settings.seed).split(iteration).split(-9)
        let search = LeapSearch(density)
        return try search.find(mixture.samples(search.sampleCount, using: &stream))
    }

    // MARK: Samples

    /// The effective number of available samples for each component: (Σ w)²/Σ w².
    private func effectiveSamples(
        _ reused: WeightedSamples, _ gaussians: [Gaussian], _ logWeights: [Double], _ cancellation: Cancellation
    ) -> [Double] {
        guard reused.count > 0 else { return gaussians.map { _ in 0 } }
        var samples = reused
        samples.gradients = []
        let blocks = WeightedBlocks(
            samples, table: DensityTable(gaussians, dimension: dimension), logWeights: logWeights, counts: gaussians.map { _ in 0 },
            threads: settings.threads, cancellation: cancellation)
        return gaussians.indices.map { blocks.moments(of: $0).effectiveSamples }
    }

    private func weigh(
        _ fresh: WeightedSamples, _ counts: [Int], _ older: [[Double]], with reused: WeightedSamples,
        _ gaussians: [Gaussian], _ logWeights: [Double], _ cancellation: Cancellation
    ) -> WeightedBlocks {
        var all = fresh
        if reused.count > 0 {
            all.logShares = ReuseWindow.sums(older, count: fresh.count) + reused.logShares
            all.places += reused.places
            all.logDensities += reused.logDensities
            all.gradients += reused.gradients
            all.drawers += reused.drawers
        }
        return WeightedBlocks(
            all, table: DensityTable(gaussians, dimension: dimension), logWeights: logWeights, counts: counts, threads: settings.threads,
            cancellation: cancellation)
    }

    private mutating func keep(
        _ fresh: WeightedSamples, _ counts: [Int], _ older: [[Double]], _ gaussians: [Gaussian], _ logShares: [Double]
    ) {
        window.append(
            fresh, drawers: fresh.drawers.map { components[$0].identifier }, gaussians: gaussians, counts: counts, older: older, logShares: logShares)
        let wanted = settings.selection.reuse * Double(settings.selection.count * components.count)
        window.trim(to: Int(wanted), capacity: database.capacity)
    }

    /// - Throws: `TargetError` that names the first point where the target's value is NaN or +∞, or its gradient not finite.
    private func check(_ samples: WeightedSamples, _ target: DifferentiatedTarget) throws {
        let n = dimension
        for index in 0..<samples.count {
            let value = samples.logDensities[index]
            guard value > -.infinity || value.isNaN else { continue }
            let place = index * n..<(index + 1) * n
            guard value < .infinity else { throw TargetError(target: target.name, value: value, at: Array(samples.places[place])) }
            guard !samples.gradients.isEmpty, let slope = samples.gradients[place].first(where: { !$0.isFinite }) else { continue }
            throw TargetError(target: target.name, value: slope, isGradient: true, at: Array(samples.places[place]))
        }
    }

    private func noteZeros(_ fresh: WeightedSamples, _ target: DifferentiatedTarget, _ info: inout InferenceInfo) throws {
        let n = dimension
        for index in 0..<fresh.count where fresh.logDensities[index] == -.infinity {
            info.zeros += 1
            info.zeroExample = info.zeroExample ?? Array(fresh.places[index * n..<(index + 1) * n])
        }
        guard info.zeros == fresh.count, let place = info.zeroExample, !database.logDensities.contains(where: \.isFinite) else { return }
        throw InferenceError.zeroDensity(target: target.name, count: fresh.count, example: place)
    }
}
