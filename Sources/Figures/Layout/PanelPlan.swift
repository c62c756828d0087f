/// Where a panel's frame lies and what its axes show.
struct PanelPlan: Equatable {
    var frame: Box
    var x: Span
    var y: Span
    var xTicks: Ticks
    var yTicks: Ticks
    var xTitle: String
    var yTitle: String

    /// The place on the drawing surface, or nil for a gap.
    func point(_ place: Place, in panel: Panel) -> SIMD2<Double>? {
        guard panel.x.scale.accepts(place.x), panel.y.scale.accepts(place.y) else { return nil }
        return SIMD2(
            frame.x + frame.width * x.fraction(panel.x.scale.linearized(place.x)),
            frame.bottom - frame.height * y.fraction(panel.y.scale.linearized(place.y)))
    }

    func xOfTick(_ tick: Ticks.Tick) -> Double { frame.x + frame.width * x.fraction(tick.place) }

    func yOfTick(_ tick: Ticks.Tick) -> Double { frame.bottom - frame.height * y.fraction(tick.place) }
}

extension Panel {
    /// The spans that hold all marks with some air, or the ranges that the axes ask for.
    func spans() -> (x: Span, y: Span) {
        var bounds: (x: Span, y: Span)?
        for layer in layers {
            for mark in layer.marks {
                for place in mark.extent where x.scale.accepts(place.x) && y.scale.accepts(place.y) {
                    let (across, up) = (x.scale.linearized(place.x), y.scale.linearized(place.y))
                    let here = (x: Span(lower: across, upper: across), y: Span(lower: up, upper: up))
                    bounds = bounds.map { ($0.x.union(here.x), $0.y.union(here.y)) } ?? here
                }
            }
        }
        let unit = Span(lower: 0, upper: 1)
        return (x.span(around: bounds?.x ?? unit), y.span(around: bounds?.y ?? unit))
    }
}

extension Axis {
    fileprivate func span(around data: Span) -> Span {
        guard let range, scale.accepts(range.lowerBound), scale.accepts(range.upperBound) else {
            let span = data.nonDegenerate()
            return span.resized(to: 1.1 * span.length)
        }
        return Span(lower: scale.linearized(range.lowerBound), upper: scale.linearized(range.upperBound))
            .nonDegenerate()
    }
}

extension Mark {
    /// The places that a panel makes room for.
    fileprivate var extent: [Place] {
        switch self {
        case .line(let places), .linkage(let places), .points(let places, _): places
        case .arrow(let tail, let head): [tail, head]
        case .text(_, let place): [place]
        case .badge: []
        }
    }
}
