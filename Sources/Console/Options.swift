import ArgumentParser

struct Options: ParsableArguments {
    @Option(name: .customShort("e"), parsing: .unconditionalSingleValue, help: "a")
    var statements: [String] = []
    @Flag(name: .short) var quiet = false
    @Argument(parsing: .captureForPassthrough) var arguments: [String] = []
}
public func consoleMain(_ args: [String]) {
    do {
        let o = try Options.parse(args)
        print(o.statements, o.quiet, o.arguments)
    } catch {
        print(Options.fullMessage(for: error), Options.exitCode(for: error))
    }
}
