// Sixteen floats, or eight doubles, at a time, for what Swift's own vectors do lane by lane.
//
// The standard library multiplies and adds in a loop over the lanes. The compiler makes one instruction of it, but not of chains of
// them with constants, such as polynomials: there it mixes single lanes and parts of vectors. The builtin is one instruction always.

#ifndef AVIPS_LANES_H
#define AVIPS_LANES_H

typedef float avips_lanes __attribute__((ext_vector_type(16)));
typedef double avips_doubles __attribute__((ext_vector_type(8)));
typedef long long avips_integers __attribute__((ext_vector_type(8)));

/// a·b + c with a single rounding, lane by lane.
static inline __attribute__((always_inline)) avips_lanes avips_fma(avips_lanes a, avips_lanes b, avips_lanes c) {
    return __builtin_elementwise_fma(a, b, c);
}

/// The square root, lane by lane, in one instruction; the standard library calls the C library's root sixteen times.
static inline __attribute__((always_inline)) avips_lanes avips_square_root(avips_lanes a) {
    return __builtin_elementwise_sqrt(a);
}

static inline __attribute__((always_inline)) avips_doubles avips_fma_doubles(avips_doubles a, avips_doubles b, avips_doubles c) {
    return __builtin_elementwise_fma(a, b, c);
}

/// Whether a ≤ b in any lane.
static inline __attribute__((always_inline)) int avips_any_at_most(avips_doubles a, avips_doubles b) {
    return __builtin_reduce_or((avips_integers)(a <= b)) != 0;
}

/// (eʳ − 1 − r)/r², |r| ≤ ½·log 2: the series of eʳ to the thirteenth power.
static inline __attribute__((always_inline)) avips_doubles avips_exp_series(avips_doubles r) {
    avips_doubles p = avips_fma_doubles(r, (avips_doubles)1.6059043836821615e-10, (avips_doubles)2.0876756987868099e-9);
    p = avips_fma_doubles(r, p, (avips_doubles)2.505210838544172e-8);
    p = avips_fma_doubles(r, p, (avips_doubles)2.755731922398589e-7);
    p = avips_fma_doubles(r, p, (avips_doubles)2.7557319223985893e-6);
    p = avips_fma_doubles(r, p, (avips_doubles)2.48015873015873e-5);
    p = avips_fma_doubles(r, p, (avips_doubles)1.984126984126984e-4);
    p = avips_fma_doubles(r, p, (avips_doubles)1.3888888888888889e-3);
    p = avips_fma_doubles(r, p, (avips_doubles)8.333333333333333e-3);
    p = avips_fma_doubles(r, p, (avips_doubles)4.1666666666666664e-2);
    p = avips_fma_doubles(r, p, (avips_doubles)1.6666666666666666e-1);
    p = avips_fma_doubles(r, p, (avips_doubles)0.5);
    return p;
}

/// The exponential, to a few units in the last place; 0 below −708, the largest at 709 where the argument is above.
static inline __attribute__((always_inline)) avips_doubles avips_exponential(avips_doubles argument) {
    avips_doubles x = __builtin_elementwise_min(__builtin_elementwise_max(argument, (avips_doubles)-708.0), (avips_doubles)709.0);
    // Adding 1.5·2⁵² leaves the nearest integer in the low bits of the mantissa.
    avips_doubles shift = 0x1.8p52;
    avips_doubles shifted = avips_fma_doubles(x, (avips_doubles)1.4426950408889634, shift);
    avips_doubles n = shifted - shift;
    avips_doubles r = avips_fma_doubles(n, (avips_doubles)-0x1.62e42fefap-1, x);
    r = avips_fma_doubles(n, (avips_doubles)-0x1.cf79abc9e3b3ap-40, r);
    avips_doubles p = avips_exp_series(r);
    avips_doubles y = avips_fma_doubles(r * r, p, 1.0 + r);
    avips_integers exponent = ((avips_integers)shifted + 1023) << 52;
    avips_integers result = (avips_integers)(y * (avips_doubles)exponent);
    return (avips_doubles)(result & (avips_integers)(argument >= -708.0));
}

/// (2·atanh(s) − 2·s)/s³ by z = s², for |s| up to 0.2: what logarithms of mantissas are made of.
static inline __attribute__((always_inline)) avips_doubles avips_log_series(avips_doubles z) {
    avips_doubles p = avips_fma_doubles(z, (avips_doubles)(2.0 / 23), (avips_doubles)(2.0 / 21));
    p = avips_fma_doubles(z, p, (avips_doubles)(2.0 / 19));
    p = avips_fma_doubles(z, p, (avips_doubles)(2.0 / 17));
    p = avips_fma_doubles(z, p, (avips_doubles)(2.0 / 15));
    p = avips_fma_doubles(z, p, (avips_doubles)(2.0 / 13));
    p = avips_fma_doubles(z, p, (avips_doubles)(2.0 / 11));
    p = avips_fma_doubles(z, p, (avips_doubles)(2.0 / 9));
    p = avips_fma_doubles(z, p, (avips_doubles)(2.0 / 7));
    p = avips_fma_doubles(z, p, (avips_doubles)(2.0 / 5));
    p = avips_fma_doubles(z, p, (avips_doubles)(2.0 / 3));
    return p;
}

/// The natural logarithm of positive, normal arguments, to a few units in the last place.
static inline __attribute__((always_inline)) avips_doubles avips_logarithm(avips_doubles argument) {
    // Split into 2ᵉ·m with m in [√½, √2).
    avips_integers offset = (avips_integers)argument - 0x3fe6a09e667f3bcd;
    avips_doubles exponent = __builtin_convertvector(offset >> 52, avips_doubles);
    avips_doubles m = (avips_doubles)((offset & 0x000fffffffffffff) + 0x3fe6a09e667f3bcd);
    // log m = 2·atanh(s), s = f/(2 + f), |s| < 0.172.
    avips_doubles f = m - 1.0;
    avips_doubles s = f / (2.0 + f), z = s * s;
    avips_doubles p = avips_log_series(z);
    // f − s·f + s·(z·p) keeps f's own digits.
    avips_doubles y = s * z * p - s * f;
    return (f + (y + exponent * 0x1.cf79abc9e3b3ap-40)) + exponent * 0x1.62e42fefap-1;
}

#endif
