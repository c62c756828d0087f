/// The one style sheet of a figure: light, and dark where the reader's screen asks for it.
enum SVGStyle {
    private static let light = (
        page: "#FFFFFF", text: "#1B1B1B", muted: "#767676", grid: "#E4E4E4", blank: "#ECECEC"
    )
    private static let dark = (
        page: "#15181C", text: "#ECECEC", muted: "#8E8E8E", grid: "#30343A", blank: "#62686F"
    )

    /// The classes of a layer's group: one for colour, one for dashes where they are broken, one for weight.
    static func classes(_ style: Style) -> String {
        let weight = switch style.emphasis {
        case .faint: "faint"
        case .regular: "regular"
        case .strong: "strong"
        }
        return switch style.ink {
        case .foreground: "ink \(weight)"
        case .muted: "muted \(weight)"
        case .overlay: "overlay \(weight)"
        case .order(let place): "o\(Viridis.step(place)) \(weight)"
        case .blank: "blank \(weight)"
        case .series(let index):
            Palette.dash(index) == 0
                ? "s\(Palette.color(index) + 1) \(weight)"
                : "s\(Palette.color(index) + 1) d\(Palette.dash(index)) \(weight)"
        }
    }

    /// The rules, with those of categories, magnitudes and densities only where they are used.
    ///
    /// - Parameter more: rules that follow all others.
    static func sheet(series: [Int], steps: [Int] = [], hasMagnitudes: Bool = false, hasDensities: Bool = false, more: [String] = []) -> String {
        let colors = Set(series.map(Palette.color)).sorted(), dashes = Set(series.map(Palette.dash)).subtracting([0]).sorted()
        var rules = marks + lines(colors, dashes: dashes) + fills(colors, steps: steps)
        if hasMagnitudes { rules += magnitudes }
        if hasDensities { rules += densities }
        rules += night(colors, steps: steps, hasMagnitudes: hasMagnitudes) + more
        return rules.joined(separator: "\n")
    }

    /// The rules of texts, frames and marks, whatever a figure shows.
    private static var marks: [String] {
        [
            "text{font-family:\(SVGFont.families);font-size:12px;fill:\(light.text);stroke:none}",
            "path,circle,rect,line{fill:none;stroke-linecap:round;stroke-linejoin:round}",
            ".title{font-size:17px;font-weight:bold}",
            ".panel-title{font-size:14px;font-weight:bold}",
            ".axis-title,.legend{font-size:13px}",
            ".middle{text-anchor:middle}",
            ".end{text-anchor:end}",
            ".page{fill:\(light.page)}",
            ".frame,.tick{stroke:\(light.muted);stroke-width:1}",
            ".grid{stroke:\(light.grid);stroke-width:1}",
            ".regular{stroke-width:1.75}",
            ".strong{stroke-width:3}",
            ".faint{stroke-width:1.25;stroke-opacity:.38}",
            ".joints{stroke-width:7.5;stroke-dasharray:none}",
            ".dots{stroke-width:5;stroke-dasharray:none;stroke-opacity:.7}",
            ".few{stroke-width:7;stroke-opacity:1}",
            ".many{stroke-width:3;stroke-opacity:.5}",
            ".area{stroke:none;fill-opacity:.5}",
            ".faint .area{fill-opacity:.22}",
            ".strong .area{fill-opacity:.85}",
            ".rule{stroke-dasharray:6 4}",
            ".casing{stroke:#000000;stroke-opacity:.55;stroke-width:4.5}",
            ".overlay{stroke:#FFFFFF;stroke-opacity:1}",
            ".overlay.faint{stroke-width:1.5;stroke-dasharray:4 4}",
            ".badge{fill:\(light.page);stroke-width:1.75;stroke-opacity:1;stroke-dasharray:none}",
            ".note{paint-order:stroke;stroke:\(light.page);stroke-width:4;stroke-linejoin:round}",
            ".ink{stroke:\(light.text)}",
            ".muted{stroke:\(light.muted)}",
            ".solid{stroke-dasharray:none}",
        ]
    }

    /// The colours and dashes of groups.
    private static func lines(_ colors: [Int], dashes: [Int]) -> [String] {
        var rules = colors.map { ".s\($0 + 1){stroke:\(Palette.colors[$0].light)}" }
        rules += dashes.map { ".d\($0){stroke-dasharray:\(Palette.dashes[$0])}" }
        rules += dashes.map { ".strong.d\($0){stroke-dasharray:\(Palette.strongDashes[$0])}" }
        if !dashes.isEmpty { rules.append(".filled{stroke-dasharray:none}") }
        return rules
    }

    /// The colours of filled symbols, which are those of their group.
    private static func fills(_ colors: [Int], steps: [Int]) -> [String] {
        var rules = [
            ".ink .filled{fill:\(light.text)}",
            ".muted .filled{fill:\(light.muted)}",
        ]
        rules += colors.map { ".s\($0 + 1) .filled{fill:\(Palette.colors[$0].light)}" }
        rules += steps.map { ".o\($0){stroke:\(Viridis.hex(step: $0, isDark: false))}" }
        rules += steps.map { ".o\($0) .filled{fill:\(Viridis.hex(step: $0, isDark: false))}" }
        return rules
    }

    /// The cells of heatmaps.
    private static var magnitudes: [String] {
        [
            ".blank .filled{fill:\(light.blank);fill-opacity:1;stroke:none}",
            ".map{shape-rendering:crispEdges;stroke:none;stroke-dasharray:none}",
            ".smooth{shape-rendering:auto}",
        ] + (0..<Viridis.levels).map { ".v\($0){fill:\(Viridis.hex($0))}" }
    }

    /// The cells of crowds of points.
    private static var densities: [String] {
        [".density{stroke:none;shape-rendering:crispEdges}", ".overlay .filled{fill:#FFFFFF}"]
            + SVGRenderer.densityOpacities.enumerated().map { ".n\($0 + 1){fill-opacity:\($1)}" }
    }

    /// What changes on a dark screen.
    private static func night(_ colors: [Int], steps: [Int], hasMagnitudes: Bool) -> [String] {
        var rules = [
            "@media screen and (prefers-color-scheme:dark){",
            "text{fill:\(dark.text)}",
            ".page,.badge{fill:\(dark.page)}",
            ".frame,.tick,.muted{stroke:\(dark.muted)}",
            ".grid{stroke:\(dark.grid)}",
            ".faint{stroke-opacity:.55}",
            ".faint .area{fill-opacity:.42}",
            ".note{stroke:\(dark.page)}",
            ".ink{stroke:\(dark.text)}",
            ".ink .filled{fill:\(dark.text)}",
            ".muted .filled{fill:\(dark.muted)}",
        ]
        rules += steps.map { ".o\($0){stroke:\(Viridis.hex(step: $0, isDark: true))}" }
        rules += steps.map { ".o\($0) .filled{fill:\(Viridis.hex(step: $0, isDark: true))}" }
        if hasMagnitudes { rules.append(".blank .filled{fill:\(dark.blank)}") }
        let changed = colors.filter { Palette.colors[$0].dark != Palette.colors[$0].light }
        rules += changed.map { ".s\($0 + 1){stroke:\(Palette.colors[$0].dark)}" }
        rules += changed.map { ".s\($0 + 1) .filled{fill:\(Palette.colors[$0].dark)}" }
        return rules + ["}"]
    }
}
