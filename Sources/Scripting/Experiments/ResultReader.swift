import Evaluation
import Experiments
import Figures
import LuaBridge

/// What a run returned, as its files hold it.
struct ResultReader {
    private(set) var value = Datum.null
    /// Numbers by name, for tables.
    private(set) var measures: [Datum.Member] = []
    /// Logs as columns, by the names of their files.
    private(set) var logs: [(file: String, columns: Datum)] = []
    private(set) var figures: [(file: String, svg: String)] = []

    private static let measureLimit = 2000

    /// Names of files that are there already.
    private var taken: Set<String>

    /// - Parameters:
    ///   - values: all that the function returned; the first gives the result, logs and figures count wherever they stand.
    ///   - taken: the files that the run has saved.
    init(_ values: [Value], taken: [String], in state: LuaState) throws {
        self.taken = Set(taken)
        for (index, item) in values.enumerated() {
            try state.withSlot(item) { slot in
                // One number is the value; further ones have names of their own.
                let isFurther = slot.kind == .number && measures.contains { $0.name == "value" }
                let datum = try read(slot, isFurther ? ["value\(index + 1)"] : [])
                if index == 0 || value == .null { value = datum }
            }
        }
    }

    /// What is not a finite number, a measure or an element of a list.
    var notFinite: String? { measures.first { $0.value.double?.isFinite != true }.map(\.name) ?? notFiniteElement }
    private var notFiniteElement: String?

    private mutating func note(_ number: Double, _ path: [String]) {
        guard measures.count < ResultReader.measureLimit else { return }
        let name = path.isEmpty ? "value" : path.joined(separator: ".")
        let datum = Int(exactly: number).map { Datum.integer($0) } ?? Datum(number)
        if let index = measures.firstIndex(where: { $0.name == name }) { measures[index].value = datum } else { measures.append(.init(name, datum)) }
    }

    private mutating func read(_ slot: Slot, _ path: [String]) throws -> Datum {
        switch slot.kind {
        case .nil, .none: return .null
        case .boolean: return .boolean(try slot.boolean())
        case .string: return .text(try slot.string())
        case .number:
            guard case .number(let number) = slot.value else {
                let whole = try slot.integer()
                note(Double(whole), path)
                return .integer(whole)
            }
            note(number, path)
            return Datum(number)
        case .table: return try read(table: slot, path)
        case .userdata: return try read(object: slot, path)
        default: throw slot.invalid("is \(slot.found): a run returns numbers, texts, tables of them, and objects")
        }
    }

    private mutating func read(table slot: Slot, _ path: [String]) throws -> Datum {
        guard path.count < 50 else { throw slot.invalid("is nested more than 50 deep") }
        let count = try slot.length()
        var fields: [(name: String, key: Value)] = []
        try slot.forEachEntry { key, _ in
            switch key.value {
            case .integer(let index) where index >= 1 && index <= count: break
            case .string(let name): fields.append((name, key.value))
            // Whole numbers are names as well, { [100] = 0.5 }.
            case .integer(let number): fields.append(("\(number)", key.value))
            default: throw slot.invalid("has a key that is \(key.found): keys are names or whole numbers")
            }
        }
        guard count == 0 || fields.isEmpty else { throw slot.invalid("has both list elements and named fields") }
        guard count == 0 else {
            var elements: [Datum] = []
            elements.reserveCapacity(count)
            for position in 1...count {
                elements.append(try slot.withElement(position) { element in
                    // The numbers of a list are data, not measures.
                    if element.kind == .number {
                        let number = ResultReader.number(element)
                        if number.double?.isFinite != true, notFiniteElement == nil { notFiniteElement = (path + ["\(position)"]).joined(separator: ".") }
                        return number
                    }
                    return try read(element, path + ["\(position)"])
                })
            }
            return .list(elements)
        }
        return .record(try fields.sorted { $0.name < $1.name }.map { name, key in try slot.withField(key) { Datum.Member(name, try read($0, path + [name])) } })
    }

    private static func number(_ slot: Slot) -> Datum {
        switch slot.value {
        case .integer(let number): .integer(number)
        case .number(let number): Datum(number)
        default: .null
        }
    }

    private mutating func read(object slot: Slot, _ path: [String]) throws -> Datum {
        if let figure = try slot.boxIfPresent(Figure.self)?.read() { return add(figure.svg(), path) }
        if let animation = try slot.boxIfPresent(Animation.self)?.read() { return add(animation.svg(), path) }
        if let type = slot.objectType, type.name == "Log" || type.name == "InferenceLog" {
            let table = try slot.dataTable()
            let file = fileName(path.isEmpty || path == ["log"] ? "log" : "log-" + path.joined(separator: "-"), ".json")
            logs.append((file, ResultReader.columns(table)))
            for (index, column) in (table.columns ?? []).enumerated() {
                if let number = ResultReader.double(table.rows.last?[index]) { note(number, path + [column]) }
            }
            return ["log": .text(file)]
        }
        if let evaluation = try slot.boxIfPresent(Evaluation.self)?.read() { add(evaluation, path) }
        var writer = JSONWriter(indent: nil)
        try writer.write(slot)
        let datum = try Datum(json: writer.bytes)
        if slot.boxIfPresent(Evaluation.self) == nil { add(datum, path) }
        return datum
    }

    private mutating func add(_ svg: String, _ path: [String]) -> Datum {
        let file = fileName(path.isEmpty ? "figure" : path.joined(separator: "-"), ".svg")
        figures.append((file, svg))
        return ["figure": .text(file)]
    }

    /// The name of a file that is not there yet: what such a name is better without is a hyphen, and further ones of a name are counted.
    private mutating func fileName(_ words: String, _ ending: String) -> String {
        let stem = String(words.prefix(100).map { $0.isLetter || $0.isNumber || "-_".contains($0) ? $0 : "-" })
        let name = (1...).lazy.map { (stem + ($0 > 1 ? "-\($0)" : "")) + ending }.first { [taken] in !taken.contains($0) }!
        taken.insert(name)
        return name
    }

    /// The figures of the first way of sampling by their names, those of others behind the way's name.
    private mutating func add(_ evaluation: Evaluation, _ path: [String]) {
        for (index, mode) in evaluation.modes.enumerated() {
            let place = index == 0 ? path : path + [mode.name]
            let figures: [(String, Double?)] = [
                ("position", mode.position.mean.value), ("position_median", mode.position.median.value), ("rotation", mode.rotation.mean.value),
                ("rotation_median", mode.rotation.median.value), ("inside", mode.inside.value), ("answers", mode.answers.value),
                ("mmd", mode.discrepancy.value), ("entropy", mode.entropy?.value), ("elbo", mode.evidenceBound?.value),
                ("solve_seconds", mode.seconds.first?.value),
            ]
            for (name, value) in figures { if let value, value.isFinite { note(value, place + [name]) } }
        }
    }

    /// The numbers of an object: { value =, standard_error = } is one of them.
    private mutating func add(_ datum: Datum, _ path: [String]) {
        switch datum {
        case .integer, .number: note(datum.double!, path)
        case .record(let members):
            if let value = datum["value"]?.double, datum["standard_error"] != nil { return note(value, path) }
            for member in members { add(member.value, path + [member.name]) }
        case .list(let elements):
            // Elements with names are as fields.
            for element in elements { if let name = element["name"]?.text { add(element, path + [name]) } }
        default: break
        }
    }

    /// A table as columns.
    static func columns(_ table: DataTable) -> Datum {
        let names = table.columns ?? (table.rows.first ?? []).indices.map { "\($0 + 1)" }
        return .record(names.enumerated().map { index, name in
            Datum.Member(name, .list(table.rows.map { row in
                switch row[index] {
                case .integer(let number): .integer(number)
                case .number(let number): Datum(number)
                case .string(let text): .text(text)
                case .boolean(let truth): .boolean(truth)
                default: .null
                }
            }))
        })
    }

    private static func double(_ value: Value?) -> Double? {
        switch value {
        case .integer(let number): Double(number)
        case .number(let number) where number.isFinite: number
        default: nil
        }
    }
}

extension Datum {
    /// A number as results keep it: one that is none is missing.
    init(_ number: Double) { self = number.isNaN ? .null : .number(number) }
}
