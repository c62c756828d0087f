// Sixteen floats at a time, for what Swift's own vectors do lane by lane.
//
// The standard library multiplies and adds in a loop over the lanes. The compiler makes one instruction of it, but not of chains of
// them with constants, such as polynomials: there it mixes single lanes and parts of vectors. The builtin is one instruction always.

#ifndef AVIPS_LANES_H
#define AVIPS_LANES_H

typedef float avips_lanes __attribute__((ext_vector_type(16)));

/// a·b + c with a single rounding, lane by lane.
static inline __attribute__((always_inline)) avips_lanes avips_fma(avips_lanes a, avips_lanes b, avips_lanes c) {
    return __builtin_elementwise_fma(a, b, c);
}

#endif
