import Foundation
import LuaBridge
import Scripting
import TestSupport
import Testing

/// The generated reference and stub: as the program would write them, complete, and of a form that editors read.
@Suite struct ReferenceTests {
    @Test func filesAreWhatTheProgramSays() throws {
        let session = try Fixture().session
        let hint: Comment = "out of date; run scripts/generate"
        #expect(try String(contentsOfFile: packageRoot + "/share/doc/reference.md", encoding: .utf8) == session.reference, hint)
        #expect(try String(contentsOfFile: packageRoot + "/share/meta/avips.lua", encoding: .utf8) == session.stub, hint)
    }

    @Test func theReferenceHasEveryEntryAndItsLinksLead() throws {
        let session = try Fixture().session
        let text = session.reference
        for function in session.state.registry.all {
            #expect(text.contains("\n### \(function.spokenName)\n\n`\(function.signature)`\n"), "\(function.name)")
            #expect(text.contains("```lua\n\(function.example)\n```"), "\(function.name)")
        }
        let headings = Set(text.split(separator: "\n").filter { $0.hasPrefix("## ") }.map { heading in
            heading.dropFirst(3).lowercased().filter { $0 != "." }
        })
        for link in text.matches(of: #/\]\(#([^)]*)\)/#) { #expect(headings.contains(String(link.1)), "\(link.1)") }
    }

    @Test func theStubIsLuaThatDefinesEverything() throws {
        let fixture = try Fixture()
        let missing = try fixture.session.state.run("""
            local stub = ...
            """ + "\nlocal text = [====[\n\(fixture.session.stub)\n]====]\n" + """
            local environment = { avips = {} }
            assert(load(text, "stub", "t", environment))()
            local missing = {}
            local function compare(real, stubbed, name)
                for key, value in pairs(real) do
                    if type(value) == "function" and type(stubbed[key]) ~= "function" then missing[#missing + 1] = name .. key end
                    if type(value) == "table" then compare(value, stubbed[key] or {}, name .. key .. ".") end
                end
            end
            compare(avips, environment.avips, "")
            return table.concat(missing, " ")
            """)
        #expect(fixture.session.text(of: missing) == "")
    }

    /// The grammar of lua-language-server's annotations, as far as the stub uses it: every line is of a known form, every type is
    /// declared once, and the parameters documented are those of the function below.
    @Test func annotationsAreWellFormed() throws {
        let session = try Fixture().session
        var reader = StubReader()
        for line in session.stub.split(separator: "\n", omittingEmptySubsequences: false) { reader.read(line) }
        #expect(reader.complaints == [])
        #expect(reader.unknownTypes == [])
        #expect(reader.functions == session.state.registry.all.filter { !session.state.registry.namespaces.contains($0.name) }.count)
        #expect(reader.classes.isSuperset(of: session.state.registry.types.map(\.name)))
        #expect(reader.classes.isSuperset(of: session.state.registry.namespaces))
    }

    /// An editor knows what comes back, so that it completes what is called on that, and sees what does not exist.
    @Test func resultsAndElementsHaveTypes() throws {
        let session = try Fixture().session, lines = session.stub.split(separator: "\n", omittingEmptySubsequences: false)
        var results: [Substring] = [], ofAnyType: Set<Substring> = []
        for line in lines {
            if let match = line.wholeMatch(of: #/---@return (\S+) # .*/#) { results.append(match.1) }
            guard let match = line.wholeMatch(of: #/function (\S+)\(.*\) end/#) else { continue }
            if results.contains("any") { ofAnyType.insert(match.1) }
            let expected: [Substring: [Substring]] = [
                "Pose:distance": ["number", "number"], "Robot:random": ["Matrix|number[]"], "Robot:reachable": ["boolean", "Solution", "string"],
                "Robot:ik": ["Solutions"], "Figure:save": ["string"], "Matrix:row": ["number[]"], "Mixture:entropy": ["number", "number"],
                "avips.robots": ["string[]"], "avips.view": ["string"],
            ]
            if let wanted = expected[match.1] { #expect(results == wanted, "\(match.1)") }
            results = []
        }
        // What is read or run may be anything.
        #expect(ofAnyType.isSubset(of: ["avips.json.read", "avips.json.decode", "avips.show", "avips.reload", "avips.random.choice"]), "\(ofAnyType)")
        for (name, element) in [("Solutions", "Solution"), ("Postures", "Posture"), ("Plans", "Plan"), ("Track", "number[]"), ("Matrix", "MatrixRow"), ("MatrixRow", "number")] {
            let start = try #require(lines.firstIndex(of: "---@class \(name)"))
            let fields = lines[start...].prefix { $0.hasPrefix("---@") }
            #expect(fields.contains("---@field [integer] \(element)"), "\(name)")
        }
    }

    /// What is wrong is seen.
    @Test(arguments: [
        "---@class Matrix\n---@class Matrix", "---@class M\n---@field a number # one\n---@field a number # one", "---@field a number # of no class",
        "---@class M\n---@field a numbr # misspelt", "---@class M\n---@field a number in rad", "---@class M\n---@field a", "---@param x number # x\nfunction f(y) end",
        "---@param x? number # x\n---@param y number # y\nfunction f(x, y) end", "---@param x number # x\nfunction f() end", "---@return number # n\nx = 1",
        "---@overload fun(x): number", "---@class M\n---@operator add: M", "---@parm x number # x", "function f(x) end", "---@return number\nfunction f() end", "x y",
    ])
    func badAnnotationsAreSeen(_ text: String) {
        var reader = StubReader()
        for line in text.split(separator: "\n") { reader.read(line) }
        #expect(!reader.complaints.isEmpty || !reader.unknownTypes.isEmpty)
    }
}

/// Reads a stub line by line and says what is wrong with it.
private struct StubReader {
    private(set) var classes: Set<String> = []
    private(set) var functions = 0
    private(set) var complaints: [String] = []
    private var fields: Set<String>?
    private var parameters: [(name: String, isOptional: Bool)] = []
    private var hasResult = false
    private var used: Set<String> = []

    /// The types that are named and not declared.
    var unknownTypes: [String] {
        used.subtracting(classes).subtracting(["string", "number", "integer", "boolean", "false", "table", "function", "any", "nil", "userdata"]).sorted()
    }

    mutating func read(_ line: Substring) {
        let isRight = line.hasPrefix("---@") ? readAnnotation(line) : readCode(line)
        if !isRight { complaints.append(String(line)) }
    }

    private mutating func readAnnotation(_ line: Substring) -> Bool {
        if let match = line.wholeMatch(of: #/---@class ([A-Za-z][\w.]*)/#) {
            fields = []
            return classes.insert(String(match.1)).inserted
        }
        if let match = line.wholeMatch(of: #/---@field (\w+|\[integer\])(\??) (\S+)(?: # \S.*)?/#) {
            use(match.3)
            // Nothing but the type of elements goes without a word.
            guard match.1 == "[integer]" || line.contains(" # ") else { return false }
            return fields?.insert(String(match.1)).inserted ?? false
        }
        if let match = line.wholeMatch(of: #/---@param (\w+|\.\.\.)(\??) (\S+) # \S.*/#) {
            use(match.3)
            parameters.append((String(match.1), !match.2.isEmpty))
            return true
        }
        if let match = line.wholeMatch(of: #/---@return (\S+) # \S.*/#) {
            use(match.1)
            hasResult = true
            return true
        }
        if let match = line.wholeMatch(of: #/---@overload fun\((.*)\)(?:: (\S+))?/#) {
            match.2.map { use($0) }
            return match.1.split(separator: ", ").allSatisfy { parameter in
                guard let match = parameter.wholeMatch(of: #/\w+\??: (\S+)/#) else { return false }
                use(match.1)
                return true
            } && fields != nil
        }
        if let match = line.wholeMatch(of: #/---@operator (?:(?:add|sub|mul|div|pow)\((\w+)\)|len|unm): (\w+)/#) {
            match.1.map { use($0) }
            use(match.2)
            return fields != nil
        }
        return line.wholeMatch(of: #/---@meta \w+/#) != nil && classes.isEmpty
    }

    private mutating func readCode(_ line: Substring) -> Bool {
        if line.isEmpty { fields = nil }
        if line.isEmpty || line.hasPrefix("--- ") || line == "---" || line.hasPrefix("-- ") { return true }
        defer { (fields, parameters, hasResult) = (nil, [], false) }
        if let match = line.wholeMatch(of: #/function [A-Za-z][\w.]*(?:[.:]\w+)?\((.*)\) end/#) {
            functions += 1
            let optional = parameters.map { $0.isOptional || $0.name == "..." }
            return match.1 == parameters.map(\.name).joined(separator: ", ")
                && optional.drop(while: { !$0 }).allSatisfy { $0 }
        }
        return line.wholeMatch(of: #/(?:local )?[\w.]+ = \{\}/#) != nil && parameters.isEmpty && !hasResult
    }

    private mutating func use(_ type: Substring) {
        for part in type.split(separator: "|", omittingEmptySubsequences: false) {
            var name = part
            while name.hasSuffix("[]") { name = name.dropLast(2) }
            used.insert(String(name))
        }
    }
}
