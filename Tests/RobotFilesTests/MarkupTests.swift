import Foundation
import Kinematics
import Numerics
import TestSupport
import Testing

/// Two links and a joint, with words before the root, within it and behind it.
private func document(before: String = "", within: String = "", behind: String = "", attribute: String = "", link: String = "b") -> String {
    before + """
        <robot name="r"\(attribute)>\(within)<link name="a"/><link name="\(link)"/><joint name="j" type="revolute"><parent link="a"/>
        <child link="\(link)"/><limit lower="-1" upper="1"/></joint></robot>
        """ + behind
}

private func robot(_ bytes: [UInt8]) throws -> RobotDescription { try RobotDescription(urdf: bytes, source: "r.urdf") }
private func robot(_ text: String) throws -> RobotDescription { try robot(Array(text.utf8)) }

@Suite struct MarkupTests {
    /// What says nothing about elements may be anything.
    @Test(arguments: [
        document(before: "<?xml version=\"1.0\"?>\n"), document(before: "<?xml version=\"0.0\" ?>"), document(before: "<?xml version=\"1.1\"?>"),
        document(before: "<?xml ?>"), document(before: "\n\n<!-- c --><?xml version='1.0' encoding=\"KOI8-R\"?>"), document(before: "<!DOCTYPE robot SYSTEM \"robot.dtd\">"),
        document(before: "<!DOCTYPE robot [<!-- ] --> <!ELEMENT robot ANY> <!ENTITY e SYSTEM 'file:///etc/passwd'> <!ENTITY % p \">\"> ]>"),
        document(within: "<?foo?>"), document(within: "<?foo >< ?><![CDATA[<link/>]]>text & more &nbsp; <!-- a -- b -- ><->-->"),
        document(within: "<a:b:c/><:/><gazebo a=\"1\"b='2'  c = \"&unknown; & &#0; &#xffffffffff;\"/>"),
        document(attribute: " xmlns:xacro=\"\" xmlns:x=\"a b\""), document(behind: "\n<!-- c --><?p?> \0\0"), document(within: "\u{1}\u{7f}\0"),
        "\u{feff}" + document(), document().replacing("\n", with: "\r"), document(link: "Gelenk für den Fuß 机器人"),
    ])
    func whatMeansNothingIsPassedOver(text: String) throws {
        #expect(try robot(text).chain().variables == [.init(name: "j", kind: .revolute, lower: -1, upper: 1)])
    }

    @Test(arguments: [
        ("<robot name=\"r\"", 1, 1, "the tag <robot> is not closed"), ("<robot><link", 1, 8, "is not closed"), ("<robot>\n <link name=\"a", 2, 8, "not closed with a quote"),
        ("<robot>\n<link name=\"a/>\n<link name=\"b\"/></robot>", 2, 7, "contains '<'; is a quote missing?"), ("<robot a=\"1\" b=2/>", 1, 14, "no value in quotes"),
        ("<robot a/>", 1, 8, "no value in quotes"), ("<robot ä=\"1\" a=\"2\" a=\"3\"/>", 1, 20, "\"a\" is given twice"), ("<robot></robt>", 1, 8, "does not match"),
        ("<robot></robot", 1, 8, "not closed with '>'"), ("<robot>\r\n\r\n", 3, 1, "an end tag is missing; <robot> of line 1"), ("robot", 1, 1, "does not begin with an element"),
        ("<robot/>\nx", 2, 1, "goes on behind"), ("<robot/><robot/>", 1, 9, "a second element"), ("<robot><!-- - ->", 1, 8, "a comment is not closed"),
        ("<robot><? ?", 1, 8, "a processing instruction is not closed"), ("<!DOCTYPE r [ ", 1, 1, "document type is not closed"), ("<robot><![CDATA[ ]", 1, 8, "CDATA"),
        ("<robot><1/></robot>", 1, 9, "a name is missing"), ("<robot>< a/></robot>", 1, 9, "a name is missing"), (" \n ", 2, 2, "no element"), ("<robot a=\"\u{1}\"/>", 1, 11, "a control character"),
    ])
    func faultsHaveTheirPlace(text: String, line: Int, column: Int, message: String) throws {
        let error = try #require(throws: URDFError.self) { try robot(text) }
        #expect("\(error)".hasPrefix("r.urdf:\(line): broken XML: ") && "\(error)".contains(message) && "\(error)".hasSuffix("(column \(column))"))
    }

    /// One robot in every encoding in which editors write.
    @Test func readsCommonEncodings() throws {
        let text = document(before: "<?xml version=\"1.0\" encoding=\"ENCODING\"?><!-- Länge, 机 -->", link: "fuß")
        let plain = text.replacing("ENCODING", with: "utf-8"), expected = try robot(plain)
        func units(_ text: String, big: Bool) -> [UInt8] { text.utf16.flatMap { big ? [UInt8($0 >> 8), UInt8($0 & 255)] : [UInt8($0 & 255), UInt8($0 >> 8)] } }
        func wide(_ text: String, big: Bool) -> [UInt8] {
            text.unicodeScalars.flatMap { s in (0..<4).map { UInt8(truncatingIfNeeded: s.value >> UInt32(8 * (big ? 3 - $0 : $0))) } }
        }
        for mark in ["", "\u{feff}"] {
            for big in [true, false] {
                #expect(try robot(units(mark + plain, big: big)) == expected)
                #expect(try robot(wide(mark + plain, big: big)) == expected)
            }
        }
        let short = text.replacing("机", with: "")
        for name in ["ISO-8859-1", "windows-1252", "utf-8", "us-ascii", ""] {
            let latin = short.replacing("ENCODING", with: name).unicodeScalars.map { UInt8($0.value) }
            #expect(try robot(latin).links.map(\.name) == ["a", "fuß"])
        }
        // The euro sign and quotes of Windows-1252; the same bytes are UTF-8 where nothing else is declared.
        let euro = "<?xml encoding='cp1252'?>" + document(link: "@")
        #expect(try robot(euro.utf8.map { $0 == UInt8(ascii: "@") ? 0x80 : $0 }).links[1].name == "€")
        // Stray bytes in what should be UTF-8.
        let stray = document(within: "<!-- @ -->", link: "Länge").utf8.map { $0 == UInt8(ascii: "@") ? 0xff : $0 }
        #expect(try robot(stray).links[1].name == "Länge")
    }

    @Test func entitiesAreReplaced() throws {
        let text = """
            <!DOCTYPE robot [<!ENTITY half "0.5"><!ENTITY n '&half; 0 &#48;'><!ENTITY loop "&loop;"><!ENTITY parts "<link name='x'/>"><!ENTITY more "&parts;">]>
            """
        let used = document(before: text, link: "&lt;&#x41;&amp;amp;&quot;&apos;&gt;\t&undeclared;")
        #expect(try robot(used).links[1].name == "<A&amp;\"'> &undeclared;")
        let origin = document(before: text).replacing("<limit", with: "<origin xyz=\"&n;\"/><limit")
        #expect(try robot(origin).joints[0].origin.position == [0.5, 0, 0])
        for (place, message) in [(document(before: text, within: "&parts;"), "stands for elements"), (document(before: text, within: "&more;"), "stands for elements"),
                                 (document(before: text, attribute: " a=\"&loop;\""), "too much text")] {
            let error = try #require(throws: URDFError.self) { try robot(place) }
            #expect("\(error)".contains(message) && error.line == 1)
        }
    }

    /// Documents made to take all memory or the whole stack are refused soon.
    @Test func bombsAreRefused() throws {
        let deep = "<robot name=\"r\">" + String(repeating: "<a>", count: 80_000)
        let error = try #require(throws: URDFError.self) { try robot(deep + String(repeating: "</a>", count: 80_000) + "</robot>") }
        #expect("\(error)".contains("nested more than 256 deep") && error.line == 1)
        #expect(throws: URDFError.self) { try robot(deep) }
        var laughs = "<!DOCTYPE r [<!ENTITY a0 \"\">", silent = laughs
        for i in 1...15 {
            laughs += "<!ENTITY a\(i) \"" + String(repeating: "&a\(i - 1);", count: 50) + "ha\">"
            silent += "<!ENTITY a\(i) \"" + String(repeating: "&a\(i - 1);", count: 50) + "\">"
        }
        for bomb in [laughs, silent] {
            let error = try #require(throws: URDFError.self) { try robot(document(before: bomb + "]>", attribute: " a=\"&a15;\"")) }
            #expect("\(error)".contains("entities stand for too much text"))
        }
        #expect(throws: URDFError.self) { try robot("<robot>" + String(repeating: "<a/>", count: 2_100_000) + "</robot>") }
        #expect(throws: URDFError.self) { try robot([UInt8](repeating: 0x20, count: (64 << 20) + 1)) }
    }

    /// Every mutation of a byte loads, or gives an error with its line.
    @Test(arguments: 1...4)
    func singleBytesOfAFileMayBeAnything(seed: Int) throws {
        var stream = RandomStream(seed: UInt64(seed))
        let whole = try Array(String(contentsOfFile: library.directory + "/\(["planar_3link", "ur5", "panda", "pr2_left_arm_torso"][seed - 1]).urdf", encoding: .utf8).utf8)
        var refused = 0
        for round in 0..<650 {
            var bytes = whole
            let place = Int(stream.uniform() * Double(bytes.count))
            switch round % 5 {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: stream.next())
            case 1: bytes[place] = [0, 0x80, 0xff, 0xfc, 0x3c, 0x3e, 0x26, 0x22][Int(8 * stream.uniform())]
            case 2: bytes[place] ^= 1 << UInt8(8 * stream.uniform())
            case 3: bytes.remove(at: place)
            default: bytes.insert(UInt8(truncatingIfNeeded: stream.next()), at: place)
            }
            do {
                let damaged = try robot(bytes)
                let chain = try damaged.chain()
                #expect(chain.fault == nil && chain.fingerprint.count == 16)
                #expect(chain.forwardKinematics(chain.randomConfiguration(using: &stream)).isFinite)
                _ = try damaged.body(floating: .wide).fingerprint
            } catch let error as URDFError {
                refused += 1
                #expect(error.line != nil)
            } catch is ChainError {
                refused += 1
            }
        }
        #expect(refused > 50)
    }
}
