/// How near an approach came to what cannot be reached.
struct Nearness {
    /// What is to be as small as it can be.
    var cost: Double
    /// What decides between costs that are equal but for `rounding`.
    var angle = 0.0
    var rounding = 0.0

    /// The index of the nearest; nil where there is none.
    static func nearest(among all: [Nearness]) -> Int? { leading(among: all).first }

    /// The indices of the nearest: those whose cost is the least but for rounding, the least angles first.
    static func leading(among all: [Nearness]) -> [Int] {
        guard let least = all.min(by: { $0.cost < $1.cost }) else { return [] }
        return all.indices.filter { all[$0].cost <= least.cost + least.rounding }
            .sorted { (all[$0].angle, all[$0].cost, $0) < (all[$1].angle, all[$1].cost, $1) }
    }
}
