extension Figure {
    /// Rates and bounds over the progress of a training: one panel each.
    ///
    /// - Parameter schedules: names, and values at equally spaced progress from 0 to 1.
    /// - Throws: `FigureError.noData` without any finite value.
    public static func schedules(_ schedules: [(name: String, values: [Double])], title: String? = nil) throws(FigureError) -> Figure {
        guard schedules.contains(where: { $0.values.contains(where: \.isFinite) }) else {
            throw .noData(what: "the schedules have no finite values")
        }
        var leftOut = LeftOut()
        for value in schedules.lazy.flatMap(\.values) where !value.isNaN { leftOut.count(value, on: .linear) }
        let panels = schedules.enumerated().map { index, schedule in
            let last = Double(max(1, schedule.values.count - 1))
            let places = schedule.values.enumerated().map { Place(100 * Double($0) / last, $1) }
            let isLogarithmic = Words.spansDecades(schedule.values.filter(Scale.linear.accepts))
            return Panel(
                name: "schedule \(index + 1)", x: Axis(label: "progress (%)", range: 0...100),
                y: Axis(label: schedule.name, scale: isLogarithmic ? .logarithmic : .linear),
                layers: [Layer(name: schedule.name, style: Style(.series(index)), marks: [.line(places)])])
        }
        let names = schedules.map(\.name).joined(separator: ", ")
        let ends = schedules.map { schedule in
            "\(schedule.name) from \(Decimal.significant(schedule.values.first ?? .nan)) to \(Decimal.significant(schedule.values.last ?? .nan))"
        }
        return Figure(
            title: (title ?? "Over the progress of a training: " + names) + leftOut.note,
            description: "Over the progress of a training: " + ends.joined(separator: "; ") + ".", panels: panels,
            columns: panels.count == 1 ? 1 : 2)
    }
}
