import Kinematics

/// What the texts of chains' and of bodies' solutions have in common.
extension SearchOutcome {
    /// "3 of 5 solutions · 1.2 ms".
    func summary(_ noun: String, showsTimes: Bool) -> String {
        let amount = found == requested ? NumberText.counted(found, noun) : "\(NumberText.count(found)) of \(NumberText.counted(requested, noun))"
        return amount + (showsTimes ? " · \(NumberText.duration(elapsed))" : "")
    }

    /// Whether distances from a preferred configuration were measured.
    var hasDistances: Bool { solutions.first?.distance != nil }
    private var hasClearances: Bool { solutions.first?.clearance != nil }

    /// The headings of what ``Solution/figures(manipulability:)`` tells.
    var headings: [String] {
        ["position", "rotation", "margin", "manipulability"] + (hasClearances ? ["clearance"] : []) + (hasDistances ? ["distance"] : [])
    }
    var shortHeadings: [String] { ["pos", "rot", "margin", "manip"] + (hasClearances ? ["clear"] : []) + (hasDistances ? ["dist"] : []) }
}

extension Solution {
    /// How good the solution is, a text a column.
    ///
    /// - Parameter manipulability: how that is written.
    func figures(manipulability: (Double) -> String) -> [String] {
        [
            NumberText.length(positionError), NumberText.angle(rotationError), NumberText.fixed(limitMargin, 2), manipulability(self.manipulability),
        ] + (clearance.map { [NumberText.length($0)] } ?? []) + (distance.map { [NumberText.significant($0)] } ?? [])
    }
}
