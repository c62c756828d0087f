import Foundation
import LuaBridge
import Scripting
import TestSupport
import Testing

/// What earlier versions called things: every such name answers as today's, says so once, and is in no help.
@Suite struct FormerNamesTests {
    /// A session whose notes are kept.
    private func noting() throws -> (fixture: Fixture, notes: Notes) {
        let fixture = try Fixture(), notes = Notes()
        fixture.session.state.note = { notes.all.append($0) }
        return (fixture, notes)
    }

    private final class Notes {
        var all: [String] = []
    }

    @Test func optionsAreReadByTheirEarlierNames() throws {
        let (fixture, notes) = try noting()
        let state = fixture.session.state
        defer { withExtendedLifetime(fixture) {} }
        var count = 0
        for function in state.registry.all {
            for parameter in function.parameters {
                for option in parameter.options {
                    for former in option.formerNames {
                        count += 1
                        let key = RawOption(option.name, option.type, option.summary)
                        let table = Value.record([(former, .string("given"))])
                        let read = try state.withSlot(table) { try Options($0, declared: parameter)[key]?.string() }
                        #expect(read == "given", "\(function.name) \(former)")
                        #expect(notes.all.contains { $0.contains("option \(former) is now called \(option.name)") })
                        #expect(throws: ArgumentError.self, "\(function.name) \(former)") {
                            try state.withSlot(.record([(former, .integer(1)), (option.name, .integer(2))])) { _ = try Options($0, declared: parameter) }
                        }
                        #expect(!parameter.options.contains { $0.name == former }, "\(function.name) \(former)")
                    }
                }
            }
        }
        #expect(count > 10)
    }

    @Test func aConditionalTargetTakesMeanAndDeviationForPrior() throws {
        let (fixture, notes) = try noting()
        defer { withExtendedLifetime(fixture) {} }
        #expect(try fixture.shown("""
            local function target(options)
              options.dimension, options.context, options.logdensity = 1, { a = {0, 1} }, function(x, c) return -(x[1] - c.a)^2 end
              return avips.model{ target = avips.target(options), components = 2, hidden = {16}, adapt = false, seed = 1 }:sample({ a = 0.5 }, 1, { seed = 1 })[1][1]
            end
            return target{ mean = {5}, deviation = 2 } == target{ prior = { mean = {5}, deviation = 2 } }
            """) == "true")
        #expect(notes.all.filter { $0.contains("of a target with a context is now called prior = {") }.count == 2, "\(notes.all)")
        // Without a context they are no earlier names.
        notes.all = []
        #expect(fixture.message("avips.target{ dimension = 1, mean = {5}, deviation = 2, logdensity = function(x) return -x[1]^2 end }") == nil)
        #expect(notes.all.isEmpty)
    }

    /// Examples that call a function or read a field go on with the earlier name.
    @Test func functionsAndFieldsAnswerByTheirEarlierNames() throws {
        let (fixture, notes) = try noting()
        let state = fixture.session.state
        defer { withExtendedLifetime(fixture) {} }
        try state.run("""
            local made = dofile '\(packageRoot)/Tests/Long/objects.lua'
            by_type = {}
            for i = 1, #made.list - 1 do by_type[getmetatable(made.list[i])] = made.list[i] end
            """)
        for type in state.registry.types {
            let members = type.properties.map { ($0.name, $0.formerNames) } + type.methods.map { ($0.shortName, $0.formerNames) }
            for (name, formerNames) in members {
                for former in formerNames {
                    #expect(try state.run("""
                        local o = by_type['\(type.name)']
                        local old, new = o.\(former), o.\(name)
                        return rawequal(old, new) or tostring(old) == tostring(new) or type(old) == 'table' and avips.json.encode(old) == avips.json.encode(new)
                        """)
                        .map { try state.withSlot($0) { try $0.text() } } == ["true"], "\(type.name).\(former)")
                    #expect(notes.all.contains { $0.contains(former) && $0.contains("is now called") && $0.contains(name) }, "\(type.name).\(former)")
                    #expect(!members.contains { $0.0 == former }, "\(type.name).\(former)")
                }
            }
        }
        for function in state.registry.functions {
            for former in function.formerNames {
                #expect(try state.run("return \(function.owner).\(former) == \(function.name)").map { try state.withSlot($0) { try $0.text() } } == ["true"])
                #expect(notes.all.contains { $0.contains("\(function.owner).\(former) is now called \(function.name)") })
            }
        }
    }

    @Test func aNameIsNotedOnceAndSaysWhere() throws {
        let (fixture, notes) = try noting()
        defer { withExtendedLifetime(fixture) {} }
        try fixture.session.state.run("""
            for _ = 1, 3 do avips.target.two_joint_arm{ width = 0.2 } end
            """, name: "=old.lua")
        #expect(notes.all == ["old.lua:1: option width is now called deviation; the earlier name goes with the next version"])
        #expect(fixture.message("avips.target.two_joint_arm{ width = 0.2, deviation = 0.1 }")?.contains("give deviation or width, its earlier name, not both") == true)
    }

    @Test func everyNameIsInTheTable() throws {
        let session = try Fixture().session
        let text = session.reference
        for renaming in session.state.registry.renamings { #expect(text.contains("| `\(renaming.former)` | `\(renaming.name)` |")) }
        #expect(session.state.registry.renamings.count > 10)
    }
}
