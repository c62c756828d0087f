/// Figures that follow each other in the same place: the steps of a training, the answers along a path.
public struct Animation: Sendable, Equatable {
    /// More frames are thinned evenly to as many.
    public static let limit = 60

    /// In order, with the same panels each; the last one is what shows where nothing moves.
    public let frames: [Figure]
    /// How long one pass takes, s.
    public let seconds: Double

    /// - Parameter seconds: from 0.1 to 600; 0.1 s per frame if nil.
    /// - Throws: `FigureError.frames` without frames, or where their panels differ in number or name.
    public init(frames: [Figure], seconds: Double? = nil) throws(FigureError) {
        guard let last = frames.last else { throw .frames("an animation needs at least one frame") }
        for (index, frame) in frames.enumerated() where frame.panels.map(\.name) != last.panels.map(\.name) {
            throw .frames("frame \(index + 1) has other panels than the last one: an animation is of one kind of figure")
        }
        let count = min(frames.count, Animation.limit)
        self.frames = Animation.withOneColorEach((0..<count).map { frames[count == 1 ? frames.count - 1 : $0 * (frames.count - 1) / (count - 1)] })
        let wanted = seconds ?? max(1, 0.1 * Double(count))
        guard (0.1...600).contains(wanted) else { throw .frames("an animation takes from 0.1 to 600 s, not \(wanted)") }
        self.seconds = wanted
    }

    /// The frame that shows where nothing moves.
    public var still: Figure { frames[frames.count - 1] }

    /// All frames on top of each other, whose layout is that of each.
    var merged: Figure {
        var figure = still
        for index in figure.panels.indices {
            figure.panels[index].layers = frames.flatMap { $0.panels[index].layers }
        }
        figure.title = frames.map(\.title).max { $0.count < $1.count } ?? ""
        return figure
    }

    /// The first, the middle and the last frame side by side, with the same axes; of figures with several panels the last.
    public var overview: Figure {
        guard frames.count > 1, still.panels.count == 1, let panel = merged.panels.first else { return still }
        let (x, y) = panel.spans(), shown = frames.count == 2 ? [0, 1] : [0, (frames.count - 1) / 2, frames.count - 1]
        let parts = shown.map { index -> Figure in
            var part = frames[index]
            part.title = "\(index + 1) of \(frames.count)"
            part.panels[0].x.range = panel.x.scale.values(of: x)
            part.panels[0].y.range = panel.y.scale.values(of: y)
            part.panels[0].x.isShared = true
            part.panels[0].y.isShared = true
            return part
        }
        return (try? Figure.smallMultiples(of: parts, columns: shown.count, title: still.title)) ?? still
    }

    /// How many of a panel's layers, from the back, are the same in all frames.
    func commonLayers(panel index: Int) -> Int {
        let layers = still.panels[index].layers
        return layers.indices.first { layer in
            !frames.allSatisfy { layer < $0.panels[index].layers.count && $0.panels[index].layers[layer] == layers[layer] }
        } ?? layers.count
    }
}
