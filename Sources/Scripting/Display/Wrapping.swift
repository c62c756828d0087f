extension String {
    /// The text with its lines broken at blanks where they are longer than a width; a word that is longer stays whole, and so do lines with colours.
    ///
    /// - Parameter hanging: by how many blanks the rest of a line stands further in than the line.
    package func wrapped(to width: Int, hanging: Int = 0) -> String {
        guard width > 0, utf8.count > width else { return self }
        return split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
            guard line.count > width, !line.utf8.contains(0x1B) else { return String(line) }
            let indent = line.prefix { $0 == " " }.count
            let margin = String(repeating: " ", count: min(indent + hanging, width / 2))
            return TextTable.broken(String(line.dropFirst(indent)), first: width - indent, others: width - margin.count)
                .enumerated().map { ($0 == 0 ? String(repeating: " ", count: indent) : margin) + $1 }.joined(separator: "\n")
        }.joined(separator: "\n")
    }

    /// Lua code with its lines broken at blanks outside strings where they are longer than a width: it stays the same code.
    ///
    /// - Parameter hanging: by how many blanks the rest of a line stands further in than the line.
    package func wrappedCode(to width: Int, hanging: Int = 4) -> String {
        split(separator: "\n", omittingEmptySubsequences: false).map { line in
            width > 0 && line.count > width ? Self.brokenCode(line, width, hanging) : String(line)
        }.joined(separator: "\n")
    }

    /// The same, every line standing four blanks in.
    package func indentedCode(to width: Int) -> String {
        split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }.joined(separator: "\n").wrappedCode(to: width)
    }

    private static func brokenCode(_ line: Substring, _ width: Int, _ hanging: Int) -> String {
        let characters = Array(line), indent = line.prefix { $0 == " " }.count
        let margin = String(repeating: " ", count: Swift.min(indent + hanging, width / 2))
        var lines: [String] = [], start = 0, current = ""
        // The last place where the line may be broken, and whether a comment had begun before it.
        var place: (index: Int, isComment: Bool)?
        var quote: Character?, isComment = false, index = indent
        while index < characters.count {
            let character = characters[index]
            if let open = quote {
                if character == "\\" { index += 1 } else if character == open { quote = nil }
            } else if !isComment, character == "\"" || character == "'" {
                quote = character
            } else if !isComment, character == "-", index + 1 < characters.count, characters[index + 1] == "-" {
                isComment = true
            } else if character == " ", index > start {
                place = (index, isComment)
            }
            index += 1
            if let end = place, current.count + index - start > width {
                lines.append(current + String(characters[start..<end.index]))
                (start, place) = (end.index + 1, nil)
                current = margin + (end.isComment ? "-- " : "")
            }
        }
        lines.append(current + String(characters[start...]))
        return lines.joined(separator: "\n")
    }
}
