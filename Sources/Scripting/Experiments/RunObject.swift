import Experiments
import Figures
import Files
import LuaBridge

// The Run type: what the function of an experiment is given beside the point.

extension ExperimentEntries {
    private static let exampleStudy = """
        local directory = os.tmpname()
        os.remove(directory)
        local study = avips.experiment{
          name = "example", directory = directory, grid = { components = {2, 4} }, seeds = {1, 2},

        """
    /// A study whose function is to follow, and what removes its files.
    static func studyExample(_ run: String, _ rest: String = "") -> String {
        exampleStudy + "  run = function(c, run)\n" + run.split(separator: "\n").map { "    \($0)\n" }.joined()
            + "  end,\n}\n" + rest + (rest.isEmpty || rest.hasSuffix("\n") ? "" : "\n") + "if avips.files.exists(directory) then avips.files.remove(directory) end"
    }

    static func runStudyExample(_ run: String) -> String { studyExample(run, "study:run{ workers = 1 }\nassert(study.done == 4)\n") }

    var runType: ObjectType {
        ObjectType(
            "Run", of: ActiveRun.self, "A run of an experiment in progress: its directory, and methods that train, save and log there.",
            describe: { "Run · \($0.run.text) · \($0.directory)" },
            value: { .string($0.run.id) },
            properties: [
                ObjectProperty("id", "string", "the run's identifier in its study") { .string($0.run.id) },
                ObjectProperty("directory", "string", "the directory of its files") { .string($0.directory) },
                ObjectProperty("seed", "integer", "its seed") { .integer($0.run.seed) },
                ObjectProperty("attempt", "integer", "the number of attempts so far, this one included") { .integer($0.attempt) },
            ],
            methods: [trainInRun, saveInRun, loadInRun, logInRun])
    }

    private func activeRun(_ arguments: Arguments) throws -> ActiveRun {
        let run = try arguments.receiver(ActiveRun.self)
        guard !run.isOver else { throw ArgumentError("the run \(run.run.text) has ended") }
        return run
    }

    private var trainInRun: Function {
        Function(
            "Run:train", "Trains a model with a checkpoint in the run's directory: an interrupted run continues where it stopped, with a bit-identical result.",
            parameters: [
                Parameter("model", "Model, FactoredModel, ConditionalModel, BodyModel or SampledModel", "the model, constructed as in the first attempt"),
                Parameter("options", "table", "what the model's own train takes; seed is the run's where none is given, and the checkpoint is chosen; in successive halving the budget includes what the previous run has spent"),
            ],
            returns: "Log",
            example: Self.runStudyExample("""
                local model = avips.model{ robot = "planar_3link", components = c.components, hidden = {16}, seed = c.seed }
                local log = run:train(model, { steps = 5, batch = 64 })
                return { loss = log.loss[#log] }
                """)
        ) { arguments in
            let run = try activeRun(arguments), slot = arguments[1], options = arguments[2]
            guard options.kind == .table else { throw options.mismatch("a table of options, such as { steps = 1000 }") }
            if try options.withField(.string("checkpoint"), { !$0.isNil }) { throw options.invalid("must not have checkpoint: that of a run is in its directory") }
            let checkpoint = run.nextCheckpoint()
            if let box = slot.boxIfPresent(Model.self) { try run.takeUp(checkpoint, in: box.read()) }
            else if let box = slot.boxIfPresent(FactoredModel.self) { try run.takeUp(checkpoint, in: box.read()) }
            else if let box = slot.boxIfPresent(ConditionalModel.self) { try run.takeUp(checkpoint, in: box.read()) }
            else if let box = slot.boxIfPresent(BodyModel.self) { try run.takeUp(checkpoint, in: box.read()) }
            else if let box = slot.boxIfPresent(SampledModel.self) { try run.takeUp(checkpoint, in: box.read()) }
            else { throw slot.mismatch("a model that has train") }
            let budget = try TrainingKeys.budgets.names.first { name in try options.withField(.string(name)) { $0.kind == .number } }
            let rest = try budget.map { name in
                run.rest(of: try options.withField(.string(name)) { try $0.number() }, budget: name, checkpoint: checkpoint)
            }
            let train = try state.load("""
                local model, options, checkpoint, seed, budget, rest = ...
                local copy = {}
                for name, value in next, options do copy[name] = value end
                if budget then copy[budget] = math.tointeger(rest) or rest end
                copy.checkpoint = checkpoint
                if copy.seed == nil then copy.seed = seed end
                return model:train(copy)
                """, name: "=run.train")
            let log = try state.call(train, [slot.value, options.value, .string(checkpoint), .integer(run.run.seed), budget.map { .string($0) } ?? .nil, rest.map { .number($0) } ?? .nil]).first ?? .nil
            try state.withSlot(log) { slot in try run.writing { try run.keep(trainingLog: slot) } }
            return log
        }
    }

    private var saveInRun: Function {
        Function(
            "Run:save", "Writes a value to the run's directory: models, with what their training needs to go on, and inferences as safetensors, figures as SVG, other values as JSON; run:load(name) reads it, also after an interruption.",
            parameters: [
                Parameter("name", "string", "the file's name without its ending"),
                Parameter("value", "any", "a model, an inference, a figure, or what avips.json.write takes"),
            ],
            returns: "string, the path",
            example: Self.runStudyExample("""
                local state = run:load "state" or { sum = 0, next = 1 }
                for i = state.next, 10 do
                  state.sum, state.next = state.sum + i * c.components, i + 1
                  run:save("state", state)
                end
                return state.sum
                """)
        ) { arguments in
            let run = try activeRun(arguments), name = try arguments[1].string(), slot = arguments[2]
            try ActiveRun.check(name, arguments[1])
            guard !slot.isNil else { throw slot.mismatch("a value") }
            let kind: SavedKind, write: (String) throws -> Void
            if let figure = try slot.boxIfPresent(Figure.self)?.read() {
                (kind, write) = (.svg, { path in for file in try plotData.drawn({ try figure.files(path) }) { try file.write() } })
            } else if let animation = try slot.boxIfPresent(Animation.self)?.read() {
                (kind, write) = (.svg, { path in try plotData.drawn { try animation.file(path) }.write() })
            } else if slot.kind == .userdata, slot.objectType?.methods.contains(where: { $0.shortName == "save" }) == true {
                // With what a training needs to go on, where there is such: the run goes on as if it had not been interrupted.
                let isResumable = slot.objectType?.methods.contains { method in
                    method.shortName == "save" && method.parameters.contains { $0.options.contains { $0.name == "resumable" } }
                } ?? false
                let save = try state.load("local value, path = ... return value:save(path\(isResumable ? ", { resumable = true }" : ""))", name: "=run.save")
                (kind, write) = (.safetensors, { _ = try state.call(save, [slot.value, .string($0)]) })
            } else {
                var writer = JSONWriter(indent: nil, keepsAllNumbers: true)
                try writer.write(slot)
                let bytes = writer.bytes + [UInt8(ascii: "\n")]
                (kind, write) = (.json, { try files.write(bytes, to: $0) })
            }
            return .string(try run.writing { try run.save(name, kind: kind, write) })
        }
    }

    private var loadInRun: Function {
        Function(
            "Run:load", "Reads what run:save wrote, also before an interruption; the run goes on from the moment when the newest of the values that it loads was saved, with the rows of run:log and the random numbers of then.",
            parameters: [Parameter("name", "string", "the name that it was saved under")],
            returns: "Model, Mixture or what avips.json.read gives; nil where nothing was saved",
            example: Self.runStudyExample("""
                run:save("numbers", {1, 2, 3})
                assert(run:load("numbers")[3] == 3 and run:load("nothing") == nil)
                return #run:load "numbers"
                """)
        ) { arguments in
            let run = try activeRun(arguments), name = try arguments[1].string()
            try ActiveRun.check(name, arguments[1])
            guard let path = try run.load(name) else { return .nil }
            if path.hasSuffix(".svg") { return .string(path) }
            if path.hasSuffix(".json") {
                var reader = JSONReader(try FileReading(path: path).bytes(), admitsNaN: true)
                return try reader.read()
            }
            let held = try SavedObject(Safetensors(contentsOf: path)) ?? .model
            if held == .inference { throw arguments[1].invalid("is an inference, which needs its target: \(held.call(path)) reads it") }
            return try state.call(state.load("local path = ... return \(held.rawValue)(path)", name: "=run.load"), [.string(path)]).first ?? .nil
        }
    }

    private var logInRun: Function {
        Function(
            "Run:log", "Adds a row to the run's log, from which avips.plot.curves draws the study.",
            parameters: [Parameter("row", "table", "numbers, texts or booleans by the names of columns, such as { step = 10, loss = 0.5 }")],
            returns: "nothing",
            example: Self.runStudyExample("""
                for step = 1, 20 do run:log{ step = step, loss = c.components / step } end
                return c.components / 20
                """)
        ) { arguments in
            let run = try activeRun(arguments), slot = arguments[1]
            guard slot.kind == .table else { throw slot.mismatch("a table such as { step = 10, loss = 0.5 }") }
            guard try slot.length() == 0 else { throw slot.invalid("must have names alone, such as { step = 10, loss = 0.5 }, and has an element without one") }
            let row = try slot.names().sorted().map { name in
                try slot.withField(.string(name)) { field -> Datum.Member in
                    switch field.value {
                    case .integer(let number): .init(name, .integer(number))
                    case .number(let number): .init(name, Datum(number))
                    case .string(let text): .init(name, .text(text))
                    case .boolean(let truth): .init(name, .boolean(truth))
                    default: throw field.mismatch("a number, a text or a boolean")
                    }
                }
            }
            guard !row.isEmpty else { throw slot.invalid("must have a column at least") }
            try run.add(row)
            return .none
        }
    }
}

extension ActiveRun {
    /// Writes what a training reported; where the function logs no rows of its own, that is the run's log.
    func keep(trainingLog slot: Slot) throws {
        let columns = ResultReader.columns(try slot.dataTable())
        try store.write(columns, to: "training-\(trainings).json", of: run.id, isDurable: false)
        lastTraining = columns
    }
}
