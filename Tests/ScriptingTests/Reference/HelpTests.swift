import Scripting
import Testing

@Suite struct HelpTests {
    @Test func everyFunctionIsFoundByEachOfItsNames() throws {
        let fixture = try Fixture()
        for function in fixture.session.state.registry.all {
            for name in [function.name, function.spokenName] {
                let text = try #require(fixture.session.help(on: name).text, "\(name)")
                #expect(text.hasPrefix(function.signature.wrapped(to: fixture.session.display.width, hanging: 4) + "\n"), "\(name)")
            }
            // A short name may belong to several; the function of the table goes before methods.
            #expect(fixture.session.help(on: function.shortName).text?.contains(function.shortName) == true)
        }
        for type in fixture.session.state.registry.types { #expect(fixture.session.help(on: type.name).text != nil) }
    }

    @Test func helpOnValues() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("return avips.help(avips.robot)").hasPrefix("avips.robot(name [, {base=, tip=, tool=, "))
        #expect(try fixture.shown("return avips.help(avips.robot('panda').fk)").hasPrefix("robot:fk(q [, {degrees=}])"))
        #expect(try fixture.shown("return avips.help(avips.robot 'panda')").hasPrefix("Robot\n"))
        #expect(try fixture.shown("return avips.help()").contains("avips.json"))
        try fixture.session.state.run("arm = avips.robot 'panda'")
        #expect(fixture.session.help(on: "arm.ik").text?.hasPrefix("robot:ik(pose") == true)
        #expect(fixture.session.help(on: " arm ").text?.hasPrefix("Robot\n") == true)
    }

    @Test func mistypedNamesAreSuggested() throws {
        let fixture = try Fixture()
        let (text, complaint) = fixture.session.help(on: "jacobain")
        #expect(text == nil)
        #expect(complaint == "there is no help on 'jacobain'; did you mean 'jacobian'?")
        #expect(fixture.message("avips.help(3)") == "avips.help: argument 1 (x) must be a function of avips, an object or a name, got number 3")
    }

    @Test func aproposSearches() throws {
        let fixture = try Fixture()
        #expect(try fixture.shown("return avips.apropos 'jacobian'").contains("robot:jacobian"))
        #expect(try fixture.shown("return avips.apropos 'null space'").hasPrefix("matrix:null_space"))
        #expect(try fixture.shown("return avips.apropos 'zyx'") == "nothing mentions 'zyx'")
    }
}
