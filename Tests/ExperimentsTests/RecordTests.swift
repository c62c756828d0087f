import Experiments
import Testing

@Suite struct RecordTests {
    /// The examples of FIPS 180-4, and lengths around the ends of blocks, as `sha256sum` has them.
    @Test func digestsAreThoseOfTheStandard() {
        #expect(Digest(of: "").hexadecimal == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(Digest(of: "abc").hexadecimal == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            Digest(of: "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").hexadecimal
                == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
        #expect(Digest(of: String(repeating: "a", count: 64)).hexadecimal == "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb")
        #expect(
            Digest(of: String(repeating: "a", count: 1_000_000)).hexadecimal == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func jsonIsReadBackAsItWasWritten() throws {
        let datum: Datum = [
            "text": "a \"quoted\"\n\u{1}line, ∂", "numbers": [1, -2.5, 1e300, 0.1], "truth": true, "nothing": .null, "empty": [], "record": ["z": 1, "a": 2],
        ]
        #expect(try Datum(json: Array(datum.json.utf8)) == datum)
        let infinite: Datum = [.number(.infinity), .number(-.infinity)]
        #expect(infinite.json == "[1e999,-1e999]")
        #expect(try Datum(json: Array(infinite.json.utf8)) == infinite)
        #expect(Datum.list([.number(.nan)]).json == "[null]")
    }

    @Test func equalValuesHaveOneCanonicalText() {
        let one: Datum = ["b": 4, "a": [1.0, "x"]]
        let other: Datum = ["a": [1, "x"], "b": 4.0]
        #expect(one.canonical == other.canonical)
        #expect(one.canonical == #"{"a":[1,"x"],"b":4}"#)
        #expect(Datum.number(4.5).canonical == "4.5")
    }

    @Test func truncatedJSONIsRefused() {
        let text = Array(#"{"measures":{"loss":1.5},"value":[1,2]}"#.utf8)
        for count in 0..<text.count { #expect(throws: (any Error).self) { try Datum(json: Array(text[..<count])) } }
    }
}
