import Foundation

/// Fonts of the machine, the one that is preferred first.
struct FontSet: Sendable {
    private let regular: [TrueTypeFont]
    private let bold: [TrueTypeFont]

    /// Those that there are; searched for once.
    static let system: Result<FontSet, PictureError> = {
        let found = FontFiles()
        let regular = found.fonts(FontFiles.regular), bold = found.fonts(FontFiles.bold)
        guard !regular.isEmpty else {
            return .failure(PictureError(
                description: "no TrueType font for the words of a picture was found below \(FontFiles.folders.joined(separator: ", ")): install one, such as DejaVu Sans or Liberation Sans, or save the figure as .svg"))
        }
        return .success(FontSet(regular: regular, bold: bold.isEmpty ? regular : bold))
    }()

    init(regular: [TrueTypeFont], bold: [TrueTypeFont]) {
        self.regular = regular
        self.bold = bold
    }

    /// The outlines of a text and its width, in units of the font's size; a character that no font has is an empty box.
    func line(_ text: String, isBold: Bool) -> (outline: Outline, width: Double) {
        var result = Outline(), width = 0.0
        for scalar in text.unicodeScalars {
            // What a bold font lacks the regular ones may have.
            let fonts = isBold ? bold + regular : regular
            guard let (font, glyph) = fonts.lazy.compactMap({ font in font.glyph(scalar).map { (font, $0) } }).first else {
                let kind = scalar.properties.generalCategory
                if [.nonspacingMark, .enclosingMark, .format, .control].contains(kind) { continue }
                let advance = scalar.properties.isWhitespace || scalar.value > 0x2E80 ? 1 : 0.6
                if !scalar.properties.isWhitespace { result.pieces += Self.box(from: width + 0.08, to: width + advance - 0.08) }
                width += advance
                continue
            }
            let start = width
            result.pieces += font.outline(glyph).mapped { $0 + SIMD2(start, 0) }.pieces
            width += font.advance(glyph)
        }
        return (result, width)
    }

    /// The frame of a box as high as a capital letter.
    private static func box(from left: Double, to right: Double) -> [Outline.Piece] {
        let line = 0.05, top = 0.7
        let (a, b) = (SIMD2(left, 0), SIMD2(right, top)), (c, d) = (SIMD2(left + line, line), SIMD2(right - line, top - line))
        // The inner edge runs the other way, so that the box is empty.
        return [
            .move(a), .line([b.x, a.y]), .line(b), .line([a.x, b.y]), .close,
            .move(c), .line([c.x, d.y]), .line(d), .line([d.x, c.y]), .close,
        ]
    }
}

/// Finds font files in the places where systems keep them.
private struct FontFiles {
    static let folders = [
        "/usr/share/fonts", "/usr/local/share/fonts", NSHomeDirectory() + "/.local/share/fonts", NSHomeDirectory() + "/.fonts", "/Library/Fonts",
        "/System/Library/Fonts",
    ]
    /// As in the style sheet of figures, and what systems have in their place.
    static let regular = [
        "Arial.ttf", "arial.ttf", "LiberationSans-Regular.ttf", "DejaVuSans.ttf", "FreeSans.ttf", "NotoSans-Regular.ttf", "OpenSans-Regular.ttf", "Roboto-Regular.ttf",
        "Ubuntu-R.ttf", "Arial Unicode.ttf",
    ]
    static let bold = [
        "Arial Bold.ttf", "arialbd.ttf", "LiberationSans-Bold.ttf", "DejaVuSans-Bold.ttf", "FreeSansBold.ttf", "NotoSans-Bold.ttf", "OpenSans-Bold.ttf",
        "Roboto-Bold.ttf", "Ubuntu-B.ttf",
    ]

    private let paths: [String: String]

    init() {
        var paths: [String: String] = [:]
        let wanted = Set(Self.regular + Self.bold)
        for folder in Self.folders {
            guard let files = FileManager.default.enumerator(atPath: folder) else { continue }
            var seen = 0
            for case let file as String in files {
                seen += 1
                if seen > 20_000 { break }
                let name = (file as NSString).lastPathComponent
                if wanted.contains(name), paths[name] == nil { paths[name] = folder + "/" + file }
            }
        }
        self.paths = paths
    }

    /// - Parameter names: of files, in the order of preference.
    func fonts(_ names: [String]) -> [TrueTypeFont] {
        names.compactMap { paths[$0] }.prefix(3).compactMap { FileManager.default.contents(atPath: $0).map { [UInt8]($0) } }.compactMap { TrueTypeFont($0) }
    }
}
