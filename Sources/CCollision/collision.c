#include "collision.h"

#include "obstacles.h"

INLINE lanes *frames_of(const collision_checker *checker) { return checker->frames; }
INLINE lanes *bounds_of(const collision_checker *checker) { return checker->bounds; }
INLINE lanes *centres_of(const collision_checker *checker) { return checker->centres; }

// MARK: Kinematics

/// A direction given in a joint's frame, in the base frame; constants that are zero cost nothing.
INLINE void turn(const lanes *frame, const float *v, lanes *result) {
    lanes x = 0.0f, y = 0.0f, z = 0.0f;
    for (int axis = 0; axis < 3; ++axis) {
        if (v[axis] == 0) continue;
        const lanes *column = frame + 3 + 3 * axis;
        lanes c = v[axis];
        x = fma16(c, column[0], x);
        y = fma16(c, column[1], y);
        z = fma16(c, column[2], z);
    }
    result[0] = x;
    result[1] = y;
    result[2] = z;
}

INLINE void put(const collision_checker *checker, const collision_ball *ball, int joint, lanes *result) {
    if (joint < 0) {
        for (int i = 0; i < 3; ++i) result[i] = ball->centre[i];
        return;
    }
    const lanes *frame = frames_of(checker) + 12 * joint;
    lanes p[3];
    turn(frame, ball->centre, p);
    for (int i = 0; i < 3; ++i) result[i] = p[i] + frame[i];
}

static void place(const collision_checker *checker, const loose_lanes *q) {
    for (int index = 0; index < checker->joint_count; ++index) {
        const collision_joint *joint = checker->joints + index;
        lanes *frame = frames_of(checker) + 12 * index;
        if (joint->parent >= 0) {
            const lanes *parent = frames_of(checker) + 12 * joint->parent;
            turn(parent, joint->translation, frame);
            turn(parent, joint->x, frame + 3);
            turn(parent, joint->y, frame + 6);
            turn(parent, joint->z, frame + 9);
            for (int i = 0; i < 3; ++i) frame[i] += parent[i];
        } else {
            for (int i = 0; i < 3; ++i) {
                frame[i] = joint->translation[i];
                frame[3 + i] = joint->x[i];
                frame[6 + i] = joint->y[i];
                frame[9 + i] = joint->z[i];
            }
        }
        lanes value = fma16(q[joint->variable], (lanes)joint->scale, (lanes)joint->offset);
        if (joint->slides) {
            for (int i = 0; i < 3; ++i) frame[i] = fma16(value, frame[9 + i], frame[i]);
        } else {
            lanes sine, cosine;
            sine_and_cosine(value, &sine, &cosine);
            for (int i = 0; i < 3; ++i) {
                lanes x = frame[3 + i], y = frame[6 + i];
                frame[3 + i] = fma16(sine, y, cosine * x);
                frame[6 + i] = fma16(-sine, x, cosine * y);
            }
        }
    }
    for (int index = 0; index < checker->link_count; ++index) {
        checker->is_placed[index] = 0;
        put(checker, &checker->links[index].bound, checker->links[index].joint, bounds_of(checker) + 3 * index);
    }
}

INLINE void place_balls(const collision_checker *checker, int index) {
    if (checker->is_placed[index]) return;
    checker->is_placed[index] = 1;
    const collision_link *link = checker->links + index;
    for (int ball = link->first; ball < link->end; ++ball) put(checker, checker->balls + ball, link->joint, centres_of(checker) + 3 * ball);
}

// MARK: Obstacles

/// Whether the lanes that collide are enough to know.
INLINE int is_enough(lanes worst, int only_any) { return only_any ? any(worst < 0) : all(worst < 0); }

static int touch(const collision_checker *checker, const collision_obstacle *o, int index, float margin, int only_any, lanes *worst) {
    const collision_world *world = checker->world;
    const collision_link *link = checker->links + index;
    lanes found = *worst;
#define TOUCH(KIND)                                                                                                                       \
    {                                                                                                                                     \
        if (!any(gap_of_kind(world, o, KIND, bounds_of(checker) + 3 * index, link->bound.radius + margin) < 0)) return 0;                    \
        place_balls(checker, index);                                                                                                      \
        for (int ball = link->first; ball < link->end; ++ball) {                                                                          \
            found = least(found, gap_of_kind(world, o, KIND, centres_of(checker) + 3 * ball, checker->balls[ball].radius + margin));         \
            if (only_any && any(found < 0)) break;                                                                                        \
        }                                                                                                                                 \
    }
    EVERY_KIND(TOUCH)
#undef TOUCH
    *worst = found;
    return is_enough(found, only_any);
}

static void approach(const collision_checker *checker, const collision_obstacle *o, int index, lanes *best) {
    const collision_world *world = checker->world;
    const collision_link *link = checker->links + index;
    lanes found = *best;
#define APPROACH(KIND)                                                                                                                    \
    {                                                                                                                                     \
        float radius = link->bound.radius;                                                                                                \
        if (!any(approached(world, o, KIND, bounds_of(checker) + 3 * index, radius, found) < found)) return;                                 \
        place_balls(checker, index);                                                                                                      \
        for (int ball = link->first; ball < link->end; ++ball) {                                                                          \
            found = approached(world, o, KIND, centres_of(checker) + 3 * ball, checker->balls[ball].radius, found);                          \
        }                                                                                                                                 \
    }
    EVERY_KIND(APPROACH)
#undef APPROACH
    *best = found;
}

typedef _Bool flags __attribute__((ext_vector_type(16)));

/// Which of a block's sixteen obstacles have boxes that meet a box, a bit each.
INLINE unsigned near_in_block(const lanes *b, const float *lower, const float *upper) {
    lanes x = greatest(b[0] - upper[0], lower[0] - b[3]);
    lanes y = greatest(b[1] - upper[1], lower[1] - b[4]);
    lanes z = greatest(b[2] - upper[2], lower[2] - b[5]);
    mask near = greatest(greatest(x, y), z) <= 0;
    if (!any(near)) return 0;
    return __builtin_bit_cast(uint16_t, __builtin_convertvector(near != 0, flags));
}

/// What a link's ball, widened, sweeps over the sixteen configurations.
INLINE void swept(const collision_checker *checker, int index, float radius, float *lower, float *upper) {
    extent(bounds_of(checker) + 3 * index, lower, upper);
    for (int i = 0; i < 3; ++i) {
        lower[i] -= radius;
        upper[i] += radius;
    }
}

#define EVERY_NEAR(DO)                                                                                        \
    if (world->gather) {                                                                                      \
        int count = world->gather(world->world, lower, upper, world->near);                                   \
        for (int i = 0; i < count; ++i) { DO(world->obstacles + world->near[i]); }                            \
    } else {                                                                                                  \
        for (int block = 0; block < world->block_count; ++block) {                                            \
            for (unsigned near = near_in_block((const lanes *)world->blocks + 6 * block, lower, upper); near; near &= near - 1) { \
                DO(world->obstacles + 16 * block + __builtin_ctz(near));                                      \
            }                                                                                                 \
        }                                                                                                     \
    }

// MARK: Links against each other

INLINE lanes square_between(const lanes *a, const lanes *b) { return square3(a[0] - b[0], a[1] - b[1], a[2] - b[2]); }

static int touch_pair(const collision_checker *checker, collision_pair pair, float margin, int only_any, lanes *worst) {
    const collision_link *a = checker->links + pair.first, *b = checker->links + pair.second;
    margin += a->margin + b->margin;
    float reach = a->bound.radius + b->bound.radius + margin;
    if (!any(square_between(bounds_of(checker) + 3 * pair.first, bounds_of(checker) + 3 * pair.second) < reach * reach)) return 0;
    place_balls(checker, pair.first);
    place_balls(checker, pair.second);
    lanes found = *worst;
    for (int i = a->first; i < a->end; ++i) {
        // Most balls are far from the other link.
        float coarse = checker->balls[i].radius + b->bound.radius + margin;
        if (!any(square_between(centres_of(checker) + 3 * i, bounds_of(checker) + 3 * pair.second) < coarse * coarse)) continue;
        for (int j = b->first; j < b->end; ++j) {
            float sum = checker->balls[i].radius + checker->balls[j].radius + margin;
            found = least(found, square_between(centres_of(checker) + 3 * i, centres_of(checker) + 3 * j) - sum * sum);
        }
    }
    *worst = found;
    return is_enough(found, only_any);
}

static void approach_pair(const collision_checker *checker, collision_pair pair, lanes *best) {
    const collision_link *a = checker->links + pair.first, *b = checker->links + pair.second;
    float margin = a->margin + b->margin;
    lanes found = *best, reach = greatest(found + (a->bound.radius + b->bound.radius + margin), (lanes)0.0f);
    if (!any(square_between(bounds_of(checker) + 3 * pair.first, bounds_of(checker) + 3 * pair.second) < reach * reach)) return;
    place_balls(checker, pair.first);
    place_balls(checker, pair.second);
    for (int i = a->first; i < a->end; ++i) {
        lanes coarse = greatest(found + (checker->balls[i].radius + b->bound.radius + margin), (lanes)0.0f);
        if (!any(square_between(centres_of(checker) + 3 * i, bounds_of(checker) + 3 * pair.second) < coarse * coarse)) continue;
        for (int j = b->first; j < b->end; ++j) {
            float sum = checker->balls[i].radius + checker->balls[j].radius + margin;
            lanes square = square_between(centres_of(checker) + 3 * i, centres_of(checker) + 3 * j), limit = greatest(found + sum, (lanes)0.0f);
            if (any(square < limit * limit)) found = least(found, root(square) - sum);
        }
    }
    *best = found;
}

// MARK: Questions

void collision_check(const collision_checker *checker, const void *q, float margin, int only_any, void *result) {
    place(checker, q);
    const collision_world *world = checker->world;
    lanes worst = *(loose_lanes *)result;
    float lower[3], upper[3];
    if (world) {
        for (int i = 0; i < checker->moving_count; ++i) {
            int index = checker->moving[i];
            swept(checker, index, checker->links[index].bound.radius + margin, lower, upper);
#define TOUCH(OBSTACLE) if (touch(checker, OBSTACLE, index, margin, only_any, &worst)) goto done
            EVERY_NEAR(TOUCH)
#undef TOUCH
        }
    }
    if (checker->checks_self) {
        for (int i = 0; i < checker->pair_count; ++i) {
            if (touch_pair(checker, checker->pairs[i], margin, only_any, &worst)) break;
        }
    }
done:
    *(loose_lanes *)result = worst;
}

void collision_clearances(const collision_checker *checker, const void *q, void *result) {
    place(checker, q);
    const collision_world *world = checker->world;
    lanes best = *(loose_lanes *)result;
    float lower[3], upper[3];
    if (world) {
        for (int i = 0; i < checker->moving_count; ++i) {
            int index = checker->moving[i];
            swept(checker, index, checker->links[index].bound.radius + __builtin_fmaxf(greatest_lane(best), 0), lower, upper);
#define APPROACH(OBSTACLE) approach(checker, OBSTACLE, index, &best)
            EVERY_NEAR(APPROACH)
#undef APPROACH
        }
    }
    if (checker->checks_self) {
        for (int i = 0; i < checker->pair_count; ++i) approach_pair(checker, checker->pairs[i], &best);
    }
    *(loose_lanes *)result = best;
}
