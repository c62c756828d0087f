import Synchronization

/// The native code of a program, generated when first needed; one for every layout of points.
final class CodeCache: Sendable {
    private let codes = Mutex<[PointLayout: NativeProgram?]>([:])

    func code<Scalar: ProgramScalar>(for program: LaneProgram<Scalar>, layout: PointLayout) -> NativeProgram? {
        codes.withLock { codes in
            if let known = codes[layout] { return known }
            let code = NativeProgram(program, layout: layout)
            codes[layout] = .some(code)
            return code
        }
    }
}
