/// The result of a search for configurations of a body; errors of solutions are the largest of all goals'.
@dynamicMemberLookup
public struct BodySolutions: Sendable {
    public var task: BodyTask
    public var outcome: SearchOutcome

    public subscript<Value>(dynamicMember path: WritableKeyPath<SearchOutcome, Value>) -> Value {
        get { outcome[keyPath: path] }
        set { outcome[keyPath: path] = newValue }
    }

    public var found: Int { outcome.found }
    public var isReachable: Bool { outcome.isReachable }

    /// The result of a search that was cancelled before anything was tried.
    public init(stoppedBeforeAnyStartAt task: BodyTask, requested: Int, reason: String) {
        self.init(task: task, outcome: SearchOutcome(requested: requested))
        outcome.reason = reason
        outcome.wasStopped = true
    }

    init(task: BodyTask, outcome: SearchOutcome) {
        self.task = task
        self.outcome = outcome
    }
}
