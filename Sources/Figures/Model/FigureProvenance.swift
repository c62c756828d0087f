/// Where a figure comes from: facts by name, such as the program's version, the script and the seed.
public struct FigureProvenance: Sendable, Equatable {
    public var facts: [(name: String, value: String)]

    public init(_ facts: [(name: String, value: String)]) { self.facts = facts }

    public static func == (a: FigureProvenance, b: FigureProvenance) -> Bool { a.facts.elementsEqual(b.facts) { $0 == $1 } }

    /// An object of strings on one line.
    var json: String { "{" + facts.map { "\(Self.quoted($0.name)): \(Self.quoted($0.value))" }.joined(separator: ", ") + "}" }

    private static func quoted(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "\"") { result, scalar in
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{0}"..<"\u{20}", "\u{7F}": result += " "
            default: result.unicodeScalars.append(scalar)
            }
        } + "\""
    }
}
