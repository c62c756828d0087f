/// Rows of a program's memory for the numbers that its steps compute; what is dead gives its row back.
struct RowAllocation {
    /// Row of every node that has one: given numbers first, then constants, then what is computed.
    private(set) var rows: [Int: Int] = [:]
    private(set) var constants: [(row: Int, value: Double)] = []
    private(set) var rowCount: Int
    private var free: [Int] = []

    init(_ graph: ExpressionGraph, _ plan: StepPlan, order: [Int], inputs: [Int], roots: [Int]) {
        rowCount = inputs.count
        for (row, node) in inputs.enumerated() { rows[node] = row }
        var lastUse: [Int: Int] = [:]
        for (time, index) in order.enumerated() {
            for node in plan.steps[index].inputs { lastUse[node] = time }
        }
        for node in roots { lastUse[node] = .max }
        for node in lastUse.keys.sorted() {
            guard rows[node] == nil, let value = graph.constantValue(node) else { continue }
            constants.append((rowCount, value))
            rows[node] = rowCount
            rowCount += 1
        }
        for (time, index) in order.enumerated() {
            let step = plan.steps[index]
            let dying = Set(step.inputs).filter { lastUse[$0] == time && !plan.isGiven($0) }.sorted()
            if step.worksInPlace { release(dying) }
            for node in step.outputs where node >= 0 {
                rows[node] = take()
            }
            if !step.worksInPlace { release(dying) }
            // Outputs that nobody reads.
            release(step.outputs.filter { $0 >= 0 && lastUse[$0] == nil })
        }
    }

    private mutating func release(_ nodes: [Int]) {
        for node in nodes { if let row = rows[node] { free.append(row) } }
    }

    private mutating func take() -> Int {
        if let row = free.popLast() { return row }
        rowCount += 1
        return rowCount - 1
    }
}
