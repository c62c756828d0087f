extension BodyTask {
    /// What it has of a stance: the contacts that no other goal takes the place of, and the balance.
    func part(of stance: BodyTask?) -> BodyTask {
        guard let stance else { return BodyTask(aims: []) }
        return BodyTask(aims: aims.filter(stance.aims.contains), balance: balance == stance.balance ? balance : nil)
    }

    /// Whether goals are those of the same tips, leave free the same of them, and leave the centre of mass the same room.
    func leavesFree(asMuchAs other: BodyTask) -> Bool {
        func shape(_ task: BodyTask) -> [[Int]] { task.aims.map { let term = GoalTerm<Double>($0); return [term.tip, term.turnRows, term.turn.rows] + term.axes } }
        return shape(self) == shape(other) && balance == other.balance
    }
}
