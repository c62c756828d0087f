import Figures
import LuaBridge
import Numerics

// avips.report.

extension FigureEntries {
    private static let pageTitle = OptionKey.string("title", default: "avips report", "the heading")

    var report: Function {
        Function(
            "avips.report", "Writes the figures and tables of a run as one HTML page that needs no network, no script and no other file: with contents, captions, and at its foot the version, the script, the seed, the machine and the date.",
            parameters: [
                Parameter("content", "Log, Evaluation, Figure or list", "a log, an evaluation, a figure, an animation, a matrix, a list of records, text, or anything that prints; a list is a sequence of these: a text of one line that begins with # is a heading, an empty line in a text begins a paragraph, and { figure, caption = text } replaces a figure's caption"),
                Parameter("path", "string", "a name that ends in .html"),
                .options([Self.pageTitle]),
            ],
            returns: "string, the path",
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
            let isList = try slot.kind == .table && !slot.describesItself && slot.length() > 0 && records(slot) == nil && captioned(slot) == nil && !slot.withElement(1) { $0.kind == .number }
            guard !slot.isNil else { throw slot.mismatch("a Log, an Evaluation, a Figure or a list of them") }
            let blocks = try isList ? plotData.elements(slot, limit: 1000, blocks).flatMap { $0 } : blocks(slot)
            let page = ReportPage(title: title, blocks: blocks, provenance: foot()), destination = try files.destination(path)
            try plotData.drawn { try page.file(destination) }.write()
            return .string(path)
        }
    }

    private func foot() -> FigureProvenance {
        var provenance = session.provenance
        provenance.facts.append(("machine", Machine.description))
        return provenance
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
            return try [poses.map { .figure($0) }, table(of: slot) ?? .preformatted(plain(slot))].compactMap { $0 }
        }
        if let captioned = try captioned(slot) { return [captioned] }
        return try drawings(of: slot) + [table(of: slot) ?? .preformatted(plain(slot))]
    }

    /// A figure with words of its own: `{ figure, caption = text }`.
    private func captioned(_ slot: Slot) throws -> ReportPage.Block? {
        guard slot.kind == .table, try slot.length() == 1, let caption = try plotData.withField(slot, "caption", { try $0.string() }),
            let figure = try slot.withElement(1, { try $0.boxIfPresent(Figure.self)?.read() })
        else { return nil }
        return .figure(figure, caption: caption)
    }

    // MARK: Tables

    /// The most rows that a table shows; of more, as many evenly taken.
    private static let shownRows = 100

    /// A value that has rows and columns, or a list of records with the same fields; nil for any other.
    private func table(of slot: Slot) throws -> ReportPage.Block? {
        let data: DataTable
        if let read = slot.objectType?.data.table {
            data = try read(slot)
        } else if let records = try records(slot) {
            data = records
        } else {
            return nil
        }
        guard let width = data.rows.map(\.count).max(), width > 0, width <= 40 else { return nil }
        let count = data.rows.count, shown = min(count, Self.shownRows)
        let rows = (0..<shown).map { data.rows[shown == count ? $0 : $0 * (count - 1) / (shown - 1)] }
        let name = slot.objectType?.name ?? "Records"
        let units = ["Robot", "Body", "Solutions", "Postures", "Track"].contains(name) ? "; angles in rad, lengths in m" : ""
        return .table(ReportTable(
            caption: "\(name): " + (shown == count ? NumberText.counted(count, "row") : "\(shown) of \(NumberText.count(count)) rows") + units + ".",
            columns: data.columns ?? (1...width).map { "\($0)" }, rows: rows.map { row in (0..<width).map { $0 < row.count ? Self.field(row[$0]) : "" } }))
    }

    private func records(_ slot: Slot) throws -> DataTable? {
        guard slot.kind == .table, !slot.describesItself, case let count = try slot.length(), (1...100_000).contains(count) else { return nil }
        let columns = try slot.withElement(1) { $0.kind == .table ? try $0.names().sorted() : [] }
        guard !columns.isEmpty else { return nil }
        let rows = try (0..<count).map { index -> [Value]? in
            try slot.withElement(index + 1) { record in
                guard record.kind == .table, try record.names().sorted() == columns else { return nil }
                return try columns.map { try record.withField(.string($0)) { $0.isPlain ? $0.value : .string($0.found) } }
            }
        }
        return rows.contains { $0 == nil } ? nil : DataTable(columns: columns, rows: rows.compactMap(\.self))
    }

    private static func field(_ value: Value) -> String {
        switch value {
        case .number(let number): NumberText.short(number)
        case .integer(let number): "\(number)"
        case .string(let text): text
        case .boolean(let truth): truth ? "yes" : "no"
        default: ""
        }
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
        session.withDisplay(DisplayStyle(width: 100, rows: 60)) { session.text(of: [slot.value]) }
    }
}

extension Slot {
    /// Whether it is a number, a text or a truth, which a field of a table can hold.
    fileprivate var isPlain: Bool { kind == .number || kind == .string || kind == .boolean || isNil }
}
