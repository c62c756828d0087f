extension Bitmap {
    /// The picture as the escape sequence that sixel terminals draw (DEC, "VT330/VT340 Programmer Reference Manual", chapter 14).
    ///
    /// Colours are rounded to 216, six of each primary, which is as many as such terminals are sure to have.
    public func sixel() -> String {
        // Device control string with a picture of pixels as broad as high.
        var text = "\u{1B}Pq\"1;1;\(width);\(height)"
        let levels = bytes.map { (Int($0) + 25) / 51 }
        let indices = (0..<width * height).map { (pixel: Int) -> Int in
            let place = 3 * pixel
            return 36 * levels[place] + 6 * levels[place + 1] + levels[place + 2]
        }
        for color in Set(indices).sorted() { text += "#\(color);2;\(color / 36 * 20);\(color / 6 % 6 * 20);\(color % 6 * 20)" }
        for top in stride(from: 0, to: height, by: 6) {
            // One line of six rows a colour, all but the last going back to its start.
            let rows = top..<min(top + 6, height)
            let colors = Set(indices[top * width..<rows.upperBound * width]).sorted()
            for (number, color) in colors.enumerated() {
                text += "#\(color)"
                var run = (bits: -1, count: 0)
                func flush() {
                    guard run.count > 0 else { return }
                    let sign = Character(Unicode.Scalar(UInt8(63 + run.bits)))
                    text += run.count > 3 ? "!\(run.count)\(sign)" : String(repeating: sign, count: run.count)
                }
                for column in 0..<width {
                    let bits = rows.reduce(0) { indices[$1 * width + column] == color ? $0 | 1 << ($1 - top) : $0 }
                    if bits == run.bits { run.count += 1 } else {
                        flush()
                        run = (bits, 1)
                    }
                }
                flush()
                text += number == colors.count - 1 ? "-" : "$"
            }
        }
        return text + "\u{1B}\\"
    }
}
