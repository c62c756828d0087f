/// Categories' colours: those of Okabe and Ito ("Color Universal Design", 2008), which stay apart under the three
/// colour-vision deficiencies; when they are used up they come again with other dashes.
enum Palette {
    /// One colour for SVG and one like it, readable on black and on white, of a terminal's 256.
    struct Color: Equatable {
        var hex: String
        var terminal: UInt8
    }

    static let colors = [
        Color(hex: "#0072B2", terminal: 32),
        Color(hex: "#D55E00", terminal: 166),
        Color(hex: "#009E73", terminal: 36),
        Color(hex: "#CC79A7", terminal: 175),
        Color(hex: "#E69F00", terminal: 214),
        Color(hex: "#56B4E9", terminal: 74),
        Color(hex: "#8A8A8A", terminal: 245),
    ]

    /// Lengths of dash and gap in pixels; the first is an unbroken line.
    static let dashes = ["", "7 4", "2 4", "10 4 2 4", "14 5"]

    /// The index of a category's colour.
    static func color(_ series: Int) -> Int { modulo(series, colors.count) }

    /// The index of a category's dashes.
    static func dash(_ series: Int) -> Int { modulo((series - modulo(series, colors.count)) / colors.count, dashes.count) }

    private static func modulo(_ value: Int, _ divisor: Int) -> Int { (value % divisor + divisor) % divisor }
}
