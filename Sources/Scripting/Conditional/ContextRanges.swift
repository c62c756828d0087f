import ConditionalModels
import RobotModels

// What a model may be asked: the ranges that its contexts were drawn from.

extension NumberEncoding {
    /// The ranges that named contexts were declared with; nil where none were, as for poses and rows of data.
    var ranges: [ClosedRange<Double>]? {
        guard case .named(let names) = shape, !ContextKind.allCases.contains(where: { PosesDensity.names($0) == names }) else { return nil }
        // A uniform number's deviation is its range over √12.
        return zip(offset, scale).map { offset, scale in
            let half = 3.0.squareRoot() / Double(abs(scale))
            // Both are of single precision: what differs from zero by less is zero.
            func bound(_ number: Double) -> Double { abs(number) < 1e-6 * half ? 0 : number }
            return bound(Double(offset) - half)...bound(Double(offset) + half)
        }
    }

    /// What is to be said of a context outside of the ranges; nil within them.
    func warning(_ context: [Double]) -> String? {
        guard let ranges, case .named(let names) = shape else { return nil }
        let outside = context.indices.filter { index in
            // Offsets and scales are of single precision.
            let range = ranges[index], slack = 1e-5 * max(range.upperBound - range.lowerBound, abs(range.lowerBound), abs(range.upperBound))
            return context[index] < range.lowerBound - slack || context[index] > range.upperBound + slack
        }
        guard !outside.isEmpty else { return nil }
        let parts = outside.prefix(3).map { index in
            "\(names[index]) = \(NumberText.short(context[index])) (\(NumberText.short(ranges[index].lowerBound)) to \(NumberText.short(ranges[index].upperBound)))"
        }
        return "the context lies outside of the ranges that the model is trained for: \(parts.joined(separator: ", "))\(outside.count > 3 ? ", …" : ""); its answer is a guess"
    }
}

/// A model that is asked at contexts of numbers.
protocol ContextualModel: AnyObject {
    /// The name of what it models.
    var subjectName: String { get }
    /// What it takes its contexts by: one, or one of each of its members.
    var encodings: [NumberEncoding] { get }
    /// Whether a context outside of the declared ranges was warned of.
    var hasWarnedOfContexts: Bool { get set }
}

extension ContextualModel {
    /// What is to be said of a context; told by `warn` the first time.
    func note(on context: [Double], warn: (String) -> Void) -> String? {
        guard let warning = encodings.lazy.compactMap({ $0.warning(context) }).first else { return nil }
        if !hasWarnedOfContexts {
            hasWarnedOfContexts = true
            warn("\(subjectName): \(warning)")
        }
        return warning
    }
}

extension ConditionalModel: ContextualModel {
    var subjectName: String { mixture.subject.name }
    var encodings: [NumberEncoding] { [encoding] }
}

extension SampledModel: ContextualModel {
    var subjectName: String { model.subject.name }
    var encodings: [NumberEncoding] { encoding.map { [$0] } ?? [] }
}

extension EnsembleModel: ContextualModel {
    var subjectName: String { ensemble.members[0].subject.name }
    var encodings: [NumberEncoding] { ensemble.members.compactMap { $0.encoder as? NumberEncoding } }
}
