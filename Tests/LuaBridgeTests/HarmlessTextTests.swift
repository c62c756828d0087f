import LuaBridge
import Testing

@Suite struct HarmlessTextTests {
    @Test func controlCharactersAreSpelledOut() {
        #expect("a\tb\nc · ü".harmless() == "a\tb\nc · ü")
        #expect("\u{1B}]0;title\u{7}".harmless() == "\\27]0;title\\7")
        #expect("a\rb\r\nc\u{7F}".harmless() == "a\\13b\\13\nc\\127")
        #expect("\u{9B}31m\u{202E}x\u{2066}".harmless() == "\\u{9B}31m\\u{202E}x\\u{2066}")
        #expect("e\u{301}\u{1F468}\u{200D}\u{1F469}".harmless() == "e\u{301}\u{1F468}\u{200D}\u{1F469}")
    }

    @Test func drawingsKeepTheirColoursAndNothingElse() {
        #expect("\u{1B}[1;31mx\u{1B}[0m".harmless(keepingColors: true) == "\u{1B}[1;31mx\u{1B}[0m")
        #expect("\u{1B}[2Jx\u{1B}[1;".harmless(keepingColors: true) == "\\27[2Jx\\27[1;")
        #expect("\u{1B}[1;31mx".harmless() == "\\27[1;31mx")
    }

    @Test(arguments: [
        "\u{1B}_Ga=T,f=100,q=2,c=80,m=1;iVBORw0K+/=\u{1B}\\\u{1B}_Gm=0;AAAA\u{1B}\\", "\u{1B}]1337;File=inline=1;size=123;width=80:iVBORw0K==\u{07}",
        "\u{1B}Pq\"1;1;4;6#0;2;0;0;0#0!4~-\u{1B}\\",
    ]) func drawingsMayBePictures(text: String) {
        #expect((text + "\nx").harmless(keepingColors: true) == text + "\nx")
        #expect(!text.harmless().contains("\u{1B}"))
    }

    @Test(arguments: [
        "\u{1B}_Ga=T,f=100,q=2,c=80,t=f,m=0;L2V0Yy9wYXNzd2Q=\u{1B}\\", "\u{1B}]1337;File=name=eA==;inline=0:AAAA\u{07}", "\u{1B}]52;c;AAAA\u{07}",
        "\u{1B}Pq#0\u{1B}[2J", "\u{1B}_Gm=0;AA",
    ]) func whatLooksLikeAPictureIsSpelledOut(text: String) {
        #expect(!text.harmless(keepingColors: true).contains("\u{1B}"))
    }

    /// What describes an object, and what an error says, may hold anything; neither brings it to a terminal.
    @Test func descriptionsAndErrorsAreHarmless() throws {
        let fixture = try Fixture()
        try fixture.state.register(ObjectType("Label", of: String.self, "A text.", describe: { $0 }))
        try fixture.state.register(Function("host.label", "Makes one.", parameters: [Parameter("text", "string", "the text")], returns: "Label", example: "") {
            .object(holding: try $0[1].string())
        })
        #expect(try fixture.run("return tostring(host.label '\\27[2J')") == "\\27[2J")
        try fixture.state.register(Function("host.refuse", "Fails.", parameters: [Parameter("text", "string", "the text")], returns: "nothing", example: "") {
            throw Failure(description: "not \"\(try $0[1].string())\"")
        })
        #expect(fixture.message("host.refuse '\\27[2J\\194\\155'")?.contains("not \"\\27[2J\\u{9B}\"") == true)
    }
}
