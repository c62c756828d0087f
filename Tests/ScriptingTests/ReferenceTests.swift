import Foundation
import LuaBridge
import Scripting
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

    /// The grammar of lua-language-server's annotations, as far as the stub uses it.
    @Test func annotationsAreWellFormed() throws {
        let session = try Fixture().session
        var classes: Set<String> = ["string", "number", "integer", "boolean", "table", "function", "any", "nil", "userdata"]
        let lines = session.stub.split(separator: "\n", omittingEmptySubsequences: false)
        for line in lines { if let match = line.firstMatch(of: #/^---@class ([\w.]+)/#) { classes.insert(String(match.1)) } }
        func areKnown(_ type: Substring) -> Bool {
            type.split(separator: "|", omittingEmptySubsequences: false).allSatisfy { part in
                var name = part
                while name.hasSuffix("[]") { name = name.dropLast(2) }
                return classes.contains(String(name))
            }
        }
        var parameters: [String] = []
        for line in lines {
            if line.hasPrefix("---@") {
                if let match = line.wholeMatch(of: #/---@field (?:\w+\??|\[integer\]) (\S+)(?: .*)?/#) { #expect(areKnown(match.1), "\(line)") }
                else if let match = line.wholeMatch(of: #/---@param (\w+|\.\.\.)\?? (\S+) .*/#) {
                    #expect(areKnown(match.2), "\(line)")
                    parameters.append(String(match.1))
                }
                else if let match = line.wholeMatch(of: #/---@return (\S+) # .*/#) { #expect(areKnown(match.1), "\(line)") }
                else if let match = line.wholeMatch(of: #/---@overload fun\((.*)\)(?:: (\S+))?/#) {
                    for parameter in match.1.split(separator: ", ") {
                        let parts = parameter.split(separator: ": ")
                        #expect(parts.count == 2 && areKnown(parts[1]), "\(line)")
                    }
                    if let result = match.2 { #expect(areKnown(result), "\(line)") }
                }
                else if line.wholeMatch(of: #/---@operator (?:add|sub|mul|div|pow)\(any\): any/#) != nil {}
                else if line.wholeMatch(of: #/---@operator (?:len: integer|unm: \w+)/#) != nil {}
                else { #expect(line.wholeMatch(of: #/---@(?:class [\w.]+|meta \w+)/#) != nil, "\(line)") }
            } else if let match = line.wholeMatch(of: #/function [\w.:]+\((.*)\) end/#) {
                #expect(match.1.replacing(" ", with: "") == parameters.joined(separator: ","), "\(line)")
                parameters = []
            }
        }
    }
}
