/// What was entered at the prompt, newest last: functions that were typed are found there as they were written.
public struct EnteredTexts {
    private var texts: [String] = []
    /// The entries that are kept.
    private static let limit = 1000

    public init() {}

    /// The entry that was made last.
    public var last: String? { texts.last }

    public mutating func add(_ text: String) {
        if texts.count >= EnteredTexts.limit { texts.removeFirst(EnteredTexts.limit / 10) }
        texts.append(text)
    }

    /// The newest entry that has a function of a name on those lines; where none has, the newest that has any there.
    func text(withFunctionOn lines: ClosedRange<Int>, named name: String?) -> String? {
        if let name, let text = texts.last(where: { LuaSource.functions(in: $0).contains(.init(lines: lines, name: name)) }) { return text }
        return texts.last { LuaSource.functions(in: $0).contains { $0.lines == lines } }
    }
}
