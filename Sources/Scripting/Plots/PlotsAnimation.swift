import Figures
import LuaBridge

// avips.plot.animate.

extension FigureEntries {
    private static let frameCount = OptionKey.integer("frames", in: 1...Animation.limit, default: 30, "how many frames a function makes")
    private static let animationSeconds = OptionKey.number(
        "seconds", in: 0.1...600, "how long one pass takes", unit: "s", otherwise: "0.1 s per frame")

    var animate: Function {
        Function(
            "avips.plot.animate", "Animates figures of one kind: steps of a training, or answers along a path.",
            parameters: [
                Parameter("frames", "list of Figures or function", "the frames, of which at most 60 are kept; or a function of the progress in [0,1] and the frame's number that returns one"),
                .options([Self.frameCount, Self.animationSeconds]),
            ],
            returns: "Animation",
            example: """
                local arm = avips.robot "planar_3link"
                local clip = avips.plot.animate(function(t)
                    local target = avips.pose{ xyz = {0.8 + 0.6 * t, 0.8, 0} }
                    return avips.plot.poses(arm, arm:ik(target, { count = 2, seed = 1, rotation_tolerance = 1/0 }), { title = "along a line" })
                end, { frames = 5, seconds = 3 })
                assert(#clip == 5)
                """
        ) { arguments in
            let slot = arguments[1]
            let options = try arguments.options(2)
            let seconds = try options[Self.animationSeconds]
            var frames: [Figure] = []
            if slot.kind == .function {
                let count = try options[Self.frameCount]
                let make = try slot.function()
                for index in 0..<count {
                    let progress = count == 1 ? 1 : Double(index) / Double(count - 1)
                    let value = try state.call(make, [.number(progress), .integer(index + 1)]).first ?? .nil
                    frames.append(try state.withSlot(value) { made in
                        guard let figure = try made.boxIfPresent(Figure.self)?.read() else {
                            throw ArgumentError("the function must return a Figure, got \(made.found) for frame \(index + 1)")
                        }
                        return figure
                    })
                }
            } else {
                frames = try plotData.elements(slot, limit: 10_000) { try $0.object(Figure.self) }
            }
            return .object(holding: try Animation(frames: frames, seconds: seconds))
        }
    }
}
