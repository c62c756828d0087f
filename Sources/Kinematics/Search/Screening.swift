/// Solutions that wait to be screened, sixteen at a time, and those that did not pass.
struct Screening {
    let checker: any ConfigurationChecker
    /// All that were ever screened: what is near to one of them is not screened again.
    private var seen: SolutionCollector
    private(set) var pending: [Solution] = []
    /// The solutions that touch something, the one with the least overlap first.
    private(set) var rejected: [Solution] = []
    /// The configurations of all that touch something.
    private var touching: [[Double]] = []
    var rejectedCount: Int { touching.count }
    /// How many solutions that touch something are kept.
    private static let keptCount = 8

    init(_ checker: any ConfigurationChecker, _ space: ConfigurationSpace, minimumDistance: Double) {
        self.checker = checker
        seen = SolutionCollector(space, minimumDistance: minimumDistance)
    }

    /// Takes a solution in unless it is near to one before.
    mutating func add(_ solution: Solution) {
        if solution.configuration.withUnsafeBufferPointer({ seen.insert($0.baseAddress!) }) { pending.append(solution) }
    }

    /// The solutions that wait and pass, with their clearances.
    mutating func screened() -> [Solution] {
        guard !pending.isEmpty else { return [] }
        let clearances = checker.clearances(of: pending.map(\.configuration))
        var passed: [Solution] = []
        for (index, solution) in pending.enumerated() {
            var solution = solution
            solution.clearance = clearances[index]
            if clearances[index] > 0 { passed.append(solution) } else { reject(solution) }
        }
        pending = []
        return passed
    }

    private mutating func reject(_ solution: Solution) {
        touching.append(solution.configuration)
        let place = rejected.firstIndex { $0.clearance! < solution.clearance! } ?? rejected.endIndex
        guard place < Self.keptCount else { return }
        rejected.insert(solution, at: place)
        if rejected.count > Self.keptCount { rejected.removeLast() }
    }

    /// What those that did not pass touch, in words.
    var contactWords: String? { checker.contactWords(touching) }
}
