/// Ways in which terminals show pictures between their lines.
public enum PictureProtocol: String, CaseIterable, Sendable {
    case kitty, iterm, sixel

    /// The one of the terminal that the environment names; `AVIPS_PICTURES` names one, or none, where that is not known or not wanted.
    public init?(environment: (String) -> String?) {
        if let asked = environment("AVIPS_PICTURES") {
            guard let named = Self(rawValue: asked.lowercased()) else { return nil }
            self = named
            return
        }
        // Programs between show what they are sent as text.
        guard environment("TMUX") == nil, environment("STY") == nil else { return nil }
        let terminal = environment("TERM") ?? "", program = environment("TERM_PROGRAM") ?? ""
        if environment("KITTY_WINDOW_ID") != nil || terminal == "xterm-kitty" || terminal == "xterm-ghostty" || program == "ghostty" {
            self = .kitty
        } else if program == "iTerm.app" || program == "WezTerm" || environment("LC_TERMINAL") == "iTerm2" {
            self = .iterm
        } else if terminal.hasPrefix("foot") || terminal.hasPrefix("mlterm") || terminal.contains("sixel") {
            self = .sixel
        } else {
            return nil
        }
    }
}

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
    /// How the terminal shows pictures between its lines; nil where it shows none.
    public var pictures: PictureProtocol?
    /// Whether its page is dark.
    public var isDark = true

    public init(width: Int = 100, rows: Int = 20, isUnicode: Bool = true, isColored: Bool = false, showsTimes: Bool = true) {
        self.width = max(40, width)
        self.rows = max(6, rows)
        self.isUnicode = isUnicode
        self.isColored = isColored
        self.showsTimes = showsTimes
    }

    /// The same on a screen of another size.
    public func resized(width: Int, rows: Int) -> DisplayStyle {
        var style = self
        (style.width, style.rows) = (max(40, width), max(6, rows))
        return style
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
            case "°": result += result.last.map { "( ".contains($0) } ?? true ? "deg" : " deg"
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
