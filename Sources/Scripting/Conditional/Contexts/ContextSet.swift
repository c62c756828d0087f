import ConditionalModels
import Kinematics
import LuaBridge
import Numerics
import RobotModels

/// The contexts of a conditional target: what they are, and where trainings take them from.
struct ContextSet {
    enum Source {
        /// Uniform between two corners.
        case ranges(lower: [Double], upper: [Double])
        /// The rows of a data set.
        case data(Matrix)
        /// A function of how many and a seed that returns a matrix.
        case sampler(Reference)
        /// The same in Swift.
        case made(@Sendable (_ count: Int, inout RandomStream) -> Matrix)
        /// None yet: questions name their contexts, and only what draws them is refused.
        case none
    }

    var shape: ContextShape
    var source: Source
    /// How far the contexts reach that were drawn so far for scaling and for trainings.
    let drawn = DrawnExtent()

    /// The contexts that questions to a model of a conditional target name.
    static let parameter = Parameter(
        "context", "table, list or Matrix", "the context: numbers by name, a list of them, an image or a set of points; a list of these for several")

    /// Contexts that a sampler makes at a time.
    static let samplerCount = 16384

    /// Contexts drawn for scaling or for a training, which questions are later compared with; one per row.
    func drawForTraining(_ count: Int, seed: UInt64, in state: LuaState) throws -> Matrix {
        drawn.noting(try draw(count, seed: seed, in: state), shape)
    }

    /// Contexts drawn for a trial or an evaluation, one per row.
    func draw(_ count: Int, seed: UInt64, in state: LuaState) throws -> Matrix {
        var stream = RandomStream(seed: seed)
        switch source {
        case .ranges(let lower, let upper):
            let elements = (0..<count).flatMap { _ in lower.indices.map { lower[$0] + (upper[$0] - lower[$0]) * stream.uniform() } }
            return Matrix(rows: count, columns: shape.count, elements: elements)
        case .data(let rows):
            let chosen = (0..<count).flatMap { _ in rows.row(Int(stream.next(upperBound: UInt64(rows.rows)))) }
            return Matrix(rows: count, columns: shape.count, elements: chosen)
        case .made(let draw): return draw(count, &stream)
        case .none:
            throw ArgumentError("the target's contexts, \(shape), have no data to draw from: "
                + "give the context of avips.target data, a matrix with a row for each context, or a function of how many and a seed")
        case .sampler(let function):
            return try Self.call(function, count: count, columns: shape.count, seed: seed, in: state)
        }
    }

    /// Contexts to try a function on: as trainings draw them, or standard normal numbers where there are no data.
    func trial(_ count: Int, seed: UInt64, in state: LuaState) throws -> Matrix {
        guard case .none = source else { return try draw(count, seed: seed, in: state) }
        var stream = RandomStream(seed: seed)
        return Matrix(rows: count, columns: shape.count, elements: (0..<count * shape.count).map { _ in stream.normal() })
    }

    /// Contexts among which rare ones are searched for: all rows of data, or draws.
    func probed(in state: LuaState) throws -> Matrix {
        if case .data(let rows) = source, rows.rows > 0 { return rows }
        return try trial(64, seed: 0x7ac3, in: state)
    }

    /// The range of each number; none where they have none.
    var bounds: [ClosedRange<Double>] {
        guard case .ranges(let lower, let upper) = source else { return [] }
        return zip(lower, upper).map { min($0, $1)...max($0, $1) }
    }

    /// Whether there is anything to draw contexts from.
    var hasContexts: Bool { if case .none = source { false } else { true } }

    /// What a script's function of how many and a seed draws, and what messages call it.
    enum Drawn {
        case context, parameters

        var function: String { self == .context ? "the function of contexts" : "the prior, a function of how many and a seed," }
        var row: String { self == .context ? "context" : "draw of the parameters" }
        var rows: String { self == .context ? "contexts" : "draws of the parameters" }
    }

    /// Rows that a script's function draws.
    static func call(
        _ function: Reference, drawing drawn: Drawn = .context, count: Int, columns: Int?, seed: UInt64, in state: LuaState
    ) throws -> Matrix {
        let seed = Value.integer(Int(seed & 0x7fff_ffff))
        let result = try state.call(function, [.integer(count), takesOptions(function, in: state) ? .record([("seed", seed)]) : seed]).first ?? .nil
        return try state.withSlot(result) { slot in
            let rows: Matrix
            do { rows = try self.rows(slot, count: count, columns: columns) } catch let error as ArgumentError {
                throw ArgumentError("\(drawn.function) must return a matrix with a row for each \(drawn.row): \(error)")
            }
            guard rows.rows == count else { throw ArgumentError("\(drawn.function) was asked for \(count) \(drawn.rows) and returned \(rows.rows)") }
            guard rows.elements.allSatisfy(\.isFinite) else { throw ArgumentError("\(drawn.function) returned numbers that are not finite") }
            return rows
        }
    }

    /// Whether it is one of the program's own, such as `avips.random.normal`, which take the seed among options.
    private static func takesOptions(_ function: Reference, in state: LuaState) -> Bool {
        guard let parameters = state.registeredFunction(.reference(function))?.parameters, parameters.count > 1 else { return false }
        return parameters[1].options.contains { $0.name == "seed" }
    }

    /// Rows that were drawn; those of one number each may come as a list.
    private static func rows(_ slot: Slot, count: Int, columns: Int?) throws -> Matrix {
        guard columns ?? 1 == 1, slot.kind == .table, slot.isVector, try slot.length() == count else { return try slot.matrix(columns: columns) }
        return Matrix(rows: count, columns: 1, elements: try slot.series(limit: Limits.elements))
    }

    /// How contexts become a network's inputs: shifted and scaled as the data are, as they come where there are none.
    func encoding(in state: LuaState) throws -> NumberEncoding {
        let rows: Matrix
        switch (source, shape) {
        case (.ranges(let lower, let upper), .named(let names)): return NumberEncoding(names: names, lower: lower, upper: upper)
        case (.none, _): return NumberEncoding(shape: shape, offset: Array(repeating: 0, count: shape.count), scale: Array(repeating: 1, count: shape.count))
        case (.data(let data), _): rows = data
        default: rows = try drawForTraining(4096, seed: 1, in: state)
        }
        let encoding = NumberEncoding(shape: shape, measuring: rows)
        try encoding.check(rows, in: state)
        return encoding
    }
}

extension NumberEncoding {
    /// Refuses contexts that are too large to be scaled or of which networks would take nearly all for one another, and warns where it is some, where they
    /// are too small, or where labels or most numbers are crowded.
    func check(_ rows: Matrix, in state: LuaState) throws {
        if let (column, reach) = unscaled(rows) {
            let complaint = "in the contexts, \(shape.name(ofNumber: column)) varies by \(NumberText.short(reach)), and networks take numbers that vary by 1e-30 to 1e30; "
                + "give it in another unit, or its logarithm"
            guard reach < 1 else { throw ArgumentError(complaint) }
            return state.warn(complaint + ", if it is to count")
        }
        guard let found = indistinct(rows) else {
            guard let found = crowded(rows) else { return warnOfConcentration(rows, in: state) }
            return state.warn(
                "in the contexts, \(shape.name(ofNumber: found.column)) has a deviation of about \(NumberText.significant(1 / scale[found.column])), beside which \(found.near) of its \(found.labels) values "
                    + "differ by too little from others for a network to tell them apart, such as \(plainText(found.first)) and \(plainText(found.second)); give differences from where "
                    + "they cluster, logarithms, or a column of 0 and 1 for each value, and drop or move single values that are far away")
        }
        let complaint = "in the contexts, \(shape.name(ofNumber: found.column)) is spread over \(NumberText.short(1 / scale[found.column])), and networks, which count in single precision, take some of its values for one another, "
            + "such as \(plainText(found.first)) and \(plainText(found.second)); where such differences count, give its logarithm, or what is left after subtracting where it clusters beside a number of the cluster"
        guard found.share < 0.9 else { throw ArgumentError(complaint) }
        state.warn(complaint)
    }

    /// Warns of numbers that a network learns nothing from, since single ones are far away.
    private func warnOfConcentration(_ rows: Matrix, in state: LuaState) {
        guard let found = concentrated(rows) else { return }
        let ends = NumberText.distinct([found.lower, found.upper])
        state.warn("in the contexts, \(shape.name(ofNumber: found.column)) has a deviation of about \(NumberText.significant(1 / scale[found.column])), beside which nearly all of its values, from "
            + "\(ends[0]) to \(ends[1]), differ by too little for a network to learn from them; drop or move single values that are far away, such as codes for missing ones")
    }
}

extension ContextShape {
    /// A context as a script's function gets it.
    func value(of numbers: some RandomAccessCollection<Double>) -> Value {
        let numbers = Array(numbers)
        switch self {
        case .named(let names): return .record(zip(names, numbers).map { ($0, .number($1)) })
        case .row, .image: return .numbers(numbers)
        case .points(_, let dimension):
            return .list(stride(from: 0, to: numbers.count, by: dimension).map { .numbers(Array(numbers[$0..<$0 + dimension])) })
        }
    }

    /// A context, or several, as a script gives them.
    enum Given {
        case one([Double])
        case several([[Double]])

        var contexts: [[Double]] {
            switch self {
            case .one(let context): [context]
            case .several(let contexts): contexts
            }
        }
    }

    /// Reads a context: named numbers as a table of them or a list, others as a list, an image as a flat list, rows, a matrix or rows of pixels of channels,
    /// a set of points as rows; a list of such, or a matrix with one per row, is several.
    func read(_ slot: Slot) throws -> Given {
        let given = try unchecked(slot)
        for (index, context) in given.contexts.enumerated() {
            let place = if case .several = given { " of context \(index + 1)" } else { "" }
            // Matrices may have any number of rows, and numbers that arithmetic has left behind.
            guard !context.isEmpty else { throw slot.invalid("must have at least one point") }
            if let number = context.firstIndex(where: { !$0.isFinite }) {
                throw slot.invalid("must have finite numbers, got \(NumberText.short(context[number])) as number \(number + 1)\(place)")
            }
        }
        return given
    }

    private func unchecked(_ slot: Slot) throws -> Given {
        switch self {
        case .named(let names):
            if let given = try poses(slot, names) { return given }
            if let one = try named(slot, names) { return .one(one) }
        case .image(let height, let width, let channels):
            if let one = try image(slot, height, width, channels) { return .one(one) }
            if let matrix = try slot.boxIfPresent(Matrix.self)?.read() {
                if matrix.columns != count { throw slot.invalid("must be \(self) or several as rows of \(count.counted("number")), got \(matrix.rows) × \(matrix.columns)") }
            } else if slot.kind == .table, try slot.length() > 0, try slot.withElement(1, { !$0.isVector }) {
                return .several(try (1...slot.length()).map { position in
                    try slot.withElement(position) { element in
                        try image(element, height, width, channels) ?? element.vector(count: count, expected: "a context, \(self)")
                    }
                })
            }
        case .points(_, let dimension):
            let isSeveral = slot.boxIfPresent(Matrix.self) == nil && slot.kind == .table && ((try? slot.withElement(1) { !$0.isVector }) ?? false)
            guard isSeveral else { return .one(try slot.matrix(columns: dimension).elements) }
            return .several(try (1...max(1, slot.length())).map { position in
                try slot.withElement(position) { try $0.matrix(columns: dimension).elements }
            })
        case .row: break
        }
        if slot.isVector { return .one(try slot.vector(count: count, expected: "a context, \(self)")) }
        if case .named(let names) = self, slot.kind == .table {
            let length = try slot.length()
            guard length > 0 else { throw slot.invalid("must be a context, \(self)") }
            return .several(try (1...length).map { position in
                try slot.withElement(position) { element in try named(element, names) ?? element.vector(count: count, expected: "a context, \(self)") }
            })
        }
        let rows = try slot.matrix(columns: count)
        return .several((0..<rows.rows).map { Array(rows.row($0)) })
    }

    /// An image as a matrix, a list of its rows, or a list of rows of pixels, each a list of its channels; nil for what is none of these.
    private func image(_ slot: Slot, _ height: Int, _ width: Int, _ channels: Int) throws -> [Double]? {
        let columns = width * channels
        if let matrix = try slot.boxIfPresent(Matrix.self)?.read() { return matrix.rows == height && matrix.columns == columns ? matrix.elements : nil }
        guard slot.kind == .table, !slot.isVector, try slot.length() == height else { return nil }
        return try slot.withElement(1) { row in
            if row.isVector { return try row.vectorLength() == columns ? slot.matrix(columns: columns).elements : nil }
            guard row.kind == .table, try row.length() == width, try row.withElement(1, { pixel in
                // A list of as many images by their rows is several.
                try pixel.isVector && !(width == height && width > 1 && pixel.vectorLength() == columns)
            }) else { return nil }
            return try pixels(slot, height, width, channels)
        }
    }

    /// An image as a list of rows, each a list of pixels, each a list of its channels.
    private func pixels(_ slot: Slot, _ height: Int, _ width: Int, _ channels: Int) throws -> [Double] {
        try (1...height).flatMap { position in
            try slot.withElement(position) { row in
                guard try row.length() == width else { throw try row.wrongLength(row.length(), "a row of \(width.counted("pixel")), as the first one is") }
                return try (1...width).flatMap { position in
                    try row.withElement(position) { try $0.vector(count: channels, expected: "a pixel of \(channels.counted("channel"))") }
                }
            }
        }
    }

    /// Poses, where the names are those of a pose's numbers.
    private func poses(_ slot: Slot, _ names: [String]) throws -> Given? {
        guard let kind = ContextKind.allCases.first(where: { PosesDensity.names($0) == names }) else { return nil }
        if let pose = try slot.boxIfPresent(Pose.self)?.read() { return .one(PosesDensity.numbers(pose, kind)) }
        guard slot.kind == .table, try slot.length() > 0, try slot.withElement(1, { $0.boxIfPresent(Pose.self) != nil }) else { return nil }
        return .several(try (1...slot.length()).map { position in
            try slot.withElement(position) { PosesDensity.numbers(try $0.object(Pose.self), kind) }
        })
    }

    /// One context.
    func readOne(_ slot: Slot) throws -> [Double] {
        guard case .one(let context) = try read(slot) else { throw slot.invalid("must be one context, \(self), not several") }
        return context
    }

    /// A table with the names as fields; nil for what is none.
    private func named(_ slot: Slot, _ names: [String]) throws -> [Double]? {
        guard slot.kind == .table, try slot.length() == 0 else { return nil }
        for name in try slot.names() where !names.contains(name) {
            throw slot.invalid("has no number \"\(name)\" in its context; there are \(names.joined(separator: ", "))")
        }
        return try names.map { name in
            try slot.withField(.string(name)) { field in
                guard !field.isNil else { throw slot.invalid("lacks the number \"\(name)\" of its context, \(self)") }
                return try field.finiteNumber()
            }
        }
    }
}

extension Slot {
    /// A number that is finite.
    func finiteNumber() throws -> Double { try number(in: -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude) }
}
