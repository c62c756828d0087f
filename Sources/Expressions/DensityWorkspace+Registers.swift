extension DensityWorkspace {
    /// Log densities and gradients at several points for each of as many contexts as a register has lanes, as trainings of conditional
    /// models need them.
    ///
    /// What depends on the contexts alone is computed once a call.
    ///
    /// - Parameters:
    ///   - places: `[place][dimension][lane]`, lane l of the context l; `count` places.
    ///   - contexts: number j of context l is at `j·stride + l`; nil where the density has no context.
    ///   - values: receives `[place][lane]`.
    ///   - gradients: receives `[place][dimension][lane]`.
    @_specialize(where Scalar == Float)
    @_specialize(where Scalar == Double)
    public func evaluate(
        places: UnsafePointer<Scalar>, count: Int, contexts: UnsafePointer<Scalar>?, stride: Int,
        into values: UnsafeMutablePointer<Scalar>, gradients: UnsafeMutablePointer<Scalar>
    ) {
        typealias Register = Scalar.Register
        let n = program.dimension, lanes = Register.scalarCount, memory = gradient
        precondition(contexts != nil || program.contextCount == 0, "contexts are missing")
        if program.sharedCount > 0 {
            for j in 0..<program.contextCount {
                guard let contexts else { break }
                let number = Register(loading: contexts + j * stride)
                for group in 0..<8 { number.store(to: context.row(j) + group &* lanes) }
            }
            context.run()
            for shared in 0..<program.sharedCount {
                let number = Register(loading: context.result(shared))
                for group in 0..<8 { number.store(to: memory.row(n + shared) + group &* lanes) }
            }
        }
        forgetSpread()
        let layout = PointLayout.groups(dimension: n)
        for start in Swift.stride(from: 0, to: count, by: 8) {
            if start + 8 <= count {
                memory.run(PointBlock(
                    points: places + start &* n &* lanes, layout: layout, inputs: nil, values: values + start &* lanes,
                    gradients: gradients + start &* n &* lanes))
                continue
            }
            // Groups beyond the last place repeat it.
            for group in 0..<8 {
                let place = places + min(start + group, count - 1) &* n &* lanes
                for i in 0..<n { Register(loading: place + i &* lanes).store(to: memory.row(i) + group &* lanes) }
            }
            let outputs = memory.outputs
            memory.run(PointBlock(points: memory.row(0), layout: .rows, inputs: nil, values: outputs + n &* width, gradients: outputs))
            for group in 0..<count - start {
                let place = start + group
                Register(loading: outputs + n &* width + group &* lanes).store(to: values + place &* lanes)
                for i in 0..<n {
                    Register(loading: outputs + i &* width + group &* lanes).store(to: gradients + (place &* n &+ i) &* lanes)
                }
            }
        }
    }
}
