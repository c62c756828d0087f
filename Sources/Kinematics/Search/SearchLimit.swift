import Numerics

/// What ends a search before it has done all that it may: someone who does not want to wait, or the clock.
package struct SearchLimit: Sendable {
    private let cancellation: Cancellation
    private let begin = ContinuousClock.now
    private let deadline: ContinuousClock.Instant?
    private let seconds: Double?

    package init(seconds: Double?, cancellation: Cancellation) {
        self.cancellation = cancellation
        self.seconds = seconds
        deadline = seconds.map { ContinuousClock.now + .seconds(min($0, 1e9)) }
    }

    /// Iterations of sixteen searches between two looks, less one; a power of two less one.
    var pollingMask: Int { deadline == nil ? 63 : 7 }

    package enum Stop: Sendable {
        case cancelled
        case outOfTime(seconds: Double)

        var text: String {
            switch self {
            case .cancelled: "interrupted"
            case .outOfTime(let seconds): "stopped by the time limit of \(seconds) s"
            }
        }
    }

    /// Why the search is to stop now; nil where it is not.
    package var stop: Stop? {
        if cancellation.isRequested { return .cancelled }
        if let deadline, let seconds, ContinuousClock.now >= deadline { return .outOfTime(seconds: seconds) }
        return nil
    }

    /// The options with the time that is left.
    func rest(of options: SearchOptions) -> SearchOptions {
        guard let deadline else { return options }
        var options = options
        options.seconds = max((deadline - ContinuousClock.now) / .seconds(1), 0)
        return options
    }

    /// The time since the search began, s.
    var elapsed: Double { (ContinuousClock.now - begin) / .seconds(1) }
}
