import Kinematics
import Numerics

extension CollisionModel {
    /// All pairs that touch at a configuration: links and obstacles, and links that are checked against each other.
    ///
    /// - Parameters:
    ///   - known: the pairs that are asked about; nil for all.
    ///   - slack: how far apart things still count as touching, m.
    func contacts(_ q: [Double], world: World?, checksSelf: Bool, among known: Set<ScreenContact>?, slack: Double) -> [ScreenContact] {
        let frames = frames(q)
        func place(_ link: Link, _ sphere: CollisionSphere) -> SIMD3<Double> { link.node < 0 ? sphere.centre : frames[link.node] * sphere.centre }
        var result: [ScreenContact] = []
        func add(_ link: Link, _ other: String, _ isTouching: () -> Bool) {
            let contact = ScreenContact(link: link.name, other: other)
            if known?.contains(contact) ?? true, !result.contains(contact), isTouching() { result.append(contact) }
        }
        for link in links where link.moves {
            guard let world else { break }
            let middle = place(link, link.bound)
            for index in world.obstacles.indices where world.isTouched(index, at: middle, radius: link.bound.radius + slack) {
                add(link, world.obstacles[index].name) {
                    link.spheres.contains { world.isTouched(index, at: place(link, $0), radius: $0.radius + slack) }
                }
            }
        }
        for pair in pairs where checksSelf {
            let (a, b) = (links[pair.x], links[pair.y]), margin = a.margin + b.margin + slack
            func isNear(_ first: CollisionSphere, _ second: CollisionSphere) -> Bool {
                (place(a, first) - place(b, second)).length <= first.radius + second.radius + margin
            }
            guard isNear(a.bound, b.bound) else { continue }
            add(a, b.name) { a.spheres.contains { first in b.spheres.contains { isNear(first, $0) } } }
        }
        return result
    }
}
