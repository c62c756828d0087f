import ConditionalModels
import LuaBridge
import Mixtures
import Numerics
import VariationalInference

/// What is said of the model of a density where its training has ended, from its own samples at a few contexts.
struct TargetReview {
    private let target: ConditionalTarget
    private let contexts: Matrix
    private let samples: Int
    private static let seed: UInt64 = 0xe4d
    /// How many of the prior's deviations from it samples are whose course is judged.
    private static let leastDistance = 100.0
    /// By how many nats the bound of samples that are far away is below the prior's.
    private static let leastLoss = 10.0
    /// Contexts at which the density's mass is searched for where samples have not come to it, and its leaps.
    private static let searchedContexts = 4
    /// Log-densities beyond are told from each other by a nat at best.
    private static let greatestMagnitude = 0x1p23

    /// Contexts and samples at each: fewer of a density that only one thread evaluates, as those written in Lua.
    init(_ target: ConditionalTarget, in state: LuaState) throws {
        self.target = target
        let isFast = target.density.isConcurrent
        contexts = try target.contexts.draw(isFast ? 64 : 32, seed: Self.seed, in: state)
        samples = isFast ? 64 : 32
    }

    /// What a model's samples at some contexts say of its density.
    private struct Findings {
        /// Contexts at which the bound would be higher farther away, and what was left behind there on average.
        var growing = 0
        var widening = 0.0
        var distance = 0.0
        /// Contexts at which the samples are far away and their bound is below the prior's, and by how many nats at one of them.
        var lost = 0
        var loss = 0.0
        /// Contexts at which the density does not fall off.
        var endless = 0
        /// Contexts at which the density's mass lies far from the samples, and one of them.
        var far = 0
        var mass: (finding: MassSearch.Finding, context: [Double])?
        /// Where the density leaps among samples of a context.
        var leap: (finding: LeapSearch.Finding, context: [Double])?
        /// Samples without a density, and one of them.
        var zeros = 0
        var example: (place: [Double], context: [Double])?
        /// |log p̃| of the others.
        var magnitudes: [Double] = []
        /// The share of components that are held at the least deviation.
        var narrow = 0.0
        /// A sample, and its context.
        var sample: (place: [Double], context: [Double])?
    }

    /// The warnings that a mixture earns.
    func warnings(of model: ConditionalModel) throws -> [String] {
        let query = try model.query(), mixture = model.mixture
        var findings = Findings()
        try forEachContext(in: mixture.space, &findings) { context, test, stream, findings in
            let own = try query.predict(context)
            if mixture.projection.isBounded { findings.narrow += own.boundShare(mixture.projection, mixture.space.halfRange) / Double(contexts.rows) }
            let departure = test.departure(of: own)
            try note(departure, in: &findings) { try test.growsOn(own, using: &stream) }
            if departure.isFar(distance: Self.leastDistance) {
                let density = target.at(context).density, prior = GaussianMixture(weights: [1], components: [target.start.prior])
                let loss = try unlessFailing { try bound(of: prior, density, &stream) - bound(of: own, density, &stream) }
                if let loss, loss > Self.leastLoss, loss.isFinite { (findings.lost, findings.loss) = (findings.lost + 1, loss) }
            }
            return own.samples(samples, using: &stream)
        }
        return warnings(findings, leastDeviation: mixture.configuration.leastDeviation)
    }

    /// The warnings that any model earns by its samples.
    ///
    /// - Parameters:
    ///   - space: where the model begins.
    ///   - draw: samples at a context, one per row.
    func warnings(in space: SampleSpace, _ draw: (_ context: [Double], _ count: Int, inout RandomStream) throws -> Matrix) throws -> [String] {
        var findings = Findings()
        try forEachContext(in: space, &findings) { context, test, stream, findings in
            let places = try draw(context, GrowthTest.sampleCount, &stream), (mean, covariance) = places.moments
            try note(test.departure(mean: mean, covariance: covariance), in: &findings) { try test.growsOn(places, mean: mean, covariance: covariance) }
            return Matrix(rows: samples, columns: places.columns, elements: Array(places.elements.prefix(samples * places.columns)))
        }
        return warnings(findings, leastDeviation: 0)
    }

    /// The evidence bound of a mixture, nats; −∞ or NaN where samples have no density.
    private func bound(of mixture: GaussianMixture, _ density: any TargetDensity, _ stream: inout RandomStream) throws -> Double {
        let places = mixture.samples(samples, using: &stream), values = try density.logDensities(places)
        return values.indices.reduce(0.0) { $0 + values[$1] - mixture.logDensity(Array(places.row($1))) } / Double(samples)
    }

    /// Takes up the density at samples of every context, which a closure draws.
    private func forEachContext(
        in space: SampleSpace, _ findings: inout Findings, draw: (_ context: [Double], GrowthTest, inout RandomStream, inout Findings) throws -> Matrix
    ) throws {
        let stream = RandomStream(seed: Self.seed)
        for row in 0..<contexts.rows {
            let context = Array(contexts.row(row)), density = target.at(context).density
            var own = stream.split(row)
            let test = GrowthTest(density, from: target.start, periodic: space.periodic), places = try draw(context, test, &own, &findings)
            note(try density.logDensities(places), at: places, context, in: &findings)
            findings.sample = findings.sample ?? (Array(places.row(0)), context)
            guard row < Self.searchedContexts else { continue }
            // A density may fail where it is not asked otherwise, as one that looks up a table; what else is found is said.
            if try unlessFailing({ try test.hasMassWithoutEnd(places) }) ?? false { findings.endless += 1 }
            if let found = try unlessFailing({ try MassSearch(density, origin: space.middle, scales: space.halfRange).find(places) }) ?? nil {
                findings.far += 1
                findings.mass = findings.mass ?? (found, context)
            }
            if findings.leap == nil, let found = try unlessFailing({ try LeapSearch(density).find(places) }) ?? nil { findings.leap = (found, context) }
        }
    }

    private func note(_ departure: GrowthTest.Departure, in findings: inout Findings, growsOn: () throws -> Bool) throws {
        findings.widening += departure.widening / Double(contexts.rows)
        findings.distance += departure.distance / Double(contexts.rows)
        if departure.isFar(distance: Self.leastDistance), try unlessFailing(growsOn) ?? false { findings.growing += 1 }
    }

    private func note(_ values: [Double], at places: Matrix, _ context: [Double], in findings: inout Findings) {
        for index in values.indices {
            if values[index].isFinite {
                findings.magnitudes.append(abs(values[index]))
            } else {
                findings.zeros += 1
                findings.example = findings.example ?? (Array(places.row(index)), context)
            }
        }
    }

    private func warnings(_ findings: Findings, leastDeviation: Double) -> [String] {
        var warnings: [String] = []
        // A constant is what nine samples of ten have in common.
        let magnitude = findings.magnitudes.isEmpty ? 0 : findings.magnitudes.sorted()[findings.magnitudes.count / 10]
        let mass = 2 * findings.far > min(contexts.rows, Self.searchedContexts) ? findings.mass : nil
        let place = mass.map { finding, context in
            "the log-density is greater than at the model's samples by \(NumberText.significant(finding.gain)) nats near \(NumberText.list(finding.place)) with the context "
                + NumberText.list(context)
        }
        if 2 * findings.growing > contexts.rows {
            warnings.append("samples are \(NumberText.significant(findings.widening)) times as wide as the prior and \(NumberText.significant(findings.distance)) of its deviations from it, "
                + "and the ELBO would be higher still if they were wider or farther away: the density seems to have no finite integral, or its mass lies farther away still; bound its "
                + "variables, or add the logarithm of a prior; where its mass lies so far away, give the target a prior there" + (place.map { ": \($0)" } ?? ""))
        } else if 2 * findings.endless > min(contexts.rows, Self.searchedContexts) {
            warnings.append("the density does not fall off: a billion times as far from the prior as the samples are, more of its mass lies than there, and still more farther on: it has "
                + "no finite integral; bound its variables, or add the logarithm of a prior")
        } else if 2 * findings.lost > contexts.rows {
            warnings.append("samples are \(NumberText.significant(findings.widening)) times as wide as the prior and \(NumberText.significant(findings.distance)) of its deviations from it, "
                + "and their ELBO is below that of the prior itself, by \(NumberText.significant(findings.loss)) nats with one context: the density seems to have no finite integral, as along a "
                + "ridge, or is too narrow so far away; bound its variables, or add the logarithm of a prior")
        } else if let place {
            warnings.append("the density's mass lies far from the prior, and the training has not come to it: \(place); give the target a prior that reaches there")
        } else if findings.narrow > 0.5 {
            let held = "components are held at the least deviation: \(plainText(leastDeviation)) of "
            if findings.distance >= Self.leastDistance, let (place, context) = findings.sample {
                warnings.append(held + "scales that were widened to reach the density's mass, \(NumberText.significant(findings.distance)) of the prior's deviations from it, such as "
                    + "\(NumberText.list(place)) with the context \(NumberText.list(context)); give the target a prior there, of about the density's width")
            } else {
                warnings.append(held + "the prior's, in some direction of most components; where the density is narrower, give the model a smaller min_deviation, or the target a "
                    + "narrower prior")
            }
        } else if magnitude > Self.greatestMagnitude {
            warnings.append("the log-density is beyond ±\(NumberText.short(magnitude)) at the model's samples, where single precision has steps of "
                + "\(NumberText.short(Double(Float(magnitude).ulp))) nats: log.elbo and the components' weights are no better than that; subtract a constant")
        }
        if let (leap, context) = findings.leap {
            warnings.append("the density leaps by \(NumberText.significant(leap.height)) nats near \(NumberText.list(leap.place)) with the context \(NumberText.list(context)), which its "
                + "slopes do not show, and trainings go by slopes: the ELBO may be nats below log Z; predict(c, { refine = 50 }) follows leaps, and where the density is to be zero, "
                + "-math.huge says so")
        }
        if findings.zeros > 1, let example = findings.example {
            let share = Double(findings.zeros) / Double(contexts.rows * samples)
            warnings.append("at \(NumberText.significant(100 * share)) % of the model's samples the density is zero or not a number, such as \(NumberText.list(example.place)) "
                + "with the context \(NumberText.list(example.context)): the ELBO is -inf at such contexts; evaluate tells the share")
        }
        return warnings
    }
}

extension GaussianMixture {
    /// The weight of components that a projection holds at its least deviation in some direction: that the precision's trace is more than half of the
    /// greatest precision says that without the bound some deviation would be about as small as the least one, or smaller.
    fileprivate func boundShare(_ projection: PrecisionProjection, _ scales: [Double]) -> Double {
        let greatest = 1 / (projection.deviations.lowerBound * projection.deviations.lowerBound)
        var share = 0.0
        for (weight, gaussian) in zip(weights, components) {
            var trace = 0.0
            for i in 0..<dimension {
                for j in 0...i {
                    let element = gaussian.precisionFactor[triangleIndex(i, j)] * scales[i]
                    trace += element * element
                }
            }
            if trace > 0.5 * greatest { share += weight }
        }
        return share
    }
}

extension Matrix {
    /// Mean and covariance of the rows.
    fileprivate var moments: (mean: [Double], covariance: Matrix) {
        let share = 1 / Double(rows)
        var mean = [Double](repeating: 0, count: columns), covariance = Matrix(rows: columns, columns: columns)
        for row in 0..<rows { for i in 0..<columns { mean[i] += share * self[row, i] } }
        for row in 0..<rows {
            for i in 0..<columns { for j in 0..<columns { covariance[i, j] += share * (self[row, i] - mean[i]) * (self[row, j] - mean[j]) } }
        }
        return (mean, covariance)
    }
}
