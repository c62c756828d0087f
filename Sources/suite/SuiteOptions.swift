/// What a run of the suite may set; the defaults are those of trainings of conditional targets.
struct SuiteOptions {
    /// An option: its name, its default, and what it means.
    static let all: [(name: String, value: Double, summary: String)] = [
        ("seed", 0, "of parameters, contexts and samples"),
        ("K", 0, "components; 0 for the problem's own number"),
        ("draw", 0, "components drawn a context; 0 for all"),
        ("pairs", 1, "mirrored pairs of samples a component"),
        ("batch", 32, "contexts a step"),
        ("rate", 0.004, "the highest learning rate"),
        ("annealing", 0.3, "the share of the time over which the temperature rises"),
        ("temperature", 0, "the first temperature; 0 finds it from the density"),
        ("adapt", 1, "1 adapts the prior's scales to the density"),
        ("wide", 1, "multiplies the prior's scales"),
        ("stretch", 1, "multiplies the scale of the last coordinate, and the prior's scales with it"),
        ("spread", 0.7, "deviation of the first means, in units of the prior's"),
        ("adam", 0, "1 trains with Adam in place of SOAP"),
        ("refine", 0, "steps of inference at every context before it is measured"),
    ]

    private var values: [String: Double]

    /// - Parameter text: "seed=1,K=64".
    init?(_ text: String) {
        values = Dictionary(uniqueKeysWithValues: Self.all.map { ($0.name, $0.value) })
        for part in text.split(separator: ",") {
            let sides = part.split(separator: "=")
            guard sides.count == 2, let value = Double(sides[1]), values[String(sides[0])] != nil else { return nil }
            values[String(sides[0])] = value
        }
    }

    subscript(name: String) -> Double { values[name]! }
    func count(_ name: String) -> Int { Int(self[name]) }
}
