import LuaBridge

extension Session {
    /// A result as one line of JSON: `{"result":2,"type":"Solutions","value":{...}}`.
    ///
    /// What JSON cannot hold is described; objects are written by their fields.
    public func row(of value: Value, number: Int) throws -> String {
        try state.withSlot(value) { slot in
            var writer = JSONWriter(indent: nil, isLenient: true)
            try writer.write(slot)
            var type = JSONWriter(indent: nil)
            type.write(slot.objectType?.name ?? slot.kind.name)
            return "{\"result\":\(number),\"type\":\(String(decoding: type.bytes, as: UTF8.self)),\"value\":\(String(decoding: writer.bytes, as: UTF8.self))}"
        }
    }

    /// An error as one line of JSON: `{"error":"...","kind":"runtime"}`.
    public func row(of error: LuaError) -> String {
        var message = JSONWriter(indent: nil)
        message.write(error.message)
        return "{\"error\":\(String(decoding: message.bytes, as: UTF8.self)),\"kind\":\"\(error.kind)\"}"
    }
}
