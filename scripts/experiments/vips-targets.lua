-- Measures variational inference on the published targets: -ELBO at the end and what it took to reach the published figures.
--
--     scripts/avips scripts/experiments/vips-targets.lua [seeds=5] [data=DIRECTORY] [target ...]
--
-- One thread; times are processor seconds of the inference alone. The evidence bound is measured with fresh samples, 2000 on the way and
-- 20000 at the end. The two regressions need data=, a directory with german.data-numeric and breast_cancer.data (UCI).

local seeds, data, wanted = 5, nil, {}
for _, word in ipairs(arg) do
    local key, value = word:match "^(%a+)=(.+)$"
    if key == "seeds" then seeds = math.tointeger(tonumber(value)) or error "seeds= takes a whole number"
    elseif key == "data" then data = value
    elseif key then error("unknown option " .. key)
    else wanted[word] = true end
end

-- What is asked of each target: -ELBO at the end, and marks on the way, each an ELBO with the processor seconds and evaluations that the
-- authors' program took to it.
local experiments = {
    { name = "PlanarRobot4", goal = 11.47, samples = 7e6, chunks = 10, marks = {},
      target = function() return avips.target.planar_robot{ goals = 4 } end,
      options = { components = 1500, samples = 32, add_interval = 1, additions = 40, max_components = 3000, candidates = 3000,
                  new_shape = "nearest", delete_interval = 10, step_size = 1, step_range = {0.01, 0.4}, weight_step_size = 4 } },
    { name = "PlanarRobot4-small", goal = 12.74, samples = 359500, chunks = 30,
      marks = { { -13.18, 30.4, 359500 }, { -12.74, 45.8, 536600 } },
      target = function() return avips.target.planar_robot{ goals = 4 } end,
      options = { components = 100, samples = 50, add_interval = 1, delete_interval = 10, step_size = 1, step_range = {0.01, 0.5},
                  weight_step_size = 4 } },
    { name = "PlanarRobot1", samples = 359500, chunks = 10, marks = {},
      target = function() return avips.target.planar_robot{ goals = 1 } end,
      options = { components = 100, samples = 50, add_interval = 1, delete_interval = 10, step_size = 1, step_range = {0.01, 0.5},
                  weight_step_size = 4 } },
    { name = "GMM20", goal = 0.01, samples = 32000, chunks = 60, marks = { { -0.01, 60, 32716 } },
      target = function() return avips.target.gaussian_mixture{ dimension = 20 } end,
      options = { samples = 60, reuse = 2, add_interval = 5, prior_candidates = 50, delete_interval = 20, step_size = 1 } },
    { name = "GMM100", goal = 0.01, samples = 200000, chunks = 20, marks = { { -0.01 } },
      target = function() return avips.target.gaussian_mixture{ dimension = 100 } end,
      options = { samples = 220, add_interval = 5, prior_candidates = 50, delete_interval = 20, step_size = 5, step_range = {0.01, 20} } },
    { name = "STM20", goal = 0.05, samples = 3e6, chunks = 20, marks = {},
      target = function() return avips.target.student_mixture{ dimension = 20 } end,
      options = { components = 45, samples = 200, add_interval = 20, prior_candidates = 100, step_size = 1, weight_step_size = 1 } },
    { name = "STM300", goal = 14.96, samples = 400000, chunks = 8, marks = {},
      target = function() return avips.target.student_mixture{ dimension = 300 } end,
      options = { components = 20, samples = 620, adaptation = "fixed", step_size = 5, step_range = {0.01, 50}, weight_step_size = 1 } },
    { name = "BreastCancer", goal = 78.00, samples = 4e6, chunks = 20, marks = { { -78.53, 30.1, 85967 } }, needsData = true,
      target = function() return avips.target.logistic(data .. "/breast_cancer.data", { label = 2, skip = {1} }) end,
      options = { components = 20, samples = 80, add_interval = 10, step_size = 1, new_shape = "nearest", max_components = 200 } },
    { name = "GermanCredit", goal = 585.10, samples = 600000, chunks = 30, marks = { { -585.106, 20.1, 32307 } }, needsData = true,
      target = function() return avips.target.logistic(data .. "/german.data-numeric") end,
      options = { samples = 120, reuse = 2, add_interval = 8, step_size = 1, new_shape = "nearest", max_components = 30 } },
}

local function mean_and_error(values)
    local sum, square = 0, 0
    for _, value in ipairs(values) do sum = sum + value end
    local mean = sum / #values
    for _, value in ipairs(values) do square = square + (value - mean) ^ 2 end
    return mean, #values > 1 and math.sqrt(square / (#values - 1) / #values) or 0 / 0
end

-- One inference: the final -ELBO, the modes covered, and for each mark the seconds and evaluations until it was reached.
local function run(experiment, seed)
    local options = { target = experiment.target(), seed = seed, threads = 1 }
    for key, value in pairs(experiment.options) do options[key] = value end
    local vips, seconds, reached = avips.vips(options), 0, {}
    for _ = 1, experiment.chunks do
        local start = os.clock()
        vips:run{ samples = math.floor(experiment.samples / experiment.chunks) }
        seconds = seconds + os.clock() - start
        local bound = vips:elbo{ samples = 2000, seed = 1000 + seed }
        for index, mark in ipairs(experiment.marks) do
            if bound >= mark[1] and not reached[index] then reached[index] = { seconds, vips.evaluations } end
        end
    end
    local bound = vips:elbo{ samples = 20000, seed = 2000 + seed }
    local modes = vips:modes()
    return -bound, modes, reached, vips, seconds
end

print("| target | seed | -ELBO | modes | components | evaluations | processor s |")
print("|---|---|---|---|---|---|---|")
local summary = {}
for _, experiment in ipairs(experiments) do
    if (next(wanted) == nil or wanted[experiment.name]) and (data or not experiment.needsData) then
        local values, marks = {}, {}
        for seed = 1, seeds do
            local value, modes, reached, vips, seconds = run(experiment, seed)
            values[seed], marks[seed] = value, reached
            print(("| %s | %d | %.4f | %s | %d | %d | %.2f |"):format(
                experiment.name, seed, value, modes or "", vips.components, vips.evaluations, seconds))
        end
        local mean, deviation = mean_and_error(values)
        summary[#summary + 1] = ("| %s | %.4f ± %.4f | %s |"):format(
            experiment.name, mean, deviation, experiment.goal and ("%.2f"):format(experiment.goal) or "")
        for index, mark in ipairs(experiment.marks) do
            local seconds, evaluations, count = {}, {}, 0
            for seed = 1, seeds do
                if marks[seed][index] then
                    count = count + 1
                    seconds[count], evaluations[count] = marks[seed][index][1], marks[seed][index][2]
                end
            end
            if count > 0 then
                local time, work = mean_and_error(seconds), mean_and_error(evaluations)
                summary[#summary + 1] = ("| … ELBO %.3f | %d of %d seeds, %.2f s, %.0f evaluations | %s |"):format(
                    mark[1], count, seeds, time, work, mark[2] and ("%.1f s, %d evaluations: %.0f times slower"):format(mark[2], mark[3], mark[2] / time) or "")
            else
                summary[#summary + 1] = ("| … ELBO %.3f | not reached | |"):format(mark[1])
            end
        end
    end
end
print()
print("| target | -ELBO, mean ± standard error | published, or the authors' program |")
print("|---|---|---|")
for _, line in ipairs(summary) do print(line) end
