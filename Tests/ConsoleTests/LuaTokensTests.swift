import Testing
import Console

@Suite struct LuaTokensTests {
    private func kinds(_ source: String) -> [LuaToken.Kind] { LuaTokens(Array(source.utf8)).map(\.kind) }

    @Test func namesNumbersAndSymbols() {
        #expect(kinds("a1 = 0x1p4") == [.name, .symbol(UInt8(ascii: "=")), .number])
    }

    @Test func stringsKnowTheirContents() {
        #expect(kinds(#""a\"b""#) == [.string(contents: 1..<5, isClosed: true)])
        #expect(kinds("'ab") == [.string(contents: 1..<3, isClosed: false)])
        #expect(kinds("[==[a]]]==]") == [.string(contents: 4..<7, isClosed: true)])
        #expect(kinds("[[a") == [.string(contents: 2..<3, isClosed: false)])
        #expect(kinds(#"'\"#) == [.string(contents: 1..<2, isClosed: false)])
    }

    @Test func commentsEndWithTheirRowOrBracket() {
        #expect(kinds("-- a\nb") == [.comment(isClosed: true), .name])
        #expect(kinds("--[[ a\n]] b") == [.comment(isClosed: true), .name])
        #expect(kinds("--[[ a") == [.comment(isClosed: false)])
    }

    @Test func rangesCoverTheSourceInOrder() {
        var position = 0
        for token in LuaTokens(Array(0...255)) {
            #expect(token.range.lowerBound >= position && !token.range.isEmpty)
            position = token.range.upperBound
        }
        #expect(position == 256)
    }
}
