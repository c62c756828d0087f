/// The rules of a figure's style sheet: names of elements and classes, at most one within another.
struct StyleSheet {
    private struct Rule {
        /// The element and its classes, and those of an ancestor.
        var own: Selector
        var ancestor: Selector?
        var declarations: [Substring: Substring]
        /// Classes count before names of elements, later rules before earlier ones.
        var rank: Int
    }

    struct Selector {
        var element: Substring
        var classes: [Substring]

        init(_ text: Substring) {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            element = parts.first ?? ""
            classes = Array(parts.dropFirst())
        }

        func matches(_ element: Substring, _ classes: [Substring]) -> Bool {
            (self.element.isEmpty || self.element == element) && self.classes.allSatisfy(classes.contains)
        }
    }

    /// An element on the way from the root.
    struct Element {
        var name: Substring
        var classes: [Substring]
        /// All properties that count here; each of them is inherited in SVG.
        var style: [Substring: Substring]
    }

    private var rules: [Rule] = []

    /// - Parameter isDark: whether the rules for dark screens count.
    init(_ text: String, isDark: Bool) {
        add(text[...], isDark: isDark)
        rules = rules.enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }.map(\.element)
    }

    private mutating func add(_ text: Substring, isDark: Bool) {
        var rest = text
        while let open = rest.firstIndex(of: "{") {
            let head = rest[..<open].drop(while: \.isWhitespace)
            let body = rest[rest.index(after: open)...]
            if head.first == "@" {
                guard let close = Self.end(of: body) else { return }
                if isDark, head.contains("prefers-color-scheme:dark") { add(body[..<close], isDark: isDark) }
                rest = body[close...].dropFirst()
                continue
            }
            let close = body.firstIndex(of: "}") ?? body.endIndex
            var declarations: [Substring: Substring] = [:]
            for declaration in body[..<close].split(separator: ";") {
                let parts = declaration.split(separator: ":", maxSplits: 1)
                if parts.count == 2 { declarations[parts[0]] = parts[1] }
            }
            for selector in head.split(separator: ",") {
                let parts = selector.split(whereSeparator: \.isWhitespace)
                guard let own = parts.last.map(Selector.init), parts.count <= 2 else { continue }
                let ancestor = parts.count == 2 ? Selector(parts[0]) : nil
                let rank = 100 * (own.classes.count + (ancestor?.classes.count ?? 0)) + (own.element.isEmpty ? 0 : 1) + (ancestor?.element.isEmpty ?? true ? 0 : 1)
                rules.append(Rule(own: own, ancestor: ancestor, declarations: declarations, rank: rank))
            }
            rest = body[close...].dropFirst()
        }
    }

    /// Where the brace that was opened before a text is closed.
    private static func end(of body: Substring) -> Substring.Index? {
        var depth = 1
        return body.indices.first { index in
            if body[index] == "{" { depth += 1 }
            if body[index] == "}" { depth -= 1 }
            return depth == 0
        }
    }

    /// An element below others, the nearest last, with its style.
    func element(_ name: Substring, classes: [Substring], below ancestors: [Element]) -> Element {
        var style = ancestors.last?.style ?? [:]
        for rule in rules where rule.own.matches(name, classes) {
            guard rule.ancestor.map({ ancestor in ancestors.contains { ancestor.matches($0.name, $0.classes) } }) ?? true else { continue }
            style.merge(rule.declarations) { $1 }
        }
        return Element(name: name, classes: classes, style: style)
    }
}
