import Foundation

// Values in a file's metadata, as JSON texts.
extension Safetensors {
    /// A value as JSON text with sorted keys.
    public static func json(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return String(decoding: try! encoder.encode(value), as: UTF8.self)
    }

    /// The value that ``json(_:)`` wrote; nil where the text is none of such a value.
    public static func value<Value: Decodable>(_ type: Value.Type, from text: String) -> Value? {
        if let text = text as? Value { return text }
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try? decoder.decode(type, from: Data(text.utf8))
    }
}
