/// Fields of comma-separated values as they are written (RFC 4180).
public enum CSVField {
    /// Bytes that a reader takes for no text at the beginning of a file.
    public static let byteOrderMark: [UInt8] = [0xef, 0xbb, 0xbf]

    /// A number in the shortest form that reads back as the same.
    public static func text(_ number: Double) -> String { number.isNaN ? "nan" : "\(number)" }

    /// A field in quotation marks where it needs them, as one does that a reader would take for a byte order mark and text.
    public static func quoted(_ field: String, separator: UInt8 = UInt8(ascii: ",")) -> String {
        let special = [UInt8(ascii: "\""), separator, UInt8(ascii: "\n"), UInt8(ascii: "\r")]
        guard field.isEmpty || field.utf8.starts(with: byteOrderMark) || field.utf8.contains(where: special.contains) else { return field }
        // By scalars: a mark with an accent behind it is another character, and an end of the field all the same.
        return "\"" + field.unicodeScalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
    }
}
