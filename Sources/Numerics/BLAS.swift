import COpenBLAS
import Foundation

/// Products of matrices stored by rows, on the calling thread.
///
/// OpenBLAS does the work; its own threads are switched off, since the callers split their work themselves, with bit-identical
/// results for any number of threads.
public enum BLAS {
    private static let preparation: Void = {
        chooseKernels()
        openblas_set_num_threads(1)
    }()

    /// The kernels for processors without AVX2 and fused multiplication, by OpenBLAS's names.
    static let outdatedKernels: Set = [
        "Prescott", "Core2", "Penryn", "Dunnington", "Nehalem", "Sandybridge", "Atom", "Nano", "Katmai", "Coppermine", "Northwood", "Banias",
        "Athlon", "Opteron", "Opteron_SSE3", "Barcelona", "Bobcat", "Bulldozer", "Unknown",
    ]

    /// Gives OpenBLAS the kernels that this processor can run, where it is newer than OpenBLAS and was taken for one of the oldest:
    /// its products then take a quarter of the time. The environment's `OPENBLAS_CORETYPE` takes precedence.
    private static func chooseKernels() {
        guard getenv("OPENBLAS_CORETYPE") == nil, outdatedKernels.contains(String(cString: openblas_get_corename())),
              let kernels = avips_least_kernels(),
              let forget = dlsym(nil, "gotoblas_dynamic_quit"), let choose = dlsym(nil, "gotoblas_dynamic_init") else { return }
        typealias Function = @convention(c) () -> Void
        setenv("OPENBLAS_CORETYPE", kernels, 1)
        unsafeBitCast(forget, to: Function.self)()
        unsafeBitCast(choose, to: Function.self)()
        unsetenv("OPENBLAS_CORETYPE")
    }

    /// Makes OpenBLAS compute every product on the calling thread.
    ///
    /// To be called before the first product; further calls do nothing.
    public static func prepare() { preparation }

    /// The name of the processor whose kernels OpenBLAS chose, for reports on speed; the environment's `OPENBLAS_CORETYPE` overrides
    /// its choice.
    public static var kernel: String {
        prepare()
        return String(cString: openblas_get_corename())
    }

    /// Whether a factor is read as it is stored or transposed.
    public enum Form: Sendable {
        case plain, transposed

        @usableFromInline var flag: CBLAS_TRANSPOSE { self == .plain ? CblasNoTrans : CblasTrans }
    }

    /// `c ← a·b + beta·c` with `a` m × k, `b` k × n and `c` m × n in the forms named.
    ///
    /// Subnormal numbers count as zeros (``flushingSubnormals(_:)``).
    ///
    /// - Parameters:
    ///   - aStride: elements from one stored row of `a` to the next; likewise `bStride` and `cStride`.
    ///   - beta: 0 overwrites `c`, 1 adds to it.
    @inlinable
    public static func multiply(
        _ a: UnsafePointer<Float>, _ aForm: Form = .plain, stride aStride: Int,
        by b: UnsafePointer<Float>, _ bForm: Form = .plain, stride bStride: Int,
        into c: UnsafeMutablePointer<Float>, stride cStride: Int,
        rows m: Int, columns n: Int, inner k: Int, beta: Float = 0
    ) {
        flushingSubnormals {
            cblas_sgemm(CblasRowMajor, aForm.flag, bForm.flag, CInt(m), CInt(n), CInt(k), 1, a, CInt(aStride),
                        b, CInt(bStride), beta, c, CInt(cStride))
        }
    }

    /// `y ← a·x` with `a` m × k: reads `a` once, where ``multiply(_:_:stride:by:_:stride:into:stride:rows:columns:inner:beta:)`` copies it.
    ///
    /// - Parameter xStride: elements from one of `x` to the next; likewise `yStride`.
    public static func multiply(
        _ a: UnsafePointer<Float>, stride aStride: Int, byVector x: UnsafePointer<Float>, stride xStride: Int,
        into y: UnsafeMutablePointer<Float>, stride yStride: Int, rows m: Int, inner k: Int
    ) {
        flushingSubnormals {
            cblas_sgemv(CblasRowMajor, CblasNoTrans, CInt(m), CInt(k), 1, a, CInt(aStride), x, CInt(xStride), 0, y, CInt(yStride))
        }
    }

    /// `c ← aᵀ·b` in double precision, with `a` k × m, `b` k × n and `c` m × n, stored by rows without gaps.
    public static func multiplyTransposed(
        _ a: UnsafePointer<Double>, by b: UnsafePointer<Double>, into c: UnsafeMutablePointer<Double>, rows m: Int, columns n: Int, inner k: Int
    ) {
        prepare()
        cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, CInt(m), CInt(n), CInt(k), 1, a, CInt(m), b, CInt(n), 0, c, CInt(n))
    }
}
