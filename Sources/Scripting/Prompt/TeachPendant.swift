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
    /// The step: an index of `stepSizes`.
    private(set) var step = 3
    private(set) var stored: [[Double]] = []
    private(set) var isDone = false
    /// The digits of a value that is being typed.
    private(set) var typed = ""
    /// What a key could not do.
    private(set) var complaint = ""
    private(set) var view = PendantView.axonometric

    /// Steps in degrees, and in millimetres of what slides and of the tip.
    static let stepSizes: [Double] = [0.1, 0.5, 1, 5, 15, 45]

    var variables: [Chain.Variable] { robot.chain.variables }

    init(robot: Robot, start: [Double]? = nil) {
        self.robot = robot
        configuration = start ?? robot.chain.variables.map { ($0.lower + $0.upper) / 2 }
    }

    var storedMatrix: Matrix? {
        stored.isEmpty ? nil : Matrix(rows: stored.count, columns: configuration.count, elements: stored.flatMap { $0 })
    }

    // MARK: Keys

    mutating func press(_ key: Key, using stream: inout RandomStream) {
        if key != .redraw { complaint = "" }
        if takesDigit(key) { return }
        switch key {
        case .up: choose(joint - 1)
        case .down: choose(joint + 1)
        case .left: set(joint, to: configuration[joint] - stepSize)
        case .right: set(joint, to: configuration[joint] + stepSize)
        case .character("+"), .character("="): step = min(step + 1, TeachPendant.stepSizes.count - 1)
        case .character("-"): step = max(step - 1, 0)
        case .character("s"): if stored.count < 10_000 { stored.append(configuration) }
        case .character("u"): _ = stored.popLast()
        case .character("r"): configuration = robot.chain.randomConfiguration(using: &stream)
        case .character("m"): configuration = variables.map { ($0.lower + $0.upper) / 2 }
        case .character("v"): view = view.next
        case .character("q"), .enter, .cancel: isDone = true
        case .character(let letter): moveTip(letter, using: &stream)
        case .pageUp, .pageDown, .backspace, .redraw: break
        }
    }

    private mutating func choose(_ index: Int) { joint = min(max(index, 0), configuration.count - 1) }

    private var isSliding: Bool { variables[joint].kind == .prismatic }

    private var stepSize: Double {
        let size = TeachPendant.stepSizes[step]
        return isSliding ? size / 1000 : size * .pi / 180
    }

    /// Moves a joint, within its limits.
    private mutating func set(_ index: Int, to value: Double) {
        let variable = variables[index]
        configuration[index] = min(max(value, variable.lower), variable.upper)
        if configuration[index] != value { complaint = "\(variable.name) is at its limit" }
    }

    // MARK: Numbers

    /// Takes a key for a digit of the chosen joint's value, where it is one.
    private mutating func takesDigit(_ key: Key) -> Bool {
        switch key {
        case .character(let digit) where digit.isASCII && digit.isNumber || digit == ".":
            if typed.count < 12, digit != "." || !typed.contains(".") { typed.append(digit) }
        case .character("-") where !typed.isEmpty: typed = typed.hasPrefix("-") ? String(typed.dropFirst()) : "-" + typed
        case .backspace where !typed.isEmpty:
            typed.removeLast()
            if typed == "-" { typed = "" }
        case .enter where !typed.isEmpty:
            if let value = Double(typed) { set(joint, to: isSliding ? value / 1000 : value * .pi / 180) }
            typed = ""
        case .cancel where !typed.isEmpty: typed = ""
        case .redraw: return false
        default:
            typed = ""
            return false
        }
        return true
    }

    // MARK: The tip

    /// Moves the tip along an axis of the base frame, x, y or z, or turns it about one, a, b or c; capital letters the other way.
    private mutating func moveTip(_ letter: Character, using stream: inout RandomStream) {
        let axes: [Character: SIMD3<Double>] = ["x": [1, 0, 0], "y": [0, 1, 0], "z": [0, 0, 1], "a": [1, 0, 0], "b": [0, 1, 0], "c": [0, 0, 1]]
        guard let small = letter.lowercased().first, let axis = axes[small] else { return }
        let size = TeachPendant.stepSizes[step] * (letter == small ? 1 : -1)
        var pose = configuration.withUnsafeBufferPointer { robot.pose($0) }
        if "xyz".contains(small) { pose.position += axis * (size / 1000) } else { pose.rotation = Rotation(axis: axis, angle: size * .pi / 180) * pose.rotation }
        var options = SearchOptions()
        options.count = 1
        options.restarts = 64
        (options.positionTolerance, options.rotationTolerance) = (1e-6, 1e-6)
        let preferences = Preferences(near: configuration, greatestMoves: [Double](repeating: TeachPendant.greatestMove, count: configuration.count))
        let answer = robot.solver.solve(Goal(pose), options: options, preferences: preferences, using: &stream)
        if let nearest = answer.solutions.first { configuration = nearest.configuration } else { complaint = "the tip cannot go there from here" }
    }

    /// Joints that would go farther for a step of the tip, rad or m, are no way on but another posture.
    private static let greatestMove = 1.0

    /// Keys by their names, one or more blanks between them.
    static func keys(_ slot: Slot) throws -> [Key] {
        let text = try slot.string()
        guard text.utf8.count <= 100_000 else { throw slot.invalid("has more than 100000 bytes") }
        let names: [String: Key] = [
            "up": .up, "down": .down, "left": .left, "right": .right, "enter": .enter, "escape": .cancel, "backspace": .backspace,
        ]
        return try text.split(separator: " ").map { word in
            if let key = names[String(word)] { return key }
            guard word.count == 1, let character = word.first else {
                throw slot.invalid("has the unknown key \"\(word)\"" + suggestion(
                    for: String(word), among: names.keys, before: "keys are up, down, left, right, enter, escape, backspace and single characters"))
            }
            return .character(character)
        }
    }
}
