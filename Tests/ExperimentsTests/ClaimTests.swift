import Experiments
import Files
import Foundation
import Synchronization
import Testing

@Suite struct ClaimTests {
    let directory = TemporaryDirectory()
    let study = Study.small()
    var store: StudyStore { StudyStore(directory.path) }

    /// Lets a holder of some identity claim the first run, and then another one try.
    private func outcome(holder: WorkerIdentity, sources: HolderJudge.Sources, age: Double = 0, me: WorkerIdentity = .current()) throws -> Worker.Outcome {
        try store.write(study)
        let everybodyIsDead = HolderJudge.Sources(process: { _ in nil }, now: { nil })
        let first = try Worker(store, identity: holder, judge: HolderJudge(me: holder, sources: everybodyIsDead))
        #expect(try first.take(study.runs[0], code: study.code) == .taken)
        let path = store.workersDirectory + "/\(holder.token).json"
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1_000_000 - age)], ofItemAtPath: path)
        let second = try Worker(store, identity: me, judge: HolderJudge(me: me, sources: sources))
        return try second.take(study.runs[0], code: study.code)
    }

    private func holder(_ change: (inout WorkerIdentity) -> Void = { _ in }) -> WorkerIdentity {
        var identity = WorkerIdentity.current()
        change(&identity)
        return identity
    }

    private static func sources(_ process: ProcessStatus?, standing: JobStanding = .unasked) -> HolderJudge.Sources {
        HolderJudge.Sources(process: { _ in process }, standing: { _ in standing }, now: { 1_000_000 })
    }

    @Test func aProcessThatLivesKeepsItsRun() throws {
        let holder = holder()
        #expect(try outcome(holder: holder, sources: Self.sources(ProcessStatus(startTime: holder.startTime)), age: 1e5) == .held)
    }

    @Test func aProcessThatIsGoneLosesItsRun() throws {
        #expect(try outcome(holder: holder(), sources: Self.sources(nil)) == .taken)
    }

    @Test func whoeverLostARunKnowsIt() throws {
        try store.write(study)
        let everybodyIsDead = HolderJudge.Sources(process: { _ in nil }, now: { nil })
        let workers = try (0..<2).map { _ in
            let me = holder()
            return try Worker(store, identity: me, judge: HolderJudge(me: me, sources: everybodyIsDead))
        }
        let run = study.runs[0]
        #expect(!workers[0].holds(run.id))
        #expect(try workers[0].take(run, code: study.code) == .taken)
        #expect(workers[0].holds(run.id))
        #expect(try workers[1].take(run, code: study.code) == .taken)
        #expect(workers[1].holds(run.id))
        #expect(!workers[0].holds(run.id))
    }

    @Test func aZombieLosesItsRun() throws {
        let holder = holder()
        #expect(try outcome(holder: holder, sources: Self.sources(ProcessStatus(startTime: holder.startTime, isZombie: true))) == .taken)
    }

    @Test func anotherProcessWithTheSameNumberHoldsNothing() throws {
        let holder = holder()
        #expect(try outcome(holder: holder, sources: Self.sources(ProcessStatus(startTime: holder.startTime + 1))) == .taken)
    }

    @Test func aMachineThatWasStartedAnewHoldsNothing() throws {
        let me = holder { $0.machine = "m" }
        let holder = holder { ($0.machine, $0.boot) = ("m", "earlier") }
        #expect(try outcome(holder: holder, sources: Self.sources(ProcessStatus(startTime: holder.startTime)), me: me) == .taken)
    }

    @Test func elsewhereTheHeartbeatTells() throws {
        let elsewhere = holder { ($0.host, $0.boot) = ("elsewhere", "other") }
        #expect(try outcome(holder: elsewhere, sources: Self.sources(nil), age: 100) == .held)
        try FileTree.remove(store.runsDirectory)
        #expect(try outcome(holder: elsewhere, sources: Self.sources(nil), age: 400) == .taken)
    }

    @Test func anotherContainerOfTheMachineIsElsewhere() throws {
        let container = holder { $0.processes = "pid:[1]" }
        #expect(try outcome(holder: container, sources: Self.sources(nil), age: 100) == .held)
    }

    @Test func aJobThatTheQueueNoLongerKnowsIsGivenUpSooner() throws {
        let job = holder { ($0.host, $0.boot, $0.job) = ("elsewhere", "other", "17_4") }
        #expect(try outcome(holder: job, sources: Self.sources(nil, standing: .known), age: 100) == .held)
        try FileTree.remove(store.runsDirectory)
        // A queue that reports late does not take the run from a job that shows life.
        #expect(try outcome(holder: job, sources: Self.sources(nil, standing: .unknown), age: 20) == .held)
        try FileTree.remove(store.runsDirectory)
        #expect(try outcome(holder: job, sources: Self.sources(nil, standing: .unknown), age: 100) == .taken)
    }

    @Test func aJobThatWasStartedAnewGetsItsRunBack() throws {
        let me = holder { ($0.job, $0.restarts) = ("17_4", 1) }
        let before = holder { ($0.host, $0.boot, $0.job) = ("elsewhere", "other", "17_4") }
        #expect(try outcome(holder: before, sources: Self.sources(nil, standing: .known), me: me) == .taken)
    }

    @Test func aClaimThatCannotBeReadLastsAsLongAsItsHeartbeat() throws {
        try store.write(study)
        let run = study.runs[0], me = holder(), claim = store.path("claim-broken", of: run.id)
        try FileTree.makeDirectory(store.directory(of: run.id))
        try "{".write(to: claim)
        let judge = HolderJudge(me: me, sources: .init(now: { Date().timeIntervalSince1970 }))
        let worker = try Worker(store, identity: me, judge: judge)
        #expect(try worker.take(run, code: "code") == .held)
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -1000)], ofItemAtPath: claim)
        #expect(try worker.take(run, code: "code") == .taken)
    }

    @Test func theHeartbeatReachesTheClaim() throws {
        try store.write(study)
        let me = holder(), worker = try Worker(store, identity: me, judge: .here(me), interval: .milliseconds(10))
        #expect(try worker.take(study.runs[0], code: "code") == .taken)
        let claim = store.path("claim-\(me.token)", of: study.runs[0].id)
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 0)], ofItemAtPath: claim)
        for _ in 0..<1000 where FileTree.status(claim)!.modified < 1 { Thread.sleep(forTimeInterval: 0.01) }
        #expect(FileTree.status(claim)!.modified > 1)
        withExtendedLifetime(worker) {}
    }

    /// Many workers, each a thread with an identity of its own, take all runs: each is done by one of them, and two never work on one at a time.
    @Test func manyWorkersShareTheRuns() throws {
        let study = Study.small(values: Array(1...40), seeds: [1])
        try store.write(study)
        let store = store, doings = Mutex<[String: Int]>([:]), active = Mutex<Set<String>>([]), overlaps = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 6) { index in
            var me = WorkerIdentity.current()
            me.token = "worker\(index)"
            let judge = HolderJudge(me: me)
            guard let worker = try? Worker(store, identity: me, judge: judge) else { return }
            var rest = study.runs
            while !rest.isEmpty {
                rest = rest.filter { run in
                    switch try? worker.take(run, code: "code") {
                    case .taken:
                        if !active.withLock({ $0.insert(run.id).inserted }) { overlaps.withLock { $0 += 1 } }
                        doings.withLock { $0[run.id, default: 0] += 1 }
                        usleep(200)
                        active.withLock { _ = $0.remove(run.id) }
                        try? store.settle(run, .of(.init("x", 1)))
                        try? worker.release(run.id)
                        return false
                    case .settled: return false
                    default: return true
                    }
                }
            }
        }
        #expect(doings.withLock { $0.count } == 80)
        #expect(doings.withLock { $0.values.allSatisfy { $0 == 1 } })
        #expect(overlaps.withLock { $0 } == 0)
        let judge = HolderJudge.here(.current())
        #expect(RunCounts(store.states(of: study.runs, judge: judge))[.done] == 80)
    }
}
