// The elementary functions of programs, operation by operation those of `CLanes/functions.h`: the bits are the same.

extension MicroProgram {
    /// - Returns: nil for functions that only the C library has.
    mutating func apply(_ function: UnaryFunction, to x: Int32) -> Int32? {
        switch function {
        case .reciprocal: divide(number(1), x)
        case .squareRoot: squareRoot(x)
        case .absolute: magnitude(x)
        case .exp: exp(x)
        case .expm1: expm1(x)
        case .log: log(x)
        case .log1p: log1p(x)
        case .sin: sineAndCosine(x, needsSine: true, needsCosine: false).sine
        case .cos: sineAndCosine(x, needsSine: false, needsCosine: true).cosine
        case .tan: tan(x)
        case .sinh: sinh(x)
        case .cosh: cosh(x)
        case .tanh: tanh(x)
        case .sigmoid: sigmoid(x)
        case .softplus: softplus(x)
        case .logGamma, .digamma, .errorFunction: nil
        }
    }

    // MARK: Exponentials

    /// a + b·x, then times x plus the next one, and so on.
    private mutating func polynomial(_ x: Int32, _ coefficients: [Double]) -> Int32 {
        var p = fma(x, coefficients[0], coefficients[1])
        for coefficient in coefficients.dropFirst(2) { p = fma(x, p, coefficient) }
        return p
    }

    /// eʳ − 1 and n with x = n·log 2 + r.
    private mutating func reducedExponential(_ x: Int32) -> (power: Int32, n: Int32) {
        if isDouble {
            let n = subtract(fma(x, 1.4426950408889634, 0x1.8p52), number(0x1.8p52))
            let r = fma(n, -0x1.cf79abc9e3b3ap-40, fma(n, -0x1.62e42fefap-1, x))
            let p = polynomial(r, [
                1.6059043836821615e-10, 2.0876756987868099e-9, 2.505210838544172e-8, 2.755731922398589e-7, 2.7557319223985893e-6, 2.48015873015873e-5,
                1.984126984126984e-4, 1.3888888888888889e-3, 8.333333333333333e-3, 4.1666666666666664e-2, 1.6666666666666666e-1, 0.5,
            ])
            return (fma(multiply(r, r), p, r), n)
        }
        let n = subtract(fma(x, 1.44269504, 12582912.0), number(12582912))
        let r = fma(n, 2.12194440e-4, fma(n, -0.693359375, x))
        let p = polynomial(r, [1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1])
        return (fma(multiply(r, r), p, r), n)
    }

    private mutating func boundedExponent(_ x: Int32) -> Int32 {
        minimum(number(isDouble ? 710 : 89), maximum(number(isDouble ? -746 : -104), x))
    }

    mutating func exp(_ x: Int32) -> Int32 {
        let (p, n) = reducedExponential(boundedExponent(x))
        return scale(add(p, 1.0), byPowerOfTwo: n)
    }

    mutating func expm1(_ x: Int32) -> Int32 {
        let (p, n) = reducedExponential(boundedExponent(x))
        let power = scale(number(1), byPowerOfTwo: n)
        let small = fma(p, power, subtract(power, number(1)))
        return choose(.greater, n, number(isDouble ? 866 : 100), scale(add(p, 1.0), byPowerOfTwo: n), small)
    }

    // The same between 0 and 40.
    private mutating func moderateExpm1(_ x: Int32) -> Int32 {
        let (p, n) = reducedExponential(x)
        let power = scale(number(1), byPowerOfTwo: n)
        return fma(p, power, subtract(power, number(1)))
    }

    mutating func sinh(_ x: Int32) -> Int32 {
        let a = magnitude(x), t = expm1(a), half = exp(multiply(a, 0.5))
        let result = multiply(add(t, divide(t, add(t, 1.0))), 0.5)
        return withSign(choose(.greater, a, number(isDouble ? 40 : 20), multiply(multiply(half, 0.5), half), result), of: x)
    }

    mutating func cosh(_ x: Int32) -> Int32 {
        let half = exp(multiply(magnitude(x), 0.5)), inverse = divide(number(1), half)
        return fma(multiply(half, 0.5), half, multiply(multiply(inverse, 0.5), inverse))
    }

    mutating func tanh(_ x: Int32) -> Int32 {
        let a = minimum(number(isDouble ? 20 : 10), magnitude(x)), t = moderateExpm1(add(a, a))
        return withSign(divide(t, add(t, 2.0)), of: x)
    }

    mutating func sigmoid(_ x: Int32) -> Int32 {
        let power = exp(negate(x))
        return divide(number(1), add(power, 1.0))
    }

    mutating func softplus(_ x: Int32) -> Int32 {
        let power = exp(negate(magnitude(x)))
        let positive = choose(.greater, x, number(0), x, number(0))
        return add(positive, log1pOfShare(power))
    }

    // MARK: Logarithms

    mutating func log(_ x: Int32) -> Int32 {
        let m = mantissa(x), e = subtract(exponent(x), exponent(m)), f = add(m, -1.0)
        if isDouble {
            let s = divide(f, add(f, 2.0)), z = multiply(s, s)
            let p = polynomial(z, [2.0 / 23, 2.0 / 21, 2.0 / 19, 2.0 / 17, 2.0 / 15, 2.0 / 13, 2.0 / 11, 2.0 / 9, 2.0 / 7, 2.0 / 5, 2.0 / 3])
            let y = fma(multiply(s, z), p, negate(multiply(s, f)))
            return fma(e, 0x1.62e42fefap-1, add(f, fma(e, 0x1.cf79abc9e3b3ap-40, y)))
        }
        let z = multiply(f, f)
        let p = polynomial(f, [
            3.7672769278e-02, -9.1161742806e-02, 1.1700658500e-01, -1.2727780640e-01, 1.4276239276e-01, -1.6655296087e-01, 1.9999605417e-01,
            -2.5000163913e-01, 3.3333340287e-01,
        ])
        let y = fma(z, -0.5, fma(e, 1.42860677e-6, multiply(multiply(f, z), p)))
        return fma(e, 0.693145751953125, add(f, y))
    }

    mutating func log1p(_ x: Int32) -> Int32 {
        let u = add(x, 1.0), log = log(u)
        let lost = divide(subtract(x, subtract(u, number(1))), u)
        return choose(.ordered, lost, lost, add(log, lost), log)
    }

    // Between 0 and 1.
    private mutating func log1pOfShare(_ x: Int32) -> Int32 {
        let s = divide(x, add(x, 2.0)), z = multiply(s, s)
        let p = polynomial(z, isDouble
            ? [0.16164938169471338, 0.08800317650868773, 0.12001155182857778, 0.13314135550881162, 0.15385570592912243,
               0.18181789417326447, 0.22222222717801782, 0.2857142856710506, 0.40000000000014596, 0.6666666666666666]
            : [0.23224921771214582, 0.21706460997195692, 0.28592364795197617, 0.39999706206824964, 0.6666666732087151])
        return fma(multiply(s, z), p, add(s, s))
    }

    // MARK: Angles

    mutating func sineAndCosine(_ x: Int32, needsSine: Bool = true, needsCosine: Bool = true) -> (sine: Int32, cosine: Int32) {
        watch(magnitude(x), limit: 100_000)
        let shift = isDouble ? 0x1.8p52 : 12582912
        let shifted = fma(x, isDouble ? 0.6366197723675814 : 0.636619772, shift), n = subtract(shifted, number(shift))
        let parts = isDouble ? [-0x1.921fb544p0, -0x1.0b4611a4p-34, -0x1.13198a2e03707p-65] : [-1.57079625, -7.5497894e-8, -5.3903025e-15]
        let r = parts.reduce(x) { fma(n, $1, $0) }
        let z = multiply(r, r)
        let s = polynomial(z, isDouble
            ? [-7.647163731819816e-13, 1.6059043836821615e-10, -2.505210838544172e-8, 2.7557319223985893e-6, -1.984126984126984e-4,
               8.333333333333333e-3, -1.6666666666666666e-1]
            : [-1.9515296e-4, 8.3321609e-3, -1.66666546e-1])
        let sine = fma(multiply(r, z), s, r)
        let cosine = polynomial(z, isDouble
            ? [4.779477332387385e-14, -1.1470745597729725e-11, 2.08767569878681e-9, -2.755731922398589e-7, 2.48015873015873e-5,
               -1.388888888888889e-3, 4.1666666666666664e-2, -0.5, 1]
            : [2.44331571e-5, -1.38873162e-3, 4.16666457e-2, -0.5, 1])
        // Odd quadrants exchange sine and cosine; bit 1 of the quadrant turns the sine's sign, bit 1 of the next one the cosine's.
        testBits(shifted, bits(1))
        let top: UInt8 = isDouble ? 62 : 30
        var result = (sine: x, cosine: x)
        if needsSine { result.sine = turned(blend(cosine, sine), by: shiftLeft(shifted, by: top)) }
        if needsCosine { result.cosine = turned(blend(sine, cosine), by: shiftLeft(addInteger(shifted, bits(1)), by: top)) }
        return result
    }

    private mutating func tan(_ x: Int32) -> Int32 {
        let (sine, cosine) = sineAndCosine(x)
        return divide(sine, cosine)
    }

    mutating func atan2(_ sine: Int32, _ cosine: Int32) -> Int32 {
        let y = magnitude(sine), x = magnitude(cosine)
        compare(.greater, y, x, mask: 2)
        let least = minimum(x, y), greatest = maximum(y, x)
        let most = number(isDouble ? Double.greatestFiniteMagnitude : Double(Float.greatestFiniteMagnitude))
        let limit = minimum(most, multiply(greatest, isDouble ? 0.41421356237309503 : 0.414213562))
        compare(.greater, least, limit, mask: 3)
        let ratio = divide(blend(subtract(least, greatest), least, mask: 3), blend(add(least, greatest), greatest, mask: 3))
        let a = choose(.equal, least, greatest, number(0), ratio), z = multiply(a, a)
        if isDouble {
            let p = polynomial(z, [
                -0.019175404711104935, 0.03923044778479309, -0.050854078345894844, 0.05858140904866328, -0.06664510525508936,
                0.07692183125376892, -0.0909090457530649, 0.11111111015187018, -0.14285714284665682,
                0.19999999999995516, -0.3333333333333333,
            ])
            var angle = fma(multiply(a, z), p, a)
            angle = blend(add(add(angle, 3.061616997868383e-17), 0.78539816339744831), angle, mask: 3)
            angle = blend(subtract(number(1.5707963267948966), add(angle, -6.123233995736766e-17)), angle, mask: 2)
            testBits(cosine, signBit)
            angle = blend(subtract(number(3.1415926535897931), add(angle, -1.2246467991473532e-16)), angle)
            return withSign(angle, of: sine)
        }
        let p = polynomial(z, [8.05374449538e-2, -1.38776856032e-1, 1.99777106478e-1, -3.33329491539e-1])
        var angle = fma(multiply(a, z), p, a)
        angle = blend(add(angle, 0.785398163), angle, mask: 3)
        angle = blend(subtract(number(1.570796327), angle), angle, mask: 2)
        testBits(cosine, signBit)
        angle = blend(subtract(number(3.141592654), angle), angle)
        return withSign(angle, of: sine)
    }

    // MARK: Sums of exponentials

    mutating func logSumExp(_ terms: [Int32], needsShares: Bool) -> (sum: Int32, shares: [Int32]) {
        let greatest = terms.dropFirst().reduce(terms[0]) { maximum($1, $0) }
        let shift = choose(.equal, subtract(greatest, greatest), number(0), greatest, number(0))
        var powers: [Int32] = []
        for term in terms {
            let difference = subtract(term, shift)
            powers.append(exp(difference))
        }
        let sum = powers.dropFirst().reduce(powers[0]) { add($0, $1) }
        let result = add(shift, log(sum))
        guard needsShares else { return (result, []) }
        let factor = choose(.equal, sum, number(0), number(0), divide(number(1), sum))
        return (result, powers.map { multiply($0, factor) })
    }
}
