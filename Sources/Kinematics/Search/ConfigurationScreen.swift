import Numerics

/// What configurations must not collide with while they reach a target: obstacles, and the robot itself.
///
/// A screen never changes and may be used by many threads, each with a checker of its own.
public protocol ConfigurationScreen: AnyObject, Sendable {
    func makeChecker() -> any ConfigurationChecker
}

/// Measures clearances; of one thread.
public protocol ConfigurationChecker: AnyObject {
    /// The least distances of configurations from what they must not collide with, m; not above zero in collision.
    func clearances(of configurations: [[Double]]) -> [Double]

    /// The same of sixteen configurations, a register per variable, as exact as single precision is.
    func clearances(_ q: UnsafePointer<Lanes>) -> Lanes

    /// The clearance of one configuration and its gradient; nil where nothing can collide.
    func clearance(of configuration: [Double]) -> (distance: Double, gradient: [Double])?
}

/// A screen for the variables that are left when others are held.
final class HeldScreen: ConfigurationScreen {
    let whole: any ConfigurationScreen
    private let free: [Int]
    private let values: [Double]

    /// - Parameters:
    ///   - count: the number of all variables.
    ///   - free: the indices of those that are left.
    init(_ whole: any ConfigurationScreen, held: [Int: Double], free: [Int], count: Int) {
        self.whole = whole
        self.free = free
        values = (0..<count).map { held[$0] ?? 0 }
    }

    func makeChecker() -> any ConfigurationChecker { Checker(whole.makeChecker(), free: free, values: values) }

    private final class Checker: ConfigurationChecker {
        private let whole: any ConfigurationChecker
        private let free: [Int]
        private let values: [Double]

        init(_ whole: any ConfigurationChecker, free: [Int], values: [Double]) {
            self.whole = whole
            self.free = free
            self.values = values
        }

        func clearances(of configurations: [[Double]]) -> [Double] { whole.clearances(of: configurations.map(completed)) }

        func clearances(_ q: UnsafePointer<Lanes>) -> Lanes {
            var all = values.map { Lanes(repeating: Float($0)) }
            for (position, index) in free.enumerated() { all[index] = q[position] }
            return whole.clearances(all)
        }

        func clearance(of configuration: [Double]) -> (distance: Double, gradient: [Double])? {
            whole.clearance(of: completed(configuration)).map { found in (found.distance, free.map { found.gradient[$0] }) }
        }

        private func completed(_ q: [Double]) -> [Double] {
            var whole = values
            for (position, index) in free.enumerated() { whole[index] = q[position] }
            return whole
        }
    }
}
