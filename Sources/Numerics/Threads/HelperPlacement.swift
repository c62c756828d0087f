import CThreads
import Foundation
import Synchronization

/// Which cores the helpers of a ``WorkerPool`` run on, where a job has a thread for every core that the process may use.
///
/// The system's scheduler balances load and ignores dependencies between threads: beside another busy process it leaves both threads of a job on one
/// core for half of the time, and a helper that lost its core in the middle of an index holds up all others. So each helper has a core of its
/// own while such jobs last, and the caller, which is never bound, the one that is left; a caller that was moved to a helper's core gives it
/// the core it came from. A caller that has nothing left to do takes a helper that does not get to run to its own core, see ``rescue(_:)``.
///
/// One thread at a time may use a placement, except for ``isActive``.
final class HelperPlacement: @unchecked Sendable {
    /// A thread that helps.
    struct Helper {
        let thread: pid_t
        /// The clock of its processor time.
        let clock: clockid_t

        /// This thread.
        static var current: Helper {
            var clock = clockid_t()
            let isKnown = pthread_getcpuclockid(pthread_self(), &clock) == 0
            return Helper(thread: avips_thread(), clock: isKnown ? clock : CLOCK_MONOTONIC)
        }
    }

    /// The helpers in the order in which jobs take them, and their cores; nil where one is not bound.
    private var helpers: [(helper: Helper, core: Int?)] = []
    /// What the cores were last chosen for; nil once they must be chosen again.
    private var chosenFor: (core: Int32, threads: Int)?
    private let bound = Atomic<Bool>(false)

    /// Whether every helper has a core of its own, so that one which waits may keep it busy for a moment.
    var isActive: Bool { bound.load(ordering: .relaxed) }

    func add(_ helper: Helper) {
        helpers.append((helper, nil))
        chosenFor = nil
    }

    /// Keeps helpers away from the core that this thread, the caller of a job, runs on. Costs a few nanoseconds where nothing has changed.
    ///
    /// - Parameter threads: what the job may use; helpers go where they like unless these are as many as the caller's cores.
    func keepApart(threads: Int) {
        let core = avips_current_core()
        if let chosenFor, chosenFor.core == core, chosenFor.threads == threads { return }
        chosenFor = (core, threads)
        guard core >= 0, let allowed = Self.allowedCores() else { return }
        guard allowed.count == threads else {
            release(to: allowed)
            return
        }
        // Whoever has a core that may stay does; the others take those that are left.
        var free = Set(allowed).subtracting([Int(core)])
        let placed = helpers.indices.prefix(threads - 1)
        for index in placed {
            if let own = helpers[index].core, free.remove(own) == nil { helpers[index].core = nil }
        }
        var rest = free.sorted()[...]
        for index in placed where helpers[index].core == nil {
            guard let next = rest.popFirst(), Self.bind(helpers[index].helper.thread, to: [next]) else {
                release(to: allowed)
                return
            }
            helpers[index].core = next
        }
        bound.store(true, ordering: .relaxed)
    }

    /// Takes one of the helpers, the first that is not running now, to this thread's core, which is about to be idle.
    ///
    /// A thread runs where its clock advances. One that the system has put aside would wait there for a time slice of another process, some
    /// milliseconds, and so would every thread that waits for it.
    ///
    /// - Parameter workers: the threads that are still at an index.
    /// - Returns: the one that was taken.
    func rescue(_ workers: [pid_t]) -> pid_t? {
        guard isActive else { return nil }
        for index in helpers.indices where workers.contains(helpers[index].helper.thread) {
            let clock = helpers[index].helper.clock
            let before = avips_nanoseconds(clock), start = avips_nanoseconds(CLOCK_MONOTONIC)
            while avips_nanoseconds(CLOCK_MONOTONIC) - start < 20_000 { avips_relax() }
            guard avips_nanoseconds(clock) == before else { continue }
            let core = Int(avips_current_core())
            guard core >= 0, Self.bind(helpers[index].helper.thread, to: [core]) else { return nil }
            helpers[index].core = core
            chosenFor = nil
            return helpers[index].helper.thread
        }
        return nil
    }

    private func release(to allowed: [Int]) {
        for index in helpers.indices where helpers[index].core != nil {
            _ = Self.bind(helpers[index].helper.thread, to: allowed)
            helpers[index].core = nil
        }
        bound.store(false, ordering: .relaxed)
    }

    /// The cores that a thread may run on, by default this one.
    static func allowedCores(of thread: pid_t = 0) -> [Int]? {
        var set = avips_core_set()
        guard avips_get_cores(thread, &set) != 0 else { return nil }
        var cores: [Int] = []
        withUnsafeBytes(of: &set) { bytes in
            for (index, byte) in bytes.enumerated() where byte != 0 {
                for bit in 0..<8 where byte >> bit & 1 == 1 { cores.append(8 * index + bit) }
            }
        }
        return cores
    }

    private static func bind(_ thread: pid_t, to cores: [Int]) -> Bool {
        var set = avips_core_set()
        withUnsafeMutableBytes(of: &set) { bytes in
            for core in cores where core < bytes.count * 8 { bytes[core / 8] |= 1 << (core % 8) }
        }
        return avips_set_cores(thread, &set) != 0
    }
}
