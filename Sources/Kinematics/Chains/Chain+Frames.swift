extension Chain {
    /// The chain with a tool: its poses are those of a frame that is fixed to the tip.
    ///
    /// - Parameter tool: the tool's frame in the tip's.
    public func carrying(_ tool: Pose) -> Chain {
        var result = self
        result.tip = "\(tip) tool"
        result.segments.append(Segment(name: "tool", kind: .fixed, child: result.tip, origin: tool, axis: .zero, variable: nil))
        return result
    }

    /// The chain with its base placed in another frame, in which poses are then given.
    ///
    /// - Parameter pose: the base link's frame in that frame, which is called "world".
    public func mounted(at pose: Pose) -> Chain {
        var result = self
        result.base = "world"
        result.segments.insert(Segment(name: "mount", kind: .fixed, child: base, origin: pose, axis: .zero, variable: nil), at: 0)
        return result
    }
}
