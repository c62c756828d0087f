import ConditionalModels
import LuaBridge
import Numerics

extension ContextSet {
    /// What the option `context` of `avips.target` says: ranges by name, a matrix, images, points, or a function.
    init(_ slot: Slot, in state: LuaState) throws {
        if slot.kind == .function {
            let function = try slot.function()
            let first = try Self.call(function, count: 16, columns: nil, seed: 1, in: state)
            guard first.columns <= ContextShape.largestCount else { throw slot.invalid("has contexts of \(first.columns.counted("number")), at most \(ContextShape.largestCount) are possible") }
            self.init(shape: .row(first.columns), source: .sampler(function))
            return
        }
        let names = slot.kind == .table && slot.boxIfPresent(Matrix.self) == nil ? try slot.names() : []
        if names.isEmpty {
            let rows = try slot.matrix()
            try Self.check(rows, slot)
            self.init(shape: .row(rows.columns), source: .data(rows))
        } else if names.contains("image") || names.contains("points") {
            self = try Self.data(slot, names)
        } else {
            self = try Self.ranges(slot, names.sorted())
        }
    }

    private static func check(_ rows: Matrix, _ slot: Slot) throws {
        guard rows.rows > 0 else { throw slot.invalid("must have at least one context") }
        guard rows.elements.allSatisfy(\.isFinite) else { throw slot.invalid("must have finite numbers") }
        guard rows.columns <= ContextShape.largestCount else { throw slot.invalid("must have at most \(ContextShape.largestCount) numbers a context") }
    }

    /// The greatest number of a range: what a training's contexts may be at most.
    private static let greatest = TrainingMaterial.greatestMagnitude

    private static func ranges(_ slot: Slot, _ names: [String]) throws -> ContextSet {
        var lower: [Double] = [], upper: [Double] = []
        for name in names {
            try slot.withField(.string(name)) { field in
                let fixed = "; a number that does not change goes into the function itself, or into a column of a Matrix whose rows are the contexts"
                if field.kind == .number { throw field.invalid("must be a range, such as {-1, 1}, got \(field.found)" + fixed) }
                let range = try field.vector(count: 2, expected: "a range, such as {-1, 1}")
                guard range[0] < range[1] else {
                    throw field.invalid("must be a range that rises, such as {-1, 1}, got \(NumberText.list(range))" + (range[0] == range[1] ? fixed : ""))
                }
                guard abs(range[0]) <= greatest, abs(range[1]) <= greatest else { throw field.invalid("must lie within ±\(plainText(greatest))") }
                lower.append(range[0])
                upper.append(range[1])
            }
        }
        return ContextSet(shape: .named(names), source: .ranges(lower: lower, upper: upper))
    }

    /// Images or sets of points with their data.
    private static func data(_ slot: Slot, _ names: [String]) throws -> ContextSet {
        let kind = names.contains("image") ? "image" : "points"
        if let other = names.first(where: { $0 != kind && $0 != "data" }) { throw slot.invalid("has an unknown field \"\(other)\" beside \(kind) and data") }
        let sizes = try slot.withField(.string(kind)) { field in
            try field.numbers(count: kind == "image" ? nil : 2, expected: kind == "image" ? "{height, width, channels}" : "{points, dimensions}").map { number in
                guard let size = Int(exactly: number), size >= 1 else { throw field.mismatch("a list of whole numbers from 1 on") }
                return size
            }
        }
        if kind == "image", !(2...3).contains(sizes.count) { throw slot.invalid("must give an image as {height, width} or {height, width, channels}") }
        let shape: ContextShape = kind == "image"
            ? .image(height: sizes[0], width: sizes[1], channels: sizes.count > 2 ? sizes[2] : 1) : .points(count: sizes[0], dimension: sizes[1])
        guard shape.isSound else { throw slot.invalid("makes contexts of too many numbers; at most \(ContextShape.largestCount) are possible") }
        return try slot.withField(.string("data")) { field in
            if field.kind == .function { return ContextSet(shape: shape, source: .sampler(try field.function())) }
            let isEmpty = try field.kind == .table && field.length() == 0 && field.names().isEmpty
            if field.isNil || isEmpty { return ContextSet(shape: shape, source: .none) }
            let rows: Matrix
            if let box = field.boxIfPresent(Matrix.self) {
                rows = try box.read()
            } else {
                let given = try shape.read(field)
                let list: [[Double]] = if case .several(let several) = given { several } else if case .one(let one) = given { [one] } else { [] }
                if let index = list.firstIndex(where: { $0.count != shape.count }) {
                    let form = switch shape {
                    case .points(let count, let dimension): "\(count.counted("point")) of \(dimension.counted("number")), {{{...}, ...}, ...}, or a Matrix with a row for each"
                    default: "\(shape.count.counted("number"))"
                    }
                    throw field.invalid("must be a list of contexts, each of \(form); context \(index + 1) has \(list[index].count.counted("number"))")
                }
                rows = Matrix(rows: list.count, columns: shape.count, elements: list.flatMap(\.self))
            }
            guard rows.columns == shape.count else { throw field.invalid("must have rows of \(shape.count.counted("number")), got \(rows.columns)") }
            try check(rows, field)
            return ContextSet(shape: shape, source: .data(rows))
        }
    }
}
