/// The state of a run, derived from its files.
public enum RunState: String, Sendable, CaseIterable {
    /// Nothing was begun.
    case todo
    /// A live process works on it.
    case running
    /// It was begun, and can go on.
    case interrupted
    /// It ended with an error.
    case failed
    /// Its result is there.
    case done
}

/// How many runs are in which state.
public struct RunCounts: Sendable, Equatable {
    private var counts: [RunState: Int] = [:]

    public init(_ states: some Sequence<RunState> = []) {
        for state in states { counts[state, default: 0] += 1 }
    }

    public subscript(state: RunState) -> Int { counts[state] ?? 0 }
    public var total: Int { counts.values.reduce(0, +) }
    /// Runs that have neither a result nor an error.
    public var unfinished: Int { self[.todo] + self[.running] + self[.interrupted] }

    /// "12 of 48 done, 2 running, 1 failed".
    public var text: String {
        let rest = [RunState.running, .interrupted, .failed, .todo].filter { self[$0] > 0 }.map { ", \(self[$0]) \($0 == .todo ? "to do" : $0.rawValue)" }
        return "\(self[.done]) of \(total) done" + rest.joined()
    }
}
