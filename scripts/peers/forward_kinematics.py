"""FK and Jacobian throughput on the Panda, batch 4096: Pinocchio through Python, pytorch_kinematics, plain torch, jax, numpy.

pip install numpy, then whichever of: pin | torch pytorch_kinematics | jax   (one environment each is fine; what is missing is skipped)
Run:  OMP_NUM_THREADS=1 taskset -c 1 python forward_kinematics.py
Prints configurations per second (median of repeated passes). Pinocchio in C++: pinocchio.cpp.
"""
import os, statistics, sys, time
os.environ.setdefault("OMP_NUM_THREADS", "1")
import numpy as np
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import panda
N = 4096
Q = panda.sample(N, 11)
now = time.thread_time if os.environ.get("CLOCK") == "cpu" else time.perf_counter


def rate(f, n=N, budget=3.0):
    f(); f(); ts, t0 = [], time.perf_counter()
    while time.perf_counter() - t0 < budget and len(ts) < 2000 or len(ts) < 5:
        t = now(); f(); ts.append(now() - t)
    return f"{n / statistics.median(ts):.3g} conf/s (best {n / min(ts):.3g}, median {statistics.median(ts)*1e3:.3f} ms a pass)"


print("numpy f64 batched FK:", rate(lambda: panda.fk(Q)), flush=True)
try:
    import pinocchio as pin
    m = pin.buildModelFromUrdf(panda.write_urdf()); d = m.createData(); f = m.getFrameId("panda_link8")
    def fk():
        for q in Q: pin.framesForwardKinematics(m, d, q)
    def jac():
        for q in Q: pin.computeFrameJacobian(m, d, q, f, pin.LOCAL)
    print("pinocchio", pin.__version__, "python loop FK (all frames):", rate(fk), flush=True)
    print("pinocchio python loop frame Jacobian:", rate(jac), flush=True)
    def call():
        for q in Q: m.getFrameId
    print("  the bare python loop:", rate(call), flush=True)
except ImportError as e: print("no pinocchio", e)
try:
    import torch
    torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    for dt in (torch.float32, torch.float64):
        q = torch.tensor(Q.T.copy(), dtype=dt)
        def cols(q):
            """columns-of-R form: two columns turn a joint, the +-90 deg twist relabels columns. q [7,N]"""
            c, s = torch.cos(q), torch.sin(q)
            one, zero = torch.ones_like(c[0]), torch.zeros_like(c[0])
            x, y, z = (c[0], s[0], zero), (-s[0], c[0], zero), (zero, zero, one)
            p = (zero, zero, zero + 0.333); axes, orig = [z], [p]
            for i in range(1, 7):
                xyz, roll = panda.ORIGINS[i]
                for t, col in zip(xyz, (x, y, z)):
                    if t: p = tuple(pe + t * ce for pe, ce in zip(p, col))
                y, z = (z, tuple(-e for e in y)) if roll > 0 else (tuple(-e for e in z), y)
                axes.append(z); orig.append(p)
                ci, si = c[i], s[i]
                x, y = tuple(ci * u + si * v for u, v in zip(x, y)), tuple(ci * v - si * u for u, v in zip(x, y))
            p = tuple(pe + panda.FLANGE * ze for pe, ze in zip(p, z))
            return p, x, y, z, axes, orig
        def fk_only(q):
            p, x, y, z, _, _ = cols(q); return torch.stack(p), torch.stack(x), torch.stack(y), torch.stack(z)
        def fk_jac(q):
            p, x, y, z, ax, og = cols(q); J = []
            for a, o in zip(ax, og):
                r = tuple(u - v for u, v in zip(p, o))
                J += [a[1] * r[2] - a[2] * r[1], a[2] * r[0] - a[0] * r[2], a[0] * r[1] - a[1] * r[0], *a]
            return torch.stack(p), torch.stack(x + y + z), torch.stack([j + 0 * q[0] for j in J])
        with torch.inference_mode():
            print("torch", torch.__version__, dt, "eager FK:", rate(lambda: fk_only(q)), flush=True)
            print("torch", dt, "eager FK+Jacobian:", rate(lambda: fk_jac(q)), flush=True)
            if os.environ.get("COMPILE"):
                c1, c2 = torch.compile(fk_only), torch.compile(fk_jac)
                print("torch", dt, "compiled FK:", rate(lambda: c1(q)), flush=True)
                print("torch", dt, "compiled FK+Jacobian:", rate(lambda: c2(q)), flush=True)
    try:
        import pytorch_kinematics as pk
        for dt in (torch.float32, torch.float64):
            ch = pk.build_serial_chain_from_urdf(panda.urdf_text().encode(), "panda_link8").to(dtype=dt)
            q = torch.tensor(Q, dtype=dt)
            with torch.inference_mode():
                print("pytorch_kinematics", getattr(pk, "__version__", ""), dt, "FK:", rate(lambda: ch.forward_kinematics(q, end_only=True)), flush=True)
                print("pytorch_kinematics", dt, "jacobian:", rate(lambda: ch.jacobian(q)), flush=True)
    except ImportError as e: print("no pytorch_kinematics", e)
except ImportError as e: print("no torch", e)
try:
    import jax, jax.numpy as jnp
    def fk1(q):
        R, p, ax, og = jnp.eye(3, dtype=q.dtype), jnp.zeros(3, q.dtype), [], []
        for i, (xyz, roll) in enumerate(panda.ORIGINS):
            p = p + R @ jnp.asarray(xyz, q.dtype)
            c, s = np.round(np.cos(roll)), np.round(np.sin(roll))
            R = R @ jnp.asarray([[1, 0, 0], [0, c, -s], [0, s, c]], q.dtype)
            ax.append(R[:, 2]); og.append(p)
            c, s = jnp.cos(q[i]), jnp.sin(q[i]); x, y, z = R[:, 0], R[:, 1], R[:, 2]
            R = jnp.stack([c * x + s * y, c * y - s * x, z], 1)
        p = p + R[:, 2] * panda.FLANGE
        return p, R, ax, og
    f = jax.jit(jax.vmap(lambda q: fk1(q)[:2]))
    def fj(q):
        p, R, ax, og = fk1(q)
        return p, R, jnp.stack([jnp.concatenate([jnp.cross(a, p - o), a]) for a, o in zip(ax, og)], 1)
    g = jax.jit(jax.vmap(fj))
    q = jnp.asarray(Q, jnp.float32)
    if os.environ.get("CLOCK") == "cpu": now = time.process_time
    print("jax", jax.__version__, "f32 vmap FK:", rate(lambda: jax.block_until_ready(f(q))), flush=True)
    print("jax f32 vmap FK+Jacobian:", rate(lambda: jax.block_until_ready(g(q))), flush=True)
except ImportError as e: print("no jax", e)
