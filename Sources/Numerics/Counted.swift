extension Int {
    /// So many of what a noun names: "1 start", "2 starts", "0 entries".
    ///
    /// - Parameters:
    ///   - noun: of one, with what agrees with it: "solution differs".
    ///   - plural: of several; the noun with an s where nil.
    public func counted(_ noun: String, _ plural: String? = nil) -> String { "\(self) \(self == 1 ? noun : plural ?? noun + "s")" }
}
