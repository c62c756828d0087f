import Figures
import Kinematics
import LuaBridge
import Numerics

// avips.plot and the Figure type.

extension Session {
    func addFigures() throws {
        try state.register(figureType)
        try state.register(Function(
            "avips.plot.poses", "Draws configurations of a robot as stick figures, grouped by component, the target marked.",
            parameters: [
                Parameter("robot", "Robot", "the robot"),
                Parameter("configurations", "Solutions, Matrix or list", "what to draw", unit: "rad, m"),
                .options([
                    Parameter("target", "Pose", "the tip's wanted pose", default: "that of the solutions"),
                    Parameter("title", "string", "the heading", default: "names the robot and counts"),
                ]),
            ],
            returns: "Figure",
            example: """
                local panda = avips.robot "panda"
                local target = avips.pose{ xyz = {0.45, 0.1, 0.4}, rpy = {180, 0, 0}, degrees = true }
                print(avips.plot.poses(panda, panda:ik(target, { count = 4, seed = 1 })))
                """
        ) { arguments in
            let robot = try arguments[1].object(Robot.self)
            let options = try arguments.options(3)
            let title = try options["title"]?.string()
            var target = try options["target"]?.object(Pose.self)
            var components: [Int]?
            let slot = arguments[2]
            let configurations: Matrix
            if let box = slot.boxIfPresent(Answer.self) {
                let answer = try box.read()
                configurations = answer.matrix
                target = target ?? answer.solutions.target
                let known = answer.solutions.solutions.compactMap(\.component)
                if known.count == configurations.rows { components = known.map { $0 + 1 } }
            } else if slot.isVector {
                let q = try slot.configuration(of: robot)
                configurations = Matrix(rows: 1, columns: q.count, elements: q)
            } else {
                configurations = try slot.matrix(columns: robot.chain.degreesOfFreedom)
            }
            guard configurations.rows <= 10_000 else { throw slot.invalid("must have at most 10000 configurations, got \(configurations.rows)") }
            return .object(holding: try Figure.poses(
                robot: robot.chain, configurations: (0..<configurations.rows).map { Array(configurations.row($0)) },
                components: components, target: target, title: title))
        })
    }

    private var figureType: ObjectType {
        let start = "local panda = avips.robot \"panda\"\nlocal plot = avips.plot.poses(panda, panda:random(3, { seed = 1 }))\n"
        return ObjectType(
            "Figure", of: Figure.self, "A figure: drawn in the terminal when printed, or saved as SVG.",
            describe: { [unowned self] figure in
                var text = figure.text(style: TerminalStyle(width: display.width, unicode: display.isUnicode, color: display.isColored))
                while text.last == "\n" { text.removeLast() }
                return text
            },
            properties: [
                ObjectProperty("title", "string", "the heading") { .string($0.title) },
                ObjectProperty("description", "string", "what it shows, in a sentence") { .string($0.description) },
            ],
            methods: [
                Function("Figure:svg", "The figure as the text of an SVG file.", returns: "string",
                         example: start + "assert(plot:svg():find(\"<svg\", 1, true))") {
                    .string(try $0.receiver(Figure.self).svg())
                },
                Function("Figure:save", "Writes the figure to a file; the old one stays where that fails.",
                         parameters: [Parameter("path", "string", "a name that ends in .svg")], returns: "the path",
                         example: start + "local path = os.tmpname() .. \".svg\"\nplot:save(path)\nos.remove(path)") { [unowned self] arguments in
                    let figure = try arguments.receiver(Figure.self)
                    let path = try arguments[1].path()
                    try figure.save(to: files.destination(path))
                    return .string(path)
                },
            ])
    }
}
