extension Animation {
    /// The frames with one colour for each component: where they give a component several colours, or a colour to several components, all are
    /// coloured anew in the order of their numbers, and the last frame's legend names every component that any frame shows.
    static func withOneColorEach(_ frames: [Figure]) -> [Figure] {
        var series: [Int: Set<Int>] = [:], numbers: [Int: Set<Int>] = [:]
        for layer in frames.flatMap(\.panels).flatMap(\.layers) {
            guard case .series(let index) = layer.style.ink, let number = number(in: layer.name) else { continue }
            series[number, default: []].insert(index)
            numbers[index, default: []].insert(number)
        }
        guard series.values.contains(where: { $0.count > 1 }) || numbers.values.contains(where: { $0.count > 1 }) else { return frames }
        let order = Dictionary(uniqueKeysWithValues: zip(series.keys.sorted(), 0...))
        func colored(_ style: Style, _ number: Int?) -> Style {
            guard case .series = style.ink, let index = number.flatMap({ order[$0] }) else { return style }
            return Style(.series(index), style.emphasis)
        }
        var result = frames
        var entries: [Int: LegendEntry] = [:]
        for frame in result.indices {
            for panel in result[frame].panels.indices {
                for layer in result[frame].panels[panel].layers.indices {
                    let name = result[frame].panels[panel].layers[layer].name
                    result[frame].panels[panel].layers[layer].style = colored(result[frame].panels[panel].layers[layer].style, number(in: name))
                }
            }
            for index in result[frame].legend.indices {
                guard let number = number(of: result[frame].legend[index]), order[number] != nil else { continue }
                result[frame].legend[index].style = colored(result[frame].legend[index].style, number)
                var entry = result[frame].legend[index]
                // Counts and weights are those of a frame.
                entry.text = "component \(number)"
                entries[number] = entry
            }
        }
        let others = result[result.count - 1].legend.filter { number(of: $0).flatMap { order[$0] } == nil }
        result[result.count - 1].legend = entries.sorted { $0.key < $1.key }.map(\.value) + others
        return result
    }

    /// The number of the component that a layer shows, as recipes name them.
    private static func number(in name: String) -> Int? {
        for prefix in ["component ", "samples "] where name.hasPrefix(prefix) {
            return Int(name.dropFirst(prefix.count).prefix { $0.isASCII && $0.isNumber })
        }
        return nil
    }

    private static func number(of entry: LegendEntry) -> Int? {
        switch entry.sample {
        case .line(let badge) where !badge.isEmpty, .area(let badge) where !badge.isEmpty: Int(badge)
        default: number(in: entry.text)
        }
    }
}
