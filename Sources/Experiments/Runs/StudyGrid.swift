/// What an axis of a grid may be set to: how tables call it, and what tells it from others.
public struct GridSetting: Sendable, Equatable {
    /// What tables, files and the command line show.
    public var label: Datum
    /// What the run's identity is made of; a value with a name of its own has the name and what the value is.
    public var identity: Datum

    public init(_ label: Datum, identity: Datum? = nil) {
        self.label = label
        self.identity = identity ?? label
    }
}

/// A named option of runs, with the settings that it takes.
public struct GridAxis: Sendable, Equatable {
    public var name: String
    public var settings: [GridSetting]

    public init(_ name: String, _ settings: [GridSetting]) {
        self.name = name
        self.settings = settings
    }
}

/// All combinations of the settings of some axes.
public struct StudyGrid: Sendable, Equatable {
    public var axes: [GridAxis]

    public init(_ axes: [GridAxis]) { self.axes = axes }

    /// The number of combinations; nil where it is beyond all counting.
    public var count: Int? {
        axes.reduce(1) { product, axis in
            product.flatMap { $0.multipliedReportingOverflow(by: axis.settings.count) }.flatMap { $0.overflow ? nil : $0.partialValue }
        }
    }

    /// The combinations as the positions of their settings, one an axis; the last axis changes fastest.
    ///
    /// - Precondition: `count` is not nil.
    public func combinations() -> [[Int]] {
        var result: [[Int]] = [[]]
        for axis in axes { result = result.flatMap { start in axis.settings.indices.map { start + [$0] } } }
        return result
    }
}
