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
}
