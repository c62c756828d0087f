// pinocchio.cpp - Pinocchio in C++ on the Panda arm: FK and Jacobian throughput and a damped Gauss-Newton (LM) IK with restarts.
//
// Install: pip install pin            (ships the headers under cmeel.prefix/include; only header templates are used, nothing is linked)
//          apt-get install libeigen3-dev g++
// Build:   g++ -O3 -march=native -DNDEBUG -std=c++17 -DBOOST_MPL_LIMIT_LIST_SIZE=30 -DBOOST_MPL_CFG_NO_PREPROCESSED_HEADERS \
//              -I"$CMEEL/include" -I/usr/include/eigen3 pinocchio.cpp -o pinocchio      (CMEEL = the cmeel.prefix folder)
// Run:     taskset -c 1 pinocchio [poses=1000]
// Prints configurations/s (median of 9 passes over 4096 random configurations) and IK tables in the columns of inverse_kinematics.py.
#include <pinocchio/multibody/model.hpp>
#include <pinocchio/multibody/data.hpp>
#include <pinocchio/algorithm/kinematics.hpp>
#include <pinocchio/algorithm/jacobian.hpp>
#include <pinocchio/spatial/explog.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>
#include <vector>
using namespace pinocchio;
typedef Eigen::Matrix<double, 6, 7> J67;
typedef Eigen::Matrix<double, 7, 1> V7;
typedef Eigen::Matrix<double, 6, 1> V6;
static double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }
static double med(std::vector<double> v) { std::sort(v.begin(), v.end()); return v[v.size() / 2]; }
static V7 LO, HI;

int main(int argc, char **argv) {
  int poses = argc > 1 ? atoi(argv[1]) : 1000;
  LO << -2.8973, -1.7628, -2.8973, -3.0718, -2.8973, -0.0175, -2.8973;
  HI << 2.8973, 1.7628, 2.8973, -0.0698, 2.8973, 3.7525, 2.8973;
  const double h = M_PI / 2, xyz[7][3] = {{0, 0, .333}, {0, 0, 0}, {0, -.316, 0}, {.0825, 0, 0}, {-.0825, .384, 0}, {0, 0, 0}, {.088, 0, 0}}, roll[7] = {0, -h, h, h, -h, h, h};
  Model model; JointIndex last = 0;
  for (int i = 0; i < 7; i++) {
    Eigen::Matrix3d R = Eigen::AngleAxisd(roll[i], Eigen::Vector3d::UnitX()).toRotationMatrix();
    last = model.addJoint(last, JointModelRZ(), SE3(R, Eigen::Vector3d(xyz[i][0], xyz[i][1], xyz[i][2])), "j" + std::to_string(i + 1));
  }
  const SE3 tip(Eigen::Matrix3d::Identity(), Eigen::Vector3d(0, 0, .107));
  Data data(model);
  std::mt19937_64 rng(7);
  std::uniform_real_distribution<double> U(0, 1);
  auto rnd = [&](V7 &q) { for (int i = 0; i < 7; i++) q[i] = LO[i] + (HI[i] - LO[i]) * U(rng); };
  const int N = 4096; std::vector<V7> Q(N); for (auto &q : Q) rnd(q);
  Eigen::VectorXd q(7); double sink = 0;
  std::vector<double> tf, tj, t2;
  J67 J;
  for (int rep = 0; rep < 9; rep++) {
    double t = now();
    for (int k = 0; k < 20; k++) for (int i = 0; i < N; i++) { q = Q[i]; forwardKinematics(model, data, q); SE3 M = data.oMi[7] * tip; sink += M.translation()[0]; }
    tf.push_back(20.0 * N / (now() - t)); t = now();
    for (int k = 0; k < 20; k++) for (int i = 0; i < N; i++) { q = Q[i]; computeJointJacobians(model, data, q); SE3 M = data.oMi[7] * tip; sink += data.J(0, 3) + M.translation()[0]; }
    tj.push_back(20.0 * N / (now() - t)); t = now();
    for (int k = 0; k < 20; k++) for (int i = 0; i < N; i++) { q = Q[i]; J.setZero(); computeJointJacobian(model, data, q, 7, J); sink += J(0, 3); }
    t2.push_back(20.0 * N / (now() - t));
  }
  printf("pinocchio C++ f64, one thread: FK %.0f conf/s, FK+Jacobian (world, computeJointJacobians) %.0f conf/s, computeJointJacobian (local) %.0f conf/s  [%g]\n", med(tf), med(tj), med(t2), sink);

  const double tols[2][2] = {{1e-4, 1e-3}, {1e-6, 1e-6}};
  auto attempt = [&](const SE3 &T, const V7 &q0, const double *tol, V7 &out, int &iters) {
    V7 x = q0; double lam = 1e-2, prev = -1; Eigen::VectorXd xq(7);
    for (iters = 0; iters < 100; iters++) {
      xq = x; computeJointJacobians(model, data, xq);
      SE3 M = data.oMi[7] * tip; V6 e = log6(M.actInv(T)).toVector();
      if (e.head<3>().norm() < tol[0] && e.tail<3>().norm() < tol[1]) { out = x; return true; }
      double n = e.squaredNorm();
      lam = (prev >= 0 && n > prev) ? std::min(lam * 4, 1e2) : std::max(lam * 0.3, 1e-7); prev = n;
      const Eigen::Matrix<double, 6, 6> X = M.toActionMatrixInverse();
      J = X * data.J;
      Eigen::Matrix<double, 6, 6> A = J * J.transpose(); A.diagonal().array() += lam * n + 1e-12;
      x += J.transpose() * A.ldlt().solve(e);
      x = x.cwiseMax(LO).cwiseMin(HI);
    }
    return false;
  };
  printf("| solver | tol | poses | first | ms/attempt med/mean | solved (50 restarts) | ms to solve med/mean/p95 | s for 100 |\n");
  for (int c = 0; c < 2; c++) {
    std::mt19937_64 r2(7); std::vector<double> at, so; int first = 0; std::vector<double> many;
    for (int p = 0; p < poses; p++) {
      V7 qs, q0, o; rnd(qs); q = qs; forwardKinematics(model, data, q); SE3 T = data.oMi[7] * tip; double tot = 0; int it;
      for (int k = 0; k < 50; k++) {
        rnd(q0); double t = now(); bool ok = attempt(T, q0, tols[c], o, it); t = now() - t; tot += t; at.push_back(t * 1e3);
        if (ok) { so.push_back(tot * 1e3); first += k == 0; break; }
      }
      if (p < 20) {
        std::vector<V7> sols; double t = now();
        while (sols.size() < 100 && now() - t < 5) { rnd(q0); if (attempt(T, q0, tols[c], o, it)) { bool fresh = true; for (auto &s : sols) if ((s - o).norm() < 0.1) { fresh = false; break; } if (fresh) sols.push_back(o); } }
        many.push_back(sols.size() >= 100 ? now() - t : 1e9);
      }
    }
    double ma = 0, ms = 0; for (double v : at) ma += v; for (double v : so) ms += v;
    std::sort(so.begin(), so.end());
    printf("| pinocchio C++ LM | %.0e/%.0e | %d | %.3f | %.4f / %.4f | %.3f | %.4f / %.4f / %.4f | %.4f |\n", tols[c][0], tols[c][1], poses, first / (double)poses, med(at), ma / at.size(), so.size() / (double)poses, so[so.size() / 2], ms / so.size(), so[so.size() * 95 / 100], med(many));
  }
}
