/// Where a panel's frame lies and what its axes show.
struct PanelPlan: Equatable {
    var frame: Box
    var x: Span
    var y: Span
    var xTicks: Ticks
    var yTicks: Ticks
    var xTitle: String
    var yTitle: String
    var bar: Bar?

    /// Where the scale of a heatmap's colours stands.
    struct Bar: Equatable {
        var box: Box
        var span: Span
        var ticks: Ticks
        var title: String
        var isReversed = false

        func yOfTick(_ tick: Ticks.Tick) -> Double { box.bottom - box.height * span.fraction(tick.place) }
    }

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
        let rules = Rules(panel: self)
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
        return (
            x.span(around: rules.x.map { bounds?.x.union($0) ?? $0 } ?? bounds?.x ?? unit),
            y.span(around: rules.y.map { bounds?.y.union($0) ?? $0 } ?? bounds?.y ?? unit)
        )
    }
}

extension Axis {
    fileprivate func span(around data: Span) -> Span {
        guard let range, scale.accepts(range.lowerBound), scale.accepts(range.upperBound) else {
            if case .categories(let names) = scale { return Span(lower: -0.5, upper: Double(max(1, names.count)) - 0.5) }
            let span = data.nonDegenerate(on: scale)
            return span.resized(to: 1.1 * span.length)
        }
        return Span(lower: scale.linearized(range.lowerBound), upper: scale.linearized(range.upperBound))
            .nonDegenerate(on: scale)
    }
}

/// What the rules of a panel need of its axes.
private struct Rules {
    var x: Span?
    var y: Span?

    init(panel: Panel) {
        for layer in panel.layers {
            for case .rule(let value, let direction) in layer.marks {
                let axis = direction == .x ? panel.x : panel.y
                guard axis.scale.accepts(value) else { continue }
                let place = axis.scale.linearized(value)
                let here = Span(lower: place, upper: place)
                if direction == .x { x = x?.union(here) ?? here } else { y = y?.union(here) ?? here }
            }
        }
    }
}

extension Mark {
    /// The places that a panel makes room for.
    var extent: [Place] {
        switch self {
        case .line(let places), .linkage(let places), .points(let places, _): return places
        case .arrow(let tail, let head): return [tail, head]
        case .text(_, let place): return [place]
        case .area(let lower, let upper): return lower + upper
        case .bar(let corner, let opposite): return [corner, opposite]
        case .ellipse(let center, let first, let second):
            // The half-extents of the box around it.
            let squares = first * first + second * second
            let half = Place(squares.x.squareRoot(), squares.y.squareRoot())
            return [center - half, center + half]
        case .heatmap(let map):
            return [[map.x.lowerBound, map.y.lowerBound], [map.x.upperBound, map.y.upperBound]]
        case .badge, .rule: return []
        }
    }
}
