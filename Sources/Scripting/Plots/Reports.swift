import Figures
import LuaBridge
import Numerics

// avips.report.

extension FigureEntries {
    private static let pageTitle = OptionKey.string("title", default: "avips report", "the heading")

    var report: Function {
        Function(
            "avips.report", "Writes the figures and tables of a run as one HTML page that needs no network, no script and no other file.",
            parameters: [
                Parameter("content", "Log, Evaluation, Figure or list", "a log, an evaluation, a figure, an animation, a matrix, text, or anything that prints; in a list one below the other, a text of one line that begins with # as a heading"),
                Parameter("path", "string", "a name that ends in .html"),
                .options([Self.pageTitle]),
            ],
            returns: "the path",
            example: ModelEntries.example + """
                local log = student:train{ steps = 20, seed = 1 }
                local path = os.tmpname()
                avips.report({ "# Training", log, "# Answers", student:solve(target, { count = 2, seed = 1 }) }, path .. ".html", { title = "A student" })
                os.remove(path)
                os.remove(path .. ".html")
                """
        ) { arguments in
            let slot = arguments[1]
            let path = try arguments[2].path()
            let title = try arguments.options(3)[Self.pageTitle]
            let isList = try slot.kind == .table && !slot.describesItself && slot.length() > 0 && !slot.withElement(1) { $0.kind == .number }
            guard !slot.isNil else { throw slot.mismatch("a Log, an Evaluation, a Figure or a list of them") }
            let blocks = try isList ? plotData.elements(slot, limit: 1000, blocks).flatMap { $0 } : blocks(slot)
            try ReportPage(title: title, blocks: blocks).save(to: files.destination(path))
            return .string(path)
        }
    }

    /// What a value adds to a page.
    private func blocks(_ slot: Slot) throws -> [ReportPage.Block] {
        if slot.kind == .string {
            let text = try slot.string()
            guard text.hasPrefix("#"), !text.contains("\n") else { return [.paragraph(text)] }
            return [.heading(text.drop { $0 == "#" || $0 == " " }.description)]
        }
        if let figure = try slot.boxIfPresent(Figure.self)?.read() { return [.figure(figure)] }
        if let animation = try slot.boxIfPresent(Animation.self)?.read() { return [.animation(animation)] }
        if let answer = try slot.boxIfPresent(Answer.self)?.read() {
            let known = answer.solutions.solutions.compactMap(\.component)
            let poses = try? Figure.poses(
                robot: answer.robot.chain, configurations: answer.solutions.solutions.map(\.configuration),
                components: known.count == answer.solutions.found && !known.isEmpty ? known.map { $0 + 1 } : nil, target: answer.solutions.target)
            return [poses.map { .figure($0) }, .preformatted(try plain(slot))].compactMap { $0 }
        }
        return try drawings(of: slot) + [.preformatted(plain(slot))]
    }

    /// The figures that a log or an evaluation is drawn as.
    private func drawings(of slot: Slot) throws -> [ReportPage.Block] {
        let data = plotData
        guard slot.kind == .userdata || slot.kind == .table else { return [] }
        var names: [String] = []
        if data.hasList(slot, "modes") { names += ["errors", "compare"] }
        if RunReader(data: data).isRun(slot, columns: []), RunReader.standard.contains(where: { data.hasList(slot, $0) }) { names.append("curves") }
        if data.hasList(slot, "weights"), !data.hasList(slot, "means") { names.append("weights") }
        if data.hasList(slot, "means"), data.hasList(slot, "weights") { names.append("joints") }
        return try names.compactMap { name in
            let draw = try state.load("local content = ... return avips.plot.\(name)(content)", name: "=report")
            // What cannot be drawn, such as a log without rows, still has its table.
            guard let value = try? state.call(draw, [slot.value]).first else { return nil }
            return try state.withSlot(value) { try $0.boxIfPresent(Figure.self).map { .figure(try $0.read()) } }
        }
    }

    /// The text that the prompt shows, as wide as a page and without colours.
    private func plain(_ slot: Slot) throws -> String {
        let kept = display
        defer { display = kept }
        display = DisplayStyle(width: 100, rows: 60)
        return session.text(of: [slot.value])
    }
}
