/// What an instruction does with a row of lanes. Plain cases: a raw value would be decoded at every dispatch.
enum Opcode {
    /// k·a + k₂, k·a·b + k₂, a + b, a − b, a·b, a·b + c, c − a·b, a·b + c·e + k.
    case affine, scaledProduct, add, subtract, multiply, multiplyAdd, multiplySubtract, twoProducts
    /// k, terms k·a, a·b, k·a·b from the table of terms.
    case sum
    /// √(a·b + c·e + k), max(k·a + k₂, b), max(a − b, c).
    case length, hinge, hingeOfDifference
    case divide, reciprocal, squareRoot, absolute
    case minimum, maximum, flipped
    case less, lessOrEqual, equal
    /// a > 0 ? b : c; and a ~ b ? c : e.
    case select, selectLess, selectLessOrEqual, selectEqual
    case exp, expm1, log, log1p
    case sin, cos, tan, sineAndCosine
    case sinh, cosh, tanh, sigmoid, softplus
    case logGamma, digamma, errorFunction
    case atan2, power
    /// Inputs and outputs are lists in the table of rows.
    case logSumExp, logSumExpWithShares
    case call, pullback
}

/// One instruction: byte offsets of rows, and numbers in place.
struct Instruction<Scalar: ProgramScalar> {
    var opcode: Opcode
    /// Terms of each kind, or lengths of lists.
    var linear: UInt16 = 0
    var products: UInt16 = 0
    var scaledProducts: UInt16 = 0
    var d: UInt32
    var a: UInt32 = 0
    var b: UInt32 = 0
    var c: UInt32 = 0
    var e: UInt32 = 0
    /// The first entry in the table of terms, or of rows; the number of a call.
    var first: Int32 = 0
    var k: Scalar = 0
    var k2: Scalar = 0
}

/// A term k·a or k·a·b of a sum.
struct ProgramTerm<Scalar: ProgramScalar> {
    var a: UInt32
    var b: UInt32
    var k: Scalar
}

/// A primitive that a program calls: its rows in the table of rows, and its memory.
struct ProgramCall: Sendable {
    let primitive: any TracedPrimitive
    /// Where the rows of inputs, adjoints and outputs begin in the table of rows. What nobody needs has no row: ``missing``.
    var inputs: Int
    var adjoints: Int
    var outputs: Int
    /// The first row of the state in the memory of states.
    var state: Int

    static let missing = UInt32.max
}
