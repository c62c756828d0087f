import Numerics
import Testing

@Suite("Scratch memory")
struct RegistersTests {
    @Test("Pieces of any size start on a cache line and hold what they were filled with", arguments: [0, 1, 17, 4096, 3_000_001])
    func pieces(count: Int) {
        let registers = Registers()
        for value: Float in [0, -0.0, 1.5] {
            let piece = registers.take(count, repeating: value), capacity = (max(1, count) + 15) & ~15
            #expect(Int(bitPattern: piece) % 64 == 0)
            #expect((0..<capacity).allSatisfy { piece[$0].bitPattern == value.bitPattern })
            for index in 0..<capacity { piece[index] = -1 }
        }
        let copy = registers.take(Array(repeating: 2.5, count: count))
        #expect(Int(bitPattern: copy) % 64 == 0 && (0..<count).allSatisfy { copy[$0] == 2.5 })
    }

    @Test("Zeros of memory that was used before are zeros")
    func reuse() {
        for _ in 0..<4 {
            let registers = Registers()
            for count in [1 << 18, 1 << 19, 1 << 23] {
                let piece = registers.take(count, repeating: Float(0))
                #expect((0..<count).allSatisfy { piece[$0] == 0 })
                for index in 0..<count { piece[index] = 1 }
            }
        }
    }
}
