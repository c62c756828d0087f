import Figures
import Foundation
import Testing

@Suite struct AnimationTests {
    @Test func framesTakeTurnsAndTheLastOneStays() throws {
        let animation = try Gallery.animation()
        let svg = animation.svg()
        try expectGolden(svg, "animation.svg")
        let reader = try #require(SVGReader(svg))
        #expect(Set(reader.identifiers).count == reader.identifiers.count)
        #expect(reader.elements["title"] == 1 && reader.elements["style"] == 1 && reader.elements["script"] == nil)
        // Hidden by default, but for the last; moved only where motion is welcome.
        #expect(svg.contains(".turn{visibility:hidden}\n.last{visibility:visible}\n@media screen and (prefers-reduced-motion:no-preference){"))
        #expect(svg.components(of: "class=\"turn ") == 6 && svg.components(of: "class=\"turn last\"") == 1)
        // Six turns of one slot, and one slot more for the last.
        #expect(svg.contains("animation:turn 3003ms") && svg.contains(".t0{animation-delay:-3003ms}") && svg.contains(".last{animation-delay:-858ms}"))
    }

    @Test func whatStaysIsDrawnOnce() throws {
        let svg = try Gallery.animation().svg()
        #expect(svg.components(of: "id=\"plane-axes") == 1)
        #expect(svg.components(of: "id=\"legend\"") == 1)
    }

    @Test func aComponentKeepsItsColour() throws {
        let arm = Robots.planar(links: 3)
        func frame(_ components: [Int]) throws -> Figure {
            try Figure.poses(robot: arm, configurations: components.map { [0.1 * Double($0), 0.4, 0.2] }, components: components)
        }
        let animation = try Animation(frames: [frame([4, 8]), frame([4]), frame([1, 4, 4])])
        var inks: [String: Set<Style.Ink>] = [:]
        for layer in animation.frames.flatMap(\.panels).flatMap(\.layers) where layer.name.hasPrefix("component ") {
            inks[String(layer.name.split(separator: " ")[1]), default: []].insert(layer.style.ink)
        }
        #expect(inks == ["1": [.series(0)], "4": [.series(1)], "8": [.series(2)]])
        let legend = animation.still.legend.prefix(3)
        #expect(legend.map(\.text) == ["component 1", "component 4", "component 8"])
        #expect(legend.map(\.style.ink) == [.series(0), .series(1), .series(2)])
        // Frames that agree stay as they are.
        let same = try [frame([1, 2]), frame([1, 2])]
        #expect(try Animation(frames: same).frames == same)
    }

    @Test func theLayoutHoldsAllFrames() throws {
        func frame(_ y: Double) -> Figure {
            Figure(title: "t", description: "d", panels: [
                Panel(name: "p", layers: [Layer(name: "l", style: Style(.series(0)), marks: [.line([[0, 0], [1, y]])])])
            ])
        }
        let svg = try Animation(frames: [frame(1), frame(10), frame(1)]).svg()
        // The first and the last frame are the same, and lower than the one between.
        let paths = svg.matches(of: /<path d="([^"]*)"/).map { $0.output.1 }
        #expect(paths.count == 3 && paths[0] == paths[2] && paths[0] != paths[1])
    }

    @Test func moreThanSixtyFramesAreThinned() throws {
        let animation = try Gallery.animation(frames: 150)
        #expect(animation.frames.count == 60)
        #expect(animation.frames[0].title == "frame 1" && animation.still.title == "frame 150")
        #expect(SVGReader(animation.svg()) != nil)
        #expect(try Gallery.animation(frames: 1).svg().contains("@keyframes") == false)
    }

    @Test func wrongFramesAreNamed() throws {
        #expect(throws: FigureError.self) { try Animation(frames: []) }
        let error = #expect(throws: FigureError.self) { try Animation(frames: [Gallery.curves, Gallery.density]) }
        #expect(error?.description.contains("frame 1 has other panels") == true)
        #expect(throws: FigureError.self) { try Animation(frames: [Gallery.curves], seconds: .nan) }
    }

    @Test func anyFrameCanBeShownWithoutAScript() throws {
        let svg = try Gallery.animation().svg(), reader = try #require(SVGReader(svg))
        #expect(svg.components(of: "class=\"grid cell c") == 6)
        #expect(svg.contains("svg:hover .turn{animation-play-state:paused}"))
        for rule in ["svg:has(.c0:hover) .turn.t0{visibility:visible}", "svg:has(.c5:hover) .turn.last{visibility:visible}"] { #expect(svg.contains(rule)) }
        let alone = try #require(SVGReader(Gallery.animation(frames: 1).svg()))
        #expect(reader.height > alone.height)
    }

    @Test func someFramesAreSideBySideWithTheSameAxes() throws {
        let overview = try Gallery.animation(frames: 9).overview
        #expect(overview.panels.map(\.title) == ["1 of 9", "5 of 9", "9 of 9"])
        #expect(Set(overview.panels.map(\.x.range)).count == 1 && Set(overview.panels.map(\.y.range)).count == 1 && overview.panels[0].x.range != nil)
        try expectSound(overview)
        #expect(try Gallery.animation(frames: 1).overview.panels.count == 1)
    }
}
