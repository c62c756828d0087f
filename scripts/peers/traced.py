"""Values and gradients of the formulas of "scripts/bench traced", in JAX on one core.

pip install "jax[cpu]" numpy
Run:  taskset -c 0 python traced.py            (single precision; --double for double)

Each formula is written twice: for one point, under jit(vmap(value_and_grad)), as people write it; and by columns, [dimension, batch], where
the gradient is that of the sum, which XLA's vectoriser likes better. Million evaluations with gradient a second, best of ten rounds.
"""
import os, sys, time
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
import jax, jax.numpy as jnp, numpy as np
from math import pi

double = "--double" in sys.argv
jax.config.update("jax_enable_x64", double)
number = jnp.float64 if double else jnp.float32


def mixture(x, c):
    weights = jnp.stack([c[0], c[1], -c[0], -c[1]])
    terms = []
    for k in range(4):
        angle, radius = k * pi / 2 + pi / 4 * c[0], 2.5 + c[1]
        turn = angle + pi / 4 * c[1]
        dx, dy = x[0] - radius * jnp.cos(angle), x[1] - radius * jnp.sin(angle)
        u, v = (jnp.cos(turn) * dx + jnp.sin(turn) * dy) / 0.5, (jnp.cos(turn) * dy - jnp.sin(turn) * dx) / 0.2
        terms.append(weights[k] - np.log(2 * pi * 0.1) - 0.5 * (u * u + v * v))
    return jax.nn.logsumexp(jnp.stack(terms), axis=0) - jax.nn.logsumexp(weights, axis=0)


def ring(x, c):
    radius, width, start = 1.5 + 0.75 * c[2], 0.1, pi * c[3]
    dx, dy = x[0] - c[0], x[1] - c[1]
    distance = jnp.sqrt(dx * dx + dy * dy)
    return (-(distance - radius) ** 2 / (2 * width * width) + jnp.log(1 + 0.8 * jnp.cos(jnp.arctan2(dy, dx) - start))
            - jnp.log(2 * pi * width * np.sqrt(2 * pi) * radius))


def path(x, c):
    ox, oy, radius = 0.5 + 0.2 * c[0], 0.15 * c[1], 0.18 + 0.05 * c[2]

    def hinge(px, py):
        dx, dy = px - ox, py - oy
        return jnp.maximum(radius - jnp.sqrt(dx * dx + dy * dy + 1e-12), 0) ** 2 / (2 * 0.0004)

    px, py, total = 0.0, 0.0, 0.0
    for i in range(9):
        qx, qy = (x[2 * i], x[2 * i + 1]) if i < 8 else (1.0, 0.0)
        total = total - ((qx - px) ** 2 + (qy - py) ** 2) / 0.02 - hinge((px + qx) / 2, (py + qy) / 2)
        if i < 8:
            total = total - hinge(qx, qy)
        px, py = qx, qy
    return total


def grasp(x, c):
    cx, cy, turn, a, b = 0.3 * c[0], 0.3 * c[1], pi / 2 * c[2], 0.6 + 0.15 * c[3], 0.35 + 0.1 * c[4]
    cp, sp, g = jnp.cos(turn), jnp.sin(turn), 0.5 * (a + b)
    dx, dy, w = jnp.cos(x[2]), jnp.sin(x[2]), x[3]
    total = -0.5 * w * w
    for sign in (-1.0, 1.0):
        px, py = x[0] + sign / 2 * w * dx - cx, x[1] + sign / 2 * w * dy - cy
        u, v = cp * px + sp * py, cp * py - sp * px
        f = jnp.sqrt((u / a) ** 2 + (v / b) ** 2 + 1e-6) - 1
        nu, nv = u / (a * a), v / (b * b)
        n = jnp.sqrt(nu * nu + nv * nv + 1e-6)
        nx, ny = (cp * nu - sp * nv) / n, (sp * nu + cp * nv) / n
        total = total - (g * f) ** 2 / (2 * 0.03 ** 2) - (1 - sign * (nx * dx + ny * dy)) / 0.04
    return total - (jnp.minimum(w, 0) / 0.02) ** 2 / 2 - jnp.maximum(jnp.abs(x[2]) - pi, 0) ** 2 / 0.02


def energy(x, c):
    def parameter(i, j):
        t = (7 * i + 3 * j) * 1.37
        return 0.9 * (2 * (t - np.floor(t)) - 1)

    scale = 10 ** ((c[4] - 1) / 2)
    terms = []
    for k in range(5):
        centre = [1.5 * jnp.tanh(sum(parameter(4 * k + axis, j) * c[j] for j in range(4)) + parameter(k, 5 + axis)) for axis in range(2)]
        height = 0.3 * sum(parameter(4 * k + 2, j) * c[j] for j in range(4))
        terms.append((height - ((x[0] - centre[0]) ** 2 + (x[1] - centre[1]) ** 2) / (2 * 0.1225)) / 0.1)
    return 0.1 * jax.nn.logsumexp(jnp.stack(terms), axis=0) / scale


def rate(function, x, c, count):
    function(x, c)[0].block_until_ready()
    best = 1e9
    for _ in range(10):
        start = time.process_time()
        for _ in range(20):
            result = function(x, c)
        jax.block_until_ready(result)
        best = min(best, (time.process_time() - start) / 20)
    return count / best * 1e-6


count = 4096
rng = np.random.default_rng(1)
print("| formula | vmap(value_and_grad) | by columns |\n|---|---|---|")
for name, f, n, m in [("a, mixture", mixture, 2, 2), ("b, ring", ring, 2, 4), ("c, path", path, 16, 3), ("d, grasp", grasp, 4, 5), ("f, energy", energy, 2, 5)]:
    x, c = jnp.asarray(0.6 * rng.normal(size=(count, n)), number), jnp.asarray(rng.uniform(-1, 1, (count, m)), number)
    rows = jax.jit(jax.vmap(jax.value_and_grad(f)))

    def columns(x, c, f=f):
        values, pullback = jax.vjp(lambda x: f(x, c), x)
        return values, pullback(jnp.ones_like(values))[0]

    print(f"| {name} | {rate(rows, x, c, count):.1f} M/s | {rate(jax.jit(columns), x.T.copy(), c.T.copy(), count):.1f} M/s |", flush=True)

sizes = [8, 256, 256, 1]
layers = [(jnp.asarray(rng.normal(size=(b, a)) * np.sqrt(2 / a), number), jnp.zeros(b, number)) for a, b in zip(sizes, sizes[1:])]


def critic(x, _):
    for i, (weights, biases) in enumerate(layers):
        x = x @ weights.T + biases
        if i < len(layers) - 1:
            x = jax.nn.relu(x)
    return x[..., 0]


def batch(x, c):
    values, pullback = jax.vjp(lambda x: critic(x, c), x)
    return values, pullback(jnp.ones_like(values))[0]


x = jnp.asarray(rng.normal(size=(count, 8)), number)
print(f"| network 8-256-256-1 | {rate(jax.jit(jax.vmap(jax.value_and_grad(critic), (0, None))), x, None, count):.2f} M/s | {rate(jax.jit(batch), x, None, count):.2f} M/s |")
