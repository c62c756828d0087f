import LuaBridge

// avips.json

private let indentOption = OptionKey.integer("indent", in: 0...16, default: 0, "spaces per level; 0 for one line")

struct JSONEntries: Entries {
    unowned let session: Session

    func register() throws {
        try state.register(ObjectType("Null", of: Null.self, "JSON's null: `avips.json.null`.", describe: { _ in "null" }, operators: [
            (.equal, { .boolean($0[1].boxIfPresent(Null.self) != nil && $0[2].boxIfPresent(Null.self) != nil) })
        ], value: { _ in .nil }))
        try state.setField("avips.json.null", to: .object(holding: Null()))
        let indent = Parameter.options([indentOption])
        try state.register(Function(
            "avips.json.encode",
            "Turns a value into JSON: tables with the keys 1 to n, and empty ones, into arrays, others into objects with sorted keys; objects of avips by their fields, nan and infinite numbers as null.",
            parameters: [Parameter("value", "any", "tables, strings, numbers, booleans, any object of avips, avips.json.null"), indent],
            returns: "string",
            example: "assert(avips.json.encode{ b = {1, 2.5}, a = true } == '{\"a\":true,\"b\":[1,2.5]}')"
        ) { .bytes(try encoded($0[1], $0.options(2))) })
        try state.register(Function(
            "avips.json.decode", "Turns JSON into a value; `null` becomes avips.json.null.",
            parameters: [Parameter("text", "string", "the JSON")], returns: "table, string, number, boolean or avips.json.null",
            example: "local value = avips.json.decode '{\"a\": [1, null]}'\nassert(value.a[1] == 1 and value.a[2] == avips.json.null)"
        ) { arguments in
            var reader = JSONReader(try arguments[1].bytes())
            return try reader.read()
        })
        try state.register(Function(
            "avips.json.write", "Writes a value to a file as JSON; on failure the old file is kept.",
            parameters: [Parameter("path", "string", "the file"), Parameter("value", "any", "what avips.json.encode takes"), indent],
            returns: "string, the path",
            example: """
                local path = os.tmpname()
                avips.json.write(path, { answer = 42 })
                assert(avips.json.read(path).answer == 42)
                os.remove(path)
                """
        ) { arguments in
            let path = try arguments[1].path()
            try files.write(encoded(arguments[2], arguments.options(3)) + [UInt8(ascii: "\n")], to: path)
            return .string(path)
        })
        try state.register(Function(
            "avips.json.read", "Reads a file of JSON.", parameters: [Parameter("path", "string", "the file")],
            returns: "what avips.json.decode gives",
            example: """
                local path = os.tmpname()
                avips.json.write(path, { 1, 2, 3 }, { indent = 2 })
                assert(#avips.json.read(path) == 3)
                os.remove(path)
                """
        ) { arguments in
            let path = try arguments[1].path()
            var reader = JSONReader(try files.read(path))
            do {
                return try reader.read()
            } catch let failure as JSONReader.Failure {
                throw JSONReader.Failure(description: "\"\(path)\", \(failure)")
            }
        })
    }
}

private func encoded(_ slot: Slot, _ options: Options) throws -> [UInt8] {
    let indent = try options[indentOption]
    var writer = JSONWriter(indent: indent == 0 ? nil : indent)
    try writer.write(slot)
    return writer.bytes
}
