import Foundation
import Kinematics
import LuaBridge
import Numerics

/// avips.demo and avips.teach.
struct TeachingEntries: Entries {
    unowned let session: Session

    private static let pauses = OptionKey.flag("pause", default: true, "whether to wait for Enter at each step, which needs a terminal")
    private static let teachStart = RawOption(
        "start", "list of numbers", "the configuration to begin with", unit: "rad, m", otherwise: "the middle of the limits")
    private static let teachKeys = RawOption(
        "keys", "string", "keys to press instead of a person: names such as \"down right s q\" between blanks", otherwise: "none")

    func register() throws {
        try state.register(Function(
            "avips.demo", "Steps through an annotated demo: Enter runs what is shown, q leaves. Each writes SVG files to the working directory.",
            parameters: [
                Parameter("name", "string", "the demo; without it the demos are listed", isOptional: true),
                .options([Self.pauses]),
            ],
            returns: "table, the demo's variables; without a name the list, a string",
            example: "print(avips.demo())"
        ) { arguments in
            guard let slot = arguments.optional(1) else { return .string(display.spelled(demoList)) }
            let name = try slot.string()
            let names = resources.demoNames
            guard names.contains(name) else {
                throw slot.invalid("names no demo (\"\(name)\")" + suggestion(for: name, among: names, before: "the demos are " + names.joined(separator: ", ")))
            }
            let pauses = try arguments.options(2)[Self.pauses]
            return try play(demo(named: name), name: name, pauses: pauses && session.host?.isInteractive == true)
        })
        try state.register(Function(
            "avips.teach",
            "Opens a teach pendant in the terminal: arrow keys choose and move a joint, a number and Enter set it, x y z a b c move and turn the tip along and about the base frame's axes, s stores, q returns.",
            parameters: [
                Parameter("robot", "Robot or string", "the robot, or its name"),
                .options([Self.teachStart, AngleUnit.degrees, Self.teachKeys]),
            ],
            returns: "list of numbers, the configuration at the end; and a Matrix of the stored ones or nil",
            example: """
                local panda = avips.robot "panda"
                local q, stored = avips.teach(panda, { keys = "right right s down left q" })
                assert(#q == 7 and stored.rows == 1)
                """
        ) { arguments in
            let robot = try self.robot(arguments[1])
            let options = try arguments.options(2)
            var pendant = TeachPendant(robot: robot, start: try options[Self.teachStart]?.configuration(of: robot, in: AngleUnit(options)))
            if let keys = options[Self.teachKeys] {
                try TeachPendant.keys(keys).forEach { if !pendant.isDone { pendant.press($0, using: &session.stream) } }
            } else {
                try teach(&pendant)
            }
            return .several([.numbers(pendant.configuration), pendant.storedMatrix.map { .matrix($0) } ?? .nil])
        })
    }

    // MARK: Teach pendant

    private func teach(_ pendant: inout TeachPendant) throws {
        guard let host = session.host, host.isInteractive else {
            throw LuaError("avips.teach needs a terminal; with keys = \"...\" it works without one")
        }
        // The closure may not capture an inout parameter.
        var current = pendant
        defer { pendant = current }
        try host.withScreen { screen in
            while !current.isDone {
                screen.show(try current.screen(display, size: screen.size))
                guard let key = screen.nextKey() else { return }
                current.press(key, using: &session.stream)
            }
        }
    }

    // MARK: Demos

    private func demo(named name: String) throws -> DemoScript {
        DemoScript(try String(contentsOfFile: "\(resources.demos)/\(name).lua", encoding: .utf8))
    }

    private var demoList: String {
        let names = resources.demoNames
        guard !names.isEmpty else { return "no demo is at hand" + resources.absence }
        var table = TextTable([.left, .left])
        for name in names { table.add([name, (try? demo(named: name).title) ?? ""]) }
        return (["demos, each stepped through with avips.demo \"name\""] + table.lines(within: display.width)).joined(separator: "\n")
    }

    /// Runs a demo step by step in an environment of its own, so that nobody's variables are touched.
    private func play(_ demo: DemoScript, name: String, pauses: Bool) throws -> Value {
        let makeEnvironment = try state.load("return setmetatable({}, { __index = _G })", name: "=demo")
        guard let environment = try state.call(makeEnvironment).first else { return .nil }
        let compile = try state.load(
            """
            local text, name, environment = ...
            local f, message = load(text, name, "t", environment)
            if not f then error(message, 0) end
            return f
            """, name: "=demo")
        for (index, step) in demo.steps.enumerated() {
            session.tell((index > 0 ? "\n" : "") + step.annotation(within: display.width))
            guard !step.code.isEmpty else { continue }
            session.tell("\n" + step.code.indentedCode(to: max(40, display.width)))
            if pauses {
                let answer = try session.host?.readLine(prompt: "\n[\(index + 1)/\(demo.steps.count)] Enter runs it, q leaves: ")
                guard let answer, !answer.lowercased().hasPrefix("q") else { break }
            }
            // Blank rows keep the numbers of the file's lines.
            let text = String(repeating: "\n", count: step.line - 1) + step.code
            guard case .reference(let function)? = try state.call(compile, [.string(text), .string("@\(name).lua"), environment]).first else { continue }
            try state.call(function)
        }
        return environment
    }
}
