import Foundation
import ModelTraining
import Testing

@Suite struct ScheduleTests {
    @Test func valuesAreExactAtTheEndsAndInBetween() {
        #expect(Schedule.constant(3).values(3) == [3, 3, 3])
        #expect(Schedule.linear(from: 1, to: 5).values(5) == [1, 2, 3, 4, 5])
        let cosine = Schedule.cosine(from: 4, to: 2)
        #expect(cosine.value(at: 0) == 4 && cosine.value(at: 1) == 2 && abs(cosine.value(at: 0.5) - 3) < 1e-12)
        #expect(cosine.value(at: 0.1) > 3.9 && cosine.value(at: 0.9) < 2.1)
        let exponential = Schedule.exponential(from: 1, to: 1e-4)
        #expect(abs(exponential.value(at: 0.25) - 0.1) < 1e-12 && abs(exponential.value(at: 1) - 1e-4) < 1e-16)
        let points: [Schedule.Point] = [.init(progress: 0.2, value: 1), .init(progress: 0.6, value: 3)]
        #expect(Schedule.steps(points).values(6) == [1, 1, 1, 3, 3, 3])
        let table = Schedule.table(points)
        #expect(table.value(at: 0) == 1 && abs(table.value(at: 0.4) - 2) < 1e-12 && table.value(at: 1) == 3)
        // What lies outside counts as the nearer end.
        #expect(Schedule.linear(from: 1, to: 5).value(at: -1) == 1 && Schedule.linear(from: 1, to: 5).value(at: 7) == 5)
    }

    @Test func compositionsRunTheirPartsFromEndToEnd() {
        let rise = Schedule.warmUp(share: 0.25, then: .linear(from: 8, to: 2))
        #expect(rise.value(at: 0) == 0 && rise.value(at: 0.125) == 4 && rise.value(at: 0.25) == 8)
        #expect(abs(rise.value(at: 0.625) - 5) < 1e-12 && rise.value(at: 1) == 2)
        let sequence = Schedule.sequence([.init(share: 1, schedule: 7), .init(share: 3, schedule: .linear(from: 0, to: 3))])
        #expect(sequence.value(at: 0.24) == 7 && sequence.value(at: 0.25) == 0 && abs(sequence.value(at: 0.5) - 1) < 1e-12 && sequence.value(at: 1) == 3)
    }

    @Test func rangeBoundsEveryValue() throws {
        let schedules: [Schedule] = [
            3, .linear(from: 1, to: -2), .cosine(from: 0, to: 9), .exponential(from: 1e-3, to: 2), .warmUp(share: 0.3, then: .linear(from: 5, to: 4)),
            .sequence([.init(share: 2, schedule: .cosine(from: 1, to: 2)), .init(share: 1, schedule: .steps([.init(progress: 0.5, value: -1)]))]),
            .table([.init(progress: 0, value: 4), .init(progress: 0.5, value: -4), .init(progress: 1, value: 0)]),
        ]
        for schedule in schedules {
            #expect(schedule.fault == nil)
            let values = schedule.values(1001)
            #expect(values.allSatisfy { $0 >= schedule.range.lowerBound - 1e-12 && $0 <= schedule.range.upperBound + 1e-12 }, "\(schedule)")
            let copy = try JSONDecoder().decode(Schedule.self, from: JSONEncoder().encode(schedule))
            #expect(copy == schedule)
        }
    }

    @Test func unusableSchedulesAreNamed() {
        let faulty: [Schedule] = [
            .constant(.nan), .linear(from: 0, to: .infinity), .exponential(from: 0, to: 1), .steps([]), .table([.init(progress: 2, value: 0)]),
            .table([.init(progress: 0.5, value: 0), .init(progress: 0.5, value: 1)]), .warmUp(share: 1, then: 1), .warmUp(share: 0.5, then: .constant(.nan)),
            .sequence([]), .sequence([.init(share: 0, schedule: 1)]),
        ]
        for schedule in faulty { #expect(schedule.fault != nil, "\(schedule)") }
        var deep: Schedule = 1
        for _ in 0..<Schedule.greatestDepth { deep = .warmUp(share: 0.5, then: deep) }
        #expect(deep.fault?.contains("deep") == true)
        let error = #expect(throws: TrainingError.self) { try Schedule.linear(from: 0.5, to: 2).validate("share", within: 0...1) }
        #expect(error?.description == "share must be from 0.0 to 1.0, not 2.0")
    }

    @Test func printingTellsWhatHappens() {
        #expect("\(Schedule.cosine(from: 4e-3, to: 4e-5))" == "cosine from 0.004 to 4e-05")
        #expect("\(Schedule.warmUp(share: 0.1, then: 2))" == "warm-up over 10 %, then constant 2")
        #expect("\(Schedule.sequence([.init(share: 1, schedule: 1), .init(share: 3, schedule: .linear(from: 1, to: 0))]))"
            == "sequence: 25 % constant 1; 75 % linear from 1 to 0")
    }
}
