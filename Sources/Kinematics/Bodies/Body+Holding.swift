extension Body {
    /// The body with some of its variables held at values.
    ///
    /// - Parameter values: a value in rad or m for each variable to hold, by its index.
    /// - Precondition: the indices are those of variables.
    public func holding(_ values: [Int: Double]) -> Body {
        var body = self
        for (index, value) in values {
            body.variables[index].lower = value
            body.variables[index].upper = value
            // A held joint has limits, whatever its kind was.
            if body.variables[index].kind == .continuous { body.variables[index].kind = .revolute }
            body.nominal[index] = value
        }
        return body
    }

    /// The body with the room that preferences leave its variables; nil where they leave one of them none, or hold one beyond it.
    public func restricted(to preferences: Preferences) -> Body? {
        var body = self
        guard preferences.heldTooFar(variables) == nil else { return nil }
        for i in variables.indices where preferences.held[i] == nil {
            guard let variable = preferences.room(of: i, variables[i]) else { return nil }
            body.variables[i] = variable
            if variable != variables[i] { body.nominal[i] = min(max(nominal[i], variable.lower), variable.upper) }
        }
        return body.holding(preferences.held)
    }
}
