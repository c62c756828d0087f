import Files
extension Drawing {
    /// The drawing as a PDF file of one page (ISO 32000-1): lines stay lines, letters are outlines, so that no font has to be embedded or found.
    ///
    /// The same drawing gives the same bytes.
    ///
    /// - Parameter notes: entries of the document's information, such as `Producer`.
    public func pdf(notes: [(name: String, text: String)] = []) -> [UInt8] {
        // A point is a seventy-second of an inch.
        let scale = 0.75, height = size.y * scale
        var content = PDFContent(scale: scale, height: height)
        for shape in shapes { content.draw(shape) }
        let packed = Compression.zlib(Array(content.text.utf8))
        let states = content.opacities.enumerated().map { "/G\($0) << /CA \(PDFContent.number($1)) /ca \(PDFContent.number($1)) >>" }.joined(separator: " ")
        var file = PDFFile()
        file.object("<< /Type /Catalog /Pages 2 0 R >>")
        file.object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
        file.object(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 \(PDFContent.number(size.x * scale)) \(PDFContent.number(height))] /Contents 4 0 R "
                + "/Resources << /ExtGState << \(states) >> >> >>")
        file.object("<< /Length \(packed.count) /Filter /FlateDecode >>", stream: packed)
        file.object("<< " + ([("Title", title)] + notes).map { "/\($0.0) \(PDFFile.string($0.1))" }.joined(separator: " ") + " >>")
        return file.bytes(root: 1, information: 5)
    }
}

/// The operators that draw a page.
private struct PDFContent {
    let scale: Double
    let height: Double
    var text = "1 J 1 j\n"
    var opacities: [Double] = []

    init(scale: Double, height: Double) { (self.scale, self.height) = (scale, height) }

    mutating func draw(_ shape: DrawnShape) {
        let color = [shape.color.red, shape.color.green, shape.color.blue].map { Self.number(Double($0) / 255) }.joined(separator: " ")
        let opacity = min(max(shape.opacity, 0), 1)
        let state = opacities.firstIndex(of: opacity) ?? opacities.count
        if state == opacities.count { opacities.append(opacity) }
        text += "/G\(state) gs \(color) \(shape.stroke == nil ? "rg" : "RG")"
        if let stroke = shape.stroke {
            text += " \(Self.number(stroke.width * scale)) w [\(stroke.dashes.map { Self.number($0 * scale) }.joined(separator: " "))] 0 d"
        }
        text += "\n"
        var last = SIMD2<Double>.zero
        for piece in shape.path.pieces {
            switch piece {
            case .move(let p):
                text += place(p) + " m\n"
                last = p
            case .line(let p):
                // A line of no length is a dot, which some readers leave out.
                text += place(p == last ? p + SIMD2(0.01, 0) : p) + " l\n"
                last = p
            case .cubic(let a, let b, let p):
                text += place(a) + " " + place(b) + " " + place(p) + " c\n"
                last = p
            case .close: text += "h\n"
            }
        }
        text += shape.stroke == nil ? "f\n" : "S\n"
    }

    private func place(_ point: SIMD2<Double>) -> String { Self.number(point.x * scale) + " " + Self.number(height - point.y * scale) }

    /// At most two decimals.
    static func number(_ value: Double) -> String {
        let hundredths = Int((min(max(value, -1e9), 1e9) * 100).rounded()), size = abs(hundredths)
        guard size % 100 > 0 else { return "\(hundredths / 100)" }
        let part = size % 100
        return (hundredths < 0 ? "-" : "") + "\(size / 100)." + (part % 10 == 0 ? "\(part / 10)" : part < 10 ? "0\(part)" : "\(part)")
    }
}

/// Objects with their places in a file.
private struct PDFFile {
    private var file = Array("%PDF-1.4\n%".utf8) + [0xE2, 0xE3, 0xCF, 0xD3, 0x0A]
    private var places: [Int] = []

    mutating func object(_ text: String, stream: [UInt8]? = nil) {
        places.append(file.count)
        file += Array("\(places.count) 0 obj\n\(text)\n".utf8)
        if let stream { file += Array("stream\n".utf8) + stream + Array("\nendstream\n".utf8) }
        file += Array("endobj\n".utf8)
    }

    func bytes(root: Int, information: Int) -> [UInt8] {
        var result = file
        func padded(_ number: Int) -> String { String(repeating: "0", count: max(0, 10 - "\(number)".count)) + "\(number)" }
        let table = ["xref\n0 \(places.count + 1)\n0000000000 65535 f \n"] + places.map { "\(padded($0)) 00000 n \n" }
        result += Array(table.joined().utf8)
        result += Array("trailer\n<< /Size \(places.count + 1) /Root \(root) 0 R /Info \(information) 0 R >>\nstartxref\n\(file.count)\n%%EOF\n".utf8)
        return result
    }

    /// UTF-16 with its mark, in hexadecimal digits.
    static func string(_ text: String) -> String {
        "<FEFF" + text.utf16.map { unit in
            let digits = String(unit, radix: 16, uppercase: true)
            return String(repeating: "0", count: 4 - digits.count) + digits
        }.joined() + ">"
    }
}
