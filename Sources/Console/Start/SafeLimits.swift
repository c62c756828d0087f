import LuaBridge

/// What an untrusted script may use, until the next entry of the prompt.
struct SafeLimits {
    /// Bytes that Lua and its objects may hold.
    var memory = 1 << 30
    /// Instructions of Lua.
    var instructions = 20_000_000_000
    /// Seconds of processor time, all threads together.
    var seconds = 60

    /// Limits that the environment asks for instead, where they are lower: `AVIPS_SAFE_SECONDS`.
    static var fromEnvironment: SafeLimits {
        var limits = SafeLimits()
        if let text = Environment["AVIPS_SAFE_SECONDS"], let seconds = Int(text), (1...limits.seconds).contains(seconds) {
            limits.seconds = seconds
        }
        return limits
    }

    var stateOptions: LuaState.Options {
        LuaState.Options(isHarmless: true, memoryLimit: memory, instructionLimit: instructions)
    }
}
