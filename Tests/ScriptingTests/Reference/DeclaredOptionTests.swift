import Foundation
import LuaBridge
import Scripting
import Testing

/// What documentation says of options is what functions do: each is declared once, together with its reading.
@Suite struct DeclaredOptionTests {
    /// Options that a function reads only beside others than those of its example.
    private static let readElsewhere: Set = [
        "avips.model simulations", "avips.vips threads", "ConditionalModel:evaluate iterations", "ConditionalModel:evaluate components",
        "avips.model blocks", "avips.model clamp", "avips.model bins", "avips.model width", "avips.model noise", "avips.model generators",
        "avips.model latents", "SampledModel:evaluate contexts",
    ]

    private static func functions() throws -> [Function] { try Fixture().session.state.registry.all }

    @Test func everyOptionIsDeclaredWithItsReading() throws {
        for function in try Self.functions() {
            for option in function.parameters.flatMap(\.options) {
                #expect(option.isDeclared, "\(function.name) \(option.name): declare it as OptionKey or RawOption")
            }
        }
    }

    @Test func bordersOfRangesAreAdmittedAndWhatLiesBeyondIsNot() throws {
        let fixture = try Fixture(), state = fixture.session.state
        defer { withExtendedLifetime(fixture) {} }
        var count = 0
        for function in state.registry.all {
            for option in function.parameters.flatMap(\.options) {
                guard let limits = option.limits, case .key(_, let read) = option.reading else { continue }
                func takes(_ value: Value) throws -> Bool { try state.withSlot(value) { slot in (try? read(slot)) != nil } }
                for probe in Probe.all(limits, isWhole: option.type == "integer") {
                    #expect(try takes(probe.value) == probe.isAdmitted, "\(function.name) \(option.name) \(probe.text)")
                    count += 1
                }
            }
        }
        #expect(count > 200)
    }

    @Test func defaultsThatAreWrittenAsLuaAreWhatAbsentOptionsMean() throws {
        let fixture = try Fixture(), state = fixture.session.state
        defer { withExtendedLifetime(fixture) {} }
        var count = 0
        for function in state.registry.all {
            for option in function.parameters.flatMap(\.options) {
                guard let text = option.defaultValue, case .key(let fallback, let read) = option.reading else { continue }
                // What is no expression, or names something that is nowhere, says in words what happens.
                guard let value = try? state.call(state.load("return " + text, name: "=default")).first else { continue }
                if case .nil = value { continue }
                #expect(try state.withSlot(value, read) == fallback, "\(function.name) \(option.name): \(text)")
                count += 1
            }
        }
        #expect(count > 60)
    }

    /// The function's own example, with a number beyond the range in its first call, ends in an error that names the option.
    @Test(arguments: try functions().filter { $0.parameters.contains { $0.options.contains { $0.limits != nil } } }.map(\.name))
    func functionsHeedTheirRanges(_ name: String) throws {
        let fixture = try Fixture()
        defer { withExtendedLifetime(fixture) {} }
        let function = try #require(fixture.session.state.registry.function(named: name))
        for (position, parameter) in function.parameters.enumerated() {
            for option in parameter.options where !Self.readElsewhere.contains("\(name) \(option.name)") {
                guard let limits = option.limits, let probe = Probe.all(limits, isWhole: option.type == "integer").last(where: { !$0.isAdmitted }) else { continue }
                let code = try #require(ExampleCall(of: function)?.code(settingOption: option.name, to: probe.text, at: position), "\(name) \(option.name)")
                var message = "no error"
                do { try fixture.session.state.run(code, name: "=\(name)") } catch { message = "\(error)" }
                #expect(message.contains("option \(option.name) must be"), "\(name) { \(option.name) = \(probe.text) }: \(message)")
            }
        }
    }
}

/// A number at the border of a range, or just beyond.
private struct Probe {
    var value: Value
    var text: String
    var isAdmitted: Bool

    private init(_ number: Double, isWhole: Bool, isAdmitted: Bool) {
        let whole = isWhole ? Int(exactly: number) : nil
        value = whole.map { .integer($0) } ?? .number(number)
        text = whole.map { "\($0)" } ?? (number == .infinity ? "math.huge" : "\(number)")
        self.isAdmitted = isAdmitted
    }

    static func all(_ limits: NumberRange, isWhole: Bool) -> [Probe] {
        let (lower, upper) = (limits.bounds.lowerBound, limits.bounds.upperBound)
        var probes: [Probe] = []
        func add(_ number: Double, _ isAdmitted: Bool) { probes.append(Probe(number, isWhole: isWhole, isAdmitted: isAdmitted)) }
        if lower > -.greatestFiniteMagnitude {
            add(lower, !limits.isOpenBelow)
            add(isWhole ? lower - 1 : lower.nextDown, false)
        }
        if upper < .greatestFiniteMagnitude {
            add(upper, true)
            add(isWhole ? upper + 1 : upper.nextUp, false)
        }
        if limits.admitsInfinity { add(.infinity, true) }
        return probes
    }
}

/// The first call of a function in its example, to be made with other options.
private struct ExampleCall {
    private let before: Substring
    private let arguments: [String]
    private let after: Substring

    init?(of function: Function) {
        let call = function.isMethod ? ":" + function.shortName : function.name
        var rest = function.example[...]
        while let found = rest.range(of: call) {
            let next = function.example[found.upperBound...].drop { $0 == " " }
            if let first = next.first, "({\"'".contains(first), let end = ExampleCall.end(of: next) {
                before = function.example[..<found.upperBound]
                let text = String(next[..<end])
                arguments = first == "(" ? ExampleCall.split(text.dropFirst().dropLast()) : [text]
                after = function.example[end...]
                return
            }
            rest = function.example[found.upperBound...]
        }
        return nil
    }

    /// The example with one option set in its table of options, which is the argument at a position.
    func code(settingOption option: String, to value: String, at position: Int) -> String {
        var arguments = arguments
        while arguments.count < position { arguments.append("nil") }
        if arguments.count == position { arguments.append("") }
        arguments[position] = "altered(" + arguments[position] + ")"
        return "local function altered(options) options = options or {} options.\(option) = \(value) return options end\n"
            + "local function print() end\n" + before + "(" + arguments.joined(separator: ", ") + ")" + after
    }

    /// Where a bracket or a quote that opens at the start is closed.
    private static func end(of text: Substring) -> String.Index? {
        var depth = 0, quote: Character?
        for index in text.indices {
            let character = text[index]
            if let open = quote {
                if character == open { quote = nil }
            } else if "\"'".contains(character) {
                quote = character
            } else if "({[".contains(character) {
                depth += 1
            } else if ")}]".contains(character) {
                depth -= 1
            }
            if depth == 0, quote == nil { return text.index(after: index) }
        }
        return nil
    }

    /// The parts between the commas that no bracket holds.
    private static func split(_ text: Substring) -> [String] {
        var parts = [""], depth = 0, quote: Character?
        for character in text {
            if let open = quote { if character == open { quote = nil } } else if "\"'".contains(character) { quote = character }
            if quote == nil { depth += "({[".contains(character) ? 1 : ")}]".contains(character) ? -1 : 0 }
            if character == ",", depth == 0, quote == nil { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        return parts.count == 1 && parts[0].allSatisfy(\.isWhitespace) ? [] : parts
    }
}
