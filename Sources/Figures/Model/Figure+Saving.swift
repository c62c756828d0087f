import Files
import Pictures

/// How a figure is written to a file.
public struct FigureExport: Sendable, Equatable {
    public var size: FigureSize
    /// Pixels of a PNG a pixel of the figure.
    public var scale: Double
    /// Whether PNG and PDF are on a dark page; an SVG follows its reader.
    public var isDark: Bool
    public var provenance: FigureProvenance?

    public init(size: FigureSize = FigureSize(), scale: Double = 2, isDark: Bool = false, provenance: FigureProvenance? = nil) {
        self.size = size
        self.scale = scale
        self.isDark = isDark
        self.provenance = provenance
    }
}

/// A file of a figure or a page that is drawn and not yet written.
public struct DrawnFile: Sendable {
    let path: String
    let bytes: [UInt8]

    /// Writes it, whole or not at all.
    ///
    /// - Throws: `FigureError.notWritten` if the system refuses.
    public func write() throws(FigureError) { try FigureFile.write(bytes, to: path) }
}

extension Figure {
    /// Writes the figure to a file whose name ends in ".svg", ".png" or ".pdf" and, if asked for, its data beside it with the ending ".csv".
    ///
    /// The text goes to a new file in the same directory, which then takes the old one's place at once: whatever
    /// fails, the path holds either the old file or the whole new one.
    ///
    /// - Throws: `FigureError.unknownExtension` for another ending, `FigureError.notWritten` if the system refuses, `FigureError.notDrawn` where a
    ///   picture needs a font and there is none.
    public func save(to path: String, withData: Bool = false, _ export: FigureExport = FigureExport()) throws(FigureError) {
        for file in try files(path, withData: withData, export) { try file.write() }
    }

    /// What ``save(to:withData:_:)`` writes, not yet written.
    public func files(_ path: String, withData: Bool = false, _ export: FigureExport = FigureExport()) throws(FigureError) -> [DrawnFile] {
        let format = try FigureFile.Format(path)
        let picture = DrawnFile(path: path, bytes: try FigureFile.bytes(svg(size: export.size, provenance: export.provenance), format, export))
        return withData ? [DrawnFile(path: path.dropLast(4) + ".csv", bytes: Array(csv().utf8)), picture] : [picture]
    }

    /// The figure as the bytes of a PNG file.
    ///
    /// - Throws: `FigureError.notDrawn` where it needs a font and there is none, or for too many pixels.
    public func png(_ export: FigureExport = FigureExport()) throws(FigureError) -> [UInt8] {
        try FigureFile.bytes(svg(size: export.size), .png, export)
    }
}

extension Figure {
    /// The figure as the escape sequence of a sixel picture, for terminals that show these.
    ///
    /// - Throws: as ``png(_:)``.
    public func sixel(_ export: FigureExport = FigureExport(scale: 1)) throws(FigureError) -> String {
        do { return try Bitmap(Drawing(svg: svg(size: export.size), isDark: export.isDark), scale: export.scale).sixel() } catch { throw .notDrawn("\(error)") }
    }
}

extension Animation {
    /// Writes the animation to a file whose name ends in ".svg", or its last frame to one that ends in ".png" or ".pdf", whole or not at all.
    ///
    /// - Throws: as `Figure.save`.
    public func save(to path: String, _ export: FigureExport = FigureExport()) throws(FigureError) { try file(path, export).write() }

    /// What ``save(to:_:)`` writes, not yet written.
    public func file(_ path: String, _ export: FigureExport = FigureExport()) throws(FigureError) -> DrawnFile {
        let format = try FigureFile.Format(path)
        let text = format == .svg ? svg(size: export.size, provenance: export.provenance) : still.svg(size: export.size)
        return DrawnFile(path: path, bytes: try FigureFile.bytes(text, format, export))
    }
}

extension ReportPage {
    /// Writes the page to a file whose name ends in ".html", whole or not at all.
    ///
    /// - Throws: `FigureError.unknownExtension` for another ending, `FigureError.notWritten` if the system refuses.
    public func save(to path: String) throws(FigureError) { try file(path).write() }

    /// What ``save(to:)`` writes, not yet written.
    public func file(_ path: String) throws(FigureError) -> DrawnFile {
        guard path.lowercased().hasSuffix(".html") else { throw .unknownExtension(path: path, expected: ".html") }
        return DrawnFile(path: path, bytes: Array(html().utf8))
    }
}

/// Makes and writes the files of figures.
private enum FigureFile {
    enum Format: String, CaseIterable {
        case svg, png, pdf

        init(_ path: String) throws(FigureError) {
            let lower = path.lowercased()
            guard let format = Self.allCases.first(where: { lower.hasSuffix("." + $0.rawValue) }) else { throw .unknownExtension(path: path) }
            self = format
        }
    }

    static func bytes(_ svg: String, _ format: Format, _ export: FigureExport) throws(FigureError) -> [UInt8] {
        if format == .svg { return Array(svg.utf8) }
        do {
            let drawing = try Drawing(svg: svg, isDark: export.isDark), facts = export.provenance?.facts ?? []
            if format == .pdf {
                // A document's own entries have capital letters.
                return drawing.pdf(notes: facts.isEmpty ? [] : [("Producer", facts[0].value), ("Provenance", export.provenance!.json)])
            }
            return try Bitmap(drawing, scale: export.scale).png(dotsPerInch: 96 * export.scale, notes: facts.map { ($0.name, $0.value) })
        } catch {
            throw .notDrawn("\(error)")
        }
    }

    static func write(_ bytes: [UInt8], to path: String) throws(FigureError) {
        do {
            try bytes.withUnsafeBytes { try FileReplacement(path: path).write($0) }
        } catch {
            throw .notWritten(path: path, reason: "\(error)")
        }
    }
}
