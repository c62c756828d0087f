import ConditionalModels
import Numerics
import RobotModels

// What a model may be asked: the ranges that its contexts were drawn from, or those of its data.

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
        guard let ranges else { return nil }
        let outside = context.indices.filter { index in
            // Offsets and scales are of single precision.
            let range = ranges[index], slack = 1e-5 * max(range.upperBound - range.lowerBound, abs(range.lowerBound), abs(range.upperBound))
            return context[index] < range.lowerBound - slack || context[index] > range.upperBound + slack
        }
        guard !outside.isEmpty else { return nil }
        return "the context lies outside of the ranges that the model is trained for: \(shape.text(ofNumbers: outside, of: context, outside: ranges)); its answer is a guess"
    }

    /// What is to be said of a context that no data set can have had, of which nothing is known but how it was scaled; nil otherwise, or where it was not.
    func distantWarning(_ context: [Double]) -> String? {
        guard ranges == nil, !offset.allSatisfy({ $0 == 0 }) || !scale.allSatisfy({ $0 == 1 }) else { return nil }
        let farthest = context.indices.max { abs(input(context[$0], $0)) < abs(input(context[$1], $1)) }
        guard let farthest, abs(input(context[farthest], farthest)) > Self.farthestInput else { return nil }
        return "the context lies far outside of those that the model is trained for: \(shape.name(ofNumber: farthest)) = \(NumberText.short(context[farthest])), "
            + "about \(NumberText.significant(abs(input(context[farthest], farthest)))) deviations from their mean; its answer is a guess"
    }

    /// What is to be said of a set of points of another size than those of trainings, which are all of one; nil for others.
    func sizeWarning(_ context: [Double]) -> String? {
        guard case .points(let count, let dimension) = shape, context.count != count * dimension else { return nil }
        return "the context has \((context.count / dimension).counted("point")), and those that the model is trained for have \(count); its answer is a guess"
    }

    private func input(_ number: Double, _ index: Int) -> Double { (number - offset[index % offset.count]) * scale[index % scale.count] }
    /// Of n rows none is farther than √n deviations from the mean.
    private static let farthestInput = 1000.0
}

extension ContextShape {
    /// What messages call a number of a context.
    func name(ofNumber index: Int) -> String {
        switch self {
        case .named(let names): names[index]
        case .row: "number \(index + 1)"
        case .image(_, _, let channels): channels == 1 ? "a pixel" : "channel \(index % channels + 1) of a pixel"
        case .points(_, let dimension): "coordinate \(index % dimension + 1) of a point"
        }
    }

    /// Numbers of a context beside the ranges that they are outside of, of each kind the farthest: "a = 3.5 (-1 to 2)", "a pixel = 255 (0 to 1) and 31 more".
    ///
    /// - Parameter ranges: one for each of the first `period` numbers.
    fileprivate func text(ofNumbers indices: [Int], of context: [Double], outside ranges: [ClosedRange<Double>]) -> String {
        let kinds = Dictionary(grouping: indices) { $0 % period }.sorted { $0.key < $1.key }
        let parts = kinds.prefix(3).map { kind, indices in
            let (least, greatest) = (ranges[kind].lowerBound, ranges[kind].upperBound)
            func distance(_ index: Int) -> Double { max(least - context[index], context[index] - greatest) }
            let farthest = indices.reduce(indices[0]) { distance($1) > distance($0) ? $1 : $0 }
            let texts = NumberText.distinct([context[farthest], least, greatest])
            return "\(name(ofNumber: farthest)) = \(texts[0]) (\(texts[1]) to \(texts[2]))" + (indices.count > 1 ? " and \(NumberText.count(indices.count - 1)) more" : "")
        }
        return parts.joined(separator: ", ") + (kinds.count > 3 ? ", …" : "")
    }
}

/// How far the contexts of a data set reach, or those that were drawn: each number of a context, or each kind of numbers of images and points.
struct ContextExtent {
    private let shape: ContextShape
    private var lower: [Double], upper: [Double]

    init(_ shape: ContextShape, _ rows: Matrix) {
        self.shape = shape
        lower = Array(repeating: .infinity, count: shape.period)
        upper = Array(repeating: -.infinity, count: shape.period)
        add(rows)
    }

    /// Takes up more contexts.
    mutating func add(_ rows: Matrix) {
        for (index, number) in rows.elements.enumerated() {
            let place = index % rows.columns % lower.count
            lower[place] = min(lower[place], number)
            upper[place] = max(upper[place], number)
        }
    }

    /// As far as either reaches, of contexts of one shape.
    func union(_ other: ContextExtent) -> ContextExtent {
        var union = self
        union.lower = zip(lower, other.lower).map { min($0, $1) }
        union.upper = zip(upper, other.upper).map { max($0, $1) }
        return union
    }

    /// One number of a signal in so many may lie outside of its own range, within that of all.
    private static let strayInterval = 16

    private var isSignal: Bool { lower.count >= ContextShape.signalLength }

    /// Where any of the numbers lie.
    private var common: ClosedRange<Double> { (lower.min() ?? 0)...(upper.max() ?? 0) }

    /// The ranges of the numbers. A number of a signal that never changed, such as a pixel at its edge, may come to be any that others are.
    private var ranges: [ClosedRange<Double>] { zip(lower, upper).map { $0 == $1 && isSignal ? common : $0...$1 } }

    /// Whether a number lies far outside of a range. A little beyond the ends of some draws further ones are to be expected.
    private static func isFar(_ number: Double, outside range: ClosedRange<Double>) -> Bool {
        let (least, greatest) = (range.lowerBound, range.upperBound)
        // A number that never changes is scaled by one.
        let margin = max((greatest - least) / 2, 1e-5 * max(abs(least), abs(greatest), least == greatest ? 1 : 0))
        return number < least - margin || number > greatest + margin
    }

    /// What is to be said of a context far outside; nil where it is none.
    func warning(_ context: [Double]) -> String? {
        let ranges = ranges
        var outside = context.indices.filter { Self.isFar(context[$0], outside: ranges[$0 % ranges.count]) }
        // Of many numbers a few lie far outside of what they were in some rows; those of a signal are all of one kind.
        if isSignal, outside.count * Self.strayInterval <= context.count {
            let common = common
            outside.removeAll { !Self.isFar(context[$0], outside: common) }
        }
        guard !outside.isEmpty else { return nil }
        let text = shape.text(ofNumbers: outside, of: context, outside: ranges)
        return "the context lies far outside of those that the model is trained for: \(text); its answer is a guess"
    }
}

/// How far contexts reach that come from a function, known by those that were drawn.
final class DrawnExtent {
    /// Nil where none was drawn.
    private(set) var extent: ContextExtent?

    /// Takes note of contexts, one per row, and returns them.
    func noting(_ rows: Matrix, _ shape: ContextShape) -> Matrix {
        if extent == nil { extent = ContextExtent(shape, rows) } else { extent?.add(rows) }
        return rows
    }
}

extension ContextSet {
    /// How far its data reach, or what was drawn; nil where there is none, and for ranges, which a model's encoding keeps.
    var extent: ContextExtent? {
        switch source {
        case .data(let rows): rows.rows > 0 ? ContextExtent(shape, rows) : nil
        case .sampler, .made: drawn.extent
        case .ranges, .none: nil
        }
    }
}

extension TrainingMaterial {
    /// How far the contexts reach that trainings take; nil for ranges.
    var extent: ContextExtent? {
        switch self {
        case .target(let target): return target.contexts.extent
        case .targetWithPairs(let target, let rows, _):
            guard var extent = target.contexts.extent else { return target.contexts.hasContexts ? nil : ContextExtent(target.contexts.shape, rows) }
            extent.add(rows)
            return extent
        case .pairs(let rows, _): return ContextExtent(.row(rows.columns), rows)
        case .simulator(let simulator): return simulator.observed.extent
        }
    }
}

/// A model that is asked at contexts of numbers.
protocol ContextualModel: AnyObject {
    /// The name of what it models.
    var subjectName: String { get }
    /// What it takes its contexts by: one, or one of each of its members.
    var encodings: [NumberEncoding] { get }
    /// How far the contexts reach that it is trained on; nil for ranges, or where a file was read and nothing was attached.
    var extent: ContextExtent? { get }
    /// Whether a context outside of what it is trained for was warned of.
    var hasWarnedOfContexts: Bool { get set }
}

extension ContextualModel {
    /// What is to be said of a context; told by `warn` the first time.
    func note(on context: [Double], warn: (String) -> Void) -> String? {
        let warning = encodings.lazy.compactMap { $0.warning(context) }.first
            ?? (extent.map { $0.warning(context) } ?? encodings.lazy.compactMap { $0.distantWarning(context) }.first)
            ?? encodings.lazy.compactMap { $0.sizeWarning(context) }.first
        guard let warning else { return nil }
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
    var encodings: [NumberEncoding] { ensemble.encodings }
}
