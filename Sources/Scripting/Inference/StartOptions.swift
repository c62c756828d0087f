import LuaBridge
import Mixtures

/// The Gaussian from which components start, as scripts give it.
extension InitialMixture {
    static let priorOption = RawOption(
        "prior", "table", "the Gaussian from which components start, { mean = list, deviation = number or list }", otherwise: "mean 0, deviation 1")
    static let meanOption = RawOption(
        "mean", "list of numbers", "the mean of the Gaussian that the first component means are drawn from; prior has it as a field, too", range: "each -1e9 to 1e9",
        otherwise: "zeros")
    static let deviationOption = RawOption(
        "deviation", "number or list of numbers", "its standard deviation, and that of the first components; likewise", range: "1e-9 to 1e9", otherwise: "1")

    /// The start that the option `prior` says, or the options `mean` and `deviation`.
    init(of options: LuaBridge.Options, dimension: Int) throws {
        guard let prior = options[Self.priorOption] else {
            self = try InitialMixture(dimension: dimension).replaced(by: options)
            return
        }
        for option in [Self.meanOption, Self.deviationOption] where options[option] != nil {
            throw options.invalid(option, "does not go with prior, which has a field of that name")
        }
        try self.init(prior: prior, dimension: dimension)
    }

    /// A Gaussian given as `{ mean = ..., deviation = ... }`.
    ///
    /// - Parameter dimension: nil where the mean tells it.
    init(prior slot: Slot, dimension: Int? = nil) throws {
        guard slot.kind == .table else { throw slot.mismatch("a table with mean and deviation") }
        for name in try slot.names() where !["mean", "deviation"].contains(name) {
            throw slot.invalid("has an unknown field \"\(name)\"; it may have mean and deviation")
        }
        let mean = try slot.withField("mean") { $0.isNil ? nil : try Self.mean($0, dimension) }
        guard let count = dimension ?? mean?.count, count > 0 else { throw slot.invalid("must have a mean, whose length is the number of variables") }
        let deviations = try slot.withField("deviation") { $0.isNil ? Array(repeating: 1, count: count) : try Self.deviations($0, count) }
        self.init(mean: mean ?? Array(repeating: 0, count: count), deviations: deviations, componentDeviations: deviations)
    }

    /// The start with what the options `mean` and `deviation` say instead.
    func replaced(by options: LuaBridge.Options) throws -> InitialMixture {
        var start = self
        if let slot = options[Self.meanOption] { start.mean = try Self.mean(slot, mean.count) }
        if let slot = options[Self.deviationOption] {
            start.deviations = try Self.deviations(slot, mean.count)
            start.componentDeviations = start.deviations
        }
        return start
    }

    private static func mean(_ slot: Slot, _ count: Int?) throws -> [Double] {
        let mean = try slot.vector(count: count, expected: count.map { "a list of \($0.counted("number"))" })
        guard mean.allSatisfy({ abs($0) <= 1e9 }) else { throw slot.invalid("must have numbers from -1e9 to 1e9") }
        return mean
    }

    /// Standard deviations, one number being that of all.
    private static func deviations(_ slot: Slot, _ count: Int) throws -> [Double] {
        let range = 1e-9...1e9
        if slot.kind == .number { return Array(repeating: try slot.number(in: range), count: count) }
        let deviations = try slot.vector(count: count, expected: "a number, or a list of \(count.counted("number"))")
        guard deviations.allSatisfy(range.contains) else { throw slot.invalid("must have numbers from 1e-9 to 1e9") }
        return deviations
    }
}
