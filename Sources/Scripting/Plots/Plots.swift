import Figures
import LuaBridge

/// avips.plot: what all figures share. Each family of figures has a file of its own, PlotsXxx.swift.
struct FigureEntries: Entries {
    unowned let session: Session

    func register() throws {
        try state.register(figureType)
        try state.register(animationType)
        let functions = robotPlots + mixturePlots + trainingPlots + evaluationPlots + [workspacePlot, plotPanels, picturesPlot, animate, report]
        for function in functions { try state.register(function) }
    }

    /// How a figure is written.
    private static let fileWidth = OptionKey<Double?>.number("width", in: FigureSize.range, "how wide it is; 96 pixels are an inch", unit: "pixels", otherwise: "that of a page, 880")
    private static let fileHeight = OptionKey<Double?>.number("height", in: FigureSize.range, "how high it is; increased where the figure would be illegible", unit: "pixels", otherwise: "what the panels need")
    private static let scale = OptionKey.number("scale", in: 0.25...8, default: 2, "pixels of a .png per pixel of the figure")
    private static let dark = OptionKey.flag("dark", default: false, "whether a .png or .pdf has a dark background; an .svg follows its viewer")
    private static let provenance = OptionKey.flag(
        "provenance", default: true, "whether the file records the program's version and commit, the script, the session's seed and the date; without them, the same figure gives the same bytes")
    private static var exportOptions: [any DeclaredOption] { [fileWidth, fileHeight, scale, dark, provenance] }

    private func export(_ options: Options) throws -> FigureExport {
        FigureExport(
            size: FigureSize(width: try options[Self.fileWidth], height: try options[Self.fileHeight]), scale: try options[Self.scale],
            isDark: try options[Self.dark], provenance: try options[Self.provenance] ? session.provenance : nil)
    }

    static let titleOption = OptionKey.string("title", "the heading", otherwise: "says what there is to see")
    private static let textWidth = OptionKey.integer("width", in: 40...200, "the columns", otherwise: "those of the terminal, at most 100")
    private static let textUnicode = OptionKey.flag("unicode", "whether signs beyond ASCII may be used", otherwise: "as the terminal")
    private static let textColor = OptionKey.flag("color", "whether to colour it with escape sequences", otherwise: "as the terminal")
    private static let savesCSV = OptionKey.flag("csv", default: false, "whether to write the data too, beside it as .csv")

    private static let exampleFigure = "local panda = avips.robot \"panda\"\nlocal plot = avips.plot.poses(panda, panda:random(3, { seed = 1 }))\n"

    private func drawn(_ figure: Figure) throws -> String {
        try plotData.drawn { [display] in
            if let picture = InlinePicture(figure, display) { return picture.text }
            var text = figure.text(style: TerminalStyle(width: min(display.width, 100), unicode: display.isUnicode, color: display.isColored))
            while text.last == "\n" { text.removeLast() }
            return text
        }
    }

    private var figureType: ObjectType {
        ObjectType(
            "Figure", of: Figure.self, "A figure: drawn in the terminal when printed, or saved as SVG, PNG or PDF.",
            describe: { try drawn($0) }, isDrawn: true,
            properties: [
                ObjectProperty("title", "string", "the heading") { .string($0.title) },
                ObjectProperty("description", "string", "what it shows, in a sentence") { .string($0.description) },
            ],
            methods: [
                Function("Figure:svg", "The figure as the text of an SVG file.", returns: "string",
                         example: Self.exampleFigure + "assert(plot:svg():find(\"<svg\", 1, true))") {
                    let figure = try $0.receiver(Figure.self)
                    return .string(try plotData.drawn { figure.svg() })
                },
                Function("Figure:csv", "The figure's data as comma-separated values, one row per point; angles in rad.", returns: "string",
                         example: Self.exampleFigure + "assert(plot:csv():find(\"panel,layer,mark,item,x,y,value\", 1, true))") {
                    let figure = try $0.receiver(Figure.self)
                    return .string(try plotData.drawn { figure.csv() })
                },
                Function("Figure:text", "The figure as text for a terminal.",
                         parameters: [.options([Self.textWidth, Self.textUnicode, Self.textColor])], returns: "string",
                         example: Self.exampleFigure + "print(plot:text{ width = 60, unicode = false, color = false })") { arguments in
                    let figure = try arguments.receiver(Figure.self)
                    let options = try arguments.options(1)
                    let style = TerminalStyle(
                        width: try options[Self.textWidth] ?? min(display.width, 100),
                        unicode: try options[Self.textUnicode] ?? display.isUnicode, color: try options[Self.textColor] ?? display.isColored)
                    return .string(try plotData.drawn { figure.text(style: style) })
                },
                Function("Figure:save", "Writes the figure to a file; on failure the old one is kept.",
                         parameters: [
                            Parameter("path", "string", "a name that ends in .svg, .png or .pdf"),
                            .options([Self.savesCSV] + Self.exportOptions),
                         ], returns: "string, the path",
                         example: Self.exampleFigure + """
                            local path = os.tmpname()
                            plot:save(path .. ".svg", { csv = true })
                            plot:save(path .. ".pdf", { width = 320, height = 300 })
                            for _, ending in ipairs{ "", ".svg", ".csv", ".pdf" } do os.remove(path .. ending) end
                            """) { arguments in
                    let figure = try arguments.receiver(Figure.self)
                    let path = try arguments[1].path()
                    let options = try arguments.options(2)
                    let destination = try files.destination(path), withData = try options[Self.savesCSV], export = try export(options)
                    for file in try plotData.drawn({ try figure.files(destination, withData: withData, export) }) { try file.write() }
                    return .string(path)
                },
            ])
    }

    private static let exampleAnimation = """
        local arm = avips.robot "planar_3link"
        local clip = avips.plot.animate(function(t) return avips.plot.robot(arm, { t, 1 - t, 0.5 }) end, { frames = 8 })

        """

    private var animationType: ObjectType {
        ObjectType(
            "Animation", of: Animation.self, "Figures that follow each other: some of them side by side when printed, all when saved as SVG, the last as PNG or PDF.",
            describe: { try drawn($0.overview) + "\n(\($0.frames.count) frames)" }, isDrawn: true,
            element: { animation, index in
                animation.frames.indices.contains(index &- 1) ? .object(holding: animation.frames[index &- 1]) : .nil
            },
            elementType: "Figure",
            operators: [(.length, { .integer(try $0.operand(1, Animation.self).frames.count) })],
            properties: [
                ObjectProperty("seconds", "number", "how long one pass takes in s") { .number($0.seconds) },
                ObjectProperty("title", "string", "the heading of the last frame") { .string($0.still.title) },
                ObjectProperty("description", "string", "what the last frame shows, in a sentence") { .string($0.still.description) },
            ],
            methods: [
                Function("Animation:svg", "The animation as the text of an SVG file; CSS moves it, without scripts.", returns: "string",
                         example: Self.exampleAnimation + "assert(clip:svg():find(\"@keyframes\", 1, true))") {
                    let animation = try $0.receiver(Animation.self)
                    return .string(try plotData.drawn { animation.svg() })
                },
                Function("Animation:save", "Writes the animation to a file; on failure the old one is kept.",
                         parameters: [Parameter("path", "string", "a name that ends in .svg; .png or .pdf for the last frame"), .options(Self.exportOptions)], returns: "string, the path",
                         example: Self.exampleAnimation + "local path = os.tmpname() .. \".svg\"\nclip:save(path)\nos.remove(path)") { arguments in
                    let animation = try arguments.receiver(Animation.self)
                    let path = try arguments[1].path()
                    let destination = try files.destination(path), export = try export(arguments.options(2))
                    try plotData.drawn { try animation.file(destination, export) }.write()
                    return .string(path)
                },
            ])
    }
}

extension Session {
    var plotData: PlotData { PlotData(state: state) }
}
