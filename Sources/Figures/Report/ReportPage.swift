/// The figures and tables of a run on one page that needs nothing else: no network, no script, no other file.
public struct ReportPage: Sendable, Equatable {
    /// What stands below what came before.
    public enum Block: Sendable, Equatable {
        case heading(String)
        /// Words; its lines stay lines.
        case paragraph(String)
        /// A figure with its description as caption; the words before it, where there are any.
        case figure(Figure, caption: String? = nil)
        case animation(Animation)
        case table(ReportTable)
        /// Text as it is, in a font whose letters are equally wide.
        case preformatted(String)
    }

    public var title: String
    public var blocks: [Block]
    /// Where the page comes from, for its foot: facts by name.
    public var provenance: FigureProvenance?

    public init(title: String, blocks: [Block], provenance: FigureProvenance? = nil) {
        self.title = title
        self.blocks = blocks
        self.provenance = provenance
    }
}

/// A table of words.
public struct ReportTable: Sendable, Equatable {
    public var caption: String
    public var columns: [String]
    /// As many fields a row as columns.
    public var rows: [[String]]

    public init(caption: String = "", columns: [String], rows: [[String]]) {
        self.caption = caption
        self.columns = columns
        self.rows = rows
    }
}
