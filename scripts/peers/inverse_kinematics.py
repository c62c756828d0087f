"""Numerical (and analytic) IK solvers on the Panda arm, 6D pose of panda_link8, one process.

pip install numpy pytracik roboticstoolbox-python pin placo mink ikpy eaik panda-python ssik
   PyKDL: apt-get install python3-pykdl and point PYKDL_PATH at its dist-packages folder (same Python minor version)
Run:  OMP_NUM_THREADS=1 taskset -c 1 python inverse_kinematics.py [names...]      (TRAC-IK runs two threads inside: also try without taskset)
Env:  POSES (200), ATTEMPTS (50), BENCH_SECONDS per solver and tolerance (15), MANY_POSES (5)

Poses: FK of uniform joint samples within the limits (seed 7). Seeds of attempts: uniform within the limits.
An attempt succeeds when an independent numpy FK puts it within tol and the joints are within limits (1e-6).
Columns: first = share of poses solved by the first attempt; ms/attempt = median and mean over all attempts;
  solved = share solved within ATTEMPTS restarts (or the solver's own restarts); ms to solve = median / mean / p95 of summed
  time until success, over the solved poses; 100 = seconds for 100 solutions of one pose pairwise > 0.1 rad apart (L2), restart loop,
  median over MANY_POSES poses (inf when not reached within 12 s of wall clock, verification included:
  some poses near the workspace edge do not have 100 such solutions at all).
Times exclude the verification; they include the Python call a user would make.
"""
import os, sys, time, statistics
import numpy as np
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import panda
if os.environ.get("PYKDL_PATH"):
    sys.path.append(os.environ["PYKDL_PATH"])

POSES, ATTEMPTS = int(os.environ.get("POSES", 200)), int(os.environ.get("ATTEMPTS", 50))
BUDGET, MANY = float(os.environ.get("BENCH_SECONDS", 15)), int(os.environ.get("MANY_POSES", 5))
URDF = panda.write_urdf()
LO, HI = panda.LO, panda.HI
TOLS = [(1e-4, 1e-3), (1e-6, 1e-6)]
rng = np.random.default_rng(123)
rand_q = lambda: rng.uniform(LO, HI)
now = time.thread_time if os.environ.get("CLOCK") == "cpu" else time.perf_counter   # cpu: robust when the cores are shared (not for tracik: it has its own threads)


def wrap(q):
    """bring a solution within the limits by whole turns where that is possible"""
    q = np.array(q, float)
    for i in range(7):
        while q[i] > HI[i] + 1e-9 and q[i] - 2 * np.pi >= LO[i]: q[i] -= 2 * np.pi
        while q[i] < LO[i] - 1e-9 and q[i] + 2 * np.pi <= HI[i]: q[i] += 2 * np.pi
    return q


# each maker takes the tolerance (pos, rot) and returns attempt(T, q0) -> q, None, or a list of solutions
def tracik(tol, timeout=0.005):
    from trac_ik import TracIK
    s = TracIK("panda_link0", "panda_link8", URDF, timeout=timeout, epsilon=min(tol) * 0.5, solver_type="Speed")
    return lambda T, q0: s.ik(T[:3, 3], T[:3, :3], q0)


def rtb_solver(name, slimit, **kw):
    def make(tol):
        import roboticstoolbox as rtb
        e = rtb.ET.tz(0)
        for i, (xyz, roll) in enumerate(panda.ORIGINS):
            for ax, v in zip("xyz", xyz):
                if v: e = e * getattr(rtb.ET, "t" + ax)(v)
            if roll: e = e * rtb.ET.Rx(roll)
            e = e * rtb.ET.Rz(qlim=[LO[i], HI[i]])
        ets = rtb.ETS(e * rtb.ET.tz(panda.FLANGE))
        t = 0.5 * min(tol) ** 2
        f = getattr(ets, name)
        def attempt(T, q0):
            r = f(T, q0=q0, ilimit=kw.get("ilimit", 30), slimit=slimit, tol=t, joint_limits=True, **{k: v for k, v in kw.items() if k != "ilimit"})
            return r.q if r.success else None
        return attempt
    return make


def pin_lm(tol):
    import pinocchio as pin
    m = pin.buildModelFromUrdf(URDF); d = m.createData(); fid = m.getFrameId("panda_link8")
    I6 = np.eye(6)
    def attempt(T, q0):
        M = pin.SE3(T[:3, :3], T[:3, 3]); q = q0.copy(); lam = 1e-2; best = None
        for it in range(100):
            pin.framesForwardKinematics(m, d, q)
            e = pin.log6(d.oMf[fid].actInv(M)).vector
            if np.linalg.norm(e[:3]) < tol[0] and np.linalg.norm(e[3:]) < tol[1]: return q
            n = e @ e
            if best is not None and n > best: lam = min(lam * 4, 1e2)
            else: lam = max(lam * 0.3, 1e-7)
            best = n
            J = pin.computeFrameJacobian(m, d, q, fid, pin.LOCAL)
            q = np.clip(q + J.T @ np.linalg.solve(J @ J.T + lam * n * I6 + 1e-12 * I6, e), LO, HI)
        return None
    return attempt


def placo_(tol):
    import placo
    r = placo.RobotWrapper(URDF, placo.Flags.ignore_collisions)
    s = placo.KinematicsSolver(r); s.mask_fbase(True); s.enable_joint_limits(True); s.enable_velocity_limits(False)
    task = s.add_frame_task("panda_link8", np.eye(4)); task.configure("t", "soft", 1.0, 1.0)
    s.add_regularization_task(1e-9)
    names = [f"panda_joint{i+1}" for i in range(7)]
    def attempt(T, q0):
        for n, v in zip(names, q0): r.set_joint(n, v)
        task.T_world_frame = T; r.update_kinematics()
        for _ in range(60):
            try: s.solve(True)
            except RuntimeError: return None
            r.update_kinematics()
            if task.position().error_norm() < tol[0] and task.orientation().error_norm() < tol[1]:
                return np.array([r.get_joint(n) for n in names])
        return None
    return attempt


def mink_(tol):
    import mink, mujoco
    m = mujoco.MjModel.from_xml_string(
        panda.urdf_text().replace('<robot name="panda">', '<robot name="panda"><mujoco><compiler fusestatic="false" discardvisual="false"/></mujoco>'))
    c = mink.Configuration(m)
    t = mink.FrameTask("panda_link8", "body", position_cost=1.0, orientation_cost=1.0, lm_damping=1e-6)
    lim = [mink.ConfigurationLimit(m)]
    def attempt(T, q0):
        c.update(q0); t.set_target(mink.SE3.from_matrix(T))
        for _ in range(60):
            v = mink.solve_ik(c, [t], 1.0, "daqp", damping=1e-12, limits=lim)
            c.integrate_inplace(v, 1.0)
            e = t.compute_error(c)
            if np.linalg.norm(e[:3]) < tol[0] and np.linalg.norm(e[3:]) < tol[1]: return c.q.copy()
        return None
    return attempt


def ikpy_(tol):
    import warnings; warnings.filterwarnings("ignore")
    from ikpy.chain import Chain
    n = 10; mask = [False] + [True] * 7 + [False] * 2
    c = Chain.from_urdf_file(URDF, base_elements=["panda_link0"], active_links_mask=mask)
    tip = np.linalg.inv(panda.fk4(np.zeros(7))[0]) @ c.forward_kinematics(np.zeros(n))   # hand or link8, whichever the chain ends in
    def attempt(T, q0):
        full = np.zeros(n); full[1:8] = q0
        try: r = c.inverse_kinematics_frame(T @ tip, initial_position=full, orientation_mode="all")
        except ValueError: return None
        return r[1:8]
    return attempt


def _kdl():
    import PyKDL as k
    ch = k.Chain()
    f = k.Frame.Identity()
    for i, (xyz, roll) in enumerate(panda.ORIGINS):
        ch.addSegment(k.Segment(k.Joint("f%d" % i, k.Joint.Fixed), k.Frame(k.Rotation.RPY(roll, 0, 0), k.Vector(*map(float, xyz)))))
        ch.addSegment(k.Segment(k.Joint("j%d" % i, k.Joint.RotZ), k.Frame(k.Vector(0, 0, panda.FLANGE if i == 6 else 0.0))))
    return k, ch


def kdl_frame(k, T):
    return k.Frame(k.Rotation(*T[:3, :3].ravel().tolist()), k.Vector(*T[:3, 3].tolist()))


def kdl_lma(tol):
    k, ch = _kdl()
    s = k.ChainIkSolverPos_LMA(ch, eps=min(tol[0], 0.01 * tol[1]) * 0.5, maxiter=200)   # default weights: 1 m, 0.01 rad
    def attempt(T, q0, keep=ch):                  # the solver holds a bare reference to the chain
        a, o = k.JntArray(7), k.JntArray(7)
        for i in range(7): a[i] = q0[i]
        r = s.CartToJnt(a, kdl_frame(k, T), o)
        return wrap([o[i] for i in range(7)]) if r >= 0 else None
    return attempt


def kdl_nrjl(tol):
    k, ch = _kdl()
    lo, hi = k.JntArray(7), k.JntArray(7)
    for i in range(7): lo[i] = LO[i]; hi[i] = HI[i]
    fk, iv = k.ChainFkSolverPos_recursive(ch), k.ChainIkSolverVel_pinv(ch)
    s = k.ChainIkSolverPos_NR_JL(ch, lo, hi, fk, iv, 100, min(tol) * 0.5)
    keep = (ch, lo, hi, fk, iv)
    def attempt(T, q0, keep=keep):
        a, o = k.JntArray(7), k.JntArray(7)
        for i in range(7): a[i] = q0[i]
        r = s.CartToJnt(a, kdl_frame(k, T), o)
        return np.array([o[i] for i in range(7)]) if r >= 0 else None
    return attempt


def panda_py_(tol):
    """analytic (case consistent with q_init), q7 free: the seed supplies both"""
    import panda_py
    X = np.eye(4); c = np.cos(np.pi / 4); X[:2, :2] = [[c, c], [-c, c]]; X[2, 3] = 0.1034
    def attempt(T, q0):
        q = panda_py.ik(T @ X, q0, float(q0[6]))
        return None if np.isnan(q).any() else q
    return attempt


def eaik_(tol):
    """analytic, all (up to 8) branches of a locked q7; the robot object is rebuilt for every q7"""
    import eaik.pybindings.EAIK as E
    H, P, R, p = [], [], np.eye(3), np.zeros(3)
    for xyz, roll in panda.ORIGINS:
        off = R @ np.array(xyz, float); c, s = np.cos(roll), np.sin(roll)
        R = R @ np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
        H.append(R[:, 2]); P.append(off)
    P.append(np.zeros(3)); H, P, R0 = np.array(H).T, np.array(P).T, R
    off = np.eye(4); off[2, 3] = -panda.FLANGE
    def attempt(T, q0):
        r = E.Robot(H, P, np.eye(3), [(6, float(q0[6]))], True)
        M = T @ off; M[:3, :3] = T[:3, :3] @ R0.T
        s = r.calculate_IK(M)
        return [q for q in np.asarray(s.Q)]
    return attempt


def ssik_(tol):
    """analytic, its own solver for this arm; all branches that it finds, those nearest to the seed first"""
    import ssik
    arm = ssik.Manipulator.from_prebuilt("franka_panda_ik")
    return lambda T, q0: [np.asarray(s.q) for s in arm.solve(T, q_seed=q0)]


SOLVERS = {
    "tracik-5ms": tracik, "tracik-50ms": lambda t: tracik(t, 0.05),
    "rtb-LM-chan-1": rtb_solver("ik_LM", 1, method="chan", k=1.0), "rtb-LM-chan-100": rtb_solver("ik_LM", 100, method="chan", k=1.0),
    "rtb-LM-sugihara-100": rtb_solver("ik_LM", 100, method="sugihara", k=0.0001),
    "rtb-GN-100": rtb_solver("ik_GN", 100), "rtb-NR-100": rtb_solver("ik_NR", 100),
    "pin-LM-python": pin_lm, "kdl-LMA": kdl_lma, "kdl-NR-JL": kdl_nrjl, "placo": placo_, "mink-daqp": mink_, "ikpy": ikpy_,
    "panda-py(analytic)": panda_py_, "eaik(analytic,8/q7)": eaik_, "ssik(analytic)": ssik_,
}


def good(q, T, tol):
    qs = q if isinstance(q, list) else [q]
    if len(qs) == 0: return []
    Q = np.array([wrap(x) for x in qs])
    dp, dr = panda.pose_error(Q, np.broadcast_to(T, (len(Q), 4, 4)))
    return list(Q[(dp < tol[0]) & (dr < tol[1]) & panda.in_limits(Q)])


def run(name, tol, Ts):
    at = SOLVERS[name](tol)
    for i in range(3): at(Ts[i], rand_q())
    att, solve, first, n, t_start = [], [], 0, 0, now()
    for T in Ts:
        if now() - t_start > BUDGET: break
        n += 1; tot = 0
        for k in range(ATTEMPTS):
            q0 = rand_q(); t = now(); q = at(T, q0); dt = now() - t
            tot += dt; att.append(dt)
            if q is not None and good(q, T, tol):
                solve.append(tot); first += k == 0
                break
    s = np.array(solve) * 1e3
    a = np.array(att) * 1e3
    many = []
    if tol == TOLS[0] and n:
        for T in Ts[:MANY]:
            sols, tot, w0 = np.zeros((0, 7)), 0.0, time.perf_counter()
            while len(sols) < 100 and time.perf_counter() - w0 < 12:
                q0 = rand_q(); t = now(); q = at(T, q0); tot += now() - t
                for g in (good(q, T, tol) if q is not None else []):
                    if len(sols) == 0 or np.linalg.norm(sols - g, axis=1).min() > 0.1: sols = np.vstack([sols, g])
            many.append(tot if len(sols) >= 100 else np.inf)
    tosolve = f"{np.median(s):.3f} / {s.mean():.3f} / {np.percentile(s, 95):.3f}" if len(s) else "-"
    print(f"| {name} | {tol[0]:.0e}/{tol[1]:.0e} | {n} | {first/max(n,1):.3f} | {np.median(a):.3f} / {a.mean():.3f} | {len(solve)/max(n,1):.3f} | {tosolve} | "
          + (f"{statistics.median(many):.4g} ({sum(m < np.inf for m in many)}/{len(many)})" if many else "") + " |", flush=True)


if __name__ == "__main__":
    Ts = panda.fk4(panda.sample(POSES, 7))
    names = sys.argv[1:] or list(SOLVERS)
    print("| solver | tol m/rad | poses | first | ms/attempt med/mean | solved | ms to solve med/mean/p95 | s for 100 |\n|---|---|---|---|---|---|---|---|")
    for nm in names:
        for tol in TOLS:
            try:
                run(nm, tol, Ts)
            except Exception as e:
                print(f"| {nm} | failed: {type(e).__name__}: {str(e)[:160]} |", flush=True)
                if os.environ.get("TRACE"): raise
