import Files

extension Figure {
    /// Writes the figure to a file whose name ends in ".svg" and, if asked for, its data beside it with the ending ".csv".
    ///
    /// The text goes to a new file in the same directory, which then takes the old one's place at once: whatever
    /// fails, the path holds either the old file or the whole new one.
    ///
    /// - Throws: `FigureError.unknownExtension` for another ending, `FigureError.notWritten` if the system refuses.
    public func save(to path: String, withData: Bool = false) throws(FigureError) {
        try FigureFile.check(path, endsIn: ".svg")
        if withData { try FigureFile.write(csv(), to: path.dropLast(4) + ".csv") }
        try FigureFile.write(svg(), to: path)
    }
}

extension Animation {
    /// Writes the animation to a file whose name ends in ".svg", whole or not at all.
    ///
    /// - Throws: `FigureError.unknownExtension` for another ending, `FigureError.notWritten` if the system refuses.
    public func save(to path: String) throws(FigureError) {
        try FigureFile.check(path, endsIn: ".svg")
        try FigureFile.write(svg(), to: path)
    }
}

extension ReportPage {
    /// Writes the page to a file whose name ends in ".html", whole or not at all.
    ///
    /// - Throws: `FigureError.unknownExtension` for another ending, `FigureError.notWritten` if the system refuses.
    public func save(to path: String) throws(FigureError) {
        try FigureFile.check(path, endsIn: ".html")
        try FigureFile.write(html(), to: path)
    }
}

/// Writes the texts of figures.
private enum FigureFile {
    static func check(_ path: String, endsIn ending: String) throws(FigureError) {
        guard path.lowercased().hasSuffix(ending) else { throw .unknownExtension(path: path, expected: ending) }
    }

    static func write(_ text: String, to path: String) throws(FigureError) {
        do {
            try Array(text.utf8).withUnsafeBytes { try FileReplacement(path: path).write($0) }
        } catch {
            throw .notWritten(path: path, reason: "\(error)")
        }
    }
}
