import Figures
import LuaBridge

// avips.plot.panels.

extension FigureEntries {
    private static let panelColumns = OptionKey.integer("columns", in: 1...12, default: 3, "the columns of the grid, where there is room for them")

    var plotPanels: Function {
        Function(
            "avips.plot.panels", "Combines figures as panels of one figure, for comparison (small multiples).",
            parameters: [
                Parameter("figures", "list of Figures", "at most 48 panels in total; titles of figures become titles of panels"),
                .options([Self.panelColumns, Self.titleOption]),
            ],
            returns: "Figure",
            example: """
                local arm = avips.robot "planar_3link"
                local panels = {}
                for i = 1, 3 do panels[i] = avips.plot.robot(arm, { 0.3 * i, 0.4, -0.2 }, { title = "number " .. i }) end
                print(avips.plot.panels(panels, { title = "three of a kind" }))
                """
        ) { arguments in
            let options = try arguments.options(2)
            let figures = try plotData.elements(arguments[1], limit: Figure.greatestPanelCount) { try $0.object(Figure.self) }
            return .object(holding: try Figure.smallMultiples(
                of: figures, columns: options[Self.panelColumns], title: options[Self.titleOption] ?? "Side by side"))
        }
    }
}
