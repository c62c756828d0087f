import Kinematics
import Numerics

extension Figure {
    /// Joint values over the steps of a path: what turns in degrees, what slides in metres, one panel each; jumps as upright lines.
    ///
    /// - Parameters:
    ///   - configurations: one row a step, rad and m.
    ///   - times: when each is reached, s; the count of steps from 1 if nil.
    ///   - jumps: the indices that are gone to by a jump, from 0.
    ///   - clearances: the distance from obstacles at each step, m, in a panel of its own; none if nil.
    /// - Throws: `FigureError` without a configuration, or for one of another length than there are variables.
    /// - Precondition: there are as many times and clearances as configurations.
    public static func jointPaths(
        _ configurations: [[Double]], variables: [JointVariable], times: [Double]? = nil, jumps: [Int] = [], clearances: [Double]? = nil, title: String
    ) throws(FigureError) -> Figure {
        guard !configurations.isEmpty else { throw .noData(what: "the path has no configuration") }
        for (index, row) in configurations.enumerated() where row.count != variables.count {
            throw .configurationLength(index: index, found: row.count, expected: variables.count, robot: "the robot")
        }
        let x = times ?? configurations.indices.map { Double($0 + 1) }
        var panels: [Panel] = []
        for (name, label, slides, factor) in [("angles", "joint angle (°)", false, 180 / Double.pi), ("slides", "joint position (m)", true, 1)] {
            let shown = variables.indices.filter { (variables[$0].kind == .prismatic) == slides }
            guard !shown.isEmpty else { continue }
            var layers = shown.map { joint in
                // A line breaks where the path jumps.
                let places = configurations.indices.flatMap { step -> [Place] in
                    let place = Place(x[step], configurations[step][joint] * factor)
                    return jumps.contains(step) && step > 0 ? [Place(.nan, .nan), place] : [place]
                }
                return Layer(name: variables[joint].name, style: Style(.series(joint)), marks: [.line(places)])
            }
            let rules = jumps.filter { $0 > 0 && $0 < x.count }.map { Mark.rule((x[$0 - 1] + x[$0]) / 2, .x) }
            if !rules.isEmpty { layers.insert(Layer(name: "jumps", style: Style(.muted), marks: rules), at: 0) }
            panels.append(Panel(name: name, x: Axis(label: times == nil ? "step" : "time (s)"), y: Axis(label: label), layers: layers))
        }
        if let clearances {
            let places = zip(x, clearances).map { Place($0, $1) }
            let layers = [
                Layer(name: "contact", style: Style(.muted), marks: [.rule(0, .y)]),
                Layer(name: "clearance", style: Style(.foreground), marks: [.line(places)]),
            ]
            panels.append(Panel(name: "clearance", x: Axis(label: times == nil ? "step" : "time (s)"), y: Axis(label: "clearance (m)"), layers: layers))
        }
        var legend = variables.enumerated().map { LegendEntry(text: $1.name, sample: .line(badge: ""), style: Style(.series($0))) }
        legend += LegendEntry.repeats(of: variables.count)
        if !jumps.isEmpty { legend.append(LegendEntry(text: "jump", sample: .dashes, style: Style(.muted))) }
        return Figure(
            title: title,
            description: "\(variables.count.counted("joint")) over \(configurations.count.counted("step")), \(jumps.count.counted("jump")).",
            panels: panels, columns: 1, legend: legend)
    }
}
