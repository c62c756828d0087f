import Figures
import Foundation
import Kinematics
import TestSupport
import Testing

@Suite struct ChartTests {
    private let axes = ChartAxes(x: "time (s)", y: "angle (rad)")

    @Test func linesKeepGapsAndNames() throws {
        let figure = try Figure.lines([ChartSeries(name: "a", places: [Place(0, 1), Place(1, .nan), Place(2, 3)]), ChartSeries(name: "b", places: [Place(0, 0)])], axes: axes)
        #expect(figure.legend.map(\.text) == ["a", "b"])
        #expect(figure.title == "a, b over time")
        #expect(figure.csv().contains("chart,a,line,1,1.0,,"))
    }

    @Test func lineOfWhichNothingIsSeenIsTold() throws {
        let figure = try Figure.lines([
            ChartSeries(name: "a", places: [Place(0, 1), Place(1, .nan), Place(2, 3)]), ChartSeries(name: "b", places: [Place(0, .nan), Place(1, .nan)]),
            ChartSeries(name: "c", places: []),
        ], axes: axes)
        #expect(figure.title == "a, b, c over time (nothing of b, c)")
        let scatter = try Figure.scatter([ChartSeries(name: "a", places: [Place(0, 1)]), ChartSeries(name: "b", places: [Place(0, .infinity)])], axes: axes)
        #expect(scatter.title == "a, b over time (1 not finite, nothing of b)")
    }

    @Test func nothingToDrawIsSaid() {
        #expect(throws: FigureError.self) { try Figure.lines([ChartSeries(name: "", places: [Place(.nan, 1)])], axes: axes) }
        #expect(throws: FigureError.self) {
            try Figure.scatter([ChartSeries(name: "", places: [Place(-1, 1)])], axes: ChartAxes(x: "x", y: "y", isXLogarithmic: true))
        }
        #expect(throws: FigureError.self) { try Figure.histogram([(name: "", values: [.nan])], label: "x") }
    }

    @Test func sharesOfAHistogramAddUpToOne() throws {
        let values = (0..<1000).map { Double($0 % 37) }
        let figure = try Figure.histogram([(name: "", values: values + [.infinity])], label: "x", bins: 7)
        let heights = figure.panels[0].layers[0].marks.map { mark -> Double in if case .bar(_, let corner) = mark { corner.y } else { .nan } }
        #expect(abs(heights.reduce(0, +) - 1) < 1e-12)
        #expect(heights.count == 7)
        #expect(figure.title.contains("1 not finite"))
    }

    @Test func picturesStandInRowsFromTheTopLeft() throws {
        let figure = try Figure.pictures([[1, 2, 3, 4, 5, 6], [7, 8, 9, 10, 11, 12], [0, 0, 0, 0, 0, -1]], width: 3, height: 2, columns: 2)
        guard case .heatmap(let map) = figure.panels[0].layers[0].marks[0] else { return #expect(Bool(false)) }
        #expect(map.columns == 7 && map.rows == 5 && map.limits == -1...12)
        func row(_ index: Int) -> [Double?] { (0..<7).map { map.values[index * 7 + $0].isNaN ? nil : map.values[index * 7 + $0] } }
        // The lowest row comes first; a blank cell parts pictures.
        #expect(row(4) == [1, 2, 3, nil, 7, 8, 9] && row(3) == [4, 5, 6, nil, 10, 11, 12])
        #expect(row(2).allSatisfy { $0 == nil } && row(0) == [0, 0, -1, nil, nil, nil, nil])
        #expect(figure.svg().contains("</svg>") && figure.text(style: TerminalStyle(width: 60, unicode: true, color: false)).count > 60)
        #expect(throws: FigureError.self) { try Figure.pictures([[.nan]], width: 1, height: 1, columns: 1) }
    }

    @Test(arguments: [[3.0, 3, 3], [1e300, -1e300], [0], [.leastNonzeroMagnitude, 0]]) func histogramsOfOddValuesAreDrawn(values: [Double]) throws {
        let figure = try Figure.histogram([(name: "", values: values)], label: "x")
        #expect(figure.svg().contains("</svg>"))
    }

    @Test func bodiesAreDrawnFromTheRootToEveryTip() throws {
        let description = try library.robot("talos_28dof")
        let body = try description.body(floating: description.floatingBase)
        let figure = try Figure.bodyPoses(body, configurations: [body.nominal, body.nominal])
        #expect(figure.panels.map(\.name) == ["front", "axonometric", "top"])
        let evaluator = BodyEvaluator(body)
        evaluator.evaluate(body.nominal)
        for tip in body.tips.indices {
            let place = evaluator.pose(ofTip: tip).position
            let ends = figure.panels[0].layers.flatMap(\.marks).compactMap { mark -> Place? in if case .linkage(let places) = mark { places.last } else { nil } }
            #expect(ends.contains { abs($0.x - place.x) < 1e-9 && abs($0.y - place.z) < 1e-9 })
        }
        #expect(throws: FigureError.self) { try Figure.bodyPoses(body, configurations: []) }
        #expect(throws: FigureError.self) { try Figure.bodyPoses(body, configurations: [[0]]) }
    }

    @Test func pathsBreakAtJumps() throws {
        let chain = try library.robot("panda").chain()
        let rows = (0..<10).map { step in chain.variables.map { _ in Double(step) * 0.1 } }
        let figure = try Figure.jointPaths(rows, variables: chain.variables, jumps: [4], title: "t")
        guard case .line(let places) = figure.panels[0].layers[1].marks[0] else { Issue.record("no line"); return }
        #expect(places.count == 11 && places[4].x.isNaN)
        #expect(figure.legend.last?.text == "jump")
        let timed = try Figure.jointPaths(rows, variables: chain.variables, times: rows.indices.map { Double($0) / 2 }, clearances: rows.map { $0[0] }, title: "t")
        #expect(timed.panels.map(\.name) == ["angles", "clearance"] && timed.panels.allSatisfy { $0.x.label == "time (s)" })
        guard case .line(let clearances) = timed.panels[1].layers[1].marks[0] else { Issue.record("no line"); return }
        #expect(clearances.map(\.y) == rows.map { $0[0] } && clearances.map(\.x) == rows.indices.map { Double($0) / 2 })
    }
}
