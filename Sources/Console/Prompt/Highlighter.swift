import CLineEditor
import Glibc
import LuaBridge

/// The colours of a line while it is typed: keywords, literals, comments, names that have a value, brackets that belong together.
final class Highlighter {
    private let state: LuaState
    private var sequences: [UnsafeMutablePointer<CChar>?] = []

    init(state: LuaState) { self.state = state }

    /// Has the editor ask this object, which must outlive it.
    func start() {
        guard sequences.isEmpty else { return }
        let styles: [(line_editor_style, Style?)] = [
            (line_editor_plain, nil), (line_editor_keyword, .keyword), (line_editor_literal, .literal), (line_editor_quoted, .quoted),
            (line_editor_remark, .faint), (line_editor_known, .known), (line_editor_matched, .matched), (line_editor_suggested, .faint),
        ]
        precondition(styles.map(\.0.rawValue) == Array(0..<line_editor_style_count.rawValue), "every style has its sequence, in their order")
        sequences = styles.map { style in strdup(style.1.map { "\u{1B}[\($0.rawValue)m" } ?? "") }
        sequences.withUnsafeBufferPointer { sequences in
            // The editor keeps the pointer: the array is copied once and lives as long as the process, as the editor does.
            let kept = UnsafeMutablePointer<UnsafePointer<CChar>?>.allocate(capacity: sequences.count)
            for (index, sequence) in sequences.enumerated() { kept[index] = UnsafePointer(sequence) }
            line_editor_paint(Self.callback, kept, Unmanaged.passUnretained(self).toOpaque())
        }
    }

    private static let callback: line_editor_painter = { line, length, cursor, styles, context in
        guard let line, let styles, let context else { return }
        let highlighter = Unmanaged<Highlighter>.fromOpaque(context).takeUnretainedValue()
        let bytes = line.withMemoryRebound(to: UInt8.self, capacity: length) { Array(UnsafeBufferPointer(start: $0, count: length)) }
        for (index, style) in highlighter.styles(of: bytes, cursor: cursor).enumerated() { styles[index] = UInt8(style.rawValue) }
    }

    /// The style of every byte of a line.
    ///
    /// - Parameter cursor: the index of the byte that the cursor stands on.
    func styles(of line: [UInt8], cursor: Int) -> [line_editor_style] {
        var styles = [line_editor_style](repeating: line_editor_plain, count: line.count)
        guard let first = line.first(where: { !$0.isBlank }), ![UInt8(ascii: "?"), UInt8(ascii: "!"), UInt8(ascii: "%")].contains(first) else { return styles }
        let tokens = Array(LuaTokens(line))
        for (index, token) in tokens.enumerated() {
            let style = self.style(of: token, after: index > 0 ? tokens[index - 1] : nil, in: line)
            for byte in token.range { styles[byte] = style }
        }
        for index in Self.brackets(beside: cursor, tokens) { styles[index] = line_editor_matched }
        return styles
    }

    private func style(of token: LuaToken, after previous: LuaToken?, in line: [UInt8]) -> line_editor_style {
        switch token.kind {
        case .number: return line_editor_literal
        case .string: return line_editor_quoted
        case .comment: return line_editor_remark
        case .symbol: return line_editor_plain
        case .name:
            let name = String(decoding: line[token.range], as: UTF8.self)
            if ["true", "false", "nil"].contains(name) { return line_editor_literal }
            if keywords.contains(name) { return line_editor_keyword }
            // A field is not a global of the same name.
            if let previous, [.symbol(UInt8(ascii: ".")), .symbol(UInt8(ascii: ":"))].contains(previous.kind) { return line_editor_plain }
            return state.kind(ofGlobal: name) == .nil ? line_editor_plain : line_editor_known
        }
    }

    /// The bracket under the cursor, or the one before it, with its partner; nothing where there is none.
    static func brackets(beside cursor: Int, _ tokens: [LuaToken]) -> [Int] {
        let opening: [UInt8: UInt8] = [UInt8(ascii: "("): UInt8(ascii: ")"), UInt8(ascii: "["): UInt8(ascii: "]"), UInt8(ascii: "{"): UInt8(ascii: "}")]
        var open: [(index: Int, closing: UInt8)] = [], pairs: [(Int, Int)] = []
        for token in tokens {
            guard case .symbol(let byte) = token.kind else { continue }
            if let closing = opening[byte] {
                open.append((token.range.lowerBound, closing))
            } else if let last = open.last, last.closing == byte {
                pairs.append((last.index, token.range.lowerBound))
                open.removeLast()
            }
        }
        for place in [cursor, cursor - 1] {
            if let pair = pairs.first(where: { $0.0 == place || $0.1 == place }) { return [pair.0, pair.1] }
        }
        return []
    }
}
