import Numerics

/// Sixteen symmetric 6 × 6 matrices, of which the lower triangles are kept in registers as far as they last.
///
/// The damped normal matrix of a pose task is `J·Jᵀ + λ·I`: six by six however many joints there are.
struct LaneSymmetricSix {
    var a00: Lanes
    var a10: Lanes, a11: Lanes
    var a20: Lanes, a21: Lanes, a22: Lanes
    var a30: Lanes, a31: Lanes, a32: Lanes, a33: Lanes
    var a40: Lanes, a41: Lanes, a42: Lanes, a43: Lanes, a44: Lanes
    var a50: Lanes, a51: Lanes, a52: Lanes, a53: Lanes, a54: Lanes, a55: Lanes

    /// λ times the identity.
    @inline(__always)
    init(diagonal: Lanes) {
        a00 = diagonal
        a10 = .zero; a11 = diagonal
        a20 = .zero; a21 = .zero; a22 = diagonal
        a30 = .zero; a31 = .zero; a32 = .zero; a33 = diagonal
        a40 = .zero; a41 = .zero; a42 = .zero; a43 = .zero; a44 = diagonal
        a50 = .zero; a51 = .zero; a52 = .zero; a53 = .zero; a54 = .zero; a55 = diagonal
    }

    /// Adds `weight · c·cᵀ` for a column of six registers.
    @inline(__always)
    mutating func add(_ c: UnsafePointer<Lanes>, weight: Lanes) {
        let c0 = c[0], c1 = c[1], c2 = c[2], c3 = c[3], c4 = c[4], c5 = c[5]
        let w0 = weight * c0
        a00 = a00.fma(w0, c0)
        let w1 = weight * c1
        a10 = a10.fma(w1, c0); a11 = a11.fma(w1, c1)
        let w2 = weight * c2
        a20 = a20.fma(w2, c0); a21 = a21.fma(w2, c1); a22 = a22.fma(w2, c2)
        let w3 = weight * c3
        a30 = a30.fma(w3, c0); a31 = a31.fma(w3, c1); a32 = a32.fma(w3, c2); a33 = a33.fma(w3, c3)
        let w4 = weight * c4
        a40 = a40.fma(w4, c0); a41 = a41.fma(w4, c1); a42 = a42.fma(w4, c2); a43 = a43.fma(w4, c3); a44 = a44.fma(w4, c4)
        let w5 = weight * c5
        a50 = a50.fma(w5, c0); a51 = a51.fma(w5, c1); a52 = a52.fma(w5, c2); a53 = a53.fma(w5, c3); a54 = a54.fma(w5, c4); a55 = a55.fma(w5, c5)
    }

    /// Solves `self · y = e` in place by Cholesky factorisation; the matrices must be positive definite.
    @inline(__always)
    func solve(_ e: inout (Lanes, Lanes, Lanes, Lanes, Lanes, Lanes)) {
        let d0 = 1 / (a00).squareRoot()
        let l10 = (a10) * d0
        let l20 = (a20) * d0
        let l30 = (a30) * d0
        let l40 = (a40) * d0
        let l50 = (a50) * d0
        let d1 = 1 / (a11.fnma(l10, l10)).squareRoot()
        let l21 = (a21.fnma(l20, l10)) * d1
        let l31 = (a31.fnma(l30, l10)) * d1
        let l41 = (a41.fnma(l40, l10)) * d1
        let l51 = (a51.fnma(l50, l10)) * d1
        let d2 = 1 / (a22.fnma(l20, l20).fnma(l21, l21)).squareRoot()
        let l32 = (a32.fnma(l30, l20).fnma(l31, l21)) * d2
        let l42 = (a42.fnma(l40, l20).fnma(l41, l21)) * d2
        let l52 = (a52.fnma(l50, l20).fnma(l51, l21)) * d2
        let d3 = 1 / (a33.fnma(l30, l30).fnma(l31, l31).fnma(l32, l32)).squareRoot()
        let l43 = (a43.fnma(l40, l30).fnma(l41, l31).fnma(l42, l32)) * d3
        let l53 = (a53.fnma(l50, l30).fnma(l51, l31).fnma(l52, l32)) * d3
        let d4 = 1 / (a44.fnma(l40, l40).fnma(l41, l41).fnma(l42, l42).fnma(l43, l43)).squareRoot()
        let l54 = (a54.fnma(l50, l40).fnma(l51, l41).fnma(l52, l42).fnma(l53, l43)) * d4
        let d5 = 1 / (a55.fnma(l50, l50).fnma(l51, l51).fnma(l52, l52).fnma(l53, l53).fnma(l54, l54)).squareRoot()
        let f0 = (e.0) * d0
        let f1 = (e.1.fnma(l10, f0)) * d1
        let f2 = (e.2.fnma(l20, f0).fnma(l21, f1)) * d2
        let f3 = (e.3.fnma(l30, f0).fnma(l31, f1).fnma(l32, f2)) * d3
        let f4 = (e.4.fnma(l40, f0).fnma(l41, f1).fnma(l42, f2).fnma(l43, f3)) * d4
        let f5 = (e.5.fnma(l50, f0).fnma(l51, f1).fnma(l52, f2).fnma(l53, f3).fnma(l54, f4)) * d5
        let y5 = (f5) * d5
        let y4 = (f4.fnma(l54, y5)) * d4
        let y3 = (f3.fnma(l43, y4).fnma(l53, y5)) * d3
        let y2 = (f2.fnma(l32, y3).fnma(l42, y4).fnma(l52, y5)) * d2
        let y1 = (f1.fnma(l21, y2).fnma(l31, y3).fnma(l41, y4).fnma(l51, y5)) * d1
        let y0 = (f0.fnma(l10, y1).fnma(l20, y2).fnma(l30, y3).fnma(l40, y4).fnma(l50, y5)) * d0
        e = (y0, y1, y2, y3, y4, y5)
    }
}
