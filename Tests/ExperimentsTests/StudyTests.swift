import Experiments
import Files
import Foundation
import Testing

@Suite struct StudyTests {
    @Test func aGridIsAllCombinationsWithAllSeeds() {
        let study = Study.small()
        #expect(study.runs.count == 12)
        #expect(Set(study.runs.map(\.text)).count == 12)
        #expect(study.axes == ["components", "robot"])
        #expect(study.runs[0].text == "components=1 robot=ur5 seed=1")
        #expect(Set(study.runs.map(\.id)).count == 12)
    }

    @Test func newSeedsAndValuesAddRunsAndKeepTheOthers() {
        let before = Set(Study.small().runs.map(\.id))
        let after = Set(Study.small(values: [1, 2, 3], seeds: [1, 2, 3, 4]).runs.map(\.id))
        #expect(before.isSubset(of: after))
        #expect(after.count == 24)
        #expect(before.isDisjoint(with: Study.small(code: "other").runs.map(\.id)))
    }

    @Test func whatANameStandsForIsPartOfTheIdentity() {
        func id(_ rate: Double) -> String {
            let grid = StudyGrid([GridAxis("rate", [GridSetting("slow", identity: ["name": "slow", "value": .number(rate)])])])
            return Study(name: "s", grids: [grid], seeds: [1], code: "c").runs[0].id
        }
        #expect(id(0.1) != id(0.2))
        #expect(id(0.1) == id(0.1))
    }

    @Test func theSamePointOfTwoGridsIsOneRun() {
        let first = StudyGrid([GridAxis("x", [GridSetting(1), GridSetting(2)])]), second = StudyGrid([GridAxis("x", [GridSetting(2.0), GridSetting(3)])])
        let study = Study(name: "s", grids: [first, second], seeds: [1], code: "c")
        #expect(study.runs.map { $0.setting("x")?.double } == [1, 2, 3])
    }

    @Test func theCountOfHugeGridsIsKnownOrNot() {
        let axis = GridAxis("x", (0..<1000).map { GridSetting(.integer($0)) })
        #expect(StudyGrid([axis, axis]).count == 1_000_000)
        #expect(StudyGrid(Array(repeating: axis, count: 7)).count == nil)
    }

    @Test func aStudyIsReadAsItWasWritten() throws {
        let directory = TemporaryDirectory(), store = StudyStore(directory.path + "/deep/study")
        var study = Study.small()
        study.provenance = [.init("script", "study.lua")]
        try store.write(study)
        let read = try store.read()
        #expect(read.runs.map(\.id) == study.runs.map(\.id))
        #expect(read.runs.map(\.point) == study.runs.map(\.point))
        #expect(read.provenance == study.provenance)
        // The same again writes nothing.
        let before = FileTree.status(store.directory + "/study.json")
        try store.write(study)
        #expect(FileTree.status(store.directory + "/study.json") == before)
    }

    @Test func whatIsNoStudyIsRefused() throws {
        let directory = TemporaryDirectory(), store = StudyStore(directory.path)
        #expect(throws: StudyStore.Failure.self) { try store.read() }
        for text in ["", "[]", #"{"format":1,"name":"x","code":"c","runs":[{"id":"../../etc","seed":1,"point":{}}]}"#] {
            try text.write(to: directory.path + "/study.json")
            #expect(throws: StudyStore.Failure.self) { try store.read() }
        }
    }

    @Test func statesFollowFromFiles() throws {
        let directory = TemporaryDirectory(), store = StudyStore(directory.path), study = Study.small(), run = study.runs[0]
        try store.write(study)
        let me = WorkerIdentity.current(), judge = HolderJudge.here(me)
        func state() -> RunState { store.state(of: run.id, judge: judge) }
        #expect(state() == .todo)
        let worker = try Worker(store, identity: me, judge: judge)
        #expect(try worker.take(run, code: "code") == .taken)
        #expect(state() == .running)
        try store.settle(run, RunInterruption(seconds: 1, processorSeconds: 1, attempts: 1))
        try worker.release(run.id)
        #expect(state() == .interrupted)
        #expect(try worker.take(run, code: "code") == .taken)
        try store.settle(run, RunFailure(message: "no", seconds: 1, worker: "w"))
        try worker.release(run.id)
        #expect(state() == .failed)
        #expect(try worker.take(run, code: "code") == .settled)
        try store.retry(run.id)
        #expect(state() == .todo)
        #expect(try worker.take(run, code: "code") == .taken)
        try store.settle(run, .of(.init("loss", 0.5)))
        try worker.release(run.id)
        #expect(state() == .done)
        #expect(store.result(of: run.id)?.measure("loss") == 0.5)
        // What a loss of power leaves is no result.
        try "".write(to: store.path(StudyStore.Name.result, of: run.id))
        #expect(state() == .todo && !store.isComplete(run.id))
        try store.forget(run.id)
        #expect(state() == .todo)
        #expect(store.presentRuns().isEmpty)
    }

    @Test func resultsOfAnEarlierVersionCanBeAdopted() throws {
        let directory = TemporaryDirectory(), store = StudyStore(directory.path)
        let earlier = Study.small(code: "earlier"), present = Study.small(code: "present")
        try store.write(earlier)
        let me = WorkerIdentity.current(), judge = HolderJudge.here(me), worker = try Worker(store, identity: me, judge: judge)
        #expect(try worker.take(earlier.runs[0], code: earlier.code) == .taken)
        try store.settle(earlier.runs[0], .of(.init("loss", 0.5)))
        try worker.release(earlier.runs[0].id)
        #expect(store.state(of: present.runs[0].id, judge: judge) == .todo)
        try store.adopt(earlier.runs[0].id, as: present.runs[0], code: present.code)
        #expect(store.result(of: present.runs[0].id)?.measure("loss") == 0.5)
        #expect(store.datum(StudyStore.Name.config, of: present.runs[0].id).flatMap(RunConfig.init)?.adopted == earlier.runs[0].id)
        #expect(store.presentRuns() == [present.runs[0].id])
    }

    @Test func workersAndThreadsFitTheCores() {
        #expect(WorkerPlan(cores: 8, runs: 100) == WorkerPlan(workers: 8, threads: 1))
        #expect(WorkerPlan(cores: 8, runs: 3) == WorkerPlan(workers: 3, threads: 2))
        #expect(WorkerPlan(cores: 8, runs: 100, workers: 2) == WorkerPlan(workers: 2, threads: 4))
        #expect(WorkerPlan(cores: 8, runs: 100, threads: 4) == WorkerPlan(workers: 2, threads: 4))
        #expect(WorkerPlan(cores: 2, runs: 100, workers: 64, threads: 64) == WorkerPlan(workers: 2, threads: 1))
        for cores in 1...9 {
            for runs in 0...12 {
                for workers in [nil, 1, 2, 5, 100] {
                    for threads in [nil, 1, 3, 100] {
                        let plan = WorkerPlan(cores: cores, runs: runs, workers: workers, threads: threads)
                        #expect(plan.workers >= 1 && plan.threads >= 1 && plan.workers * plan.threads <= cores)
                    }
                }
            }
        }
    }
}
