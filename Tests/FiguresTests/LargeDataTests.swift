import Foundation
import Figures
import Kinematics
import Numerics
import Testing

@Suite struct LargeDataTests {
    private func figure(_ marks: [Mark]) -> Figure {
        Figure(title: "t", description: "d", panels: [Panel(name: "p", layers: [Layer(name: "l", style: Style(.series(0)), marks: marks)])])
    }

    @Test func aHundredThousandPointsStaySmall() throws {
        var stream = RandomStream(seed: 5)
        let noise = (0..<100_000).map { Place(Double($0), stream.normal()) }
        var walk = Place.zero
        let path = (0..<100_000).map { _ -> Place in
            walk += Place(stream.normal(), stream.normal())
            return walk
        }
        for marks: [Mark] in [[.line(noise)], [.points(noise, .disc)], [.line(path)], [.points(path, .disc)], [.area(lower: noise.map { $0 - Place(0, 1) }, upper: noise)]] {
            let figure = figure(marks)
            #expect(figure.svg().utf8.count < 300_000)
            try expectSound(figure)
        }
    }

    @Test func peaksOfALongLineAreKept() {
        var values = [Double](repeating: 0, count: 100_000)
        values[54_321] = 7
        values[12_345] = -3
        let svg = figure([.line(values.enumerated().map { Place(Double($0), $1) })]).svg()
        let data = svg.firstMatch(of: /<path d="M([^"]*)"/)?.output.1 ?? ""
        let numbers = data.split(whereSeparator: { " M".contains($0) }).compactMap { Double($0) }
        let heights = Set(stride(from: 1, to: numbers.count, by: 2).map { numbers[$0] })
        // The floor, the peak and the dip.
        #expect(heights.count == 3)
    }

    @Test func shortLinesAreLeftAlone() {
        let places = (0..<500).map { Place(Double($0), Double($0 % 7)) }
        let data = figure([.line(places)]).svg().firstMatch(of: /<path d="M([^"]*)"/)?.output.1 ?? ""
        #expect(data.split(separator: " ").count == 2 * places.count)
    }

    @Test func aLargeHeatmapIsReduced() {
        var stream = RandomStream(seed: 6)
        let values = (0..<1_000_000).map { _ in stream.uniform() }
        let map = Heatmap(x: 0...1, y: 0...1, columns: 1000, rows: 1000, values: values)
        #expect(figure([.heatmap(map)]).svg().utf8.count < 1_000_000)
        let reduced = Heatmap(x: 0...5, y: 0...1, columns: 5, rows: 1, values: [1, 3, .nan, .nan, 4]).reduced(to: 3)
        #expect(reduced.columns == 3 && reduced.x == 0...6)
        #expect(reduced.values[0] == 2 && reduced.values[1].isNaN && reduced.values[2] == 4)
    }

    /// The limits are 50 and 5 ms of a quiet core's time; the room is for cores whose caches others use too.
    @Test func aThousandStickFiguresAreDrawnAtOnce() throws {
        var stream = RandomStream(seed: 11)
        let all = (0..<1000).map { _ in Robots.panda.randomConfiguration(using: &stream) }
        let figure = try Figure.poses(robot: Robots.panda, configurations: all, components: (0..<1000).map { $0 % 12 + 1 })
        /// Of this thread, whatever else the machine does.
        func processorTime() -> Duration {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
        }
        func least(_ body: () -> Int) -> Duration {
            (0..<5).map { _ in
                let start = processorTime()
                _ = body()
                return processorTime() - start
            }.min() ?? .zero
        }
        #expect(least { figure.svg().utf8.count } < .milliseconds(200))
        let few = try Figure.poses(robot: Robots.panda, configurations: Array(all.prefix(100)), components: (0..<100).map { $0 % 12 + 1 })
        #expect(least { few.text().utf8.count } < .milliseconds(20))
    }
}
