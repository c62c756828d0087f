/// What texts are laid out for.
public struct DisplayStyle: Sendable, Equatable {
    /// Columns of the terminal, or of a page.
    public var width: Int
    /// The rows of a matrix or a table that are shown at most.
    public var rows: Int
    /// Whether signs beyond ASCII can be shown.
    public var isUnicode: Bool
    /// Whether colours can be shown.
    public var isColored: Bool
    /// Whether the times that computations took are told.
    public var showsTimes: Bool

    public init(width: Int = 100, rows: Int = 20, isUnicode: Bool = true, isColored: Bool = false, showsTimes: Bool = true) {
        self.width = max(40, width)
        self.rows = max(6, rows)
        self.isUnicode = isUnicode
        self.isColored = isColored
        self.showsTimes = showsTimes
    }

    /// The text with the signs that the style cannot show spelled in ASCII.
    public func spelled(_ text: String) -> String {
        guard !isUnicode, !text.utf8.allSatisfy({ $0 < 128 }) else { return text }
        var result = ""
        for character in text {
            switch character {
            case "×": result += "x"
            case "·": result += "|"
            case "→": result += "->"
            case "…": result += "..."
            case "⋮": result += ":"
            case "°": result += " deg"
            case "µ": result += "u"
            case "−": result += "-"
            case "π": result += "pi"
            case "²": result += "^2"
            case "±": result += "+-"
            case "–": result += "-"
            default: result.append(character)
            }
        }
        return result
    }
}
