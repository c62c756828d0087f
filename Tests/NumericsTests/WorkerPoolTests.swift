import Foundation
import Numerics
import Synchronization
import Testing

@Suite struct WorkerPoolTests {
    @Test(arguments: [1, 2, 7, 64]) func everyIndexIsTakenOnce(threads: Int) {
        let count = 1000
        let counts = (0..<count).map { _ in AtomicNumber() }
        for _ in 0..<20 { parallelFor(count, threads: threads) { counts[$0].value.add(1, ordering: .relaxed) } }
        #expect(counts.allSatisfy { $0.value.load(ordering: .relaxed) == 20 })
    }

    @Test func callsWithinCallsEnd() {
        let sum = AtomicNumber()
        parallelFor(8, threads: 4) { _ in parallelFor(50, threads: 4) { sum.value.add($0, ordering: .relaxed) } }
        #expect(sum.value.load(ordering: .relaxed) == 8 * 49 * 25)
    }
}

/// Where helpers run. Other tests use the same helpers meanwhile, so each of these tries until it sees what must come.
@Suite(.enabled(if: allowedCores(of: "self").count == availableCores && availableCores > 1, "needs all of several cores"))
struct HelperPlacementTests {
    @Test func helpersHaveCoresOfTheirOwnWhereThereIsAThreadForEach() {
        #expect(isSeen {
            let seen = observe(count: 8 * availableCores, threads: availableCores) { _ in spend(milliseconds: 1) }
            let cores = seen.values.map(\.allowed)
            return seen.count == availableCores - 1 && cores.allSatisfy { $0.count == 1 } && Set(cores).count == cores.count
        })
    }

    @Test func helpersGoAnywhereWhereThereAreMoreThreadsThanCores() {
        #expect(isSeen {
            let seen = observe(count: 8 * availableCores, threads: availableCores + 1) { _ in spend(milliseconds: 1) }
            return !seen.isEmpty && seen.values.allSatisfy { $0.allowed.count == availableCores }
        })
    }

    @Test func aHelperThatDoesNotRunIsTakenToTheCoreOfTheCallerThatWaits() {
        #expect(isSeen {
            // The caller has two short indices to do, a helper one in which it sleeps.
            let seen = observe(count: 3, threads: availableCores) { isHelper in
                if isHelper { usleep(30_000) } else { spend(milliseconds: 3) }
            }
            return seen.values.contains { $0.allowed == [$0.callersCore] }
        })
    }

    private struct Observation { var allowed: [Int], callersCore: Int }

    /// Runs a job and gives where each helper was allowed to run at the end of its last index, and where the caller ran last.
    private func observe(count: Int, threads: Int, _ body: @escaping @Sendable (_ isHelper: Bool) -> Void) -> [String: Observation] {
        let caller = threadName(), core = AtomicNumber()
        let seen = Mutex<[String: Observation]>([:])
        parallelFor(count, threads: threads) { _ in
            let name = threadName()
            if name == caller { core.value.store(currentCore(), ordering: .relaxed) }
            body(name != caller)
            guard name != caller else { return }
            let observation = Observation(allowed: allowedCores(of: "thread-self"), callersCore: core.value.load(ordering: .relaxed))
            seen.withLock { $0[name] = observation }
        }
        return seen.withLock { $0 }
    }

    private func isSeen(_ condition: () -> Bool) -> Bool { (0..<500).contains { _ in condition() } }

    private func spend(milliseconds: Double) {
        let end = ContinuousClock.now + .seconds(milliseconds / 1000)
        while ContinuousClock.now < end {}
    }
}

/// A number that threads share.
private final class AtomicNumber: Sendable { let value = Atomic<Int>(0) }

private func threadName() -> String { (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")) ?? "" }

private func currentCore() -> Int {
    let fields = (try? String(contentsOfFile: "/proc/thread-self/stat", encoding: .utf8))?.split(separator: ")").last?.split(separator: " ") ?? []
    return fields.count > 36 ? Int(fields[36]) ?? -1 : -1
}

/// The cores that a process or thread of `/proc` may run on.
private func allowedCores(of task: String) -> [Int] {
    let status = (try? String(contentsOfFile: "/proc/\(task)/status", encoding: .utf8)) ?? ""
    let list = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }?.split(separator: "\t").last ?? ""
    return list.split(separator: ",").flatMap { part in
        let ends = part.split(separator: "-").compactMap { Int($0) }
        return ends.isEmpty ? [] : Array(ends[0]...ends[ends.count - 1])
    }
}
