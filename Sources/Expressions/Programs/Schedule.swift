/// An order of a plan's steps in which no operand is so young that its reader waits for it.
///
/// Steps are taken in the plan's order where their operands are old enough, else a later one within a window goes first: far ahead it
/// would keep many numbers alive.
enum Schedule {
    /// How many steps should lie between a number's writing and its first reading.
    static let latency = 6
    static let window = 24

    static func order(_ plan: StepPlan) -> [Int] {
        let count = plan.steps.count
        var position = Array(repeating: -1, count: count)
        var order: [Int] = []
        order.reserveCapacity(count)
        // Steps that wait, in the plan's order.
        var waiting: [Int] = []
        var next = 0
        while order.count < count {
            while waiting.count < window, next < count {
                waiting.append(next)
                next += 1
            }
            var best = 0, bestAge = -1
            for (place, step) in waiting.enumerated() {
                guard let age = age(of: plan.dependencies[step], position, now: order.count) else { continue }
                if age > bestAge { (best, bestAge) = (place, age) }
                if age >= latency { break }
            }
            let step = waiting.remove(at: best)
            position[step] = order.count
            order.append(step)
        }
        return order
    }

    // How long ago the youngest operand was computed; nil where one is not there yet.
    private static func age(of dependencies: [Int], _ position: [Int], now: Int) -> Int? {
        var age = latency
        for step in dependencies {
            guard position[step] >= 0 else { return nil }
            age = min(age, now - position[step])
        }
        return age
    }
}
