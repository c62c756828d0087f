-- Trains models of an arm on the density of its poses alone and compares, at equal processor time: the path objective with widths that adapt, the same
-- after a tenth of the time in likelihood, the plain reverse divergence at the widths that the first one chose, and likelihood alone.
--
--     OPENBLAS_NUM_THREADS=1 taskset -c 0 scripts/avips scripts/experiments/arms-without-pairs.lua [robot=panda] [seconds=60] [seed=1] [components=32] [hidden=128]
--
-- The evidence bound is measured at the widths that the first training ended with, with 500 samples at each of 100 unseen poses; the rest is
-- model:evaluate's on raw samples. The result is a table in Markdown.

local given = { robot = "panda", seconds = 60, seed = 1, components = 32, hidden = 128 }
for _, word in ipairs(arg) do
    local key, value = word:match "^(%a+)=(.+)$"
    if given[key] == nil then error("unknown option " .. word) end
    given[key] = tonumber(value) or value
end
local arm = avips.robot(given.robot)

local function fresh()
    return avips.model{ robot = given.robot, components = given.components, hidden = { given.hidden, given.hidden, given.hidden }, seed = given.seed }
end
local common = { batch = 64, gradient_clip = 20, warmup_steps = 200, trust_region = "none", limit_deviation = 0.05 }
local likelihood = { batch = 256, learning_rate = 4e-3 }
local function with(base, changes)
    local result = {}
    for key, value in pairs(base) do result[key] = value end
    for key, value in pairs(changes) do result[key] = value end
    return result
end

-- Processor seconds of a step of a phase.
local function step_seconds(options)
    local trial = fresh()
    trial:train(with(options, { steps = 20, seed = 1 }))
    local start = os.clock()
    trial:train(with(options, { steps = 40, seed = 1 }))
    return (os.clock() - start) / 40
end

local widths
local function bound(model)
    local target = avips.target.poses(arm, { position_deviation = widths[1], rotation_deviation = widths[2], limit_deviation = 0.05 })
    local stream, sum = avips.stream(99), 0
    for i = 1, 100 do
        local q = {}
        for j, joint in ipairs(arm.joints) do q[j] = joint.lower + stream:uniform() * (joint.upper - joint.lower) end
        local pose = arm:fk(q)
        local mixture = model:predict(pose)
        local x = mixture:sample(500, { seed = i })
        local values, own = target:at(pose):logpdf(x), mixture:logpdf(x)
        for k = 1, 500 do sum = sum + (values[k] - own[k]) / 5e4 end
    end
    return sum
end

print "| training | steps | s | ELBO at the chosen widths | raw error, mm | ° | MMD | covered | in use | widths, mm and rad |\n|---|---|---|---|---|---|---|---|---|---|"
local function report(title, phases)
    local model, steps = fresh(), 0
    for _, phase in ipairs(phases) do
        phase.options.steps = math.max(10, math.floor(given.seconds * phase.share / step_seconds(phase.options)))
        phase.options.seed = given.seed
        steps = steps + phase.options.steps
    end
    local start = os.clock()
    local log
    for _, phase in ipairs(phases) do log = model:train(phase.options) end
    local spent, factor = os.clock() - start, log.widening[#log]
    if not widths then widths = { 0.01 * factor, 0.03 * factor } end
    local e = model:evaluate{ poses = 100, samples = 50, references = 30, timed = 0, modes = {"raw"}, seed = 9 }
    local raw = e.modes[1]
    print(("| %s | %d | %.1f | %.2f | %.1f | %.2f | %.3f | %.2f | %.1f | %.1f, %.3f |"):format(
        title, steps, spent, bound(model), 1e3 * raw.position.mean.value, math.deg(raw.rotation.mean.value), raw.mmd.value, raw.coverage[2].value,
        e.components.in_use.value, 10 * (factor == factor and factor or 0), 0.03 * (factor == factor and factor or 0)))
    io.stdout:flush()
end

report("path, widths adapt", { { share = 1, options = with(common, { objective = "path", forward_share = 0, adapt_widths = true }) } })
report("likelihood for a tenth of the time, then path", {
    { share = 0.1, options = with(likelihood, {}) },
    { share = 0.9, options = with(common, { objective = "path", forward_share = 0, adapt_widths = true }) },
})
report("plain reverse divergence at these widths", { { share = 1, options = with(common, {
    objective = "reverse", forward_share = 0, position_deviation = widths[1], rotation_deviation = widths[2] }) } })
report("likelihood alone", { { share = 1, options = with(likelihood, {}) } })
