import Expressions
import Foundation
import Numerics
import Testing

/// The elementary functions of programs, at ordinary places and at the ends of their domains.
@Suite struct FunctionTests {
    static let functions: [(name: String, symbolic: @Sendable (Formula) -> Formula, scalar: @Sendable (Double) -> Double)] = [
        ("exp", { $0.exp }, { Foundation.exp($0) }), ("expm1", { $0.expm1 }, { Foundation.expm1($0) }),
        ("log", { $0.log }, { Foundation.log($0) }), ("log1p", { $0.log1p }, { Foundation.log1p($0) }),
        ("sqrt", { $0.squareRoot }, { $0.squareRoot() }), ("abs", { $0.absolute }, { abs($0) }),
        ("sin", { $0.sin }, { Foundation.sin($0) }), ("cos", { $0.cos }, { Foundation.cos($0) }), ("tan", { $0.tan }, { Foundation.tan($0) }),
        ("sinh", { $0.sinh }, { Foundation.sinh($0) }), ("cosh", { $0.cosh }, { Foundation.cosh($0) }),
        ("tanh", { $0.tanh }, { Foundation.tanh($0) }), ("sigmoid", { $0.sigmoid }, { 1 / (1 + Foundation.exp(-$0)) }),
        ("softplus", { $0.softplus }, { max($0, 0) + Foundation.log1p(Foundation.exp(-abs($0))) }),
        ("lgamma", { $0.logGamma }, { lgamma($0) }), ("erf", { $0.errorFunction }, { erf($0) }), ("atan", { $0.arcTangent }, { atan($0) }),
        ("reciprocal", { 1 / $0 }, { 1 / $0 }), ("cube", { $0.power(3) }, { $0 * $0 * $0 }), ("power", { $0.power(2.3) }, { pow($0, 2.3) }),
    ]

    static let places: [Double] = [
        0, -0.0, 1e-30, -1e-30, 1e-9, -1e-9, 1e-4, -1e-4, 0.1, -0.1, 0.5, -0.5, 1, -1, 1.5, 2.75, -3.25, 7, -9.5, 20, -20, 60, -60, 86, -86,
        100, -100, -102.5, 1000, -1000, 12_345.678, 1e6, -1e6, 1e15, .infinity, -.infinity, .nan,
    ]

    /// Where large numbers are subtracted, rounding decides more digits than elsewhere; where nothing is computed, none.
    @Test func roundingIsMeasured() throws {
        let graph = ExpressionGraph(dimension: 1), x = graph.variable(0)
        func error(_ formula: Formula) throws -> Double { try TracedDensity(formula).roundingError([0.7]) }
        #expect(try error(x) == 0)
        #expect((1e-18...1e-15).contains(try error(-0.5 * x.squared)))
        #expect((1e-8...1e-5).contains(try error(1e10 * ((1 + 1e-10 * x.squared).squareRoot - 1))))
    }

    /// A graph that does not simplify rounds as its operations do in the order in which they were asked for; one that does may need no such numbers.
    @Test func roundingIsThatOfTheOperationsAsTheyWereWritten() throws {
        let forms: [@Sendable (Formula) -> Formula] = [
            { ($0 + 1e10) - 1e10 }, { 1e10 * (1e-10 * $0 + 1) - 1e10 }, { $0.graph.sum([$0.graph.number(1e10), $0, $0.graph.number(-1e10)]) },
            { 1 / (1 / (1e10 + $0)) - 1e10 },
        ]
        for (index, form) in forms.enumerated() {
            let written = form(ExpressionGraph(dimension: 1, simplifies: false).variable(0)), simplified = form(ExpressionGraph(dimension: 1).variable(0))
            #expect((1e-7...1e-5).contains(written.roundingError([0.7])), "\(index)")
            if index < 3 { #expect(simplified.roundingError([0.7]) < 1e-15, "\(index)") }
            #expect(abs(written.graph.evaluate([written], point: [0.7])[0] - 0.7) < 1e-5, "\(index)")
        }
        let x = ExpressionGraph(dimension: 1, simplifies: false).variable(0)
        #expect(x.graph.evaluate([(x + 1e10) - 1e10], point: [0.7]) == [(0.7 + 1e10) - 1e10])
    }

    @Test(arguments: functions.indices) func endsAreThoseOfTheCLibrary(_ index: Int) throws {
        let (name, symbolic, scalar) = Self.functions[index]
        let graph = ExpressionGraph(dimension: 1)
        let density = try TracedDensity(symbolic(graph.variable(0)))
        let double = evaluated(density.double, Self.places.map { [$0] }).values
        let single = evaluated(density.single, Self.places.map { [$0] }).values
        for (place, (d, s)) in zip(Self.places, zip(double, single)) {
            let expected = scalar(place)
            #expect(d == expected || agree(d, expected, 0) || abs(d - expected) <= 4e-15 * abs(expected), "\(name)(\(place)) = \(d), not \(expected)")
            // What single precision makes of the place itself, at a place of its own.
            let near = Float(scalar(Double(Float(place))))
            let tolerance = Self.singleTolerance(name, Double(near)), difference = abs(s - Double(near))
            #expect(s == Double(near) || agree(s, Double(near), 0) || difference <= tolerance, "single \(name)(\(place)) = \(s), not \(near)")
        }
    }

    static let hugeFactors: [(symbolic: @Sendable (Formula) -> Formula, scalar: @Sendable (Double) -> Double)] = [
        ({ -1e300 * ($0 * $0) * 1e300 }, { -1e300 * ($0 * $0) * 1e300 }),
        ({ (1e200 * $0) * (1e200 * $0) }, { (1e200 * $0) * (1e200 * $0) }),
        ({ 1e308 * $0 + 1e308 * $0 }, { 1e308 * $0 + 1e308 * $0 }),
        ({ 1e200 * (1e200 * $0.sin + 1) - 3 }, { 1e200 * (1e200 * Foundation.sin($0) + 1) - 3 }),
        ({ 1e200 * ($0 + 1e200 * ($0.cos + $0)) }, { 1e200 * ($0 + 1e200 * (Foundation.cos($0) + $0)) }),
        ({ $0 / 1e-200 / 1e-200 }, { $0 / 1e-200 / 1e-200 }),
    ]

    /// Numbers are multiplied beforehand only where their product is one: 1e300·(x²·1e300) is zero at zero.
    @Test(arguments: hugeFactors.indices) func hugeFactorsKeepTheirOrder(_ index: Int) throws {
        let (symbolic, scalar) = Self.hugeFactors[index]
        let places: [Double] = [0, -0.0, 1, -1, 0.5, 3, 1e-10, 1e-150, 1e10, 1e150]
        let density = try TracedDensity(symbolic(ExpressionGraph(dimension: 1).variable(0)))
        for (place, value) in zip(places, evaluated(density.double, places.map { [$0] }).values) {
            let expected = scalar(place)
            #expect(value == expected || agree(value, expected, 0) || abs(value - expected) <= 4e-15 * abs(expected), "\(place): \(value), not \(expected)")
        }
    }

    private static func singleTolerance(_ name: String, _ value: Double) -> Double {
        let relative = 5e-7 * abs(value)
        switch name {
        case "tan": return 1e-6 * (1 + value * value)
        case "sin", "cos": return relative + 1e-7
        case "log", "log1p", "lgamma": return relative + 2e-7
        // The exponent is rounded too, and a share below the normal numbers is zero.
        case "power": return 4e-6 * abs(value) + 1e-44
        case "sigmoid": return relative + 1e-38
        default: return relative + 1e-44
        }
    }

    @Test(arguments: functions.indices) func randomPlacesAgree(_ index: Int) throws {
        let (name, symbolic, scalar) = Self.functions[index]
        let density = try TracedDensity(symbolic(ExpressionGraph(dimension: 1).variable(0)))
        var stream = RandomStream(seed: 5)
        let places = (0..<4000).map { i in stream.normal() * Foundation.exp(Double(i % 40) / 10 - 3) }
        for (place, value) in zip(places, evaluated(density.double, places.map { [$0] }).values) {
            let expected = scalar(place)
            // Near a zero away from the origin the argument's last digit is what counts.
            let floor = ["log", "lgamma", "tan", "sin", "cos"].contains(name) ? 5e-16 * (1 + expected * expected) : 0
            #expect(agree(value, expected, 0) || abs(value - expected) <= 4e-15 * abs(expected) + floor, "\(name)(\(place)) = \(value), not \(expected)")
        }
    }

    @Test func anglesOfAllQuadrantsAndAxes() throws {
        let graph = ExpressionGraph(dimension: 2)
        let density = try TracedDensity(Formula.angle(sine: graph.variable(0), cosine: graph.variable(1)))
        let numbers: [Double] = [0, -0.0, 1, -1, 0.3, -0.3, 2.5, -2.5, 1e-20, -1e-20, 1e20, .infinity, -.infinity, .nan]
        let points = numbers.flatMap { y in numbers.map { [y, $0] } }
        let double = evaluated(density.double, points).values, single = evaluated(density.single, points).values
        for (index, point) in points.enumerated() {
            let expected = Foundation.atan2(point[0], point[1])
            #expect(agree(double[index], expected, 1e-15), "atan2(\(point)) = \(double[index]), not \(expected)")
            #expect(agree(single[index], expected, 4e-7), "single atan2(\(point)) = \(single[index]), not \(expected)")
            if expected == 0 { #expect(double[index].sign == expected.sign) }
        }
    }

    @Test func logSumExpOfInfinities() throws {
        let graph = ExpressionGraph(dimension: 3)
        let density = try TracedDensity(graph.logSumExp((0..<3).map { graph.variable($0) }))
        let low = -Double.infinity
        let (values, gradients) = evaluated(density.double, [[low, low, low], [low, 1, low], [.infinity, 1, 2], [1000, 1000, -1000], [.nan, 1, 1]])
        #expect(values[0] == low && values[1] == 1 && values[2] == .infinity && values[3] == 1000 + log(2.0) && values[4].isNaN)
        #expect(gradients[0] == [0, 0, 0] && gradients[1] == [0, 1, 0] && gradients[3] == [0.5, 0.5, 0])
    }

    @Test(arguments: [true, false]) func whatIsNoNumberComesThroughExtremaAndSums(_ native: Bool) throws {
        let graph = ExpressionGraph(dimension: 2)
        let (x, y) = (graph.variable(0), graph.variable(1))
        let formulas = [
            x.minimum(y), x.maximum(y), (2 * x - 1).maximum(y), (x - y).maximum(0.5 * y), x.maximum(graph.number(0)), graph.number(0).minimum(x),
            graph.logSumExp([x, y]),
        ]
        for (index, formula) in formulas.enumerated() {
            let density = try TracedDensity(formula)
            let places: [[Double]] = [[.nan, 1], index == 4 || index == 5 ? [.nan, .nan] : [1, .nan], [.nan, -.infinity], [2, 1]]
            let double = evaluated(density.double, places, usesNativeCode: native).values, single = evaluated(density.single, places, usesNativeCode: native).values
            let reference = places.map { density.reference($0).logDensity }
            for values in [double, single, reference] {
                #expect(values.prefix(3).allSatisfy { $0.isNaN } && values[3].isFinite, "formula \(index): \(values)")
            }
        }
        #expect(graph.logSumExp([graph.number(.nan), graph.number(-.infinity)]).constant?.isNaN == true)
        #expect(graph.logSumExp([graph.number(.infinity), graph.number(.nan)]).constant?.isNaN == true)
        #expect(graph.number(1).maximum(graph.number(.nan)).constant?.isNaN == true && graph.number(.nan).minimum(graph.number(1)).constant?.isNaN == true)
    }

    @Test func aTestThatIsNoNumberChoosesTheOtherBranchInDerivativesToo() throws {
        let graph = ExpressionGraph(dimension: 1)
        let x = graph.variable(0), test = (x - 5).log
        let shared = x * x
        let density = try TracedDensity(graph.choose(where: test, shared.exp, 2 * shared) + graph.choose(where: x - 100, shared, 3 * shared.sin))
        let (values, gradients) = evaluated(density.double, [[2]])
        #expect(agree(values[0], 8 + 3 * sin(4.0), 1e-13) && agree(gradients[0][0], 8 + 12 * cos(4.0), 1e-13))
    }

    /// Formulas that are finite where they have a kink or their domain ends, the place of it, and the derivative there.
    static let kinks: [(formula: @Sendable (Formula, Formula) -> Formula, place: [Double], derivative: [Double])] = [
        ({ -($0.squared + $1.squared).squareRoot }, [0, 0], [0, 0]),
        ({ x, y in ((x - 1).squared + (2 * y - 4).squared).squareRoot + x }, [1, 2], [1, 0]),
        ({ x, y in (x * x).squareRoot + 3 * y }, [0, 5], [0, 3]),
        ({ -($0.squared + $1.squared).squareRoot.squared }, [0, 0], [0, 0]),
        ({ (-($0.squared + $1.squared).squareRoot).exp }, [0, 0], [0, 0]),
        ({ x, y in ((x.squared + y.squared).squareRoot).squareRoot }, [0, 0], [0, 0]),
        ({ x, y in (x.absolute + y.absolute).squareRoot }, [0, 0], [0, 0]),
        ({ x, y in x.squared.power(0.75) + y.absolute.power(0.25) }, [0, 0], [0, 0]),
        ({ x, y in (x.squared * y.exp / (2 + y.squared)).squareRoot }, [0, 1], [0, 0]),
        ({ x, y in (x.squared + y.power(10)).log1p.squareRoot }, [0, 0], [0, 0]),
        ({ Formula.angle(sine: $0, cosine: $1) }, [0, 0], [0, 0]),
        ({ Formula.angle(sine: $0, cosine: $1).squared - $0 }, [0, 0], [-1, 0]),
        ({ $0.power($1) }, [0, 0], [0, 0]),
        ({ $0.power($1) }, [0, 1], [1, 0]),
        ({ $0.squared.power($1) }, [0, 0.25], [0, 0]),
        ({ ($0 * $1).squareRoot }, [0, 0], [0, 0]),
        ({ ($0 * $1).power(0.3) }, [0, 0], [0, 0]),
        ({ x, y in x.cos.arcCosine + y }, [0, 1], [0, 1]),
        // Ends of domains.
        ({ x, y in x.squareRoot + y }, [0, 0], [0, 1]),
        ({ ($0 * $1).squareRoot }, [0, 1], [0, 0]),
        ({ $0.power($1) }, [0, 0.5], [0, 0]),
        ({ x, y in x.arcSine - y.squared }, [1, 2], [0, -4]),
        ({ x, y in x.arcCosine + y }, [-1, 0], [0, 1]),
        ({ ($0 * $1).arcSine }, [1, 1], [0, 0]),
        // And ordinary places.
        ({ ($0.squared + $1.squared).squareRoot }, [3, -4], [0.6, -0.8]),
        ({ ($0.squared + $1.squared).squareRoot }, [1e-100, 0], [1, 0]),
    ]

    @Test(arguments: kinks.indices) func derivativesAtKinksAreNumbers(_ index: Int) throws {
        let (formula, place, derivative) = Self.kinks[index]
        let graph = ExpressionGraph(dimension: 2)
        let density = try TracedDensity(formula(graph.variable(0), graph.variable(1)))
        let isTiny = place.contains { $0 != 0 && abs($0) < 1e-30 }
        for native in [true, false] {
            let (values, gradients) = evaluated(density.double, [place], usesNativeCode: native)
            #expect(values[0].isFinite && zip(gradients[0], derivative).allSatisfy { agree($0, $1, 1e-12) }, "\(gradients[0]), not \(derivative)")
            let single = evaluated(density.single, [place], usesNativeCode: native).gradients[0]
            // In single precision the square of a tiny number is zero.
            #expect(zip(single, isTiny ? [0, 0] : derivative).allSatisfy { agree($0, $1, 1e-5) }, "single \(single), not \(derivative)")
        }
        #expect(zip(density.reference(place).gradient, derivative).allSatisfy { agree($0, $1, 1e-12) })
    }

    @Test func whatIsNoNumberHasNoDerivative() throws {
        let graph = ExpressionGraph(dimension: 2)
        let density = try TracedDensity((graph.variable(0).squared + graph.variable(1).squared).squareRoot)
        let (values, gradients) = evaluated(density.double, [[.nan, 1]])
        #expect(values[0].isNaN && gradients[0].allSatisfy(\.isNaN))
    }

    @Test func choicesThatAreNotTakenHaveNoSay() throws {
        let graph = ExpressionGraph(dimension: 1)
        let x = graph.variable(0), zero = graph.number(0)
        let root = graph.choose(where: x, x.squareRoot, zero)
        let nested = graph.choose(where: zero.isLess(than: x), (x.log * x.squareRoot).sin + root, x * x)
        let density = try TracedDensity(nested)
        let (values, gradients) = evaluated(density.double, [[-2], [0], [4]])
        #expect(values[0] == 4 && gradients[0] == [-4] && values[1] == 0 && gradients[1] == [0])
        let expected = cos(log(4.0) * 2) * (0.25 * 2 + log(4.0) / 4) + 0.25
        #expect(agree(gradients[2][0], expected, 1e-14))
    }
}
