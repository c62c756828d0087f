"""A conditional affine coupling flow as IKFlow's, in PyTorch on the CPU: a training step by likelihood with Adam, and samples of one context.

pip install numpy "torch (CPU build)"            (torch.compile also needs a C++ compiler)
Run:  OMP_NUM_THREADS=1 python flow.py --compile
      OMP_NUM_THREADS=2 python flow.py --compile
Options: --compile, --large (12 blocks of 3 x 1024, 15 coordinates, batch 256; else 6 blocks of 2 x 256, 7 coordinates, batch 512), --seconds 15
Ours: "scripts/bench flow", the same architectures and batches.

A block: two couplings, each a' = a*exp(k*tanh(r/k)) + t with r, t from a network of leaky rectifiers on the other half, the context (9) and the
noise's level; between blocks a fixed random permutation. Pairs are random numbers made beforehand: kinematics is not part of the time here.
"""
import argparse, os, statistics, time
import torch

ap = argparse.ArgumentParser()
ap.add_argument("--compile", action="store_true")
ap.add_argument("--large", action="store_true")
ap.add_argument("--seconds", type=float, default=15)
a = ap.parse_args()
torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
torch.manual_seed(0)
BLOCKS, HIDDEN, D, B = (12, [1024] * 3, 15, 256) if a.large else (6, [256] * 2, 7, 512)
C, CLAMP = 10, 2.5
HALF = (D + 1) // 2


def network(inputs, outputs):
    layers, width = [], inputs
    for w in HIDDEN:
        layers += [torch.nn.Linear(width, w), torch.nn.LeakyReLU(0.01)]
        width = w
    return torch.nn.Sequential(*layers, torch.nn.Linear(width, outputs))


class Flow(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first = torch.nn.ModuleList(network(D - HALF + C, 2 * HALF) for _ in range(BLOCKS))
        self.second = torch.nn.ModuleList(network(HALF + C, 2 * (D - HALF)) for _ in range(BLOCKS))
        self.orders = [torch.randperm(D) for _ in range(BLOCKS)]
        self.inverses = [torch.argsort(o) for o in self.orders]

    @staticmethod
    def numbers(net, passive, c):
        r, t = net(torch.cat([passive, c], 1)).chunk(2, 1)
        return CLAMP * torch.tanh(r / CLAMP), t

    def forward(self, x, c):                      # x -> z and the logarithm of the determinant
        total = 0
        for i in range(BLOCKS):
            if i:
                x = x[:, self.orders[i]]
            p, q = x[:, :HALF], x[:, HALF:]
            s, t = self.numbers(self.first[i], q, c)
            p = p * s.exp() + t
            total = total + s.sum(1)
            s, t = self.numbers(self.second[i], p, c)
            q = q * s.exp() + t
            total = total + s.sum(1)
            x = torch.cat([p, q], 1)
        return x, total

    def inverse(self, z, c):
        for i in reversed(range(BLOCKS)):
            p, q = z[:, :HALF], z[:, HALF:]
            s, t = self.numbers(self.second[i], p, c)
            q = (q - t) * (-s).exp()
            s, t = self.numbers(self.first[i], q, c)
            p = (p - t) * (-s).exp()
            z = torch.cat([p, q], 1)
            if i:
                z = z[:, self.inverses[i]]
        return z


flow = Flow()
opt = torch.optim.Adam(flow.parameters(), lr=1e-4, fused=True)


def loss_fn(x, c):
    z, total = flow(x, c)
    return (0.5 * z.square().sum(1) - total).mean()


def sample_fn(z, c):
    return flow.inverse(z, c)


if a.compile:
    loss_fn, sample_fn = torch.compile(loss_fn, dynamic=False), torch.compile(sample_fn, dynamic=False)
X, Y = torch.rand(64, B, D) * 2 - 1, torch.randn(64, B, C)
name = f"torch {torch.__version__} {'compile' if a.compile else 'eager'} {'large' if a.large else 'small'} threads={torch.get_num_threads()}"


def train_step(i):
    opt.zero_grad(set_to_none=True)
    loss = loss_fn(X[i % 64] + 1e-3 * torch.randn(B, D), Y[i % 64])
    loss.backward()
    opt.step()


def measure(body, what, warm):
    for i in range(warm):
        body(i)
    wall, cpu, begin, i = [], [], time.perf_counter(), 0
    while time.perf_counter() - begin < a.seconds or i < 5:
        t, p = time.perf_counter(), time.process_time()
        body(i)
        wall.append(time.perf_counter() - t)
        cpu.append(time.process_time() - p)
        i += 1
    print(f"{name}: {what} median {statistics.median(wall) * 1e3:.3f} ms, processor {statistics.median(cpu) * 1e3:.3f} ms, n={i}", flush=True)


measure(train_step, f"training step, batch {B},", 3)
if torch.get_num_threads() == 1:
    with torch.no_grad():
        for n in [1, 100, 2000]:
            c = torch.randn(1, C).expand(n, C).contiguous()
            measure(lambda i: sample_fn(torch.randn(n, D), c), f"{n} samples", 3)
