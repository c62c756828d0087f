import Files

extension Figure {
    /// Writes the figure to a file whose name ends in ".svg".
    ///
    /// The text goes to a new file in the same directory, which then takes the old one's place at once: whatever
    /// fails, the path holds either the old file or the whole new one.
    ///
    /// - Throws: `FigureError.unknownExtension` for another ending, `FigureError.notWritten` if the system refuses.
    public func save(to path: String) throws(FigureError) {
        guard path.lowercased().hasSuffix(".svg") else { throw .unknownExtension(path: path) }
        do {
            try Array(svg().utf8).withUnsafeBytes { try FileReplacement(path: path).write($0) }
        } catch {
            throw .notWritten(path: path, reason: "\(error)")
        }
    }
}
