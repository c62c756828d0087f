import Figures
import Foundation
import Testing

@Suite struct SavingTests {
    private let figure = Figure(title: "t", description: "d", panels: [Panel(name: "p")])

    /// An empty directory that is removed afterwards.
    private func inDirectory(_ body: (URL) throws -> Void) throws {
        let directory = URL.temporaryDirectory.appending(path: "figures-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try body(directory)
    }

    @Test func aSavedFileHoldsTheSVGAndNothingElseIsLeft() throws {
        try inDirectory { directory in
            let file = directory.appending(path: "figure.svg")
            try Data("old".utf8).write(to: file)
            try figure.save(to: file.path())
            #expect(try Data(contentsOf: file) == Data(figure.svg().utf8))
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path()) == ["figure.svg"])
        }
    }

    static let starts: [(String, [UInt8])] = [("png", [0x89, 0x50, 0x4E, 0x47]), ("pdf", Array("%PDF".utf8)), ("SVG", Array("<svg".utf8))]

    @Test(arguments: starts)
    func theEndingSaysTheFormat(ending: String, start: [UInt8]) throws {
        try inDirectory { directory in
            let file = directory.appending(path: "figure.\(ending)")
            try figure.save(to: file.path())
            #expect(try Data(contentsOf: file).starts(with: start))
            let clip = directory.appending(path: "clip.\(ending)")
            try Gallery.animation(frames: 3).save(to: clip.path())
            #expect(try Data(contentsOf: clip).starts(with: start))
        }
    }

    @Test func anUnknownExtensionIsRefused() {
        for path in ["figure.jpg", "figure", ".svgz", ""] {
            let error = #expect(throws: FigureError.self) { try figure.save(to: path) }
            #expect(error == .unknownExtension(path: path))
            #expect(error?.description.contains(".svg") == true)
        }
    }

    @Test func aFailedWriteNamesThePathAndLeavesTheOldFile() throws {
        try inDirectory { directory in
            let missing = directory.appending(path: "missing/figure.svg").path()
            let error = #expect(throws: FigureError.self) { try figure.save(to: missing) }
            #expect(error?.description.contains(missing) == true)
            // A directory in the file's place cannot be replaced.
            let occupied = directory.appending(path: "occupied.svg")
            try FileManager.default.createDirectory(at: occupied, withIntermediateDirectories: true)
            #expect(throws: FigureError.self) { try figure.save(to: occupied.path()) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path()) == ["occupied.svg"])
        }
    }
}
