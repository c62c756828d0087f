// Options that are booleans, words of a choice, strings or paths.

extension OptionKey {
    /// True or false.
    public static func flag(_ name: String, default fallback: Bool, _ summary: String) -> OptionKey where Value == Bool {
        OptionKey(Parameter(name, "boolean", summary, default: "\(fallback)"), fallback: fallback) { try $0.boolean() }
    }

    /// True, false or nil.
    ///
    /// - Parameter otherwise: what holds where it is absent, in words.
    public static func flag(_ name: String, _ summary: String, otherwise: String) -> OptionKey where Value == Bool? {
        OptionKey(Parameter(name, "boolean", summary, default: otherwise), fallback: nil) { try $0.boolean() }
    }

    /// One of the words of an enumeration.
    public static func choice(_ name: String, default fallback: Value, _ summary: String) -> OptionKey
    where Value: RawRepresentable & CaseIterable & SendableMetatype, Value.RawValue == String {
        OptionKey(
            Parameter(name, "string", summary, range: words(of: Value.self), default: "\"\(fallback.rawValue)\"", choices: Value.allCases.map(\.rawValue)),
            fallback: fallback) { try $0.choice(of: Value.self) }
    }

    /// One of the words of an enumeration, or nil.
    ///
    /// - Parameter otherwise: what holds where it is absent, in words.
    public static func choice<Choice>(_ name: String, of type: Choice.Type, _ summary: String, otherwise: String) -> OptionKey
    where Value == Choice?, Choice: RawRepresentable & CaseIterable & SendableMetatype, Choice.RawValue == String {
        OptionKey(
            Parameter(name, "string", summary, range: words(of: type), default: otherwise, choices: type.allCases.map(\.rawValue)),
            fallback: nil) { try $0.choice(of: type) }
    }

    /// One of the words of an enumeration, or `false` for one of them.
    public static func choice(_ name: String, default fallback: Value, orFalse off: Value, _ summary: String) -> OptionKey
    where Value: RawRepresentable & CaseIterable & SendableMetatype & Sendable, Value.RawValue == String {
        OptionKey(
            Parameter(
                name, "string or false", summary, range: words(of: Value.self) + ", or false for \"\(off.rawValue)\"", default: "\"\(fallback.rawValue)\"",
                choices: Value.allCases.map(\.rawValue)),
            fallback: fallback
        ) { slot in
            guard slot.kind == .boolean else { return try slot.choice(of: Value.self) }
            guard try !slot.boolean() else { throw slot.mismatch(words(of: Value.self) + ", or false") }
            return off
        }
    }

    private static func words<Choice: RawRepresentable & CaseIterable>(of type: Choice.Type) -> String where Choice.RawValue == String {
        type.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
    }

    public static func string(_ name: String, _ summary: String, otherwise: String? = nil) -> OptionKey where Value == String? {
        OptionKey(Parameter(name, "string", summary, default: otherwise, isOptional: true), fallback: nil) { try $0.string() }
    }

    public static func string(_ name: String, default fallback: String, _ summary: String) -> OptionKey where Value == String {
        OptionKey(Parameter(name, "string", summary, default: "\"\(fallback)\""), fallback: fallback) { try $0.string() }
    }

    /// The path of a file.
    public static func path(_ name: String, _ summary: String, otherwise: String? = nil) -> OptionKey where Value == String? {
        OptionKey(Parameter(name, "string", summary, default: otherwise, isOptional: true), fallback: nil) { try $0.path() }
    }
}
