extension Chain {
    /// The chain from its tip to its base: forward kinematics of the joint values in the opposite order is the inverse of this chain's.
    ///
    ///     T = O₁·R₁ ⋯ Oₙ·Rₙ,     T⁻¹ = Rₙ⁻¹·Oₙ⁻¹ ⋯ R₁⁻¹·O₁⁻¹
    ///
    /// with O the joints' origins and R their motions. Every joint moves by the same value within the same limits, about the opposite axis.
    public func reversed() -> Chain {
        let count = variables.count
        var turned: [Segment] = []
        for (index, segment) in segments.enumerated().reversed() {
            if segment.variable != nil {
                var joint = segment
                joint.child = "\(segment.name) frame"
                joint.origin = .identity
                joint.axis = -segment.axis
                joint.variable = segment.variable.map { count - 1 - $0 }
                turned.append(joint)
            }
            turned.append(Segment(
                name: "\(segment.name) origin", kind: .fixed, child: index > 0 ? segments[index - 1].child : base, origin: segment.origin.inverse,
                axis: segment.axis, variable: nil))
        }
        return Chain(name: "\(name) reversed", base: tip, tip: base, segments: turned, variables: variables.reversed())
    }
}
