import Figures
import Kinematics
import LuaBridge
import Numerics

/// The state of a teach pendant: a robot's configuration, moved key by key.
struct TeachPendant {
    let robot: Robot
    private(set) var configuration: [Double]
    /// The joint that the arrow keys move.
    private(set) var joint = 0
    /// The step of a joint: an index of `stepSizes`.
    private(set) var step = 3
    private(set) var stored: [[Double]] = []
    private(set) var isDone = false

    /// Steps in degrees of a turning joint; a sliding one moves by as many hundredths of a metre divided by ten.
    static let stepSizes: [Double] = [0.1, 0.5, 1, 5, 15, 45]

    private var variables: [Chain.Variable] { robot.chain.variables }

    init(robot: Robot, start: [Double]? = nil) {
        self.robot = robot
        configuration = start ?? robot.chain.variables.map { ($0.lower + $0.upper) / 2 }
    }

    var storedMatrix: Matrix? {
        stored.isEmpty ? nil : Matrix(rows: stored.count, columns: configuration.count, elements: stored.flatMap { $0 })
    }

    // MARK: Keys

    mutating func press(_ key: Key, using stream: inout RandomStream) {
        switch key {
        case .up: choose(joint - 1)
        case .down: choose(joint + 1)
        case .left: move(by: -stepSize)
        case .right: move(by: stepSize)
        case .character("+"), .character("="): step = min(step + 1, TeachPendant.stepSizes.count - 1)
        case .character("-"): step = max(step - 1, 0)
        case .character("s"): if stored.count < 10_000 { stored.append(configuration) }
        case .character("u"): _ = stored.popLast()
        case .character("r"): configuration = robot.chain.randomConfiguration(using: &stream)
        case .character("0"): configuration = variables.map { ($0.lower + $0.upper) / 2 }
        case .character("q"), .enter, .cancel: isDone = true
        case .character, .redraw: break
        }
    }

    private mutating func choose(_ index: Int) { joint = min(max(index, 0), configuration.count - 1) }

    private var stepSize: Double {
        let size = TeachPendant.stepSizes[step]
        return variables[joint].kind == .prismatic ? size / 1000 : size * .pi / 180
    }

    /// Moves the chosen joint, within its limits.
    private mutating func move(by difference: Double) {
        let variable = variables[joint]
        configuration[joint] = min(max(configuration[joint] + difference, variable.lower), variable.upper)
    }

    /// Keys by their names, one or more blanks between them.
    static func keys(_ slot: Slot) throws -> [Key] {
        let text = try slot.string()
        guard text.utf8.count <= 100_000 else { throw slot.invalid("has more than 100000 bytes") }
        let names: [String: Key] = ["up": .up, "down": .down, "left": .left, "right": .right, "enter": .enter, "escape": .cancel]
        return try text.split(separator: " ").map { word in
            if let key = names[String(word)] { return key }
            guard word.count == 1, let character = word.first else {
                throw slot.invalid("has the unknown key \"\(word)\"" + suggestion(for: String(word), among: names.keys)
                    + "; keys are up, down, left, right, enter, escape and single characters")
            }
            return .character(character)
        }
    }

    // MARK: Screen

    /// The lines of the screen: joints, pose and, where it fits, a stick figure.
    func screen(_ display: DisplayStyle, size: (columns: Int, rows: Int)) throws -> [String] {
        var lines = ["teach \(robot.chain.name) · joint \(joint + 1) of \(configuration.count) · "
            + "step \(NumberText.short(TeachPendant.stepSizes[step]))° or \(NumberText.short(TeachPendant.stepSizes[step])) mm · "
            + "\(NumberText.count(stored.count)) stored"]
        var table = TextTable([.left, .left, .right, .left, .right, .right])
        table.indent = 0
        let width = max(10, min(30, size.columns - 62))
        for (index, variable) in variables.enumerated() {
            let isSliding = variable.kind == .prismatic
            func text(_ value: Double) -> String { NumberText.fixed(isSliding ? value * 1000 : value * 180 / .pi, 1) + (isSliding ? " mm" : "°") }
            table.add([
                index == joint ? ">" : " ", variable.name, text(configuration[index]), bar(index, width: width),
                text(variable.lower), text(variable.upper),
            ])
        }
        lines += table.lines
        let pose = configuration.withUnsafeBufferPointer { robot.pose($0) }
        lines.append(PoseText.text(pose))
        let keys = "↑ ↓ joint · ← → move · + - step · s store · u undo · r random · 0 middle · q return"
        let figure = try Figure.poses(robot: robot.chain, configurations: [configuration], target: pose, title: robot.chain.name)
        let style = TerminalStyle(width: size.columns, unicode: display.isUnicode, color: display.isColored)
        let drawing = figure.text(style: style).split(separator: "\n", omittingEmptySubsequences: false)
        let room = size.rows - lines.count - 2
        if drawing.count <= room { lines += drawing.map(String.init) } else if room > 8 { lines += drawing.prefix(room).map(String.init) }
        return (lines + [keys]).map { TeachPendant.spelled($0, display) }
    }

    /// Where a joint stands between its limits.
    private func bar(_ index: Int, width: Int) -> String {
        let variable = variables[index]
        let range = variable.upper - variable.lower
        let share = range > 0 ? (configuration[index] - variable.lower) / range : 0.5
        let place = Int((min(max(share, 0), 1) * Double(width - 1)).rounded())
        return "|" + String(repeating: "-", count: place) + "o" + String(repeating: "-", count: width - 1 - place) + "|"
    }

    private static func spelled(_ text: String, _ display: DisplayStyle) -> String {
        guard !display.isUnicode else { return text }
        let arrows = text.replacing("↑ ↓", with: "up/down").replacing("← →", with: "left/right")
        return display.spelled(arrows)
    }
}
