import Files
extension Bitmap {
    /// The picture as a PNG file (ISO/IEC 15948); the same picture gives the same bytes.
    ///
    /// - Parameters:
    ///   - dotsPerInch: how large it is printed.
    ///   - notes: what the file says of itself, by keywords of Latin letters.
    public func png(dotsPerInch: Double = 192, notes: [(keyword: String, text: String)] = []) -> [UInt8] {
        var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        func four(_ value: Int) -> [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
        func chunk(_ name: String, _ data: [UInt8]) {
            let body = Array(name.utf8) + data
            file += four(data.count) + body + four(Int(Compression.checksum(body)))
        }
        chunk("IHDR", four(width) + four(height) + [8, 2, 0, 0, 0])
        let perMetre = Int((dotsPerInch / 0.0254).rounded())
        chunk("pHYs", four(perMetre) + four(perMetre) + [1])
        for (keyword, text) in notes where !keyword.isEmpty {
            // Text in UTF-8 that is not compressed.
            chunk("iTXt", Array(keyword.utf8.prefix(79)) + [0, 0, 0, 0, 0] + Array(text.utf8))
        }
        var rows: [UInt8] = []
        rows.reserveCapacity((3 * width + 1) * height)
        for row in 0..<height {
            rows.append(0)
            rows += bytes[3 * width * row..<3 * width * (row + 1)]
        }
        chunk("IDAT", Compression.zlib(rows))
        chunk("IEND", [])
        return file
    }
}
