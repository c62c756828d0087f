import LuaBridge

/// avips.breakpoint.
struct DebuggingEntries: Entries {
    unowned let session: Session

    func register() throws {
        try state.register(Function(
            "avips.breakpoint",
            "Opens the debugger at the next line, to inspect variables, step line by line and run code there; without a terminal the script continues. `%debug script.lua` at the prompt stops at a script's first line, `%debug` alone shows the calls that led to the last error.",
            parameters: [Parameter("condition", "any", "stops only if it is neither false nor nil", isOptional: true)], returns: "nothing",
            example: "for i = 1, 3 do avips.breakpoint(i > 5) end"
        ) { arguments in
            if arguments.all.isEmpty || isTrue(arguments[1].value) { session.debugger.stopAtNextLine() }
            return .none
        })
    }

    private func isTrue(_ value: Value) -> Bool {
        switch value {
        case .nil, .none, .boolean(false): false
        default: true
        }
    }
}
