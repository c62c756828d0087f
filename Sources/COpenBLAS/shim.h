#include <cblas.h>
#include <stdlib.h>
#include <string.h>

// Exported by OpenBLAS builds that choose their kernels at run time; absent (null) in others.
extern void gotoblas_dynamic_init(void) __attribute__((weak));
extern void gotoblas_dynamic_quit(void) __attribute__((weak));

// Releases before 0.3.22 know AMD processors with AVX-512 as Haswell, at half the speed. Where the processor has the
// instructions and the user named no kernel, the choice is made again with the kernel that uses them. To be called once,
// before any product.
static inline void avips_choose_wide_kernels(void) {
#if defined(__x86_64__)
    if (!gotoblas_dynamic_init || !gotoblas_dynamic_quit || getenv("OPENBLAS_CORETYPE")) return;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") || !__builtin_cpu_supports("avx512vl") ||
        !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512cd")) return;
    const char *name = openblas_get_corename();
    if (strcmp(name, "Haswell") != 0 && strcmp(name, "Zen") != 0) return;
    setenv("OPENBLAS_CORETYPE", "SkylakeX", 1);
    gotoblas_dynamic_quit();
    gotoblas_dynamic_init();
    unsetenv("OPENBLAS_CORETYPE");
#endif
}
