import Figures
import Foundation

/// A figure as a picture in the lines of a terminal that shows pictures.
struct InlinePicture {
    /// The escape sequences that put it there.
    let text: String

    /// nil for a terminal that shows none, and where the picture cannot be made: letters and signs are drawn instead.
    init?(_ figure: Figure, _ display: DisplayStyle) {
        guard let protocol_ = display.pictures else { return nil }
        let isDark = display.isDark
        switch protocol_ {
        case .kitty:
            guard let png = try? figure.png(FigureExport(isDark: isDark)) else { return nil }
            text = Self.kitty(Data(png).base64EncodedString(), columns: min(display.width, 100))
        case .iterm:
            guard let png = try? figure.png(FigureExport(isDark: isDark)) else { return nil }
            text = "\u{1B}]1337;File=inline=1;size=\(png.count);width=\(min(display.width, 100)):\(Data(png).base64EncodedString())\u{07}"
        case .sixel:
            guard let picture = try? figure.sixel(FigureExport(size: FigureSize(width: Double(min(display.width, 100) * 8)), scale: 1, isDark: isDark)) else { return nil }
            text = picture
        }
    }

    /// In pieces of 4096 characters, as the protocol asks (kitty, "Terminal graphics protocol").
    private static func kitty(_ data: String, columns: Int) -> String {
        var rest = data[...], result = "", isFirst = true
        repeat {
            let piece = rest.prefix(4096)
            rest = rest.dropFirst(4096)
            result += "\u{1B}_G" + (isFirst ? "a=T,f=100,q=2,c=\(columns)," : "") + "m=\(rest.isEmpty ? 0 : 1);" + piece + "\u{1B}\\"
            isFirst = false
        } while !rest.isEmpty
        return result
    }
}
