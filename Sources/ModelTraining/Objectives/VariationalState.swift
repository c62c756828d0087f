import Numerics

/// What the component objective remembers from one step to the next.
public struct VariationalState: Sendable, Equatable {
    /// The network of the last snapshot, q'.
    public internal(set) var snapshot: AlignedFloats
    /// What is remembered of every component.
    public internal(set) var record: Record

    /// The part that is not the network's.
    public struct Record: Sendable, Equatable, Codable {
        /// Steps since the last snapshot.
        public var age = 0
        /// Multiplies every component's bounds.
        public var boundFactors: [Double]
        /// Sums of the components' rewards and weights over the first and the second half of the interval, and how many steps they hold.
        var rewardSums: [[Double]]
        var counts = [0, 0]
        /// Every component's weight on average and at most over contexts, decayed from interval to interval.
        public var averageWeights: [Double]
        public var greatestWeights: [Double]
        /// How many components were added in this phase, and removed since the training began.
        public var added = 0
        public var removed = 0
        /// By how much the widths of errors are above the settings', where they adapt; nil before the first step.
        public var widening: Double?

        init(components: Int) {
            boundFactors = Array(repeating: 1, count: components)
            rewardSums = Array(repeating: Array(repeating: 0, count: components), count: 2)
            averageWeights = Array(repeating: 1 / Double(components), count: components)
            // Nothing was seen yet; who removes components waits until something was.
            greatestWeights = Array(repeating: 0, count: components)
        }

        /// Whether a record that was read is one of so many components.
        package func fits(components: Int) -> Bool {
            boundFactors.count == components && averageWeights.count == components && greatestWeights.count == components
                && rewardSums.count == 2 && rewardSums.allSatisfy { $0.count == components } && counts.count == 2
                && (0...1 << 40).contains(age) && counts.allSatisfy { (0...1 << 40).contains($0) } && (0...1_000_000).contains(added) && (0...1_000_000).contains(removed) && boundFactors.allSatisfy { $0 > 0 && $0.isFinite }
        }

        /// The records of components that were chosen, in their new order.
        func selecting(_ sources: [Int]) -> Record {
            var result = self
            result.boundFactors = sources.map { boundFactors[$0] }
            result.rewardSums = rewardSums.map { sums in sources.map { sums[$0] } }
            result.averageWeights = sources.map { averageWeights[$0] }
            result.greatestWeights = sources.map { greatestWeights[$0] }
            return result
        }
    }

    init(snapshot: AlignedFloats, components: Int) {
        self.init(snapshot: snapshot, record: Record(components: components))
    }

    package init(snapshot: AlignedFloats, record: Record) {
        self.snapshot = snapshot
        self.record = record
    }
}

extension VariationalState.Record {
    private static let factorRange = 0.02...20.0

    /// Takes a step's rewards and weights in.
    ///
    /// - Parameters:
    ///   - rewards: every component's mean reward over the batch; likewise its average and its greatest weight.
    ///   - interval: steps from snapshot to snapshot.
    mutating func note(
        rewards: UnsafePointer<Double>, averageWeights: UnsafePointer<Double>, greatestWeights: UnsafePointer<Double>, interval: Int
    ) {
        let half = 2 * age < interval ? 0 : 1
        counts[half] += 1
        let share = 1 / Double(max(1, min(10 * interval, counts[0] + counts[1] + 9 * interval)))
        for component in boundFactors.indices {
            rewardSums[half][component] += rewards[component]
            self.averageWeights[component] += share * (averageWeights[component] - self.averageWeights[component])
            // The greatest weight fades over about ten intervals unless it is met again.
            self.greatestWeights[component] = max(greatestWeights[component], self.greatestWeights[component] * (1 - share))
        }
        age += 1
    }

    /// Ends an interval: components whose reward was better in its second half get wider bounds, the others narrower ones.
    mutating func endInterval(adapts: Bool) {
        if adapts, counts[0] > 0, counts[1] > 0 {
            for component in boundFactors.indices {
                let before = rewardSums[0][component] / Double(counts[0]), after = rewardSums[1][component] / Double(counts[1])
                boundFactors[component] = AdaptiveBound.next(boundFactors[component], improved: after > before, in: Self.factorRange)
            }
        }
        age = 0
        counts = [0, 0]
        for half in rewardSums.indices { rewardSums[half] = rewardSums[half].map { _ in 0 } }
    }
}
