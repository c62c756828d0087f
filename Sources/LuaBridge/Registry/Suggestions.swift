/// The candidate nearest to a mistyped name, if one is near enough to have been meant.
///
/// The distance counts insertions, deletions, substitutions and swaps of neighbours (Damerau, restricted form); a third of
/// the name may differ, but not all of it. Of several as near, it is the shortest, and of these the first by the alphabet.
public func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
    guard name.utf8.count <= 64 else { return nil }
    let allowed = max(1, name.count / 3)
    var best: (name: String, distance: Int)?
    for candidate in candidates where candidate != name {
        var distance = editDistance(Array(name.lowercased().utf8), Array(candidate.lowercased().utf8))
        if name.count >= 3, candidate.lowercased().hasPrefix(name.lowercased()) { distance = min(distance, 1) }
        guard distance <= allowed, distance < max(name.count, candidate.count) else { continue }
        if let best, (best.distance, best.name.utf8.count, best.name) <= (distance, candidate.utf8.count, candidate) { continue }
        best = (candidate, distance)
    }
    return best?.name
}

/// "; did you mean 'x'?", or nothing.
public func suggestion(for name: String, among candidates: some Sequence<String>) -> String {
    nearestName(to: name, among: candidates).map { "; did you mean '\($0)'?" } ?? ""
}

/// "; did you mean 'x'? the axes are x, y", or "; the axes are x, y".
///
/// - Parameter list: what follows: "the axes are x, y".
public func suggestion(for name: String, among candidates: some Sequence<String>, before list: String) -> String {
    let near = suggestion(for: name, among: candidates)
    return near + (list.isEmpty ? "" : (near.isEmpty ? "; " : " ") + list)
}

extension Registry {
    /// "; did you mean 'position'?" for a name that a type lacks: a field or method that is spelled nearly so, that is what others
    /// call so, that an object in one of its fields has, or of which the summary speaks; or nothing.
    func suggestion(for name: String, in type: ObjectType) -> String {
        let members = type.methods.map(\.shortName) + type.properties.map(\.name)
        if let member = nearestName(to: name, among: members) { return "; did you mean '\(member)'?" }
        let names = [name.lowercased()] + (synonyms[name.lowercased()] ?? [])
        if let member = names.first(where: members.contains) { return "; did you mean '\(member)'?" }
        if let member = names.lazy.compactMap({ heldMember($0, of: type) }).first { return "; did you mean '\(member)'?" }
        let told = type.properties.map { ($0.name, $0.summary) } + type.methods.map { ($0.shortName, $0.summary) }
        let found = told.first { _, summary in names.contains { summary.hasWord($0) } }
        return found.map { "; see '\($0)': \($1)" } ?? ""
    }

    /// "mixture:sample": what an object in a field of a type has under a name.
    private func heldMember(_ name: String, of type: ObjectType) -> String? {
        for property in type.properties {
            guard let held = self.type(named: property.type) else { continue }
            if held.methods.contains(where: { $0.shortName == name }) { return "\(property.name):\(name)" }
            if held.properties.contains(where: { $0.name == name }) { return "\(property.name).\(name)" }
        }
        return nil
    }

    /// The same for a name that a namespace lacks, which may be that of a method.
    func suggestion(for name: String, among fields: [String]) -> String {
        let known = synonyms[name.lowercased()] ?? [], names = [name.lowercased()] + known
        let functions = names.flatMap { name in all.filter { $0.shortName == name }.map(\.spokenName) }
        // What is meant by a whole word goes before what is spelled nearly so: "sample" is no "example".
        if let field = known.first(where: fields.contains) { return "; did you mean '\(field)'?" }
        if functions.isEmpty, let field = nearestName(to: name, among: fields) { return "; did you mean '\(field)'?" }
        return Self.question(functions)
    }

    /// The same for a global that does not exist: what namespaces have under its name, or a global that is spelled nearly so.
    ///
    /// - Parameter isCalled: whether a function is meant, rather than a namespace; nil where that is not known.
    public func suggestion(forGlobal name: String, among globals: [String], isCalled: Bool? = nil) -> String {
        let tables = isCalled == true ? [] : namespaces.filter { $0.hasSuffix("." + name) }
        let functions = isCalled == false ? [] : self.functions.filter { $0.shortName == name }.map(\.name)
        let near = nearestName(to: name, among: globals).map { [$0] } ?? []
        return Self.question(tables + functions + near)
    }

    /// "; did you mean 'a' or 'b'?" with the first of some names; nothing without any.
    private static func question(_ names: [String]) -> String {
        names.isEmpty ? "" : "; did you mean \(names.prefix(3).map { "'\($0)'" }.joined(separator: " or "))?"
    }
}

extension String {
    /// Whether a word occurs in it, whatever the case.
    fileprivate func hasWord(_ word: String) -> Bool {
        lowercased().split { !$0.isLetter && $0 != "_" }.contains { $0 == word }
    }
}

private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in 1...a.count {
        var row = [i] + [Int](repeating: 0, count: b.count)
        for j in 1...b.count {
            row[j] = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
            if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { row[j] = min(row[j], beforeLast[j - 2] + 1) }
        }
        (beforeLast, last) = (last, row)
    }
    return last[b.count]
}
