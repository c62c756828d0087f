import Kinematics
import Numerics
import Foundation
let h = Double.pi/2
let xyz: [[Double]] = [[0,0,0.333],[0,0,0],[0,-0.316,0],[0.0825,0,0],[-0.0825,0.384,0],[0,0,0],[0.088,0,0]]
let roll = [0,-h,h,h,-h,h,h]
let lo = [-2.8973, -1.7628, -2.8973, -3.0718, -2.8973, -0.0175, -2.8973]
let hi = [2.8973, 1.7628, 2.8973, -0.0698, 2.8973, 3.7525, 2.8973]
func rx(_ a: Double) -> Rotation { Rotation(x: [1,0,0], y: [0,cos(a),sin(a)], z: [0,-sin(a),cos(a)]) }
func rz(_ a: Double) -> Rotation { Rotation(x: [cos(a),sin(a),0], y: [-sin(a),cos(a),0], z: [0,0,1]) }
var segs: [Chain.Segment] = []
for i in 0..<7 { segs.append(.init(name: "j\(i)", kind: .revolute, child: "l\(i)", origin: Pose(position: SIMD3(xyz[i]), rotation: rx(roll[i])), axis: [0,0,1], variable: i)) }
segs.append(.init(name: "tip", kind: .fixed, child: "hand", origin: Pose(position: [0,0,0.107], rotation: rz(-h/2)), axis: .zero, variable: nil))
let panda = Chain(name: "panda", base: "b", tip: "hand", segments: segs, variables: (0..<7).map { .init(name: "j\($0)", kind: .revolute, lower: lo[$0], upper: hi[$0]) })
let lane = LaneChain(panda)
func fk(_ q: [Double]) -> Pose {
    var p = Pose.identity
    for s in panda.segments { p = p * s.origin; if let v = s.variable { p = p * Pose(position: .zero, rotation: rz(q[v])) } }
    return p
}
var stream = RandomStream(seed: 1)
var rnd = LaneRandom(using: &stream)
let blocks = 256
let q = UnsafeMutablePointer<Lanes>.allocate(capacity: blocks*7)
for b in 0..<blocks { for i in 0..<7 { q[b*7+i] = Lanes(repeating: lane.lower[i]).fma(rnd.uniform(), Lanes(repeating: lane.upper[i]-lane.lower[i])) } }
var worst = 0.0
for b in 0..<4 { let f = lane.forward(q+b*7); for l in 0..<16 { let p = fk((0..<7).map { Double(q[b*7+$0][l]) }); worst = max(worst, abs(p.position.x-Double(f.px[l])), abs(p.position.z-Double(f.pz[l])), abs(p.rotation.y.x-Double(f.yx[l])), abs(p.rotation.x.z-Double(f.xz[l]))) } }
print("worst", worst)
let out = UnsafeMutablePointer<LaneFrame>.allocate(capacity: blocks)
let jac = UnsafeMutablePointer<Lanes>.allocate(capacity: blocks*42)
func now() -> Double { var t = timespec(); clock_gettime(CLOCK_MONOTONIC, &t); return Double(t.tv_sec)+1e-9*Double(t.tv_nsec) }
func bench(_ name: String, _ n: Int, _ f: () -> Void) { f(); var ts: [Double] = []; for _ in 0..<200 { let t = now(); f(); ts.append(now()-t) }; ts.sort(); print(name, Double(n)/ts[100]/1e6, "M/s best", Double(n)/ts[0]/1e6) }
bench("fk", blocks*16) { for b in 0..<blocks { out[b] = lane.forward(q+b*7) } }
bench("fk+jac", blocks*16) { for b in 0..<blocks { out[b] = lane.forward(q+b*7, jacobian: jac + 42*b) } }
@inline(never) func cmp(_ a: Lanes, _ b: Lanes) -> Lanes { a.replacing(with: b, where: a .< b) }
@inline(never) func cl(_ a: Lanes, _ b: Lanes, _ c: Lanes) -> Lanes { a.clamped(lowerBound: b, upperBound: c) }
@inline(never) func mor(_ a: Lanes, _ b: Lanes, _ c: Lanes) -> Lanes { a.replacing(with: b, where: ((a .< b) .& (c .> 0)) .| (b .< c)) }
@inline(never) func anyl(_ a: Lanes, _ b: Lanes) -> Bool { any(a .< b) }
print(cmp(q[0],q[1])[0], cl(q[0],q[1],q[2])[0], mor(q[0],q[1],q[2])[0], anyl(q[0],q[1]))
// ---- tuning experiment
let posesN = 1000
var targets: [Pose] = []
for _ in 0..<posesN { targets.append(fk((0..<7).map { lo[$0] + (hi[$0]-lo[$0])*stream.uniform() })) }
experiment(lane, targets)
