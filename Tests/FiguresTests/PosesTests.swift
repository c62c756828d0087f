import Figures
import Foundation
import Kinematics
import Numerics
import Testing

@Suite struct PosesTests {
    static let target = Pose(position: [0.45, 0.1, 0.4], rotation: Rotation(roll: .pi, pitch: 0, yaw: 0))

    /// Solutions for the Panda, grouped by the signs of shoulder, elbow and wrist.
    static let panda: Figure = {
        let found = Robots.solutions(Robots.panda, target, count: 60, seed: 7)
        let components = found.map { q in 1 + (q[1] < 0 ? 1 : 0) + (q[2].magnitude > 1.57 ? 2 : 0) + (q[4] < 0 ? 4 : 0) }
        return try! Figure.poses(robot: Robots.panda, configurations: found, components: components, target: target)
    }()

    static let planar: Figure = {
        let elbow = 2 * Double.pi / 3
        let target = Pose(position: [1, 1, 0], rotation: .identity)
        return try! Figure.poses(
            robot: Robots.planar(links: 3),
            configurations: [[.pi / 2, -.pi / 2, 0], [0, .pi / 2, -.pi / 2], [elbow, -elbow, 0.3], [0.2, 0.4, 0.6]],
            components: [2, 1, 2, 3], target: target)
    }()

    /// Thirty-two components with three random configurations each.
    static let crowd: Figure = {
        var stream = RandomStream(seed: 3)
        let all = (0..<96).map { _ in Robots.panda.randomConfiguration(using: &stream) }
        return try! Figure.poses(robot: Robots.panda, configurations: all, components: (0..<96).map { $0 % 32 + 1 })
    }()

    // MARK: Kept pictures

    @Test func pandaIsDrawnTheSame() throws {
        try expectGolden(Self.panda.svg(), "panda.svg")
        try expectGolden(Self.panda.text(), "panda.txt")
        try expectGolden(Self.panda.text(style: TerminalStyle(width: 100, unicode: true, color: true)), "panda-color.txt")
        try expectGolden(Self.panda.text(style: TerminalStyle(width: 64, unicode: false)), "panda-ascii.txt")
    }

    @Test func planarIsDrawnTheSame() throws {
        try expectGolden(Self.planar.svg(), "planar.svg")
        try expectGolden(Self.planar.text(), "planar.txt")
    }

    @Test func manyComponentsAreDrawnTheSame() throws {
        try expectGolden(Self.crowd.svg(), "crowd.svg")
        try expectGolden(Self.crowd.text(), "crowd.txt")
    }

    // MARK: What a figure says

    @Test func theDescriptionCountsWhatReachesTheTarget() {
        #expect(Self.panda.description
            == "60 configurations of panda in 4 components reach a target at (0.45, 0.10, 0.40) m.")
        // Of the four, two end on the target.
        #expect(Self.planar.description.contains("4 configurations of planar_3link in 3 components"))
    }

    @Test func onlyTipsWithinAMillimetreCountAsArrived() throws {
        let target = Pose(position: [3, 0, 0], rotation: .identity)
        let figure = try Figure.poses(
            robot: Robots.planar(links: 3), configurations: [[0, 0, 0], [1e-4, 0, 0], [0.01, 0, 0]], target: target)
        #expect(figure.description
            == "3 configurations of planar_3link, of which 2 come within 1 mm of a target at (3.00, 0.00, 0.00) m.")
    }

    @Test func planarRobotsAreDrawnExactlyInOnePanel() throws {
        let figure = try Figure.poses(robot: Robots.planar(links: 3), configurations: [[0, .pi / 2, 0]])
        #expect(figure.panels.count == 1)
        #expect(figure.panels[0].equalAspect)
        #expect(figure.panels[0].x.label == "x (m)")
        let linkage = figure.panels[0].layers.flatMap(\.marks).compactMap { mark in
            if case .linkage(let places) = mark { places } else { nil }
        }
        let expected: [Place] = [[0, 0], [1, 0], [1, 1], [1, 2]]
        for (place, wanted) in zip(linkage[0], expected) {
            #expect((place - wanted).x.magnitude < 1e-12 && (place - wanted).y.magnitude < 1e-12)
        }
        #expect(linkage[0].count == expected.count)
    }

    @Test func aRobotInAnotherPlaneNamesItsAxes() throws {
        var robot = Robots.planar(links: 2)
        robot.segments[0].origin.rotation = Rotation(roll: .pi / 2, pitch: 0, yaw: 0)
        let figure = try Figure.poses(robot: robot, configurations: [[0.3, 0.4]])
        #expect(figure.panels.map { [$0.x.label, $0.y.label] } == [["x (m)", "z (m)"]])
    }

    @Test func spatialRobotsAreDrawnInThreeViewsAtOneScale() {
        #expect(Self.panda.panels.map(\.name) == ["front", "axonometric", "top"])
        #expect(Self.panda.panels.allSatisfy { $0.equalAspect })
        #expect(Self.panda.panels[0].x.label == "x (m)" && Self.panda.panels[0].y.label == "z (m)")
        #expect(Self.panda.panels[2].x.label == "x (m)" && Self.panda.panels[2].y.label == "y (m)")
    }

    /// The pixels of the first stick figure in a group, joint by joint.
    private func pixels(_ svg: String, group: String) throws -> [SIMD2<Double>] {
        let start = try #require(svg.range(of: "id=\"\(group)\"")).upperBound
        let data = try #require(svg[start...].firstMatch(of: /d="M([^"M]*)"/)).output.1
        let numbers = data.split(separator: " ").compactMap { Double($0) }
        return stride(from: 0, to: numbers.count - 1, by: 2).map { SIMD2(numbers[$0], numbers[$0 + 1]) }
    }

    @Test func aMetreIsAsLongEverywhere() throws {
        let arm = try pixels(Self.planar.svg(), group: "plane-component-3")
        let lengths = zip(arm, arm.dropFirst()).map { ($1 - $0).length }
        #expect(lengths.count == 3 && lengths.allSatisfy { ($0 - lengths[0]).magnitude < 0.2 })

        // Seen from the front and from above, x is the same; the base's column has its true height.
        let svg = Self.panda.svg()
        let front = try pixels(svg, group: "front-component-2")
        let top = try pixels(svg, group: "top-component-2")
        #expect((front[front.count - 1].x - front[0].x - (top[top.count - 1].x - top[0].x)).magnitude < 0.2)
        let scale = (front[0].y - front[1].y) / 0.333
        #expect(((front[front.count - 1].x - front[0].x) / 0.45 - scale).magnitude < 0.01 * scale)
        let slanted = try pixels(svg, group: "axonometric-component-2")
        #expect(((slanted[0].y - slanted[1].y) / (0.333 * 0.9063) - scale).magnitude < 0.01 * scale)
    }

    @Test func everyComponentCarriesItsNumberInEveryView() {
        for panel in Self.crowd.panels {
            let numbers = panel.layers.flatMap(\.marks).compactMap { mark in
                if case .badge(let text, _) = mark { Int(text) } else { nil }
            }
            #expect(numbers.sorted() == Array(1...32))
        }
        let svg = Self.crowd.svg()
        for number in 1...32 {
            // Once in each view, once in the legend.
            #expect(svg.components(of: ">\(number)</text>") == 4, "component \(number)")
        }
    }

    @Test func configurationsWithoutComponentsAreNumberedWhileColoursLast() throws {
        let robot = Robots.planar(links: 2)
        let few = try Figure.poses(robot: robot, configurations: (0..<7).map { [Double($0), 1] })
        #expect(few.legend.first?.text == "configuration 1")
        let many = try Figure.poses(robot: robot, configurations: (0..<8).map { [Double($0), 1] })
        #expect(many.legend.first?.text == "8 poses")
    }

    // MARK: Robots that are mounted

    @Test(arguments: [SIMD3(20.0, 10, 0), SIMD3(3e4, -2e4, 1e4)]) func robotsFarFromTheOriginAreDrawnWhereTheyStand(place: SIMD3<Double>) throws {
        let robot = Robots.panda.mounted(at: Pose(position: place, rotation: Rotation(roll: 0.3, pitch: 0, yaw: 1)))
        let q = [0, -0.5, 0, -2, 0, 1.6, 0.8]
        for figure in [try Figure.poses(robot: robot, configurations: [q]), try Figure.robot(robot, configuration: q), try Figure.chain(robot)] {
            #expect(figure.legend.last?.text == "base: panda_link0")
            for panel in figure.panels where panel.equalAspect {
                let lines = panel.layers.flatMap(\.marks).flatMap { mark -> [Place] in
                    switch mark {
                    case .linkage(let places), .line(let places), .points(let places, .base): places
                    default: []
                    }
                }
                let (lower, upper) = lines.reduce((lines[0], lines[0])) { (pointwiseMin($0.0, $1), pointwiseMax($0.1, $1)) }
                #expect(max(upper.x - lower.x, upper.y - lower.y) < 4, "\(panel.name)")
            }
            try expectSound(figure)
        }
        let pendant = try Figure.pendant(robot: robot, configuration: q, view: .front, reach: 1.2, aspect: 1)
        #expect(pendant.panels[0].x.range?.contains(place.x) == true && pendant.panels[0].y.range?.contains(place.z) == true)
    }

    @Test func aMountWithinReachIsDrawnAsALink() throws {
        let robot = Robots.panda.mounted(at: Pose(position: [0, 0, 0.8], rotation: .identity))
        #expect(robot.standing.place == .identity && robot.standing.robot == robot)
        let figure = try Figure.poses(robot: robot, configurations: [[0, -0.5, 0, -2, 0, 1.6, 0.8]])
        #expect(figure.legend.last?.text == "base: world")
    }

    // MARK: Wrong and odd input

    @Test func wrongInputIsNamed() {
        let robot = Robots.planar(links: 2)
        #expect(throws: FigureError.configurationLength(index: 1, found: 3, expected: 2, robot: "planar_2link")) {
            try Figure.poses(robot: robot, configurations: [[0, 0], [0, 0, 0]])
        }
        #expect(throws: FigureError.notFinite(index: 0, joint: "joint_2")) {
            try Figure.poses(robot: robot, configurations: [[0, .nan]])
        }
        #expect(throws: FigureError.notFinite(index: 0, joint: "joint_1")) {
            try Figure.poses(robot: robot, configurations: [[-.infinity, 0]])
        }
        #expect(throws: FigureError.componentCount(found: 1, expected: 2)) {
            try Figure.poses(robot: robot, configurations: [[0, 0], [1, 1]], components: [1])
        }
        #expect(throws: FigureError.badTarget) {
            let target = Pose(position: [.nan, 0, 0], rotation: .identity)
            _ = try Figure.poses(robot: robot, configurations: [], target: target)
        }
        #expect(FigureError.configurationLength(index: 1, found: 3, expected: 2, robot: "r").description
            == "configuration 2 has 3 values, r has 2 joints")
    }

    @Test func aSlideBeyondAllBoundsIsNamed() throws {
        var robot = Robots.planar(links: 2)
        robot.segments[0].kind = .prismatic
        robot.segments[0].axis = [1, 0, 0]
        #expect(throws: FigureError.tooLarge(index: 0, robot: "planar_2link")) {
            try Figure.poses(robot: robot, configurations: [[1e300, 0]])
        }
        let far = try Figure.poses(robot: robot, configurations: [[2e299, 0]])
        try expectSound(far)
    }

    @Test(arguments: [0, 1]) func fewConfigurationsAreAPicture(count: Int) throws {
        let configurations = Array(repeating: [0.0, -0.5, 0, -2, 0, 1.5, 0.8], count: count)
        try expectSound(Figure.poses(robot: Robots.panda, configurations: configurations))
        try expectSound(Figure.poses(robot: Robots.panda, configurations: configurations, target: Self.target))
    }

    @Test func aRobotWithoutExtentIsAPicture() throws {
        let robot = Chain(
            name: "<dot & \"co\">", base: "b", tip: "b", segments: [], variables: [])
        try expectSound(Figure.poses(robot: robot, configurations: [[], []], target: .identity))
    }

    @Test func aHugeAngleIsAnAngle() throws {
        try expectSound(Figure.poses(robot: Robots.planar(links: 2), configurations: [[1e300, -1e300]]))
    }

    // MARK: Size

    @Test func aHundredStickFiguresStayBelowFiftyKilobytes() throws {
        var stream = RandomStream(seed: 11)
        let all = (0..<100).map { _ in Robots.panda.randomConfiguration(using: &stream) }
        let figure = try Figure.poses(
            robot: Robots.panda, configurations: all, components: (0..<100).map { $0 % 6 + 1 }, target: Self.target)
        #expect(figure.svg().utf8.count < 50_000)
    }
}

extension SIMD2<Double> {
    fileprivate var length: Double { (self * self).sum().squareRoot() }
}

extension String {
    /// How often a text occurs.
    func components(of part: String) -> Int { split(separator: part, omittingEmptySubsequences: false).count - 1 }
}
