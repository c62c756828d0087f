// Checks and plans of VAMP on the problems that problems.py writes; see README.md beside this file.
#include <time.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <vamp/collision/factory.hh>
#include <vamp/planning/rrtc.hh>
#include <vamp/planning/simplify.hh>
#include <vamp/planning/validate.hh>
#include <vamp/random/halton.hh>
#include <vamp/robots/panda.hh>

using Robot = vamp::robots::Panda;
static constexpr std::size_t rake = vamp::FloatVectorWidth;
using World = vamp::collision::Environment<float>;
using LaneWorld = vamp::collision::Environment<vamp::FloatVector<rake>>;

struct Problem {
    std::string name;
    std::array<float, 7> start, goal;
    World world;
};

static double microseconds() {
    timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

static double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values.empty() ? 0 : values[values.size() / 2];
}

static double mean(const std::vector<double> &values) {
    double sum = 0;
    for (auto value : values) sum += value;
    return values.empty() ? 0 : sum / values.size();
}

static std::vector<Problem> read(const char *path) {
    std::vector<Problem> problems;
    std::ifstream file(path);
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string kind;
        words >> kind;
        if (kind == "problem") { problems.emplace_back(); words >> problems.back().name; continue; }
        if (kind == "joints") continue;
        auto &problem = problems.back();
        if (kind == "start" || kind == "goal") {
            for (auto &value : kind == "start" ? problem.start : problem.goal) words >> value;
            continue;
        }
        float n[10];
        for (auto &value : n) words >> value;
        const auto angles = Eigen::Quaternionf(n[9], n[6], n[7], n[8]).toRotationMatrix().eulerAngles(2, 1, 0);
        const std::array<float, 3> centre{n[3], n[4], n[5]}, euler{angles[2], angles[1], angles[0]};
        if (kind == "box") {
            problem.world.cuboids.emplace_back(vamp::collision::factory::cuboid::array(centre, euler, {n[0] / 2, n[1] / 2, n[2] / 2}));
        } else if (problem.name.rfind("box", 0) == 0) {
            problem.world.cuboids.emplace_back(vamp::collision::factory::cuboid::array(centre, euler, {n[1], n[1], n[0] / 2}));
        } else {
            problem.world.capsules.emplace_back(vamp::collision::factory::cylinder::center::array(centre, euler, n[1], n[0]));
        }
    }
    return problems;
}

int main(int, char **arguments) {
    std::mt19937 random(3);
    std::vector<double> checks, plans, totals, lengths;
    int solved = 0, invalid = 0;
    long hits = 0;
    auto problems = read(arguments[1]);
    for (std::size_t index = 0; index < problems.size(); ++index) {
        auto &problem = problems[index];
        problem.world.sort();
        const LaneWorld world(problem.world);
        if (index % 10 == 0) {
            constexpr int count = 512;
            std::vector<Robot::ConfigurationBlock<rake>> blocks(count * 16 / rake);
            for (auto &block : blocks) {
                for (std::size_t joint = 0; joint < 7; ++joint) {
                    std::array<float, rake> values;
                    for (auto &value : values) value = Robot::s_a[joint] + Robot::s_m[joint] * (random() / 4294967296.0f);
                    block[joint] = vamp::FloatVector<rake>(values.data(), false);
                }
            }
            const double begin = microseconds();
            for (auto &block : blocks) hits += Robot::fkcc<rake>(world, block);
            checks.push_back((microseconds() - begin) / count);
        }
        const Robot::Configuration start(problem.start.data(), false), goal(problem.goal.data(), false);
        if (!vamp::planning::validate_motion<Robot, rake, 1>(start, start, world) || !vamp::planning::validate_motion<Robot, rake, 1>(goal, goal, world)) {
            ++invalid;
            continue;
        }
        auto halton = std::make_shared<vamp::rng::Halton<Robot>>();
        vamp::planning::RRTCSettings settings;
        settings.range = 1.0;
        const double begin = microseconds();
        const auto found = vamp::planning::RRTC<Robot, rake, Robot::resolution>::solve(start, goal, world, settings, halton);
        const double middle = microseconds();
        if (found.path.empty()) continue;
        const auto path = vamp::planning::simplify<Robot, rake, Robot::resolution>(found.path, world, vamp::planning::SimplifySettings(), halton);
        totals.push_back(microseconds() - begin);
        plans.push_back(middle - begin);
        lengths.push_back(path.path.cost());
        ++solved;
    }
    std::cout << "VAMP: check of 16 random configurations " << median(checks) << " us (" << hits << " free blocks); solved " << solved << " of " << problems.size() - invalid
              << "; plan " << median(plans) << " us, with simplification " << median(totals) << " us (medians); length " << mean(lengths) << " rad (mean)\n";
}
