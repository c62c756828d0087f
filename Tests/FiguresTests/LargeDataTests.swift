import Foundation
import Figures
import Kinematics
import Numerics
import TestSupport
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

    /// A column that is ten times as dense, among a million points: each part of the picture has the shade that its count asks for.
    @Test func aCloudOfManyPointsShowsItsDensity() throws {
        var stream = RandomStream(seed: 3)
        let places = (0..<1_000_000).map { _ in Place(stream.uniform() < 0.5 ? 0.1 * stream.uniform() : stream.uniform(), stream.uniform()) }
        let outlier = Place(0.55, 1.7)
        let figure = try Figure.scatter([ChartSeries(name: "", places: places + [outlier])], axes: ChartAxes(x: "x", y: "y"))
        let svg = figure.svg()
        #expect(svg.utf8.count < 300_000 && figure.description.contains("density"))
        // The areas that each level covers, and the leftmost of its cells.
        var areas = [Int: Double](), ends = [Int: ClosedRange<Double>]()
        for path in svg.matches(of: /class="filled density n(\d)" d="([^"]*)"/) {
            let level = try #require(Int(path.output.1))
            for cell in path.output.2.matches(of: /M([\d.]+) [\d.]+h([\d.]+)v([\d.]+)/) {
                let (x, width, height) = (Double(cell.output.1) ?? 0, Double(cell.output.2) ?? 0, Double(cell.output.3) ?? 0)
                areas[level, default: 0] += width * height
                ends[level] = ends[level].map { min($0.lowerBound, x)...max($0.upperBound, x + width) } ?? x...(x + width)
            }
        }
        let frame = try #require(svg.firstMatch(of: /class="frame" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/))
        let left = Double(frame.output.1) ?? 0, width = Double(frame.output.2) ?? 0
        // The darkest level is the column alone, at the left tenth of the data; most of the rest is much lighter.
        let dense = try #require(ends[8])
        #expect(dense.upperBound < left + 0.2 * width)
        let total = areas.values.reduce(0, +)
        #expect(areas.filter { $0.key >= 7 }.values.reduce(0, +) < 0.2 * total)
        #expect(areas.filter { $0.key <= 6 }.values.reduce(0, +) > 0.8 * total)
        // The single point is a dot of full strength.
        #expect(svg.matches(of: /class="dots few" d="M[\d.]+ [\d.]+h0"/).count == 1)
        let text = figure.text(style: TerminalStyle(width: 80, unicode: true, color: false))
        let rows = text.split(separator: "\n").filter { $0.contains("│") }
        #expect(rows.contains { $0.contains("⣿") } && rows.contains { row in row.contains { $0 != "⣿" && ("\u{2801}"..."\u{28FE}").contains($0) } })
        #expect(text.count { $0 == "●" } == 1)
        try expectSound(figure)
    }

    /// Points with hardly another around them are drawn as points, of full strength, and in no cell of the density.
    @Test func pointsThatLieAloneAreSeen() throws {
        let cloud = (0..<5000).map { Place(Double($0 % 100) / 100, Double($0 / 100) / 50) }
        func figure(_ others: [Place]) throws -> Figure { try Figure.scatter([ChartSeries(name: "", places: cloud + others)], axes: ChartAxes(x: "x", y: "y")) }
        func dots(_ figure: Figure) -> Int { figure.svg().firstMatch(of: /class="dots few" d="([^"]*)"/)?.output.1.matches(of: /h0/).count ?? 0 }
        let pair: [Place] = [[3, 3], [3.001, 3]]
        #expect(try dots(figure([])) == 0 && dots(figure(pair)) == 2 && dots(figure(pair + [[3, 3.001], [3, 0]])) == 4)
        // Four in one place are a cloud of their own.
        #expect(try dots(figure(pair + [[3, 3.001], [3.001, 3.001]])) == 0)
        let text = try figure(pair + [[0, 3]]).text(style: TerminalStyle(width: 80))
        #expect(text.count { $0 == "●" } == 2, "\(text)")
        #expect(try figure(pair).text(style: TerminalStyle(width: 80, unicode: false)).contains(" o "))
    }

    @Test func fewPointsAreDots() throws {
        func svg(_ count: Int) throws -> String {
            try Figure.scatter([ChartSeries(name: "", places: (0..<count).map { Place(Double($0), Double($0 % 97)) })], axes: ChartAxes(x: "x", y: "y")).svg()
        }
        let dots = try svg(4000), density = try svg(4001)
        #expect(dots.contains("dots many") && !dots.contains("density") && dots.matches(of: /h0/).count == 4000)
        #expect(density.contains("filled density") && !density.contains("dots many") && density.matches(of: /h0/).count < 20)
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
        func least(_ body: () -> Int) -> Double {
            (0..<5).map { _ in
                let start = threadSeconds()
                _ = body()
                return threadSeconds() - start
            }.min() ?? 0
        }
        #expect(least { figure.svg().utf8.count } < 0.2)
        let few = try Figure.poses(robot: Robots.panda, configurations: Array(all.prefix(100)), components: (0..<100).map { $0 % 12 + 1 })
        #expect(least { few.text().utf8.count } < 0.06)
    }
}
