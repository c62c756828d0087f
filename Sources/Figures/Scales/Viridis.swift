/// The colours of magnitudes: viridis by Smith and van der Walt (matplotlib, 2015), equally spaced in lightness, as good as
/// the same under the three colour-vision deficiencies, and readable in grey.
enum Viridis {
    /// As many colours as a figure tells apart.
    static let levels = 32

    /// As many colours as steps in an order are told apart by.
    static let steps = 10

    /// The step of a place in an order, from 0 to 1.
    static func step(_ order: Double) -> Int { min(max(Int(order * Double(steps)), 0), steps - 1) }

    /// The colour of a step: not so bright on a light page, not so dark on a dark one, that it could not be seen.
    static func hex(step: Int, isDark: Bool) -> String {
        let share = Double(step) / Double(steps - 1)
        return hex(level(isDark ? 0.35 + 0.65 * share : 0.6 * share))
    }

    /// The level of a brightness from 0 to 1.
    static func level(_ brightness: Double) -> Int { min(Int(brightness * Double(levels)), levels - 1) }

    /// The colour of a level in SVG: between the nearest of seventeen kept ones.
    static func hex(_ level: Int) -> String {
        let place = (Double(level) + 0.5) / Double(levels) * Double(kept.count - 1)
        let index = min(Int(place), kept.count - 2)
        let part = place - Double(index)
        let digits = Array("0123456789ABCDEF")
        return [16, 8, 0].reduce(into: "#") { text, shift in
            let (low, high) = (Double((kept[index] >> shift) & 255), Double((kept[index + 1] >> shift) & 255))
            let value = Int((low + (high - low) * part).rounded())
            text += [digits[value / 16], digits[value % 16]]
        }
    }

    /// The colour of a brightness among a terminal's 256.
    static func terminal(_ brightness: Double) -> UInt8 { cube[min(Int(brightness * Double(cube.count)), cube.count - 1)] }

    /// The map at multiples of one sixteenth.
    private static let kept = [
        0x440154, 0x481A6C, 0x472F7D, 0x414487, 0x39568C, 0x31688E, 0x2A788E, 0x23888E, 0x1F988B, 0x22A884, 0x35B779,
        0x54C568, 0x7AD151, 0xA5DB36, 0xD2E21B, 0xE9E51A, 0xFDE725,
    ]

    /// The nearest colours of the 6 × 6 × 6 cube, without repetition.
    private static let cube: [UInt8] = [53, 54, 60, 24, 30, 36, 72, 77, 113, 149, 184, 220, 226]
}
