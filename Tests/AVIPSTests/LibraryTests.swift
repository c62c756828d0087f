import AVIPS
import Foundation
import Testing

@Suite("The library as README shows it")
struct LibraryTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// What stands between the two marks is what README shows, but for the folder.
    @Test func theExampleRuns() throws {
        let root = Self.root
        // README
        let panda = try RobotLibrary(directory: "\(root)/robots").robot("panda").chain()
        let model = try ConditionalMixture(contentsOf: "\(root)/share/models/panda.safetensors")
        let pose = panda.forwardKinematics([0, 0.3, 0, -1.5, 0, 1.8, 0.7])
        var stream = RandomStream(seed: 1)
        let answers = try PoseQuery(model, chain: panda).solve(pose, options: .init(count: 10), using: &stream)
        // README
        #expect(answers.found == 10)
        #expect(answers.solutions.allSatisfy { $0.positionError < 1e-4 && $0.rotationError < 1e-3 && panda.contains($0.configuration) })
    }

    @Test func readmeShowsIt() throws {
        let source = try String(contentsOfFile: #filePath, encoding: .utf8)
        let example = try #require(source.components(separatedBy: "        // README\n").dropFirst().first)
        let lines = example.replacing("\\(root)/", with: "").split(separator: "\n").map { $0.drop { $0 == " " } }
        let readme = try String(contentsOfFile: Self.root + "/README.md", encoding: .utf8)
        for line in lines { #expect(readme.contains(line), "\(line)") }
    }
}
