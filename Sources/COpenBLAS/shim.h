#include <cblas.h>
#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

/* The kernels that the processor this is compiled for can run at least, in OpenBLAS's spelling; NULL where nothing is known. */
static inline const char *avips_least_kernels(void) {
#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
    return "SkylakeX";
#elif defined(__AVX2__) && defined(__FMA__)
    return "Haswell";
#else
    return 0;
#endif
}

/* Makes this thread take subnormal numbers for zeros, and says what its arithmetic was set to before. */
static inline unsigned avips_flush_subnormals(void) {
#if defined(__SSE2__)
    unsigned before = _mm_getcsr();
    _mm_setcsr(before | 0x8040);
    return before;
#else
    return 0;
#endif
}

static inline void avips_set_arithmetic(unsigned before) {
#if defined(__SSE2__)
    _mm_setcsr(before);
#else
    (void)before;
#endif
}
