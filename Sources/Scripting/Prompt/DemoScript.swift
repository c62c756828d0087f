/// An annotated script that is run step by step.
///
/// A step is a comment and the code below it. The next step begins with the next comment that follows a blank line; comments
/// within code belong to the code.
struct DemoScript {
    struct Step: Equatable {
        /// What is said before the code, without the comment marks.
        var annotation: String
        /// The code as it stands in the file; empty where there is only something to say.
        var code: String
        /// The line of the file where the code begins, counted from 1.
        var line: Int

        /// The annotation with its paragraphs set anew in lines of at most a width; as it stands where there is no width.
        func annotation(within width: Int) -> String {
            guard width > 0 else { return annotation }
            let lines = annotation.split(separator: "\n", omittingEmptySubsequences: false)
            return lines.split(separator: "", omittingEmptySubsequences: false)
                .map { $0.joined(separator: " ").wrapped(to: width) }.joined(separator: "\n\n")
        }
    }

    var steps: [Step] = []

    /// The first line of the first comment: what the demo is about.
    var title: String { steps.first.map { String($0.annotation.prefix { $0 != "\n" }) } ?? "" }

    init(_ text: String) {
        var annotation: [Substring] = []
        var code: [Substring] = []
        var start = 1
        var followsBlank = true
        func finished() -> Step? {
            while code.last?.allSatisfy(\.isWhitespace) == true { code.removeLast() }
            guard !annotation.isEmpty || !code.isEmpty else { return nil }
            let words = annotation.map { $0.drop { $0 == "-" }.drop { $0 == " " } }
            return Step(annotation: words.joined(separator: "\n"), code: code.joined(separator: "\n"), line: start)
        }
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let isComment = line.hasPrefix("--"), isBlank = line.allSatisfy(\.isWhitespace)
            if isComment && (followsBlank || code.isEmpty && !annotation.isEmpty) {
                if followsBlank, let step = finished() {
                    steps.append(step)
                    (annotation, code) = ([], [])
                }
                annotation.append(line)
            } else if !isBlank || !code.isEmpty {
                if code.isEmpty { start = index + 1 }
                code.append(line)
            }
            followsBlank = isBlank
        }
        if let step = finished() { steps.append(step) }
    }
}
