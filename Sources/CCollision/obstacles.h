// How far points are from obstacles. Kinds are constants where these are used, so that each has a loop of its own.

#ifndef AVIPS_COLLISION_OBSTACLES_H
#define AVIPS_COLLISION_OBSTACLES_H

#include "lanes.h"

typedef struct {
    lanes x, y, z;
} point;

INLINE lanes along(const float *axis, point d) { return fma16(d.z, (lanes)axis[2], fma16(d.y, (lanes)axis[1], d.x * axis[0])); }

INLINE point towards(const collision_obstacle *o, const lanes *p) { return (point){p[0] - o->middle[0], p[1] - o->middle[1], p[2] - o->middle[2]}; }

/// A point in the frame of a box.
INLINE point local(const collision_obstacle *o, int kind, point d) {
    if (kind == collision_aligned_box) return d;
    if (kind == collision_upright_box) return (point){fma16(d.y, (lanes)o->x[1], d.x * o->x[0]), fma16(d.y, (lanes)o->y[1], d.x * o->y[0]), d.z};
    return (point){along(o->x, d), along(o->y, d), along(o->z, d)};
}

/// How far a point is outside along each axis; below zero inside.
INLINE point beyond(const collision_obstacle *o, point d) {
    return (point){magnitude(d.x) - o->half[0], magnitude(d.y) - o->half[1], magnitude(d.z) - o->half[2]};
}

INLINE lanes square_outside(point b) {
    const lanes zero = 0.0f;
    return square3(greatest(b.x, zero), greatest(b.y, zero), greatest(b.z, zero));
}

INLINE lanes inside(point b) { return least(greatest(greatest(b.x, b.y), b.z), (lanes)0.0f); }

/// The squared distance from a segment along z.
INLINE lanes square_from_segment(const collision_obstacle *o, point d) {
    if (o->half[2] > 0) {
        lanes t = least(greatest(along(o->z, d), (lanes)-o->half[2]), (lanes)o->half[2]);
        d = (point){d.x - t * o->z[0], d.y - t * o->z[1], d.z - t * o->z[2]};
    }
    return square3(d.x, d.y, d.z);
}

/// How far a point is beyond a cylinder's side and caps.
INLINE void cylindrical(const collision_obstacle *o, point d, lanes *side, lanes *cap) {
    lanes t = along(o->z, d);
    point r = {d.x - t * o->z[0], d.y - t * o->z[1], d.z - t * o->z[2]};
    *side = root(square3(r.x, r.y, r.z)) - o->half[0];
    *cap = magnitude(t) - o->half[2];
}

/// A number below zero where a ball around a point touches the obstacle.
INLINE lanes gap_of_kind(const collision_world *world, const collision_obstacle *o, int kind, const lanes *p, float radius) {
    const lanes zero = 0.0f;
    point d = towards(o, p);
    if (kind == collision_rounded) {
        float reach = o->half[0] + radius;
        return square_from_segment(o, d) - reach * reach;
    }
    if (kind == collision_cylinder) {
        lanes side, cap;
        cylindrical(o, d, &side, &cap);
        side = greatest(side, zero);
        cap = greatest(cap, zero);
        return fma16(cap, cap, side * side) - radius * radius;
    }
    lanes gap = square_outside(beyond(o, local(o, kind, d))) - radius * radius;
    if (kind == collision_surface && any(gap < 0)) world->surface_gap(world->world, o->index, p, radius, &gap);
    return gap;
}

/// Lowers `best` to the signed distance less a radius, where that is below it.
INLINE lanes approached(const collision_world *world, const collision_obstacle *o, int kind, const lanes *p, float radius, lanes best) {
    const lanes zero = 0.0f;
    point d = towards(o, p);
    lanes reach = greatest(best + radius, zero);
    if (kind == collision_rounded) {
        lanes square = square_from_segment(o, d), whole = greatest(best + (radius + o->half[0]), zero);
        if (!any(square <= whole * whole)) return best;
        return least(best, root(square) - (o->half[0] + radius));
    }
    if (kind == collision_cylinder) {
        lanes side, cap;
        cylindrical(o, d, &side, &cap);
        lanes a = greatest(side, zero), b = greatest(cap, zero), square = fma16(b, b, a * a);
        if (!any(square <= reach * reach)) return best;
        return least(best, root(square) + least(greatest(side, cap), zero) - radius);
    }
    point b = beyond(o, local(o, kind, d));
    lanes square = square_outside(b);
    if (!any(square <= reach * reach)) return best;
    lanes distance = root(square) + inside(b);
    if (kind == collision_surface) {
        lanes bound = best + radius;
        world->surface_distance(world->world, o->index, p, &bound, &distance);
    }
    return least(best, distance - radius);
}

#define EVERY_KIND(DO)                                                  \
    switch (o->kind) {                                                  \
        case collision_rounded: DO(collision_rounded); break;           \
        case collision_box: DO(collision_box); break;                   \
        case collision_upright_box: DO(collision_upright_box); break;   \
        case collision_aligned_box: DO(collision_aligned_box); break;   \
        case collision_cylinder: DO(collision_cylinder); break;         \
        default: DO(collision_surface); break;                          \
    }

#endif
