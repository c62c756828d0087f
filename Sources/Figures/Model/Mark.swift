/// A place in a panel, in the units of its axes.
public typealias Place = SIMD2<Double>

/// What is drawn, without how: the layer gives the style.
///
/// A place with a coordinate that is not finite, beyond ±1e300, or not positive on a logarithmic axis is a gap:
/// it breaks a line and hides a point.
public enum Mark: Sendable, Equatable {
    /// A polyline through the places.
    case line([Place])
    /// A polyline with a dot on each place: links and their joints.
    case linkage([Place])
    /// One symbol on each place; of thousands of discs, how densely they lie.
    case points([Place], Symbol)
    /// A straight arrow from tail to head.
    case arrow(Place, Place)
    /// Words beside a place; where they overlap others, they are moved, and left out only where no room is left.
    case text(String, at: Place)
    /// Words in a small frame on one of the places, chosen so that it hides least; earlier places are preferred.
    case badge(String, on: [Place])
    /// The area between two polylines from left to right, filled; a gap in either breaks it.
    case area(lower: [Place], upper: [Place])
    /// The upright rectangle between two opposite corners, filled.
    case bar(Place, Place)
    /// An ellipse around a centre, by the offsets of the ends of two conjugate half-axes.
    case ellipse(center: Place, Place, Place)
    /// Values on a grid, as colours.
    case heatmap(Heatmap)
    /// A line across the whole panel at a value of one axis.
    case rule(Double, Direction)
}

/// The axis that a rule's value belongs to.
public enum Direction: Sendable, Equatable {
    /// A vertical line at a value of x.
    case x
    /// A horizontal line at a value of y.
    case y
}

/// The shapes of points.
public enum Symbol: Sendable, Equatable {
    case disc, square, cross
    /// A ring with cross hairs.
    case target
    /// A standing triangle on a ground line.
    case base
}

/// Marks that share a style; one group in SVG.
public struct Layer: Sendable, Equatable {
    /// Short and unique in the panel; the group's name in SVG.
    public var name: String
    public var style: Style
    public var marks: [Mark]

    public init(name: String, style: Style, marks: [Mark]) {
        self.name = name
        self.style = style
        self.marks = marks
    }
}

/// How a layer's marks look.
public struct Style: Sendable, Hashable {
    /// What colour means: a renderer looks it up in its palette.
    public enum Ink: Sendable, Hashable {
        /// The colour of text.
        case foreground
        /// A grey that stays behind data.
        case muted
        /// White with a dark edge: readable on a heatmap.
        case overlay
        /// The category with this index, from 0; the seven colours repeat with other dashes and other discs.
        case series(Int)
        /// One of many in an order, from 0 for the first to 1 for the last.
        case order(Double)
        /// Where a heatmap has no value.
        case blank
    }

    /// How much the marks stand out.
    public enum Emphasis: Int, Sendable, Hashable {
        /// Thin and translucent: one of many, or the spread around a line.
        case faint
        case regular
        case strong
    }

    public var ink: Ink
    public var emphasis: Emphasis

    public init(_ ink: Ink, _ emphasis: Emphasis = .regular) {
        self.ink = ink
        self.emphasis = emphasis
    }
}
