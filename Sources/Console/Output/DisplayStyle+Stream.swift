import Scripting

extension DisplayStyle {
    /// The style that suits a stream as it is now.
    init(for stream: OutputStream) {
        let size = stream.size
        self.init(width: size.columns, rows: size.rows - 4, isUnicode: Locale.isUTF8, isColored: stream.usesColor)
    }
}
