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

    /// All that touches at a configuration.
    ///
    /// - Parameter known: the pairs that are asked about; nil for all.
    func contacts(of configuration: [Double], among known: Set<ScreenContact>?) -> [ScreenContact]
}

/// Two things that touch, by their names: a link, and an obstacle or another link.
public struct ScreenContact: Sendable, Hashable, CustomStringConvertible {
    public var link: String
    public var other: String

    public init(link: String, other: String) {
        self.link = link
        self.other = other
    }

    public var description: String { "\(link) and \(other)" }
}

extension ConfigurationChecker {
    /// What touches at every one of some configurations, in words; where nothing does, what touches most often.
    ///
    /// - Returns: such as "every solution touches: hand and table"; nil where nothing touches.
    public func contactWords(_ configurations: [[Double]], every: String = "every solution") -> String? {
        guard let first = configurations.first else { return nil }
        let all = contacts(of: first, among: nil)
        var common = Set(all)
        for configuration in configurations.dropFirst() where !common.isEmpty { common.formIntersection(contacts(of: configuration, among: common)) }
        let named = all.filter(common.contains)
        if !named.isEmpty {
            let words = named.prefix(namedContacts).map(\.description).joined(separator: ", ") + (named.count > namedContacts ? ", …" : "")
            return configurations.count == 1 ? "it touches: \(words)" : "\(every) touches: \(words)"
        }
        let looked = configurations.prefix(contactSample)
        var counts: [ScreenContact: Int] = [:], order: [ScreenContact] = []
        for contact in looked.flatMap({ contacts(of: $0, among: nil) }) {
            if counts[contact] == nil { order.append(contact) }
            counts[contact, default: 0] += 1
        }
        guard let greatest = counts.values.max(), let most = order.first(where: { counts[$0] == greatest }) else { return nil }
        return "no pair touches in all of them; most often \(most), in \(greatest) of \(looked.count)"
    }

    /// How many pairs are named, and in how many configurations the most frequent one is looked for.
    private var namedContacts: Int { 3 }
    private var contactSample: Int { 64 }
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

        func contacts(of configuration: [Double], among known: Set<ScreenContact>?) -> [ScreenContact] {
            whole.contacts(of: completed(configuration), among: known)
        }

        private func completed(_ q: [Double]) -> [Double] {
            var whole = values
            for (position, index) in free.enumerated() { whole[index] = q[position] }
            return whole
        }
    }
}
