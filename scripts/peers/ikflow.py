"""IKFlow (published Panda architecture, random weights) on the CPU: seconds for n solutions of one pose.

pip install "torch (CPU build)" FrEIA numpy
   (the ikflow package itself is not on PyPI and asks for jrl from git, numpy 1.24, PyQt5, wandb; only the network is timed here)
Run:  OMP_NUM_THREADS=1 taskset -c 0 python ikflow.py
      OMP_NUM_THREADS=2 python ikflow.py

Network: conditional flow on 7 joints, 12 x (GLOW affine coupling with two sub-networks + fixed random permutation), condition =
7 pose numbers + 1 softflow noise level, each sub-network 11 or 12 -> 1024 -> 1024 -> 1024 -> 8 or 6, LeakyReLU, clamp 2.5.
Prints parameters, GFLOP a solution and median time for n = 1, 100, 1000, 2000 through (a) FrEIA's graph, reverse pass,
(b) the same network as plain torch modules (no FrEIA overhead), (c) plain + bfloat16 linear layers.
"""
import os, statistics, time, warnings
warnings.filterwarnings("ignore")
import torch, torch.nn as nn
torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
torch.manual_seed(0)
D, C, W, L = 7, 8, 1024, 12


def subnet(i, o):
    return nn.Sequential(nn.Linear(i, W), nn.LeakyReLU(), nn.Linear(W, W), nn.LeakyReLU(), nn.Linear(W, W), nn.LeakyReLU(), nn.Linear(W, o))


class Plain(nn.Module):
    """reverse (sampling) direction of the same flow"""
    def __init__(self):
        super().__init__()
        self.a, self.b = D // 2, D - D // 2
        self.s1 = nn.ModuleList([subnet(self.a + C, 2 * self.b) for _ in range(L)])
        self.s2 = nn.ModuleList([subnet(self.b + C, 2 * self.a) for _ in range(L)])
        self.perm = [torch.randperm(D) for _ in range(L)]

    @staticmethod
    def sc(r, n):
        return 2.5 * 0.636 * torch.atan(r[:, :n]), r[:, n:]

    def forward(self, z, c):
        for i in reversed(range(L)):
            z = z[:, self.perm[i]]
            y1, y2 = z[:, :self.a], z[:, self.a:]
            s, t = self.sc(self.s1[i](torch.cat([y1, c], 1)), self.b)
            x2 = (y2 - t) * torch.exp(-s)
            s, t = self.sc(self.s2[i](torch.cat([x2, c], 1)), self.a)
            x1 = (y1 - t) * torch.exp(-s)
            z = torch.cat([x1, x2], 1)
        return z


def freia():
    import FrEIA.framework as Ff, FrEIA.modules as Fm
    cond = Ff.ConditionNode(C)
    nodes = [Ff.InputNode(D, name="in")]
    for i in range(L):
        nodes.append(Ff.Node([nodes[-1].out0], Fm.PermuteRandom, {"seed": i}))
        nodes.append(Ff.Node(nodes[-1].out0, Fm.GLOWCouplingBlock, {"subnet_constructor": subnet, "clamp": 2.5}, conditions=cond))
    return Ff.GraphINN(nodes + [cond, Ff.OutputNode([nodes[-1].out0], name="out")], verbose=False)


def bench(f, budget=6.0, least=5):
    f(); f(); ts, t0 = [], time.perf_counter()
    while len(ts) < least or (time.perf_counter() - t0 < budget and len(ts) < 400):
        t = time.perf_counter(); f(); ts.append(time.perf_counter() - t)
    ts.sort()
    return statistics.median(ts), ts[0], len(ts)


plain = Plain().eval()
npar = sum(p.numel() for p in plain.parameters())
print(f"torch {torch.__version__} threads {torch.get_num_threads()} parameters {npar/1e6:.2f} M, {2*npar/1e9:.3f} GFLOP a solution")
models = [("plain", plain)]
try:
    g = freia().eval()
    models.insert(0, ("FrEIA", lambda z, c: g(z, c=c, rev=True, jac=False)[0]))
except ImportError as e:
    print("FrEIA missing:", e)
pose = torch.tensor([[0.4, 0.1, 0.5, 0., 1., 0., 0., 0.]])
with torch.inference_mode():
    for name, m in models:
        for n in (1, 100, 1000, 2000):
            med, best, k = bench(lambda: m(torch.randn(n, D), pose.expand(n, C)))
            print(f"{name:6s} n={n:5d} median {med*1e3:9.2f} ms  best {best*1e3:9.2f} ms  ({med/n*1e6:.1f} us a solution, {2*npar*n/med/1e9:.1f} GFLOP/s, runs {k})", flush=True)
    b16 = Plain().eval().to(torch.bfloat16)
    for n in (1, 100, 1000, 2000):
        c16 = pose.expand(n, C).bfloat16()
        med, best, k = bench(lambda: b16(torch.randn(n, D, dtype=torch.bfloat16), c16), 4)
        print(f"plain-bf16 n={n:5d} median {med*1e3:9.2f} ms  best {best*1e3:9.2f} ms (runs {k})", flush=True)
