import LuaBridge

// sources: Sources/Scripting/Values/Digits.swift Sources/Scripting/Values/JSONReader.swift Sources/Scripting/Values/JSONWriter.swift

nonisolated(unsafe) private let state = try! LuaState()

/// Reads JSON; what was read is written, read and written again, which must give the same text.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        var reader = JSONReader(Array(UnsafeBufferPointer(start: bytes, count: count)))
        let written = try write(reader.read())
        var second = JSONReader(written)
        precondition(try! write(second.read()) == written)
        precondition(state.stackDepth == 0)
    } catch let failure as JSONReader.Failure {
        precondition(!failure.description.isEmpty)
    } catch {
        fatalError("\(error)")
    }
    return 0
}

private func write(_ value: Value) throws -> [UInt8] {
    try state.withSlot(value) { slot in
        var writer = JSONWriter(indent: nil)
        try writer.write(slot)
        return writer.bytes
    }
}

/// `null` needs its type in the state, as the session registers it.
private let isReady: Void = try! state.register(ObjectType("Null", of: Null.self, "null", describe: { _ in "null" }, value: { _ in .nil }))

@_cdecl("LLVMFuzzerInitialize")
public func prepare(_ count: UnsafeMutablePointer<CInt>?, _ arguments: UnsafeMutableRawPointer?) -> CInt {
    isReady
    return 0
}
