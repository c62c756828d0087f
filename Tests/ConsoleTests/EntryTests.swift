import Testing
import Console

@Suite struct EntryTests {
    @Test(arguments: ["", "  \n ", "-- only a comment", "--[[ closed ]]"])
    func blanksAndCommentsAreNothing(text: String) {
        #expect(Entry(text) == .nothing)
    }

    @Test func anOpenCommentIsCodeThatGoesOn() {
        #expect(Entry("--[[ open") == .code(.init(source: "--[[ open")))
    }

    @Test func questionMarkAsksForHelp() {
        #expect(Entry("?") == .help(topic: ""))
        #expect(Entry("  ? avips.robot ") == .help(topic: "avips.robot"))
    }

    @Test func leadingEqualsSignIsDropped() {
        #expect(Entry("= 1 + 1") == .code(.init(source: " 1 + 1")))
    }

    @Test func trailingSemicolonSilences() {
        #expect(Entry("f();") == .code(.init(source: "f();", isSilent: true)))
        #expect(Entry("f() -- ;") == .code(.init(source: "f() -- ;")))
        #expect(Entry("f(); -- done") == .code(.init(source: "f(); -- done", isSilent: true)))
        #expect(Entry("f ';'") == .code(.init(source: "f ';'")))
    }

    @Test func localsAreNoticed() {
        #expect(Entry("local x = 1") == .code(.init(source: "local x = 1", startsWithLocal: true)))
        #expect(Entry("--[[ a ]] local x") == .code(.init(source: "--[[ a ]] local x", startsWithLocal: true)))
        #expect(Entry("locality = 1") == .code(.init(source: "locality = 1")))
    }

    @Test func pastedPromptsAreStripped() {
        let pasted = "avips> for i = 1, 2 do\n  ...>   print(i)\n  ...> end"
        #expect(Entry(pasted) == .code(.init(source: "for i = 1, 2 do\n  print(i)\nend")))
        #expect(Entry("avips>") == .nothing)
        #expect(Entry("avips > 1") == .code(.init(source: "avips > 1")))
    }
}
