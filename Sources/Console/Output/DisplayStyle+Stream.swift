import Scripting

extension DisplayStyle {
    /// The style that suits a stream, whatever its size.
    init(for stream: OutputStream) {
        self.init(isUnicode: Locale.isUTF8, isColored: stream.usesColor)
        guard stream.isTerminal else { return }
        pictures = PictureProtocol { Environment[$0] }
        // "15;0": the number of the page's colour stands last; 7 and 9 to 15 are light.
        if let page = Environment["COLORFGBG"].flatMap({ $0.split(separator: ";").last.flatMap { Int($0) } }) { isDark = page < 7 || page == 8 }
    }
}
