import Scripting

/// Shows a text that is longer than the screen page by page. What was shown stays in the terminal's own scroll-back.
///
/// Nobody is caught in it: it leaves at its end, at q, Escape, Ctrl-C and Ctrl-D, and at any letter that means nothing to it, which is then the first of
/// the next line. What came together with the key that ends it is the prompt's next input. Where something was typed already, nothing waits.
struct Pager {
    let output: OutputStream

    /// Shows a text.
    ///
    /// - Returns: what was typed behind, and to leave it.
    func show(_ text: String) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        let size = output.size
        guard output.overwrites, size.rows >= 5, heights(lines).reduce(0, +) > size.rows - 1, !RawKeyboard.hasInput,
              let keyboard = RawKeyboard(discardsInput: false)
        else {
            output.write(text)
            return ""
        }
        defer { keyboard.close() }
        return pages(lines, keyboard)
    }

    private enum Move {
        case lines(Int), rest, leave(typed: String)
    }

    private func pages(_ lines: [Substring], _ keyboard: RawKeyboard) -> String {
        var position = 0, room = output.size.rows - 1
        while true {
            position = write(lines, from: position, within: room)
            guard position < lines.count else { return keyboard.rest() }
            switch move(keyboard, shown: position, of: lines.count) {
            case .lines(let count): room = count
            case .rest:
                keyboard.close()  // so that Ctrl-C stops what is written
                output.write(lines[position...].joined(separator: "\n") + "\n")
                return keyboard.rest()
            case .leave(let typed): return typed + keyboard.rest()
            }
        }
    }

    /// Writes lines that take so many rows of the screen, at least one, and returns which comes next.
    private func write(_ lines: [Substring], from start: Int, within rows: Int) -> Int {
        var end = start, used = 0
        while end < lines.count {
            let height = heights(lines[end...end])[0]
            guard end == start || used + height <= rows else { break }
            used += height
            end += 1
        }
        output.write(lines[start..<end].joined(separator: "\n") + "\n")
        return end
    }

    /// The rows of the screen that lines take.
    private func heights(_ lines: some Collection<Substring>) -> [Int] {
        let columns = output.size.columns
        return lines.map { line in max(1, (Pager.columns(line) + columns - 1) / columns) }
    }

    /// The columns of a line, escape sequences left out; characters that are two columns wide count twice.
    private static func columns(_ line: Substring) -> Int {
        guard !line.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else { return line.utf8.count }
        var columns = 0, isEscaped = false
        for character in line {
            if isEscaped {
                isEscaped = character == "[" || character == ";" || character.isNumber
            } else if character == "\u{1B}" {
                isEscaped = true
            } else {
                columns += character.unicodeScalars.contains { $0.properties.isEmojiPresentation || (0x1100...0x115F).contains($0.value)
                    || (0x2E80...0xA4CF).contains($0.value) || (0xAC00...0xD7A3).contains($0.value) || (0xFF00...0xFF60).contains($0.value) } ? 2 : 1
            }
        }
        return columns
    }

    private func move(_ keyboard: RawKeyboard, shown: Int, of count: Int) -> Move {
        let text = "line \(shown) of \(count): Space next page, Enter next line, g to the end, q leave"
        output.write(output.styled(String(text.prefix(output.size.columns - 1)), .faint))
        defer { output.write("\r\u{1B}[K") }
        let rows = output.size.rows
        while let key = keyboard.next() {
            switch key {
            case .character(" "), .character("f"), .pageDown, .right: return .lines(rows - 1)
            case .enter, .down, .character("j"): return .lines(1)
            case .character("d"): return .lines(max(1, rows / 2))
            case .character("g"), .character("G"): return .rest
            case .character("q"), .cancel: return .leave(typed: "")
            case .character(let other): return .leave(typed: String(other))
            case .up, .left, .pageUp, .backspace, .redraw: continue
            }
        }
        return .leave(typed: "")
    }
}
