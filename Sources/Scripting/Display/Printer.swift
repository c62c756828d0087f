import LuaBridge

/// Shows Lua values as the prompt does: numbers in full when alone, tables sorted and cut with an honest tail.
struct Printer {
    /// The depth of nested tables, and the entries of one, that are shown.
    static let depthLimit = 3
    static let itemLimit = 20

    let session: Session
    private var style: DisplayStyle { session.display }

    /// The text of one value, without a newline at its end.
    func text(of value: Value) -> String {
        let text = (try? session.state.withSlot(value) { slot in
            switch slot.kind {
            case .number: number(slot, alone: true)
            case .string: try slot.text()
            case .table where !slot.describesItself: table(slot, depth: 0, indent: 0, path: [])
            case .function: function(value) ?? describe(slot)
            default: described(slot, isDrawn: session.state.objectType(of: value)?.isDrawn ?? false)
            }
        }) ?? "?"
        return style.spelled(text.harmless(keepingColors: session.state.objectType(of: value)?.isDrawn ?? false))
    }

    /// The text of a call's results, one below the other.
    func text(of values: [Value]) -> String { values.map { text(of: $0) }.joined(separator: "\n") }

    private func function(_ value: Value) -> String? {
        session.state.registeredFunction(value).map { "function \($0.signature): \($0.summary)" }
    }

    private func describe(_ slot: Slot) -> String {
        do {
            return try slot.text()
        } catch let error as LuaError where error.kind == .interrupt {
            return "(not shown: interrupted)"
        } catch {
            return "(tostring failed: \(error))"
        }
    }

    /// What an object says of itself: sentences of it are broken to fit, drawings are not.
    private func described(_ slot: Slot, isDrawn: Bool) -> String {
        isDrawn ? describe(slot) : describe(slot).wrapped(to: style.width, hanging: 2)
    }

    private func number(_ slot: Slot, alone: Bool) -> String {
        switch slot.value {
        case .integer(let value): "\(value)"
        case .number(let value): alone ? (value.isFinite ? NumberText.full(value) : plainText(value)) : NumberText.short(value)
        default: "?"
        }
    }

    private func item(_ slot: Slot, depth: Int, indent: Int, path: [UnsafeRawPointer]) -> String {
        switch slot.kind {
        case .number: return number(slot, alone: false)
        case .string: return quoted(slot)
        case .table where !slot.describesItself:
            return table(slot, depth: depth + 1, indent: indent + 2, path: path)
        case .function: return function(slot.value).map { "function " + ($0.split(separator: ":").first.map(String.init) ?? "") } ?? "function"
        default:
            let text = describe(slot)
            return String(text.prefix { $0 != "\n" })
        }
    }

    private func table(_ slot: Slot, depth: Int, indent: Int, path: [UnsafeRawPointer]) -> String {
        guard let identity = slot.identity else { return "{}" }
        if path.contains(identity) { return "(cycle)" }
        guard let (keys, count) = try? keys(slot) else { return "(not shown: interrupted)" }
        if count == 0 { return "{}" }
        guard depth < Printer.depthLimit else { return "{…}" }
        var items: [String] = []
        for key in keys.prefix(Printer.itemLimit) {
            let label = key.label.map { $0 + " = " } ?? ""
            let text = try? slot.withField(key.value) { item($0, depth: depth, indent: indent, path: path + [identity]) }
            items.append(label + (text ?? "?"))
        }
        if count > Printer.itemLimit { items.append("… \(NumberText.count(count - Printer.itemLimit)) more") }
        return layout(items, indent: indent)
    }

    private func layout(_ items: [String], indent: Int) -> String {
        let line = "{ " + items.joined(separator: ", ") + " }"
        if line.count + indent <= style.width, !line.contains("\n") { return line }
        let margin = String(repeating: " ", count: indent + 2)
        return "{\n" + items.map { margin + $0 }.joined(separator: ",\n") + "\n" + String(repeating: " ", count: indent) + "}"
    }

    private struct Key {
        var value: Value
        /// What stands before the equals sign; nil for the elements of a list.
        var label: String?
        var order: (Int, Double, String)
    }

    /// The keys, and how many there are: the first ones of the list, as many as may be shown, then numbers, then names, then the rest.
    private func keys(_ slot: Slot) throws -> (keys: [Key], count: Int) {
        let length = try slot.length()
        var elements: [Int] = [], keys: [Key] = []
        try slot.forEachEntry { key, _ in
            let value = key.value
            switch value {
            case .integer(let index) where index >= 1 && index <= length: elements.append(index)
            case .integer(let number): keys.append(Key(value: value, label: "[\(number)]", order: (1, Double(number), "")))
            case .number(let number):
                keys.append(Key(value: value, label: "[\(NumberText.short(number))]", order: (1, number, "")))
            case .string(let name):
                keys.append(Key(value: value, label: isName(name) ? name : "[\(quoted(key))]", order: (2, 0, name)))
            default: keys.append(Key(value: value, label: "[\(item(key, depth: Printer.depthLimit, indent: 0, path: []))]", order: (3, 0, "")))
            }
        }
        elements.sort()
        // Behind a gap the places are named.
        let first = elements.prefix(Printer.itemLimit).enumerated().map { place, index in
            Key(value: .integer(index), label: index == place + 1 ? nil : "[\(index)]", order: (0, Double(index), ""))
        }
        return (first + keys.sorted { $0.order < $1.order }, elements.count + keys.count)
    }

    private func isName(_ text: String) -> Bool {
        !text.isEmpty && !text.utf8.first!.isDigit && text.utf8.allSatisfy { $0.isDigit || $0.isLetter || $0 == UInt8(ascii: "_") }
    }

    private func quoted(_ slot: Slot) -> String {
        var text = (try? slot.text()) ?? "?"
        if text.count > 200 { text = text.prefix(200) + "…" }
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 32 || scalar.value == 127: result += "\\\(scalar.value)"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension Session {
    /// The text that the prompt shows for results, laid out for `display`.
    public func text(of values: [Value]) -> String { Printer(session: self).text(of: values) }
}
