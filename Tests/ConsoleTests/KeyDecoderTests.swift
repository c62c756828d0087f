import Console
import Scripting
import Testing

@Suite struct KeyDecoderTests {
    private func keys(_ text: String) -> [Key] {
        var decoder = KeyDecoder()
        decoder.feed(text.utf8)
        var keys: [Key] = []
        while let key = decoder.next() { keys.append(key) }
        return keys
    }

    @Test func arrowsLettersAndControlKeys() {
        #expect(keys("\u{1B}[A\u{1B}[B\u{1B}OC\u{1B}[Ds\r\u{3}") == [.up, .down, .right, .left, .character("s"), .enter, .cancel])
        #expect(keys("\u{1B}[1;5A") == [.up])
        #expect(keys("\u{1B}[15~q") == [.character("q")])
        #expect(keys("äs") == [.character("s")])
    }

    @Test func sequencesMayComeInPieces() {
        var decoder = KeyDecoder()
        decoder.feed([0x1B])
        #expect(decoder.next() == nil && decoder.isUndecided)
        decoder.feed("[".utf8)
        #expect(decoder.next() == nil)
        decoder.feed("A".utf8)
        #expect(decoder.next() == .up && !decoder.isUndecided)
        decoder.feed([0x1B])
        decoder.decide()
        #expect(decoder.next() == .cancel)
    }

    @Test func whatComesWithAKeyIsText() {
        func text(_ typed: String) -> String {
            var decoder = KeyDecoder()
            decoder.feed(typed.utf8)
            #expect(decoder.next() == .character("q"))
            return decoder.takeText()
        }
        #expect(text("q7*6\r") == "7*6\n")
        #expect(text("qx = 'ä漢'\r1\u{7F}2\rrest") == "x = 'ä漢'\n2\nrest")
        #expect(text("q\u{7F}\r\u{7F}") == "\n")
        #expect(text("qlost\u{3}kept\u{1B}[A\t") == "kept")
        #expect(text("q") == "")
    }
}
