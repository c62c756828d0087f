import Foundation
import Mixtures
import Files
import Numerics
import VariationalInference

// An inference in a file: numbers as 64-bit tensors, so that it goes on with the same bits, and settings and counts as JSON in the metadata.
extension InferenceState {
    /// The metadata's key.
    static let key = "inference"

    /// What is no tensor.
    private struct Summary: Codable {
        var settings: InferenceSettings
        var start: InitialMixture
        var target: String
        var iteration: Int
        var evaluations: Int
        var weightUpdates: Int
        var additions: Int
        var nextIdentifier: Int
        var databaseCapacity: Int
        /// Nil in files of inferences that did not look for leaps.
        var leaps: Bool?
        var records: [Record]
        /// The batches of the reuse window: the samples of each, its Gaussians, and the batches that its samples know.
        var batches: [Batch]

        var isSound: Bool {
            let identifiers = records.map(\.identifier)
            // Counts that no run reaches, and that no sum of theirs overflows.
            let counts = 0...(1 << 50)
            return [iteration, evaluations, weightUpdates, additions, nextIdentifier].allSatisfy(counts.contains) && !records.isEmpty
                && Set(identifiers).count == identifiers.count && identifiers.allSatisfy { 0 <= $0 && $0 < nextIdentifier }
                && records.allSatisfy { counts.contains($0.updates) && counts.contains($0.lostIterations) && (0...1_000_000).contains($0.rewards) }
                && (1...100_000_000).contains(databaseCapacity) && batches.allSatisfy { (1...100_000_000).contains($0.samples) }
        }
    }

    private struct Record: Codable {
        var identifier: Int
        var updates: Int
        var lostIterations: Int
        var acceleration: ScaleAcceleration
        var rewards: Int
    }

    private struct Batch: Codable {
        var samples: Int
        var hasGradients: Bool
        var counts: [Int]
        var drawers: [Int]
        var components: [Int]
        var logShares: Int
    }

    /// All that is needed to continue bit for bit.
    ///
    /// - Parameter target: what the inference is of; its name is stored.
    public func encoded(target: String) -> Safetensors {
        var file = Safetensors()
        func add(_ name: String, _ columns: Int, _ values: [Double]) {
            file.doubles[name] = DoubleTensor(shape: columns == 1 ? [values.count] : [values.count / columns, columns], values: values)
        }
        let n = dimension, none = Double.nan
        add("scalars", 1, [seconds, weightStepSize, bound ?? none, zeroShare, objective ?? none])
        add("components.means", n, components.flatMap(\.gaussian.mean))
        add("components.precision_factors", triangleCount(n), components.flatMap(\.gaussian.precisionFactor))
        add("components.scalars", 4, components.flatMap { [$0.logWeight, $0.stepSize, $0.ridge, $0.zeroShare] })
        add("components.rewards", 1, components.flatMap(\.rewards))
        add("components.weights", 1, components.flatMap(\.weights))
        add("samples.places", n, database.places)
        add("samples.log_densities", 1, database.logDensities)
        for (index, batch) in window.batches.enumerated() {
            let prefix = "window.\(index)."
            add(prefix + "places", n, batch.samples.places)
            add(prefix + "log_densities", 1, batch.samples.logDensities)
            if !batch.samples.gradients.isEmpty { add(prefix + "gradients", n, batch.samples.gradients) }
            add(prefix + "means", n, batch.gaussians.flatMap(\.mean))
            add(prefix + "precision_factors", triangleCount(n), batch.gaussians.flatMap(\.precisionFactor))
            add(prefix + "log_shares", max(1, batch.count), batch.logShares.flatMap { $0 })
        }
        let summary = Summary(
            settings: settings, start: start, target: target, iteration: iteration, evaluations: evaluations, weightUpdates: weightUpdates,
            additions: additions, nextIdentifier: nextIdentifier, databaseCapacity: database.capacity, leaps: leaps,
            records: components.map {
                Record(identifier: $0.identifier, updates: $0.updates, lostIterations: $0.lostIterations, acceleration: $0.acceleration, rewards: $0.rewards.count)
            },
            batches: window.batches.map {
                Batch(
                    samples: $0.count, hasGradients: !$0.samples.gradients.isEmpty, counts: $0.counts, drawers: $0.drawers,
                    components: $0.samples.drawers, logShares: $0.logShares.count)
            })
        file.metadata[Self.key] = StoredText.text(of: summary)
        return file
    }

    /// Whether a file holds an inference.
    public static func isHeld(by file: Safetensors) -> Bool { file.metadata[key] != nil }

    /// Takes up an inference from a file.
    ///
    /// - Parameters:
    ///   - target: its target, which the file does not hold.
    ///   - path: names the file in errors.
    ///   - threads: those that the arithmetic is to use.
    /// - Throws: ``InferenceError`` or ``SafetensorsError`` that says what is wrong, or that the target is another one; what the target throws.
    public init(_ file: Safetensors, target: any TargetDensity, path: String, threads: Int = availableCores) throws {
        let reader = StoredNumbers(file: file, path: path)
        guard let text = file.metadata[Self.key] else { throw reader.failure("holds no inference") }
        guard let summary = StoredText.value(Summary.self, from: text) else { throw reader.failure("has an inference that cannot be read") }
        let n = target.dimension
        guard summary.start.mean.count == n else {
            throw InferenceError.invalidSettings(
                "\(path) is of a target of \(summary.start.mean.count.counted("variable")), \"\(summary.target)\", and \"\(target.name)\" has \(n)")
        }
        var settings = summary.settings
        settings.threads = threads
        settings.components = summary.records.count
        let most = InferenceLimits.components(dimension: n, selection: settings.isSound ? settings.selection : .perComponent(count: 1, reuse: 0))
        if case .addAndDelete(var knobs) = settings.adaptation {
            knobs.greatestCount = min(knobs.greatestCount, most)
            settings.adaptation = .addAndDelete(knobs)
        }
        guard settings.isSound, settings.components <= most, summary.databaseCapacity <= InferenceLimits.numbers / n, summary.start.isSound, settings.start?.isSound ?? true, summary.isSound else {
            throw reader.failure("has settings or counts out of range")
        }
        if settings.start != nil { settings.start = summary.start }
        try settings.validate(for: target)
        let leaps = summary.leaps ?? false
        guard !leaps || settings.followsLeaps(dimension: n) else { throw reader.failure("goes by values, which does not fit its settings") }
        self.init(
            settings: settings, start: summary.start, database: try reader.database(dimension: n, capacity: summary.databaseCapacity))
        let scalars = try reader.numbers("scalars", count: 5) { !$0.isInfinite }
        weightStepSize = scalars[1]
        guard scalars[0] >= 0, scalars[1] >= 0, (0...1).contains(scalars[3]) else { throw reader.failure("has numbers out of range") }
        seconds = scalars[0]
        bound = scalars[2].isNaN ? nil : scalars[2]
        zeroShare = scalars[3]
        objective = scalars[4].isNaN ? nil : scalars[4]
        iteration = summary.iteration
        evaluations = summary.evaluations
        weightUpdates = summary.weightUpdates
        additions = summary.additions
        nextIdentifier = summary.nextIdentifier
        self.leaps = leaps
        components = try Self.records(summary.records, reader, n)
        // Batches are used again as one list: they have gradients all or none.
        guard summary.batches.isEmpty || settings.selection.reuse > 0, summary.batches.allSatisfy({ $0.hasGradients == usesSlopes }) else {
            throw reader.failure("has batches of samples that do not fit its settings")
        }
        window = ReuseWindow(batches: try summary.batches.enumerated().map { try Self.batch($1, $0, summary.batches.count, reader, n) })
        try Self.compare(database, target, path: path)
    }

    private static func records(_ records: [Record], _ reader: StoredNumbers, _ n: Int) throws -> [ComponentRecord] {
        let gaussians = try reader.gaussians("components.", count: records.count, dimension: n)
        let scalars = try reader.numbers("components.scalars", count: 4 * records.count)
        let total = records.reduce(0) { $0 + $1.rewards }
        let rewards = try reader.numbers("components.rewards", count: total), weights = try reader.numbers("components.weights", count: total)
        var end = 0
        return try records.enumerated().map { index, record in
            var result = ComponentRecord(
                identifier: record.identifier, gaussian: gaussians[index], logWeight: scalars[4 * index], stepSize: scalars[4 * index + 1])
            guard result.logWeight <= 1e-9, result.stepSize >= 0 else { throw reader.failure("has numbers out of range") }
            result.ridge = scalars[4 * index + 2]
            result.zeroShare = scalars[4 * index + 3]
            result.updates = record.updates
            result.lostIterations = record.lostIterations
            result.acceleration = record.acceleration
            result.rewards = Array(rewards[end..<end + record.rewards])
            result.weights = Array(weights[end..<end + record.rewards])
            end += record.rewards
            return result
        }
    }

    private static func batch(_ batch: Batch, _ index: Int, _ batches: Int, _ reader: StoredNumbers, _ n: Int) throws -> ReuseWindow.Batch {
        let prefix = "window.\(index).", count = batch.samples
        guard batch.counts.count > 0, batch.counts.allSatisfy({ (1...1_000_000_000).contains($0) }), batch.drawers.count == count, batch.components.count == count,
              batch.logShares == batches else { throw reader.failure("has a batch of samples that does not fit together") }
        var samples = WeightedSamples()
        samples.places = try reader.numbers(prefix + "places", count: count * n)
        samples.logDensities = try reader.numbers(prefix + "log_densities", count: count) { $0 < .infinity }
        if batch.hasGradients { samples.gradients = try reader.numbers(prefix + "gradients", count: count * n) { _ in true } }
        samples.drawers = batch.components
        let shares = try reader.numbers(prefix + "log_shares", count: count * batches) { $0 < .infinity }
        return ReuseWindow.Batch(
            samples: samples, drawers: batch.drawers, gaussians: try reader.gaussians(prefix, count: batch.counts.count, dimension: n),
            counts: batch.counts, logShares: (0..<batches).map { Array(shares[$0 * count..<($0 + 1) * count]) })
    }

    /// Asks the target at some samples, the newest among them, whether it is the one that they are of.
    private static func compare(_ database: SampleDatabase, _ target: any TargetDensity, path: String) throws {
        let n = database.dimension, asked = min(16, database.count)
        for number in 0..<asked {
            let index = database.count - 1 - number * database.count / asked
            let place = Array(database.places[index * n..<(index + 1) * n]), known = database.logDensities[index]
            var value = 0.0
            try target.evaluate(place, count: 1, into: &value, gradients: nil)
            guard value == known || abs(value - known) <= 1e-6 * max(1, abs(known)) else {
                throw InferenceError.invalidSettings(
                    "\(path) is of another target: at {\(place.prefix(6).map { "\($0)" }.joined(separator: ", "))\(n > 6 ? ", …" : "")} its log density is \(known), "
                        + "that of \"\(target.name)\" \(value)")
            }
        }
    }
}
