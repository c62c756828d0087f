-- Trains models of an arm on the density of its poses alone and compares, at equal processor time: the path objective with widths that adapt, the same
-- after a tenth of the time in likelihood, the plain reverse divergence at the widths that the first one chose, and likelihood alone.
--
--     OPENBLAS_NUM_THREADS=1 taskset -c 0 scripts/avips scripts/experiments/arms-without-pairs.lua [training ...] [robot=panda] [seconds=60] [seeds=3] [first=1] [components=32] [hidden=128]
--
-- A training is "path", "mixed" (likelihood first), "reverse", "likelihood", perhaps with options of train, "path:weight_rule='combined'"; these four
-- where none is named. "staged" is "mixed" whose path objective is in stages of equal lengths, or of lengths as `share` says:
-- "staged:share=3,weight_rule='target',forward_share=0.3|share=1". The evidence bound is measured at the widths that
-- the first training of a seed ended with, with 200 samples at each of 100 unseen poses; the rest is model:evaluate's on raw samples, but for the share of the reference solutions that are covered within 0.6 rad, by samples after one accelerated step. The result is a table in Markdown.

local given, wanted = { robot = "panda", seconds = 60, seeds = 3, first = 1, components = 32, hidden = 128 }, {}
for _, word in ipairs(arg) do
    local key, value = word:match "^(%a+)=([%w_.]+)$"
    if given[key] then given[key] = tonumber(value) or value else wanted[#wanted + 1] = word end
end
if #wanted == 0 then wanted = { "path", "mixed", "reverse", "likelihood" } end
local arm = avips.robot(given.robot)

local function fresh(seed)
    return avips.model{ robot = given.robot, components = given.components, hidden = { given.hidden, given.hidden, given.hidden }, seed = seed }
end
local function with(base, changes)
    local result = {}
    for key, value in pairs(base) do result[key] = value end
    for key, value in pairs(changes) do result[key] = value end
    return result
end
local common = { forward_share = 0, batch = 64, gradient_clip = 20, warmup_steps = 200, trust_region = "none", limit_deviation = 0.05 }
local likelihood = { batch = 256, learning_rate = 4e-3 }

-- The phases of a training, each with a share of the time, at the widths that were chosen.
local function phases(word, widths)
    local name, rest = word:match "^(%a+):?(.*)$"
    if name == "staged" then
        local plan, total = { { share = 0.1, options = likelihood } }, 0
        for stage in (rest .. "|"):gmatch "(.-)|" do
            local options = with(with(common, { objective = "path" }), load("return {" .. stage .. "}")())
            local share = options.share or 1
            options.share, total = nil, total + share
            plan[#plan + 1] = { share = share, options = options }
        end
        for i = 2, #plan do plan[i].share = 0.9 * plan[i].share / total end
        return plan
    end
    local options = load("return {" .. rest .. "}")()
    local path = with(with(common, { objective = "path" }), options)
    if name == "path" then return { { share = 1, options = path } } end
    if name == "mixed" then return { { share = 0.1, options = likelihood }, { share = 0.9, options = path } } end
    if name == "likelihood" then return { { share = 1, options = with(likelihood, options) } } end
    assert(name == "reverse", "no training " .. name)
    local there = { objective = "reverse", position_deviation = widths[1], rotation_deviation = widths[2] }
    return { { share = 1, options = with(with(common, there), options) } }
end

-- Processor seconds of a step of a phase.
local function step_seconds(options)
    local trial = fresh(1)
    local function took(steps)
        local start = os.clock()
        trial:train(with(options, { steps = steps, seed = 1 }))
        return os.clock() - start
    end
    took(20)
    -- The end of a training, whatever its length, takes time too.
    return (took(120) - took(20)) / 100
end

local function bound(model, widths)
    local target = avips.target.poses(arm, { position_deviation = widths[1], rotation_deviation = widths[2], limit_deviation = 0.05 })
    local stream, sum = avips.stream(99), 0
    for i = 1, 100 do
        local q = {}
        for j, joint in ipairs(arm.joints) do q[j] = joint.lower + stream:uniform() * (joint.upper - joint.lower) end
        local pose = arm:fk(q)
        local mixture = model:predict(pose)
        local x = mixture:sample(200, { seed = i })
        -- First and last joint are counted from the pose's own angles: beyond half a turn they are where they were a turn before, and the model's
        -- density there is the sum over turns.
        local rows, own, turns = {}, {}, {}
        local function turn(row, a, b)
            local result = { table.unpack(row) }
            result[1], result[#q] = result[1] + 2 * math.pi * a, result[#q] + 2 * math.pi * b
            return result
        end
        for k = 1, 200 do
            rows[k] = {}
            for j = 1, #q do rows[k][j] = x[k][j] end
            for _, j in ipairs{ 1, #q } do
                local middle = (arm.joints[j].lower + arm.joints[j].upper) / 2
                rows[k][j] = (rows[k][j] - middle + math.pi) % (2 * math.pi) - math.pi + middle
            end
            for a = -1, 1 do for b = -1, 1 do turns[#turns + 1] = turn(rows[k], a, b) end end
        end
        local values, parts = target:at(pose):logpdf(avips.matrix(rows)), mixture:logpdf(avips.matrix(turns))
        for k = 1, 200 do
            local top, total = -math.huge, 0
            for i = 9 * k - 8, 9 * k do top = math.max(top, parts[i]) end
            for i = 9 * k - 8, 9 * k do total = total + math.exp(parts[i] - top) end
            own[k] = top + math.log(total)
        end
        for k = 1, 200 do sum = sum + (values[k] - own[k]) / 2e4 end
    end
    return sum
end

print "| training | seed | steps | s | ELBO at the chosen widths | raw error, mm | ° | MMD | covered | in use | widths, mm and rad |\n|---|---|---|---|---|---|---|---|---|---|---|"
for seed = given.first, given.first + given.seeds - 1 do
    local widths = { 0.01, 0.03 }
    for index, word in ipairs(wanted) do
        local model, steps, plan = fresh(seed), 0, phases(word, widths)
        for _, phase in ipairs(plan) do
            phase.steps = math.max(10, math.floor(given.seconds * phase.share / step_seconds(phase.options)))
            steps = steps + phase.steps
        end
        local start, log = os.clock(), nil
        for _, phase in ipairs(plan) do log = model:train(with(phase.options, { steps = phase.steps, seed = seed })) end
        local spent, factor = os.clock() - start, log.widening[#log]
        if factor ~= factor then factor = 0 end
        local last = plan[#plan].options
        if index == 1 then widths = { (last.position_deviation or 0.01) * math.max(1, factor), (last.rotation_deviation or 0.03) * math.max(1, factor) } end
        local e = model:evaluate{ poses = 100, samples = 50, references = 30, timed = 0, modes = {"raw", "1 accelerated step"}, seed = 9 }
        local raw = e.modes[1]
        print(("| %s | %d | %d | %.1f | %.2f | %.1f | %.2f | %.3f | %.2f | %.1f | %.1f, %.3f |"):format(
            word, seed, steps, spent, bound(model, widths), 1e3 * raw.position.mean.value, math.deg(raw.rotation.mean.value), raw.mmd.value,
            e.modes[2].coverage[2].value, e.components.in_use.value, 1e3 * (last.position_deviation or 0.01) * factor, (last.rotation_deviation or 0.03) * factor))
        io.stdout:flush()
    end
end
