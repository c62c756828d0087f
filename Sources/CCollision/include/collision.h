// Collision checks of sixteen configurations at a time: the inner loops of the module Collision, which judges all arguments.
//
// Single precision, one configuration a lane: registers are sixteen floats. As pointers to vectors mean nothing to Swift, they are passed
// as void pointers; those in structures are aligned to 64 bytes, arguments need not be. Nothing here allocates.

#ifndef AVIPS_COLLISION_H
#define AVIPS_COLLISION_H

#include <stdint.h>

/// A moving joint, about or along the z axis of its frame. The columns of the fixed rotation before the motion, and the translation.
typedef struct {
    int32_t parent;
    int32_t variable;
    int32_t slides;
    float scale, offset;
    float x[3], y[3], z[3];
    float translation[3];
} collision_joint;

typedef struct {
    float centre[3];
    float radius;
} collision_ball;

/// A link: the joint that moves it (-1: none), a ball around it, what is added to its radii against other links, and its balls among all.
typedef struct {
    int32_t joint;
    collision_ball bound;
    float margin;
    int32_t first, end;
} collision_link;

typedef struct {
    int32_t first, second;
} collision_pair;

enum collision_kind {
    /// A ball around every point of a segment: spheres and capsules.
    collision_rounded,
    collision_box,
    /// A box that is turned about the vertical axis only.
    collision_upright_box,
    collision_aligned_box,
    collision_cylinder,
    /// A cloud or a mesh inside a box.
    collision_surface,
};

/// An obstacle: its middle, the axes of its frame, and half the edges of a box, or the radius, nothing, and half the length.
typedef struct {
    int32_t kind;
    /// Its place among the world's obstacles.
    int32_t index;
    float middle[3];
    float x[3], y[3], z[3];
    float half[3];
} collision_obstacle;

/// The obstacles of a world, and what is asked of it where there are surfaces or very many obstacles.
typedef struct {
    const collision_obstacle *obstacles;
    int32_t count;
    /// Blocks of six registers, sixteen obstacles a block: the lower ends along x, y, z, then the upper ends. None where `gather` is given.
    const void *blocks;
    int32_t block_count;
    /// Writes the obstacles whose boxes meet a box, and returns how many; `near` has room for all.
    int32_t (*gather)(const void *world, const float *lower, const float *upper, int32_t *near);
    int32_t *near;
    /// Lowers gaps and distances from the box around a surface to those from the surface itself, where they are below zero or the bound.
    void (*surface_gap)(const void *world, int32_t index, const void *point, float radius, void *gap);
    void (*surface_distance)(const void *world, int32_t index, const void *point, const void *bound, void *distance);
    const void *world;
} collision_world;

typedef struct {
    const collision_joint *joints;
    const collision_link *links;
    const collision_ball *balls;
    const collision_pair *pairs;
    /// The links that move, those that are likeliest to touch something first.
    const int32_t *moving;
    int32_t joint_count, link_count, pair_count, moving_count;
    int32_t checks_self;
    const collision_world *world;
    // Scratch: twelve registers a joint (origin, columns of the rotation), three a link, three a ball, a flag a link.
    void *frames, *bounds, *centres;
    uint8_t *is_placed;
} collision_checker;

/// Lowers the result below zero in the lanes that come nearer than a margin to an obstacle, or with two links to each other.
///
/// - Parameters:
///   - q: a register a variable.
///   - only_any: whether to end at the first contact in any lane, rather than in every lane.
void collision_check(const collision_checker *checker, const void *q, float margin, int only_any, void *result);

/// Lowers the result, a bound, to the least signed distance from an obstacle or between two links, lane by lane.
void collision_clearances(const collision_checker *checker, const void *q, void *result);

#endif
