#include <cblas.h>

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
