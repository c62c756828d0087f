extension Chain {
    /// The chain with some of its variables held at values: what they drive becomes part of the links.
    ///
    /// The poses of the tip are those of the whole chain where the held variables have these values.
    ///
    /// - Parameter values: a value in rad or m for each variable to hold, by its index.
    /// - Returns: a chain over the other variables, and their indices in this one, ascending.
    /// - Precondition: the indices are those of variables, and at least one variable stays free.
    public func holding(_ values: [Int: Double]) -> (chain: Chain, free: [Int]) {
        precondition(values.keys.allSatisfy(variables.indices.contains), "a held variable does not exist")
        let free = variables.indices.filter { values[$0] == nil }
        precondition(!free.isEmpty, "no variable is left free")
        var place = [Int](repeating: -1, count: variables.count)
        for (index, variable) in free.enumerated() { place[variable] = index }
        var held = [Double](repeating: 0, count: variables.count)
        for (index, value) in values { held[index] = value }
        var result = self
        result.variables = free.map { variables[$0] }
        result.segments = segments.map { segment in
            guard let variable = segment.variable else { return segment }
            var segment = segment
            if values[variable] == nil {
                segment.variable = place[variable]
            } else {
                segment.origin = segment.pose(at: held)
                segment.kind = .fixed
                segment.variable = nil
                segment.multiplier = 1
                segment.offset = 0
            }
            return segment
        }
        return (result, free)
    }
}
