import LuaBridge
import Scripting
import Testing

@Suite struct RegistryTests {
    @Test func everyEntryIsDocumented() throws {
        let registry = try Fixture().session.state.registry
        #expect(registry.functions.count > 10)
        for function in registry.all {
            #expect(function.summary.hasSuffix("."), "\(function.name)")
            #expect(!function.returns.isEmpty, "\(function.name)")
            #expect(!function.example.isEmpty, "\(function.name)")
            for parameter in function.parameters + function.parameters.flatMap(\.options) {
                #expect(!parameter.summary.isEmpty && !parameter.type.isEmpty, "\(function.name) \(parameter.name)")
            }
            let optional = function.parameters.map(\.isOptional)
            #expect(optional == optional.sorted { !$0 && $1 }, "\(function.name): optional parameters come last")
        }
        for type in registry.types {
            #expect(type.summary.hasSuffix("."), "\(type.name)")
            for property in type.properties { #expect(!property.summary.isEmpty, "\(type.name).\(property.name)") }
        }
    }

    @Test func namesAreUnique() throws {
        let registry = try Fixture().session.state.registry
        let names = registry.all.map(\.name) + registry.types.flatMap { type in type.properties.map { "\(type.name):\($0.name)" } }
        #expect(Set(names).count == names.count)
    }

    @Test(arguments: try Fixture().session.state.registry.all.map(\.name))
    func exampleRuns(_ name: String) throws {
        let fixture = try Fixture()
        let function = try #require(fixture.session.state.registry.function(named: name))
        // Printing is done, to nowhere.
        let quiet = "local function print(...) for i = 1, select('#', ...) do assert(#tostring((select(i, ...))) > 0) end end\n"
        #expect(throws: Never.self) { try fixture.session.state.run(quiet + function.example, name: "=\(name)") }
    }

    @Test func theContractIsThere() throws {
        let registry = try Fixture().session.state.registry
        let names = [
            "avips.robots", "avips.models", "avips.seed", "avips.robot", "avips.pose", "avips.matrix", "avips.model", "avips.plot.poses",
            "avips.json.encode", "avips.json.decode", "avips.json.read", "avips.json.write", "avips.csv.read", "avips.csv.write",
            "avips.help", "avips.apropos", "robot:fk", "robot:jacobian", "robot:random", "robot:ik", "pose:matrix", "pose:inverse",
            "matrix:row", "matrix:table", "solutions:matrix", "model:train", "model:predict", "model:sample", "model:solve", "model:save",
            "model:evaluate", "avips.reference", "evaluation:table", "mixture:logpdf", "mixture:sample", "mixture:entropy", "figure:save", "figure:svg",
            "figure:csv", "figure:text", "animation:save", "animation:svg", "avips.report", "avips.plot.joints", "avips.plot.density",
            "avips.plot.weights", "avips.plot.curves", "avips.plot.workspace", "avips.plot.errors", "avips.plot.schedule", "avips.plot.compare",
            "avips.plot.chain", "avips.plot.animate", "avips.plot.robot",
        ]
        for name in names { #expect(registry.function(named: name) != nil, "\(name)") }
        #expect(try Fixture().shown("return avips.version") == Session.version)
    }
}
