// Options that are lists.

extension OptionKey {
    /// A list of numbers of a range.
    ///
    /// - Parameter count: How many there may be.
    public static func numbers(
        _ name: String, count: ClosedRange<Int> = 0...Int.max, each range: NumberRange = .finite, default fallback: [Double], _ summary: String,
        unit: String? = nil
    ) -> OptionKey where Value == [Double] {
        precondition(count.contains(fallback.count) && fallback.allSatisfy(range.contains), "the default of \(name) is out of its range")
        return OptionKey(
            Parameter(name, listText("numbers", count), summary, unit: unit, range: range.each(count), default: listText(fallback)), fallback: fallback) {
            try $0.numbers(count: count, each: range)
        }
    }

    /// A list of numbers of a range, or nil.
    ///
    /// - Parameters:
    ///   - count: How many there may be.
    ///   - otherwise: What holds where it is absent, in words.
    public static func numbers(
        _ name: String, count: ClosedRange<Int> = 0...Int.max, each range: NumberRange = .finite, _ summary: String, unit: String? = nil,
        otherwise: String? = nil
    ) -> OptionKey where Value == [Double]? {
        OptionKey(
            Parameter(name, listText("numbers", count), summary, unit: unit, range: range.each(count), default: otherwise, isOptional: true),
            fallback: nil) { try $0.numbers(count: count, each: range) }
    }

    /// A list of whole numbers of a range.
    public static func integers(
        _ name: String, count: ClosedRange<Int> = 0...Int.max, each range: ClosedRange<Int>, default fallback: [Int], _ summary: String
    ) -> OptionKey where Value == [Int] {
        precondition(count.contains(fallback.count) && fallback.allSatisfy(range.contains), "the default of \(name) is out of its range")
        return OptionKey(
            Parameter(name, listText("integers", count), summary, range: NumberRange(range).each(count), default: listText(fallback.map(Double.init))),
            fallback: fallback) { try $0.integers(count: count, each: range) }
    }

    /// A list of whole numbers of a range, or nil.
    ///
    /// - Parameters:
    ///   - count: How many there may be.
    ///   - otherwise: What holds where it is absent, in words.
    public static func integers(
        _ name: String, count: ClosedRange<Int> = 0...Int.max, each range: ClosedRange<Int>, _ summary: String, otherwise: String? = nil
    ) -> OptionKey where Value == [Int]? {
        OptionKey(
            Parameter(name, listText("integers", count), summary, range: NumberRange(range).each(count), default: otherwise, isOptional: true),
            fallback: nil) { try $0.integers(count: count, each: range) }
    }

    /// A list of strings.
    public static func strings(
        _ name: String, count: ClosedRange<Int> = 0...Int.max, _ summary: String, otherwise: String? = nil
    ) -> OptionKey where Value == [String]? {
        OptionKey(Parameter(name, listText("strings", count), summary, range: NumberRange.finite.each(count), default: otherwise, isOptional: true), fallback: nil) {
            try $0.elements(count, words: "strings") { try $0.string() }
        }
    }
}

/// A list as people write it in Lua: "{1.2, 0.6}".
public func listText(_ numbers: [Double]) -> String {
    "{" + numbers.map { $0 == .infinity ? "math.huge" : plainText($0) }.joined(separator: ", ") + "}"
}

/// "list of numbers", "list of 2 numbers".
private func listText(_ kind: String, _ count: ClosedRange<Int>) -> String {
    "list of " + (count.lowerBound == count.upperBound ? "\(count.lowerBound) " : "") + kind
}

/// How many a list may have where that is a range: "1 to 16".
private func countText(_ count: ClosedRange<Int>) -> String? {
    if count.lowerBound == count.upperBound || count == 0...Int.max { return nil }
    if count.upperBound == .max { return "at least \(count.lowerBound)" }
    return (count.lowerBound == 0 ? "at most" : "\(count.lowerBound) to") + " \(count.upperBound)"
}

extension NumberRange {
    /// The range of the elements of a list, in words.
    fileprivate func each(_ count: ClosedRange<Int>) -> String? {
        let words = [countText(count).map { $0 + " of them" }, description.isEmpty ? nil : "each " + description].compactMap(\.self)
        return words.isEmpty ? nil : words.joined(separator: ", ")
    }
}

extension Slot {
    /// A list of numbers of a range.
    public func numbers(count: ClosedRange<Int>, each range: NumberRange) throws -> [Double] {
        try elements(count, words: "numbers", range) { try $0.number(of: range) }
    }

    /// A list of whole numbers of a range.
    public func integers(count: ClosedRange<Int>, each range: ClosedRange<Int>) throws -> [Int] {
        try elements(count, words: "whole numbers", NumberRange(range)) { try $0.integer(in: range) }
    }

    fileprivate func elements<Element>(
        _ count: ClosedRange<Int>, words: String, _ range: NumberRange = .finite, _ read: (Slot) throws -> Element
    ) throws -> [Element] {
        func expected() -> String { range.phrase("a " + listText((countText(count).map { $0 + " " } ?? "") + words, count)) }
        guard kind == .table else { throw mismatch(expected()) }
        let length = try length()
        guard count.contains(length) else {
            throw length > 0 ? wrongLength(length, expected()) : mismatch(expected())
        }
        var elements: [Element] = []
        elements.reserveCapacity(length)
        for position in stride(from: 1, through: length, by: 1) { elements.append(try withElement(position, read)) }
        return elements
    }
}
