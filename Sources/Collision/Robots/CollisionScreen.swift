import Kinematics
import Numerics

/// Has searches for configurations keep clear of a world's obstacles, and of the robot itself.
public final class CollisionScreen: ConfigurationScreen {
    public let model: CollisionModel
    public let world: World?
    public let checksSelf: Bool
    /// Clearances are measured up to this, m.
    public static let greatestClearance: Float = 0.25

    /// - Parameters:
    ///   - world: the obstacles; nil for self-collisions alone.
    ///   - checksSelf: whether the robot's links are checked against each other.
    public init(_ model: CollisionModel, world: World?, checksSelf: Bool = true) {
        self.model = model
        self.world = world
        self.checksSelf = checksSelf
    }

    public func makeChecker() -> any ConfigurationChecker { Checker(self) }

    private final class Checker: ConfigurationChecker {
        private let screen: CollisionScreen
        private let checker: CollisionChecker
        private var q: [Lanes]

        init(_ screen: CollisionScreen) {
            self.screen = screen
            checker = CollisionChecker(screen.model, world: screen.world, checksSelf: screen.checksSelf)
            q = Array(repeating: .zero, count: screen.model.variables.count)
        }

        func clearances(of configurations: [[Double]]) -> [Double] {
            var result: [Double] = []
            result.reserveCapacity(configurations.count)
            guard !screen.model.isVast else { return configurations.map { checker.exactClearance($0, upTo: Double(CollisionScreen.greatestClearance)) } }
            for first in stride(from: 0, to: configurations.count, by: laneCount) {
                let count = min(laneCount, configurations.count - first)
                for lane in 0..<laneCount {
                    // Lanes beyond the end repeat the last configuration.
                    let configuration = configurations[first + min(lane, count - 1)]
                    for variable in q.indices { q[variable][lane] = Float(configuration[variable]) }
                }
                let block = q.withUnsafeBufferPointer { checker.clearances($0.baseAddress!, upTo: CollisionScreen.greatestClearance) }
                // What single precision takes for a micrometre may be nothing.
                for lane in 0..<count { result.append(Double(block[lane]) - screen.model.rounding) }
            }
            return result
        }

        /// Whether something is touched is all that is asked of so many: clearances are measured up to a centimetre.
        func clearances(_ q: UnsafePointer<Lanes>) -> Lanes { checker.clearances(q, upTo: 0.01) - Float(screen.model.rounding) }

        func contacts(of configuration: [Double], among known: Set<ScreenContact>?) -> [ScreenContact] {
            screen.model.contacts(configuration, world: screen.world, checksSelf: screen.checksSelf, among: known, slack: screen.model.rounding)
        }

        func clearance(of configuration: [Double]) -> (distance: Double, gradient: [Double])? {
            screen.model.proximity(configuration, world: screen.world, checksSelf: screen.checksSelf).map { ($0.distance, $0.gradient) }
        }
    }
}
