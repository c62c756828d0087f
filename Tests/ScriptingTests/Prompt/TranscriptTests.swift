import LuaBridge
import Scripting
import Testing

@Suite struct TranscriptTests {
    /// A transcript of a few entries of each form, as the prompt would note them.
    private func transcript() -> Transcript {
        var transcript = Transcript(seed: 3)
        func enter(_ source: String, _ form: Transcript.Form, _ output: String = "") {
            transcript.begin(source, form: form)
            transcript.note(output)
            transcript.end()
        }
        enter("x = avips.robot('planar_3link'):random()", .statements)
        enter("1 + 1 -- two", .expression, "2\n")
        enter("_ * 3", .expression, "6\n")
        enter("print('a\\nb', 1)", .statements, "a\nb\t1\n")
        enter("{1, 2}", .silentExpression)
        enter("#_", .expression, "2\n")
        transcript.begin("error ']=]'", form: .statements)
        transcript.fail("stdin:1: ]=]")
        return transcript
    }

    private func check(_ text: String) throws -> TranscriptCheck { try TranscriptCheck(text, in: Fixture().session) }

    @Test func isAScriptThatRunsAgain() throws {
        let text = transcript().text(version: Session.version, date: "2000-01-01")
        #expect(text.contains("avips.session.start{ version = \"\(Session.version)\", seed = 3 }"))
        #expect(text.contains("-- [2]\navips.show(\n1 + 1 -- two\n)\n--> 2\n"))
        #expect(text.contains("-- [7]\navips.session.run [==[\nerror ']=]'\n]==]\n--> stdin:1: ]=]\n"))
        let session = try Fixture().session
        #expect(throws: Never.self) { try session.run(text) }
        let result = try check(text)
        #expect(result.entries == 7)
        #expect(result.differences.isEmpty, "\(result.text)")
        #expect(result.text == "7 entries, no difference")
        #expect(result.otherVersion == nil)
    }

    @Test func differencesAreShown() throws {
        let text = transcript().text(version: "0.0.1", date: "").replacing("--> 6", with: "--> 7").replacing("--> b\t1", with: "--> c\t1")
        let result = try check(text)
        #expect(result.differences.map(\.number) == [3, 4])
        #expect(result.differences[0].rows == ["- 7", "+ 6"])
        #expect(result.differences[1].rows == ["  a", "- c\t1", "+ b\t1"])
        #expect(result.otherVersion == "0.0.1")
        #expect(result.text.hasSuffix("2 of 7 entries differ"))
    }

    @Test func drawsAreRepeatedFromTheSeed() throws {
        var first = Transcript(seed: 11)
        let session = try Fixture().session
        session.seed(11)
        try session.seedLua(11)
        let source = "table.concat(avips.robot('planar_3link'):random(), ' ') .. ' ' .. math.random(1000000)"
        first.begin(source, form: .expression)
        first.note(session.text(of: try session.state.run("return " + source)) + "\n")
        #expect(try check(first.text(version: Session.version, date: "")).differences.isEmpty)
        #expect(try check(first.text(version: Session.version, date: "").replacing("seed = 11", with: "seed = 12")).differences.count == 1)
    }

    @Test func timesAndAddressesAreNoDifferences() throws {
        var transcript = Transcript(seed: 0)
        transcript.begin("print('took ' .. os.clock() .. ' s', {})", form: .statements)
        transcript.note("took 3.25 s\ttable: 0x55d0c8a01230\n")
        transcript.begin("avips.robot('panda'):ik(avips.pose{ xyz = {0.4, 0, 0.5} }, { seed = 1 })", form: .expression)
        let session = try Fixture(display: DisplayStyle(showsTimes: false)).session
        transcript.note(try session.text(of: session.state.run("return avips.robot('panda'):ik(avips.pose{ xyz = {0.4, 0, 0.5} }, { seed = 1 })")) + "\n")
        let result = try check(transcript.text(version: Session.version, date: ""))
        #expect(result.differences.isEmpty, "\(result.text)")
    }

    @Test func otherFilesAreRefused() {
        #expect(throws: TranscriptCheck.NoTranscript.self) { try check("print(1)") }
    }

    @Test func rowsThatLookLikeTheTranscriptsOwnAreNoOutput() throws {
        var transcript = Transcript(seed: 0)
        transcript.begin("x = 1\n--> not an output\n-- [2]\ny = 2", form: .statements)
        transcript.end()
        transcript.begin("x + y", form: .expression)
        transcript.note("3\n")
        let result = try check(transcript.text(version: Session.version, date: ""))
        #expect(result.differences.isEmpty && result.entries == 2, "\(result.text)")
    }
}

extension Session {
    /// Runs text; the session lives until it has ended.
    fileprivate func run(_ text: String) throws { try state.run(text) }
}
