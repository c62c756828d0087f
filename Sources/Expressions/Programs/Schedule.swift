/// An order of a plan's steps in which no operand is so young that its reader waits for it.
///
/// Steps are taken in the plan's order where their operands are old enough, else a later one within a window goes first: far ahead it
/// would keep many numbers alive. With eight registers an instruction a short distance is enough.
enum Schedule {
    /// How many steps should lie between a number's writing and its first reading.
    static let latency = 4
    static let window = 8

    static func order(_ plan: StepPlan) -> [Int] {
        let count = plan.steps.count
        var position = Array(repeating: -1, count: count)
        var order: [Int] = []
        order.reserveCapacity(count)
        let planned = eager(plan)
        // Steps that wait, in the planned order.
        var waiting: [Int] = []
        var next = 0
        while order.count < count {
            while waiting.count < window, next < count {
                waiting.append(planned[next])
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

    // The plan's order, with steps moved forward that end the lives of as many numbers as they begin: the terms of a long sum and its
    // parts, as soon as their operands are there.
    private static func eager(_ plan: StepPlan) -> [Int] {
        let count = plan.steps.count
        var readers: [Int: Int] = [:], readersOf: [Int: [Int]] = [:], users = Array(repeating: [Int](), count: count)
        for (index, step) in plan.steps.enumerated() {
            for node in Set(step.inputs) where !plan.isGiven(node) {
                readers[node, default: 0] += 1
                readersOf[node, default: []].append(index)
            }
            for earlier in Set(plan.dependencies[index]) { users[earlier].append(index) }
        }
        var missing = plan.dependencies.map { Set($0).count }
        var isPlaced = Array(repeating: false, count: count)
        var order: [Int] = []
        for index in 0..<count where !isPlaced[index] {
            var waiting = [index]
            while let step = waiting.popLast() {
                guard !isPlaced[step] else { continue }
                isPlaced[step] = true
                order.append(step)
                // Those that may go now: users, and the last readers of what this step read as well.
                var ready = users[step]
                for user in users[step] { missing[user] -= 1 }
                for node in Set(plan.steps[step].inputs) where !plan.isGiven(node) {
                    readers[node, default: 1] -= 1
                    if readers[node] == 1 { ready += readersOf[node, default: []] }
                }
                for user in ready where missing[user] == 0 && !isPlaced[user] {
                    let ending = Set(plan.steps[user].inputs).filter { readers[$0] == 1 && !plan.isResult($0) }
                    if ending.count >= plan.steps[user].outputs.count { waiting.append(user) }
                }
            }
        }
        return order
    }
}
