import Figures
import LuaBridge

// avips.plot.pictures.

extension FigureEntries {
    /// Cells that a figure may have.
    private static let cellLimit = 1_000_000

    private static let pictureHeight = OptionKey<Int?>.integer("height", in: 1...4096, "the rows of an image", otherwise: "those of a square")
    private static let pictureColumns = OptionKey.integer("columns", in: 1...100, default: 10, "how many are side by side")
    private static let pictureLimits = OptionKey.numbers(
        "limits", count: 2...2, "the values drawn darkest and brightest", otherwise: "the least and the greatest")

    var picturesPlot: Function {
        Function(
            "avips.plot.pictures", "Draws images side by side: outputs of a decoder, observations, a matrix as colours.",
            parameters: [
                Parameter("pictures", "Matrix or list of lists of numbers", "one image per row, its values from the top left, row by row"),
                .options([Self.pictureHeight, Self.pictureColumns, Self.pictureLimits, Self.titleOption]),
            ],
            returns: "Figure",
            example: """
                local faces = { {0, 1, 0, 1, 0, 0, 1, 1}, {0, 1, 0, 1, 1, 1, 0, 0} }
                print(avips.plot.pictures(faces, { height = 2 }))
                """
        ) { arguments in
            let options = try arguments.options(2)
            let pictures = try plotData.rows(arguments[1])
            guard let count = pictures.first?.count, count > 0, pictures.allSatisfy({ $0.count == count }) else {
                throw arguments[1].invalid("must have pictures of one size")
            }
            guard pictures.count <= Self.cellLimit / (2 * count + 2) + 1 else { throw arguments[1].invalid("has more than \(Self.cellLimit) cells") }
            let height: Int
            if let given = try options[Self.pictureHeight] {
                guard count % given == 0 else { throw options.invalid(Self.pictureHeight, "must divide the \(count) values of a picture, got \(given)") }
                height = given
            } else {
                height = Int(Double(count).squareRoot().rounded())
                guard height * height == count else {
                    throw ArgumentError("option height must be given: pictures of \(count) values are not square")
                }
            }
            let limits = try options[Self.pictureLimits]
            if let limits, limits[0] >= limits[1] { throw options.invalid(Self.pictureLimits, "must be in ascending order") }
            return .object(holding: try Figure.pictures(
                pictures, width: count / height, height: height, columns: options[Self.pictureColumns], limits: limits.map { $0[0]...$0[1] },
                title: options[Self.titleOption]))
        }
    }
}
