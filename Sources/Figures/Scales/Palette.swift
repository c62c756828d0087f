/// Categories' colours: those of Okabe and Ito ("Color Universal Design", 2008), which stay apart under the three
/// colour-vision deficiencies; when they are used up they come again with other dashes and other discs.
enum Palette {
    /// The colour on a dark page, the one on a light page, and one like it of a terminal's 256, readable on both.
    ///
    /// On white, orange and sky blue would have contrasts of 2.3: there they are darker, and the others are moved a little so
    /// that all keep 3 and are told apart no worse than the originals (9.5 in CIEDE2000 under each deficiency).
    /// On the dark page thin lines lose themselves in the original blue, whose contrast is 3.4: there it is brighter, 4.5.
    struct Color: Equatable {
        var dark: String
        var light: String
        var terminal: UInt8
    }

    static let colors = [
        Color(dark: "#2A85CC", light: "#1072AF", terminal: 32),
        Color(dark: "#D55E00", light: "#C35404", terminal: 166),
        Color(dark: "#009E73", light: "#199C6D", terminal: 36),
        Color(dark: "#CC79A7", light: "#BF7CAB", terminal: 175),
        Color(dark: "#E69F00", light: "#CA8503", terminal: 214),
        Color(dark: "#56B4E9", light: "#009CE4", terminal: 74),
        Color(dark: "#8A8A8A", light: "#8A8A8A", terminal: 245),
    ]

    /// Lengths of dash and gap in pixels; the first is an unbroken line.
    static let dashes = ["", "7 4", "2 4", "10 4 2 4", "14 5"]

    /// The same for thick lines, whose round ends take more of the gaps.
    static let strongDashes = ["", "8 7", "1 6", "12 6 1 6", "16 8"]

    /// The same in dots of a terminal.
    static let terminalDashes: [[Bool]] = [
        [true], [true, false], [true, false, false, false], [true, true, true, true, true, false, false, true, false, false],
        [true, true, true, true, true, true, false, false, false, false],
    ]

    /// How many categories look different.
    static let styles = colors.count * dashes.count

    /// The index of a category's colour.
    static func color(_ series: Int) -> Int { modulo(series, colors.count) }

    /// The index of a category's dashes.
    static func dash(_ series: Int) -> Int { modulo((series - modulo(series, colors.count)) / colors.count, dashes.count) }

    private static func modulo(_ value: Int, _ divisor: Int) -> Int { (value % divisor + divisor) % divisor }
}
