// Elementary functions of sixteen floats or eight doubles that keep the conventions of the C library at the ends of their domains:
// what is not a number stays so, log 0 = −∞, log of a negative number is no number, exp overflows to ∞ and underflows to 0.
//
// The functions of lanes.h are faster and wrong there; they serve kernels that never come near.

#ifndef AVIPS_FUNCTIONS_H
#define AVIPS_FUNCTIONS_H

#include "lanes.h"

typedef int avips_int_lanes __attribute__((ext_vector_type(16)));

// What comparisons of doubles give.
typedef long avips_long_lanes __attribute__((ext_vector_type(8)));

#define AVIPS_LANE static inline __attribute__((always_inline))

/// Whether the program was built for a processor with registers of 512 bits, which code that is made at run time may use as well.
AVIPS_LANE int avips_has_wide_registers(void) {
#if defined(__AVX512F__) && defined(__AVX512DQ__) && defined(__AVX512BW__)
    return 1;
#else
    return 0;
#endif
}

// MARK: Sixteen floats

AVIPS_LANE avips_lanes avips_choose(avips_int_lanes mask, avips_lanes a, avips_lanes b) { return mask ? a : b; }

AVIPS_LANE avips_lanes avips_absolute(avips_lanes x) { return (avips_lanes)((avips_int_lanes)x & 0x7fffffff); }

// A choice by a comparison, which is false for what is not a number.
AVIPS_LANE avips_lanes avips_where_less(avips_lanes a, avips_lanes b, avips_lanes x, avips_lanes y) { return a < b ? x : y; }
AVIPS_LANE avips_lanes avips_where_less_or_equal(avips_lanes a, avips_lanes b, avips_lanes x, avips_lanes y) { return a <= b ? x : y; }
AVIPS_LANE avips_lanes avips_where_equal(avips_lanes a, avips_lanes b, avips_lanes x, avips_lanes y) { return a == b ? x : y; }

/// Roots lane by lane as one instruction; the standard library's go through single lanes.
AVIPS_LANE avips_lanes avips_root(avips_lanes x) { return __builtin_elementwise_sqrt(x); }

/// The magnitude of the first number with the sign of the second.
AVIPS_LANE avips_lanes avips_with_sign(avips_lanes x, avips_lanes sign) {
    return (avips_lanes)(((avips_int_lanes)x & 0x7fffffff) | ((avips_int_lanes)sign & (int)0x80000000));
}

/// Whether |x| ≤ limit does not hold in some lane.
AVIPS_LANE int avips_any_beyond(avips_lanes x, float limit) {
    return __builtin_reduce_or((avips_int_lanes)(avips_absolute(x) <= limit) ^ -1) != 0;
}

/// x·2ⁿ for whole n, with gradual underflow and overflow to infinity.
AVIPS_LANE avips_lanes avips_scaled(avips_lanes x, avips_lanes n) {
#ifdef __AVX512F__
    return __builtin_ia32_scalefps512_mask(x, n, x, (unsigned short)-1, 4);
#else
    avips_int_lanes whole = __builtin_convertvector(n, avips_int_lanes);
    avips_int_lanes half = whole >> 1;
    avips_lanes first = (avips_lanes)((half + 127) << 23), second = (avips_lanes)((whole - half + 127) << 23);
    return x * first * second;
#endif
}

/// eʳ − 1 and n with x = n·log 2 + r, |r| ≤ ½·log 2.
AVIPS_LANE avips_lanes avips_reduced_exponential(avips_lanes x, avips_lanes *n) {
    avips_lanes shift = 12582912.0f;
    avips_lanes whole = avips_fma(x, (avips_lanes)1.44269504f, shift) - shift;
    avips_lanes r = avips_fma(whole, (avips_lanes)-0.693359375f, x);
    r = avips_fma(whole, (avips_lanes)2.12194440e-4f, r);
    avips_lanes p = avips_fma(r, (avips_lanes)1.9875691500e-4f, (avips_lanes)1.3981999507e-3f);
    p = avips_fma(r, p, (avips_lanes)8.3334519073e-3f);
    p = avips_fma(r, p, (avips_lanes)4.1665795894e-2f);
    p = avips_fma(r, p, (avips_lanes)1.6666665459e-1f);
    p = avips_fma(r, p, (avips_lanes)5.0000001201e-1f);
    *n = whole;
    return avips_fma(r * r, p, r);
}

// A comparison that is false for what is not a number leaves it as it is.
AVIPS_LANE avips_lanes avips_bounded(avips_lanes x, float low, float high) {
    x = avips_choose(x < low, (avips_lanes)low, x);
    return avips_choose(x > high, (avips_lanes)high, x);
}

/// eˣ; relative error below 2e-7.
AVIPS_LANE avips_lanes avips_exp(avips_lanes x) {
    avips_lanes n, p = avips_reduced_exponential(avips_bounded(x, -104.0f, 89.0f), &n);
    return avips_scaled(1.0f + p, n);
}

/// eˣ − 1; relative error below 3e-7, near zero too.
AVIPS_LANE avips_lanes avips_expm1(avips_lanes x) {
    avips_lanes n, p = avips_reduced_exponential(avips_bounded(x, -104.0f, 89.0f), &n);
    avips_lanes power = avips_scaled((avips_lanes)1.0f, n);
    avips_lanes small = avips_fma(p, power, power - 1.0f);
    return avips_choose(n > 100.0f, avips_scaled(1.0f + p, n), small);
}

/// log x; relative error below 2e-7 away from one, absolute error below 1e-7 near it.
#ifdef __AVX512F__
// The instructions know all ends: the mantissa, in [¾, 1½), of a negative number is no number, and the exponent of zero is −∞. Both parts of
// log 2 are positive, so that no difference of infinities comes up. The polynomial is a fit of least relative error.
AVIPS_LANE avips_lanes avips_log(avips_lanes x) {
    avips_lanes m = __builtin_ia32_getmantps512_mask(x, 0x0b, x, (unsigned short)-1, 4);
    avips_lanes e = __builtin_ia32_getexpps512_mask(x, x, (unsigned short)-1, 4) - __builtin_ia32_getexpps512_mask(m, m, (unsigned short)-1, 4);
    avips_lanes f = m - 1.0f, z = f * f;
    avips_lanes p = avips_fma(f, (avips_lanes)3.7672769278e-02f, (avips_lanes)-9.1161742806e-02f);
    p = avips_fma(f, p, (avips_lanes)1.1700658500e-01f);
    p = avips_fma(f, p, (avips_lanes)-1.2727780640e-01f);
    p = avips_fma(f, p, (avips_lanes)1.4276239276e-01f);
    p = avips_fma(f, p, (avips_lanes)-1.6655296087e-01f);
    p = avips_fma(f, p, (avips_lanes)1.9999605417e-01f);
    p = avips_fma(f, p, (avips_lanes)-2.5000163913e-01f);
    p = avips_fma(f, p, (avips_lanes)3.3333340287e-01f);
    avips_lanes y = avips_fma(e, (avips_lanes)1.42860677e-6f, f * z * p);
    y = avips_fma(z, (avips_lanes)-0.5f, y);
    return avips_fma(e, (avips_lanes)0.693145751953125f, f + y);
}
#else
AVIPS_LANE avips_lanes avips_log(avips_lanes argument) {
    // Subnormal numbers are made normal first.
    avips_int_lanes is_small = argument < 1.17549435e-38f;
    avips_lanes x = avips_choose(is_small, argument * 8388608.0f, argument);
    avips_int_lanes offset = (avips_int_lanes)x - 0x3f3504f3;
    avips_lanes e = __builtin_convertvector(offset >> 23, avips_lanes) - avips_choose(is_small, (avips_lanes)23.0f, (avips_lanes)0.0f);
    avips_lanes m = (avips_lanes)((offset & 0x007fffff) + 0x3f3504f3);
    avips_lanes f = m - 1.0f, z = f * f;
    avips_lanes p = avips_fma(f, (avips_lanes)7.0376836292e-2f, (avips_lanes)-1.1514610310e-1f);
    p = avips_fma(f, p, (avips_lanes)1.1676998740e-1f);
    p = avips_fma(f, p, (avips_lanes)-1.2420140846e-1f);
    p = avips_fma(f, p, (avips_lanes)1.4249322787e-1f);
    p = avips_fma(f, p, (avips_lanes)-1.6668057665e-1f);
    p = avips_fma(f, p, (avips_lanes)2.0000714765e-1f);
    p = avips_fma(f, p, (avips_lanes)-2.4999993993e-1f);
    p = avips_fma(f, p, (avips_lanes)3.3333331174e-1f);
    avips_lanes y = f * z * p;
    y = avips_fma(e, (avips_lanes)-2.12194440e-4f, y);
    y = avips_fma(z, (avips_lanes)-0.5f, y);
    avips_lanes result = avips_fma(e, (avips_lanes)0.693359375f, f + y);
    result = avips_choose(argument < __builtin_inff(), result, argument);
    avips_lanes end = avips_choose(argument == 0.0f, (avips_lanes)-__builtin_inff(), (avips_lanes)__builtin_nanf(""));
    return avips_choose(argument > 0.0f, result, end);
}
#endif

/// log(1 + x), exact near zero too.
AVIPS_LANE avips_lanes avips_log1p(avips_lanes x) {
    avips_lanes u = 1.0f + x, log = avips_log(u);
    // What the sum lost, by the derivative of the logarithm.
    avips_lanes lost = (x - (u - 1.0f)) / u;
    // No number at the ends of the domain.
    return avips_choose(lost == lost, log + lost, log);
}

AVIPS_LANE avips_lanes avips_tanh(avips_lanes x) {
    avips_lanes a = avips_absolute(x);
    a = avips_choose(a > 10.0f, (avips_lanes)10.0f, a);
    avips_lanes n, p = avips_reduced_exponential(a + a, &n), power = avips_scaled((avips_lanes)1.0f, n);
    avips_lanes t = avips_fma(p, power, power - 1.0f);
    return avips_with_sign(t / (t + 2.0f), x);
}

AVIPS_LANE avips_lanes avips_sinh(avips_lanes x) {
    avips_lanes a = avips_absolute(x), t = avips_expm1(a), half = avips_exp(0.5f * a);
    avips_lanes result = 0.5f * (t + t / (t + 1.0f));
    return avips_with_sign(avips_choose(a > 20.0f, 0.5f * half * half, result), x);
}

AVIPS_LANE avips_lanes avips_cosh(avips_lanes x) {
    avips_lanes half = avips_exp(0.5f * avips_absolute(x)), inverse = 1.0f / half;
    return avips_fma(0.5f * half, half, 0.5f * inverse * inverse);
}

AVIPS_LANE avips_lanes avips_sigmoid(avips_lanes x) { return 1.0f / (1.0f + avips_exp(-x)); }

/// log(1 + x) between 0 and 1: 2·atanh(s), s = x/(x + 2), by a polynomial that interpolates at Chebyshev's places.
AVIPS_LANE avips_lanes avips_log1p_of_share(avips_lanes x) {
    avips_lanes s = x / (x + 2.0f), z = s * s;
    avips_lanes p = avips_fma(z, (avips_lanes)0.23224921771214582f, (avips_lanes)0.21706460997195692f);
    p = avips_fma(z, p, (avips_lanes)0.28592364795197617f);
    p = avips_fma(z, p, (avips_lanes)0.39999706206824964f);
    p = avips_fma(z, p, (avips_lanes)0.6666666732087151f);
    return avips_fma(s * z, p, s + s);
}

AVIPS_LANE avips_lanes avips_softplus(avips_lanes x) {
    return avips_choose(x > 0.0f, x, (avips_lanes)0.0f) + avips_log1p_of_share(avips_exp(-avips_absolute(x)));
}

/// The angle of a point, with the C library's signs of zero.
AVIPS_LANE avips_lanes avips_atan2(avips_lanes sine, avips_lanes cosine) {
    avips_lanes y = avips_absolute(sine), x = avips_absolute(cosine);
    avips_int_lanes is_steep = y > x;
    avips_lanes least = avips_choose(is_steep, x, y), greatest = avips_choose(is_steep, y, x);
    // Angles beyond π/8 are counted from π/4, also those between infinite numbers.
    avips_lanes limit = greatest * 0.414213562f, most = __FLT_MAX__;
    limit = avips_choose(limit > most, most, limit);
    avips_int_lanes is_large = least > limit;
    avips_lanes ratio = avips_choose(is_large, least - greatest, least) / avips_choose(is_large, least + greatest, greatest);
    avips_lanes a = avips_choose(least == greatest, (avips_lanes)0.0f, ratio), z = a * a;
    avips_lanes p = avips_fma(z, (avips_lanes)8.05374449538e-2f, (avips_lanes)-1.38776856032e-1f);
    p = avips_fma(z, p, (avips_lanes)1.99777106478e-1f);
    p = avips_fma(z, p, (avips_lanes)-3.33329491539e-1f);
    avips_lanes angle = avips_fma(a * z, p, a);
    angle = avips_choose(is_large, angle + 0.785398163f, angle);
    angle = avips_choose(is_steep, 1.570796327f - angle, angle);
    angle = avips_choose((avips_int_lanes)cosine < 0, 3.141592654f - angle, angle);
    return avips_with_sign(angle, sine);
}

// MARK: Eight doubles

AVIPS_LANE avips_doubles avips_choose_doubles(avips_long_lanes mask, avips_doubles a, avips_doubles b) { return mask ? a : b; }

AVIPS_LANE avips_doubles avips_absolute_doubles(avips_doubles x) { return (avips_doubles)((avips_integers)x & 0x7fffffffffffffffLL); }

// A choice by a comparison, which is false for what is not a number.
AVIPS_LANE avips_doubles avips_where_less_doubles(avips_doubles a, avips_doubles b, avips_doubles x, avips_doubles y) { return a < b ? x : y; }
AVIPS_LANE avips_doubles avips_where_less_or_equal_doubles(avips_doubles a, avips_doubles b, avips_doubles x, avips_doubles y) { return a <= b ? x : y; }
AVIPS_LANE avips_doubles avips_where_equal_doubles(avips_doubles a, avips_doubles b, avips_doubles x, avips_doubles y) { return a == b ? x : y; }

AVIPS_LANE avips_doubles avips_root_doubles(avips_doubles x) { return __builtin_elementwise_sqrt(x); }

AVIPS_LANE avips_doubles avips_with_sign_doubles(avips_doubles x, avips_doubles sign) {
    return (avips_doubles)(((avips_integers)x & 0x7fffffffffffffffLL) | ((avips_integers)sign & (long long)0x8000000000000000ULL));
}

AVIPS_LANE int avips_any_beyond_doubles(avips_doubles x, double limit) {
    return __builtin_reduce_or((avips_long_lanes)(avips_absolute_doubles(x) <= limit) ^ -1) != 0;
}

/// x·2ⁿ where n lies in the low bits of a number to which 1.5·2⁵² was added.
AVIPS_LANE avips_doubles avips_scaled_doubles(avips_doubles x, avips_doubles shifted) {
#ifdef __AVX512F__
    return __builtin_ia32_scalefpd512_mask(x, shifted - 0x1.8p52, x, (unsigned char)-1, 4);
#else
    avips_integers whole = ((avips_integers)shifted - (avips_integers)(avips_doubles)0x1.8p52);
    avips_integers half = whole >> 1;
    return x * (avips_doubles)((half + 1023) << 52) * (avips_doubles)((whole - half + 1023) << 52);
#endif
}

/// eʳ − 1, |r| ≤ ½·log 2, and n + 1.5·2⁵² with x = n·log 2 + r.
AVIPS_LANE avips_doubles avips_reduced_exponential_doubles(avips_doubles x, avips_doubles *shifted) {
    avips_doubles shift = 0x1.8p52;
    *shifted = avips_fma_doubles(x, (avips_doubles)1.4426950408889634, shift);
    avips_doubles n = *shifted - shift;
    avips_doubles r = avips_fma_doubles(n, (avips_doubles)-0x1.62e42fefap-1, x);
    r = avips_fma_doubles(n, (avips_doubles)-0x1.cf79abc9e3b3ap-40, r);
    return avips_fma_doubles(r * r, avips_exp_series(r), r);
}

AVIPS_LANE avips_doubles avips_bounded_doubles(avips_doubles x, double low, double high) {
    x = avips_choose_doubles(x < low, (avips_doubles)low, x);
    return avips_choose_doubles(x > high, (avips_doubles)high, x);
}

/// eˣ to a few units in the last place.
AVIPS_LANE avips_doubles avips_exp_doubles(avips_doubles x) {
    avips_doubles shifted, p = avips_reduced_exponential_doubles(avips_bounded_doubles(x, -746.0, 710.0), &shifted);
    return avips_scaled_doubles(1.0 + p, shifted);
}

AVIPS_LANE avips_doubles avips_expm1_doubles(avips_doubles x) {
    avips_doubles shifted, p = avips_reduced_exponential_doubles(avips_bounded_doubles(x, -746.0, 710.0), &shifted);
    avips_doubles power = avips_scaled_doubles((avips_doubles)1.0, shifted);
    avips_doubles small = avips_fma_doubles(p, power, power - 1.0);
    return avips_choose_doubles(shifted - 0x1.8p52 > 866.0, avips_scaled_doubles(1.0 + p, shifted), small);
}

#ifdef __AVX512F__
AVIPS_LANE avips_doubles avips_log_doubles(avips_doubles x) {
    avips_doubles m = __builtin_ia32_getmantpd512_mask(x, 0x0b, x, (unsigned char)-1, 4);
    avips_doubles e = __builtin_ia32_getexppd512_mask(x, x, (unsigned char)-1, 4) - __builtin_ia32_getexppd512_mask(m, m, (unsigned char)-1, 4);
    // log m = 2·atanh(s), s = f/(2 + f), |s| ≤ 0.2.
    avips_doubles f = m - 1.0, s = f / (f + 2.0), z = s * s;
    avips_doubles p = avips_log_series(z);
    // f − s·f + s·(z·p) keeps f's own digits.
    avips_doubles y = avips_fma_doubles(s * z, p, -(s * f));
    return avips_fma_doubles(e, (avips_doubles)0x1.62e42fefap-1, f + avips_fma_doubles(e, (avips_doubles)0x1.cf79abc9e3b3ap-40, y));
}
#else
AVIPS_LANE avips_doubles avips_log_doubles(avips_doubles argument) {
    avips_long_lanes is_small = argument < 0x1p-1022;
    avips_doubles x = avips_choose_doubles(is_small, argument * 0x1p54, argument);
    avips_doubles result = avips_logarithm(x) - avips_choose_doubles(is_small, (avips_doubles)37.429947750237048, (avips_doubles)0.0);
    result = avips_choose_doubles(argument < __builtin_inf(), result, argument);
    avips_doubles end = avips_choose_doubles(argument == 0.0, (avips_doubles)-__builtin_inf(), (avips_doubles)__builtin_nan(""));
    return avips_choose_doubles(argument > 0.0, result, end);
}
#endif

AVIPS_LANE avips_doubles avips_log1p_doubles(avips_doubles x) {
    avips_doubles u = 1.0 + x, log = avips_log_doubles(u);
    avips_doubles lost = (x - (u - 1.0)) / u;
    // No number at the ends of the domain.
    return avips_choose_doubles(lost == lost, log + lost, log);
}

AVIPS_LANE avips_doubles avips_tanh_doubles(avips_doubles x) {
    avips_doubles a = avips_absolute_doubles(x);
    a = avips_choose_doubles(a > 20.0, (avips_doubles)20.0, a);
    avips_doubles shifted, p = avips_reduced_exponential_doubles(a + a, &shifted), power = avips_scaled_doubles((avips_doubles)1.0, shifted);
    avips_doubles t = avips_fma_doubles(p, power, power - 1.0);
    return avips_with_sign_doubles(t / (t + 2.0), x);
}

AVIPS_LANE avips_doubles avips_sinh_doubles(avips_doubles x) {
    avips_doubles a = avips_absolute_doubles(x), t = avips_expm1_doubles(a), half = avips_exp_doubles(0.5 * a);
    avips_doubles result = 0.5 * (t + t / (t + 1.0));
    return avips_with_sign_doubles(avips_choose_doubles(a > 40.0, 0.5 * half * half, result), x);
}

AVIPS_LANE avips_doubles avips_cosh_doubles(avips_doubles x) {
    avips_doubles half = avips_exp_doubles(0.5 * avips_absolute_doubles(x)), inverse = 1.0 / half;
    return avips_fma_doubles(0.5 * half, half, 0.5 * inverse * inverse);
}

AVIPS_LANE avips_doubles avips_sigmoid_doubles(avips_doubles x) { return 1.0 / (1.0 + avips_exp_doubles(-x)); }

AVIPS_LANE avips_doubles avips_log1p_of_share_doubles(avips_doubles x) {
    avips_doubles s = x / (x + 2.0), z = s * s;
    avips_doubles p = avips_fma_doubles(z, (avips_doubles)0.16164938169471338, (avips_doubles)0.08800317650868773);
    p = avips_fma_doubles(z, p, (avips_doubles)0.12001155182857778);
    p = avips_fma_doubles(z, p, (avips_doubles)0.13314135550881162);
    p = avips_fma_doubles(z, p, (avips_doubles)0.15385570592912243);
    p = avips_fma_doubles(z, p, (avips_doubles)0.18181789417326447);
    p = avips_fma_doubles(z, p, (avips_doubles)0.22222222717801782);
    p = avips_fma_doubles(z, p, (avips_doubles)0.2857142856710506);
    p = avips_fma_doubles(z, p, (avips_doubles)0.40000000000014596);
    p = avips_fma_doubles(z, p, (avips_doubles)0.6666666666666666);
    return avips_fma_doubles(s * z, p, s + s);
}

AVIPS_LANE avips_doubles avips_softplus_doubles(avips_doubles x) {
    return avips_choose_doubles(x > 0.0, x, (avips_doubles)0.0) + avips_log1p_of_share_doubles(avips_exp_doubles(-avips_absolute_doubles(x)));
}

/// Sine and cosine to a few units in the last place for |x| ≤ 1e5.
// What both share is computed once where both are called.
AVIPS_LANE avips_doubles avips_turned_wave(avips_doubles x, int is_cosine) {
    avips_doubles shift = 0x1.8p52, shifted = avips_fma_doubles(x, (avips_doubles)0.6366197723675814, shift), n = shifted - shift;
    avips_doubles r = avips_fma_doubles(n, (avips_doubles)-0x1.921fb544p0, x);
    r = avips_fma_doubles(n, (avips_doubles)-0x1.0b4611a4p-34, r);
    r = avips_fma_doubles(n, (avips_doubles)-0x1.13198a2e03707p-65, r);
    avips_doubles z = r * r;
    avips_doubles s = avips_fma_doubles(z, (avips_doubles)-7.647163731819816e-13, (avips_doubles)1.6059043836821615e-10);
    s = avips_fma_doubles(z, s, (avips_doubles)-2.505210838544172e-8);
    s = avips_fma_doubles(z, s, (avips_doubles)2.7557319223985893e-6);
    s = avips_fma_doubles(z, s, (avips_doubles)-1.984126984126984e-4);
    s = avips_fma_doubles(z, s, (avips_doubles)8.333333333333333e-3);
    s = avips_fma_doubles(z, s, (avips_doubles)-1.6666666666666666e-1);
    s = avips_fma_doubles(r * z, s, r);
    avips_doubles c = avips_fma_doubles(z, (avips_doubles)4.779477332387385e-14, (avips_doubles)-1.1470745597729725e-11);
    c = avips_fma_doubles(z, c, (avips_doubles)2.08767569878681e-9);
    c = avips_fma_doubles(z, c, (avips_doubles)-2.755731922398589e-7);
    c = avips_fma_doubles(z, c, (avips_doubles)2.48015873015873e-5);
    c = avips_fma_doubles(z, c, (avips_doubles)-1.388888888888889e-3);
    c = avips_fma_doubles(z, c, (avips_doubles)4.1666666666666664e-2);
    c = avips_fma_doubles(z, c, (avips_doubles)-0.5);
    c = avips_fma_doubles(z, c, (avips_doubles)1.0);
    // Odd quadrants exchange sine and cosine; bit 1 of the quadrant turns the sine's sign, bit 1 of the next one the cosine's.
    avips_integers quadrant = (avips_integers)shifted, exchange = ((avips_integers)s ^ (avips_integers)c) & -(quadrant & 1);
    if (is_cosine) return (avips_doubles)((avips_integers)c ^ exchange ^ (((quadrant + 1) & 2) << 62));
    return (avips_doubles)((avips_integers)s ^ exchange ^ ((quadrant & 2) << 62));
}

AVIPS_LANE avips_doubles avips_sine_doubles(avips_doubles x) { return avips_turned_wave(x, 0); }
AVIPS_LANE avips_doubles avips_cosine_doubles(avips_doubles x) { return avips_turned_wave(x, 1); }

/// The angle of a point to a few units in the last place. The polynomial interpolates atan between −π/8 and π/8 at Chebyshev's places, which
/// costs less than a division of polynomials.
AVIPS_LANE avips_doubles avips_atan2_doubles(avips_doubles sine, avips_doubles cosine) {
    avips_doubles y = avips_absolute_doubles(sine), x = avips_absolute_doubles(cosine);
    avips_long_lanes is_steep = y > x;
    avips_doubles least = avips_choose_doubles(is_steep, x, y), greatest = avips_choose_doubles(is_steep, y, x);
    avips_doubles limit = greatest * 0.41421356237309503, most = __DBL_MAX__;
    limit = avips_choose_doubles(limit > most, most, limit);
    avips_long_lanes is_large = least > limit;
    avips_doubles ratio = avips_choose_doubles(is_large, least - greatest, least) / avips_choose_doubles(is_large, least + greatest, greatest);
    avips_doubles a = avips_choose_doubles(least == greatest, (avips_doubles)0.0, ratio), z = a * a;
    avips_doubles p = avips_fma_doubles(z, (avips_doubles)-0.019175404711104935, (avips_doubles)0.03923044778479309);
    p = avips_fma_doubles(z, p, (avips_doubles)-0.050854078345894844);
    p = avips_fma_doubles(z, p, (avips_doubles)0.05858140904866328);
    p = avips_fma_doubles(z, p, (avips_doubles)-0.06664510525508936);
    p = avips_fma_doubles(z, p, (avips_doubles)0.07692183125376892);
    p = avips_fma_doubles(z, p, (avips_doubles)-0.0909090457530649);
    p = avips_fma_doubles(z, p, (avips_doubles)0.11111111015187018);
    p = avips_fma_doubles(z, p, (avips_doubles)-0.14285714284665682);
    p = avips_fma_doubles(z, p, (avips_doubles)0.19999999999995516);
    p = avips_fma_doubles(z, p, (avips_doubles)-0.3333333333333333);
    avips_doubles angle = avips_fma_doubles(a * z, p, a);
    angle = avips_choose_doubles(is_large, angle + 3.061616997868383e-17 + 0.78539816339744831, angle);
    angle = avips_choose_doubles(is_steep, 1.5707963267948966 - (angle - 6.123233995736766e-17), angle);
    angle = avips_choose_doubles((avips_long_lanes)cosine < 0, 3.1415926535897931 - (angle - 1.2246467991473532e-16), angle);
    return avips_with_sign_doubles(angle, sine);
}

// MARK: Rows and columns

/// Eight rows of eight doubles become eight columns.
AVIPS_LANE void avips_transpose(avips_doubles rows[8]) {
#define AVIPS_EXCHANGE(i, j, even, odd) { \
    avips_doubles a = rows[i], b = rows[j]; \
    rows[i] = even; \
    rows[j] = odd; }
#define AVIPS_NEIGHBOURS(i) AVIPS_EXCHANGE(i, i + 1, __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14), __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15))
#define AVIPS_PAIRS(i) AVIPS_EXCHANGE(i, i + 2, __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13), __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15))
#define AVIPS_HALVES(i) AVIPS_EXCHANGE(i, i + 4, __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11), __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15))
    AVIPS_NEIGHBOURS(0) AVIPS_NEIGHBOURS(2) AVIPS_NEIGHBOURS(4) AVIPS_NEIGHBOURS(6)
    AVIPS_PAIRS(0) AVIPS_PAIRS(1) AVIPS_PAIRS(4) AVIPS_PAIRS(5)
    AVIPS_HALVES(0) AVIPS_HALVES(1) AVIPS_HALVES(2) AVIPS_HALVES(3)
#undef AVIPS_HALVES
#undef AVIPS_PAIRS
#undef AVIPS_NEIGHBOURS
#undef AVIPS_EXCHANGE
}

/// The transpose of eight rows of up to eight doubles, `stride` apart: as many rows of eight doubles, `target_stride` apart.
AVIPS_LANE void avips_columns_of_rows(const double *source, long stride, int columns, double *target, long target_stride) {
    avips_doubles rows[8];
    for (int row = 0; row < 8; row++) {
#ifdef __AVX512F__
        rows[row] = __builtin_ia32_loadupd512_mask(source + row * stride, (avips_doubles)0.0, (unsigned char)((1 << columns) - 1));
#else
        for (int column = 0; column < 8; column++) rows[row][column] = column < columns ? source[row * stride + column] : 0;
#endif
    }
    avips_transpose(rows);
    for (int column = 0; column < columns; column++) __builtin_memcpy(target + column * target_stride, &rows[column], 64);
}

/// The reverse: eight rows of up to eight doubles from as many rows of eight.
AVIPS_LANE void avips_rows_of_columns(const double *source, long stride, int columns, double *target, long target_stride) {
    avips_doubles rows[8];
    for (int column = 0; column < 8; column++) {
        if (column < columns) __builtin_memcpy(&rows[column], source + column * stride, 64);
        else rows[column] = (avips_doubles)0.0;
    }
    avips_transpose(rows);
    for (int row = 0; row < 8; row++) {
#ifdef __AVX512F__
        __builtin_ia32_storeupd512_mask(target + row * target_stride, rows[row], (unsigned char)((1 << columns) - 1));
#else
        for (int column = 0; column < columns; column++) target[row * target_stride + column] = rows[row][column];
#endif
    }
}

#endif
