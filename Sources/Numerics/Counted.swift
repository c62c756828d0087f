extension Int {
    /// So many of what a noun names: "1 start", "2 starts".
    public func counted(_ noun: String) -> String { "\(self) \(noun)\(self == 1 ? "" : "s")" }
}
