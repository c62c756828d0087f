import Files
import Testing

@Suite struct CSVFieldTests {
    @Test func fieldsAreQuotedWhereTheyNeedIt() {
        #expect(CSVField.quoted("plain text") == "plain text")
        #expect(CSVField.quoted("") == "\"\"")
        #expect(CSVField.quoted("a,b") == "\"a,b\"" && CSVField.quoted("a,b", separator: UInt8(ascii: ";")) == "a,b")
        #expect(CSVField.quoted("a\nb") == "\"a\nb\"")
        // A quotation mark with an accent behind it is one all the same.
        #expect(CSVField.quoted("\"\u{301}") == "\"\"\"\u{301}\"")
        #expect(CSVField.quoted("\u{FEFF}x") == "\"\u{FEFF}x\"")
    }

    @Test func numbersReadBackAsTheSame() {
        #expect(CSVField.text(3) == "3.0" && CSVField.text(0.1) == "0.1" && CSVField.text(-.nan) == "nan" && CSVField.text(.infinity) == "inf")
    }
}
