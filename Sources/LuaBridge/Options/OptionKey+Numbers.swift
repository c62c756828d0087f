// Options that are numbers of a range.

extension OptionKey {
    /// A whole number of a range.
    ///
    /// - Precondition: the default is in the range.
    public static func integer(
        _ name: String, in range: ClosedRange<Int>, default fallback: Int, _ summary: String, unit: String? = nil
    ) -> OptionKey where Value == Int {
        precondition(range.contains(fallback), "the default of \(name) is out of its range")
        return OptionKey(
            Parameter(name, "integer", summary, unit: unit, limits: NumberRange(range), default: "\(fallback)"), fallback: fallback) {
            try $0.integer(in: range)
        }
    }

    /// A whole number of a range, or nil.
    ///
    /// - Parameter otherwise: what holds where it is absent, in words.
    public static func integer(
        _ name: String, in range: ClosedRange<Int>, _ summary: String, unit: String? = nil, otherwise: String? = nil
    ) -> OptionKey where Value == Int? {
        OptionKey(
            Parameter(name, "integer", summary, unit: unit, limits: NumberRange(range), default: otherwise), fallback: nil) {
            try $0.integer(in: range)
        }
    }

    /// The seed of draws: any whole number.
    public static func seed(_ summary: String, name: String = "seed") -> OptionKey where Value == UInt64? {
        OptionKey(Parameter(name, "integer", summary, default: "the session's stream"), fallback: nil) { try $0.seed() }
    }
}

extension Parameter {
    /// A number of a range; where it may be absent without a word, `defaultValue` is nil.
    fileprivate init(_ name: String, _ type: String, _ summary: String, unit: String?, limits: NumberRange, default defaultValue: String?) {
        self.init(name, type, summary, unit: unit, range: limits.description, default: defaultValue, isOptional: true)
        self.limits = limits
    }
}

extension OptionKey {
    /// A number of a range.
    ///
    /// - Precondition: the default is in the range.
    public static func number(
        _ name: String, in range: NumberRange, default fallback: Double, _ summary: String, unit: String? = nil
    ) -> OptionKey where Value == Double {
        precondition(range.contains(fallback), "the default of \(name) is out of its range")
        return OptionKey(
            Parameter(name, "number", summary, unit: unit, limits: range, default: plainText(fallback)), fallback: fallback) {
            try $0.number(of: range)
        }
    }

    /// A number of a closed range.
    ///
    /// - Precondition: the default is in the range.
    public static func number(
        _ name: String, in bounds: ClosedRange<Double>, default fallback: Double, _ summary: String, unit: String? = nil
    ) -> OptionKey where Value == Double {
        number(name, in: NumberRange(bounds), default: fallback, summary, unit: unit)
    }

    /// A number of a range, or nil.
    ///
    /// - Parameter otherwise: what holds where it is absent, in words.
    public static func number(
        _ name: String, in range: NumberRange, _ summary: String, unit: String? = nil, otherwise: String? = nil
    ) -> OptionKey where Value == Double? {
        OptionKey(
            Parameter(name, "number", summary, unit: unit, limits: range, default: otherwise), fallback: nil) {
            try $0.number(of: range)
        }
    }

    /// A number of a closed range, or nil.
    ///
    /// - Parameter otherwise: what holds where it is absent, in words.
    public static func number(
        _ name: String, in bounds: ClosedRange<Double>, _ summary: String, unit: String? = nil, otherwise: String? = nil
    ) -> OptionKey where Value == Double? {
        number(name, in: NumberRange(bounds), summary, unit: unit, otherwise: otherwise)
    }
}
