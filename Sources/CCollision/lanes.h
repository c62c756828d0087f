// Sixteen floats at a time.

#ifndef AVIPS_COLLISION_LANES_H
#define AVIPS_COLLISION_LANES_H

#include "collision.h"

typedef float lanes __attribute__((ext_vector_type(16)));
/// Where Swift has put them.
typedef lanes loose_lanes __attribute__((aligned(4)));
typedef int mask __attribute__((ext_vector_type(16)));
typedef unsigned bits __attribute__((ext_vector_type(16)));

#define INLINE static inline __attribute__((always_inline))

INLINE lanes fma16(lanes a, lanes b, lanes c) { return __builtin_elementwise_fma(a, b, c); }
INLINE lanes root(lanes a) { return __builtin_elementwise_sqrt(a); }
INLINE lanes least(lanes a, lanes b) { return a < b ? a : b; }
INLINE lanes greatest(lanes a, lanes b) { return a > b ? a : b; }
INLINE lanes magnitude(lanes a) { return (lanes)((mask)a & 0x7fffffff); }
INLINE int any(mask m) { return __builtin_reduce_or(m) != 0; }
INLINE int all(mask m) { return __builtin_reduce_and(m) != 0; }
INLINE lanes square3(lanes x, lanes y, lanes z) { return fma16(z, z, fma16(y, y, x * x)); }

/// Sine and cosine (see Numerics/Lanes).
INLINE void sine_and_cosine(lanes x, lanes *sine, lanes *cosine) {
    const lanes shift = 12582912.0f;
    lanes shifted = fma16(x, (lanes)0.636619772f, shift);
    bits quadrant = (bits)shifted;
    lanes n = shifted - shift;
    lanes r = fma16(n, (lanes)-1.57079625f, x);
    r = fma16(n, (lanes)-7.5497894e-8f, r);
    r = fma16(n, (lanes)-5.3903025e-15f, r);
    lanes r2 = r * r;
    lanes s = fma16(r2, (lanes)-1.9515296e-4f, (lanes)8.3321609e-3f);
    s = fma16(r2, s, (lanes)-1.66666546e-1f);
    s = fma16(r * r2, s, r);
    lanes c = fma16(r2, (lanes)2.44331571e-5f, (lanes)-1.38873162e-3f);
    c = fma16(r2, c, (lanes)4.16666457e-2f);
    c = fma16(r2, c, (lanes)-0.5f);
    c = fma16(r2, c, (lanes)1.0f);
    bits odd = 0 - (quadrant & 1);
    bits exchange = ((bits)s ^ (bits)c) & odd;
    *sine = (lanes)((bits)s ^ exchange ^ ((quadrant & 2) << 30));
    *cosine = (lanes)((bits)c ^ exchange ^ (((quadrant + 1) & 2) << 30));
}

/// The least numbers of x, y, z and of their negatives: the lower ends, and the upper ends negated.
INLINE void extent(const lanes *point, float *lower, float *upper) {
    lanes p[3];
    for (int axis = 0; axis < 3; ++axis) {
        // The number in one half, its negative in the other.
        lanes a = point[axis], b = -a;
        p[axis] = least(
            __builtin_shufflevector(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),
            __builtin_shufflevector(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31));
    }
    lanes u = least(
        __builtin_shufflevector(p[0], p[1], 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27),
        __builtin_shufflevector(p[0], p[1], 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31));
    lanes v = least(
        __builtin_shufflevector(p[2], p[2], 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27),
        __builtin_shufflevector(p[2], p[2], 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31));
    u = least(u, __builtin_shufflevector(u, u, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));
    v = least(v, __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13));
    u = least(u, __builtin_shufflevector(u, u, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14));
    v = least(v, __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14));
    lower[0] = u[0]; upper[0] = -u[4];
    lower[1] = u[8]; upper[1] = -u[12];
    lower[2] = v[0]; upper[2] = -v[4];
}

INLINE float greatest_lane(lanes a) {
    lanes b = greatest(a, __builtin_shufflevector(a, a, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7));
    b = greatest(b, __builtin_shufflevector(b, b, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11));
    return __builtin_fmaxf(__builtin_fmaxf(b[0], b[1]), __builtin_fmaxf(b[2], b[3]));
}

#endif
