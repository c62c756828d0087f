/// What is preferred of solutions, and demanded besides what they are to reach.
public struct Preferences: Sendable, Equatable {
    /// Solutions nearest to this configuration come first, moved along the solution set towards it; nil ranks them as usual.
    public var near: [Double]?
    /// How much each variable's difference counts, one positive number per variable; nil: all the same.
    public var weights: [Double]?
    /// Values of variables that are held, by their indices.
    public var held: [Int: Double]
    /// How far each variable may be from `near`, rad or m, one number above 0 a variable; nil: as far as its limits allow.
    public var greatestMoves: [Double]?
    /// What solutions have to keep clear of; nil: nothing.
    public var screen: (any ConfigurationScreen)?

    /// - Precondition: lists have one entry per variable, weights and moves are positive. `greatestMoves` counts only together with `near`.
    public init(
        near: [Double]? = nil, weights: [Double]? = nil, held: [Int: Double] = [:], greatestMoves: [Double]? = nil, screen: (any ConfigurationScreen)? = nil
    ) {
        self.near = near
        self.weights = weights
        self.held = held
        self.greatestMoves = near == nil ? nil : greatestMoves
        self.screen = screen
    }

    public static func == (left: Preferences, right: Preferences) -> Bool {
        left.near == right.near && left.weights == right.weights && left.held == right.held && left.greatestMoves == right.greatestMoves
            && left.screen === right.screen
    }

    /// Whether nothing is preferred.
    public var isEmpty: Bool { near == nil && held.isEmpty && screen == nil }

    /// Whether variables have less room than their limits give them.
    var restrict: Bool { !held.isEmpty || greatestMoves != nil }

    /// The first variable that is held farther from the preferred configuration than it may move; of a joint without limits, the nearest turn counts.
    func heldTooFar(_ variables: [Chain.Variable]) -> Int? {
        guard let near, let greatestMoves else { return nil }
        return held.keys.sorted().first { index in
            let move = held[index]! - near[index]
            return abs(variables[index].kind == .continuous ? move.remainder(dividingBy: 2 * .pi) : move) > greatestMoves[index]
        }
    }

    /// Why no configuration is left: a joint held beyond where it may move, or all others beyond their limits.
    func contradiction(_ variables: [Chain.Variable]) -> String {
        if let index = heldTooFar(variables) {
            return "\(variables[index].name) is held at \(held[index]!), farther than max_move from near"
        }
        return "no configuration within the limits lies within max_move of near"
    }

    /// What restricts solutions beyond the limits, to be added to a reason: "; with wrist held and joints within max_move of near".
    func restrictionWords(_ variables: [Chain.Variable]) -> String {
        let held = held.keys.sorted().map { variables[$0].name }
        let words = [held.isEmpty ? nil : held.joined(separator: ", ") + " held", greatestMoves.map { _ in "joints within max_move of near" }]
        return restrict ? "; with " + words.compactMap(\.self).joined(separator: " and ") : ""
    }

    /// The preferences of what is left when the held variables are taken out and the others have the room that they are given.
    func restricted(to free: [Int]) -> Preferences {
        Preferences(
            near: near.map { near in free.map { near[$0] } }, weights: weights.map { weights in free.map { weights[$0] } },
            screen: screen.map { HeldScreen($0, held: held, free: free, count: free.count + held.count) })
    }

    /// A variable's limits where it may move only so far from the preferred configuration; nil where no value is left.
    func room(of index: Int, _ variable: Chain.Variable) -> Chain.Variable? {
        guard let near, let greatestMoves else { return variable }
        var result = variable
        let middle = near[index], reach = greatestMoves[index]
        if variable.kind == .continuous {
            guard reach < .pi else { return variable }
            result.kind = .revolute
            (result.lower, result.upper) = (middle - reach, middle + reach)
        } else {
            (result.lower, result.upper) = (max(variable.lower, middle - reach), min(variable.upper, middle + reach))
        }
        return result.lower <= result.upper ? result : nil
    }
}
