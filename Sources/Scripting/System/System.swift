import Experiments
import Foundation
import LuaBridge
import ModelTraining
import Numerics

// avips.system: the machine and the process.

struct SystemEntries: Entries {
    unowned let session: Session

    func register() throws {
        func add(_ name: String, _ summary: String, _ parameters: [Parameter] = [], returns: String, _ example: String, body: @escaping (Arguments) throws -> Value) throws {
            try state.register(Function("avips.system.\(name)", summary, parameters: parameters, returns: returns, example: example, body: body))
        }
        try add("time", "Reads the system clock.", returns: "number, seconds since 1970, with fractions", "assert(avips.system.time() > 1.7e9)") { _ in
            var now = timespec()
            clock_gettime(CLOCK_REALTIME, &now)
            return .number(Double(now.tv_sec) + Double(now.tv_nsec) * 1e-9)
        }
        try add("processor_time", "Returns the processor time that all threads of the program have used; the load of other programs does not change it.", returns: "number, in s",
                "local start = avips.system.processor_time()\nfor i = 1, 1e5 do end\nassert(avips.system.processor_time() > start)") { _ in .number(ProcessorTime.now) }
        try add("cores", "Counts the cores that the program may use: taskset, containers and a job's share of its node reduce them.", returns: "integer",
                "assert(avips.system.cores() >= 1)") { _ in .integer(availableCores) }
        try add("processor", "Names the processor, and the cores that the program may use.", returns: "string", "print(avips.system.processor())") { _ in
            .string(Machine.description)
        }
        try add("host", "Returns the machine's name.", returns: "string", "assert(#avips.system.host() > 0)") { _ in
            try refuse("host")
            return .string(SystemFacts.host)
        }
        try add("pid", "Returns the number of the process (PID).", returns: "integer", "assert(avips.system.pid() > 0)") { _ in
            try refuse("pid")
            return .integer(Int(getpid()))
        }
        try add("environment", "Reads a variable of the environment.", [Parameter("name", "string", "the variable")], returns: "string; nil where it is not set",
                "assert(avips.system.environment \"PATH\")") { arguments in
            let name = try arguments[1].string()
            try refuse("environment")
            guard !name.utf8.contains(0), let value = getenv(name) else { return .nil }
            return .bytes(Array(UnsafeBufferPointer(start: value, count: strlen(value)).map { UInt8(bitPattern: $0) }))
        }
        try add("sleep", "Waits; an interruption ends it.", [Parameter("seconds", "number", "how long", unit: "s", range: "0 to 1e6")], returns: "nothing",
                "avips.system.sleep(0.001)") { arguments in
            let seconds = try arguments[1].number(in: 0...1e6), end = ContinuousClock.now + .microseconds(Int(seconds * 1e6))
            while ContinuousClock.now < end {
                try state.stopIfInterrupted()
                usleep(useconds_t(max(0, min(0.02, (end - .now) / .seconds(1))) * 1e6))
            }
            return .none
        }
    }

    private func refuse(_ name: String) throws {
        guard !state.options.isHarmless else { throw LuaError("avips.system.\(name): a safe session tells nothing of the machine") }
    }
}
