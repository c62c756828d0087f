import LuaBridge
import Numerics

// Kinds of options that scripts share, besides those of the bridge.

extension OptionKey {
    /// A list of so many numbers, or a row of a Matrix.
    static func vector(_ name: String, default fallback: [Double], _ summary: String, unit: String? = nil) -> OptionKey where Value == [Double] {
        let count = fallback.count
        return .value(name, "list of \(count.counted("number"))", default: fallback, text: listText(fallback), summary, unit: unit) { try $0.vector(count: count) }
    }

    /// A place, x, y and z.
    static func position(_ name: String, default fallback: SIMD3<Double>, _ summary: String) -> OptionKey where Value == SIMD3<Double> {
        .value(name, "list of 3 numbers", default: fallback, text: listText([fallback.x, fallback.y, fallback.z]), summary, unit: "m", range: "each -1e6 to 1e6") {
            try $0.position()
        }
    }
}

extension LuaBridge.Options {
    /// The angle of an option, rad: what was given is in the unit of the call, the default in rad.
    func angle(_ option: OptionKey<Double>, in unit: AngleUnit) throws -> Double { try self[option] * (has(option) ? unit.scale : 1) }
}
