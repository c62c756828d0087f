-- Trains models of planar_3link on the density of its poses alone, without pairs, and compares their evidence bound with log Z.
--
--     OPENBLAS_NUM_THREADS=1 taskset -c 0 scripts/avips scripts/experiments/robots-without-pairs.lua [variant ...] [seconds=20] [seeds=3] [first=1] [width=0.03] [components=32] [hidden=128] [steps=N]
--
-- Contexts are positions that uniform joints reach; the asked width is that of the position, 0.05 rad that of the joints' edges. log Z is known by
-- quadrature (scripts/experiments/suite/planar_evidence.py). A variant is one of those below, or options of train in Lua, batch=128,learning_rate=2e-3.
-- The seconds are of processor time: what a step takes is measured first, and the budget is given in steps; or `steps` are; `first` is the first of the seeds. The result is a table in Markdown: gap
-- over 100 contexts of a seed that training never saw, the greatest, and the gap by fifths of the distances; most is lost near 1 m, where
-- branches of the solutions meet.

local given, wanted = { seconds = 20, seeds = 3, first = 1, width = 0.03, components = 32, hidden = 128, steps = 0 }, {}
for _, word in ipairs(arg) do
    local key, value = word:match "^(%a+)=([%d.e-]+)$"
    if given[key] then given[key] = tonumber(value) else wanted[#wanted + 1] = word end
end
local variants = {
    path = "objective = 'path'", fixed = "objective = 'path', adapt_widths = false", tempered = "objective = 'path', adapt_widths = false, annealing = 0.3",
    reverse = "objective = 'reverse'", annealed = "objective = 'reverse', annealing = 0.3",
}
if #wanted == 0 then wanted = { "path", "fixed", "tempered", "reverse", "annealed" } end

local folder = (arg[0]:match("^(.*)/[^/]*$") or ".") .. "/suite/"
local truth = avips.json.read(folder .. "planar_3link.json")[tostring(given.width)] or error "log Z is known for widths of 0.03 and 0.01"
local function evidence(distance)
    local place = math.min(distance / 0.01, 299.999)
    local index = math.floor(place)
    return truth[index + 1] + (place - index) * (truth[index + 2] - truth[index + 1])
end

local arm = avips.robot "planar_3link"
local target = avips.target.poses(arm, { context = "position", position_deviation = given.width, limit_deviation = 0.05 })

local function options(variant, steps, seed)
    local result = load("return { " .. (variants[variant] or variant) .. " }")()
    result.objective = result.objective or "path"
    result.forward_share, result.trust_region, result.batch = 0, "none", result.batch or 64
    result.position_deviation, result.limit_deviation = result.position_deviation or given.width, 0.05
    result.gradient_clip, result.warmup_steps = result.gradient_clip or 20, 200
    result.steps, result.seed = steps, seed
    return result
end

local function measure(model)
    local stream, rows, sum, use, effective = avips.stream(99), {}, 0, 0, 0
    for i = 1, 100 do
        local q = {}
        for joint = 1, 3 do q[joint] = (2 * stream:uniform() - 1) * math.pi end
        local pose = arm:fk(q)
        local place, mixture = pose.position, model:predict(pose)
        local x = mixture:sample(1000, { seed = i })
        -- The first joint turns a full turn: beyond its limits it is where it was a turn before, and the model's density there is the sum over turns.
        local places, turns = {}, { {}, {}, {} }
        for k = 1, 1000 do
            local first = (x[k][1] + math.pi) % (2 * math.pi) - math.pi
            places[k] = { first, x[k][2], x[k][3] }
            for turn = -1, 1 do turns[turn + 2][k] = { first + 2 * math.pi * turn, x[k][2], x[k][3] } end
        end
        local values, bound, most, total, squares = target:at(pose):logpdf(avips.matrix(places)), 0, -math.huge, 0, 0
        local parts, own = {}, {}
        for turn = 1, 3 do parts[turn] = mixture:logpdf(avips.matrix(turns[turn])) end
        for k = 1, 1000 do
            local top = math.max(parts[1][k], parts[2][k], parts[3][k])
            own[k] = top + math.log(math.exp(parts[1][k] - top) + math.exp(parts[2][k] - top) + math.exp(parts[3][k] - top))
        end
        for k = 1, 1000 do
            values[k] = values[k] - own[k]
            bound, most = bound + values[k] / 1000, math.max(most, values[k])
        end
        for k = 1, 1000 do
            local weight = math.exp(values[k] - most)
            total, squares = total + weight, squares + weight * weight
        end
        local distance = math.sqrt(place[1]^2 + place[2]^2)
        rows[i] = { distance, evidence(distance) - bound }
        sum, effective = sum + rows[i][2] / 100, effective + total * total / squares / 1e5
        local entropy = 0
        for _, weight in ipairs(mixture.weights) do if weight > 0 then entropy = entropy - weight * math.log(weight) end end
        use = use + math.exp(entropy) / 100
    end
    table.sort(rows, function(a, b) return a[1] < b[1] end)
    local fifths, worst = {}, 0
    for part = 0, 4 do
        local gap = 0
        for i = 20 * part + 1, 20 * part + 20 do gap, worst = gap + rows[i][2] / 20, math.max(worst, rows[i][2]) end
        fifths[#fifths + 1] = ("%.2f"):format(gap)
    end
    return sum, worst, use, effective, table.concat(fifths, " ")
end

print "| variant | seed | steps | s | gap | greatest | in use | effective size | widening at the end | gap by distance |\n|---|---|---|---|---|---|---|---|---|---|"
for _, variant in ipairs(wanted) do
    local function fresh(seed)
        return avips.model{
            robot = "planar_3link", context = "position", components = given.components, hidden = { given.hidden, given.hidden, given.hidden }, seed = seed }
    end
    local trial = fresh(1)
    local function took(steps)
        local start = os.clock()
        trial:train(options(variant, steps, 1))
        return os.clock() - start
    end
    took(20)
    -- The end of a training, whatever its length, takes time too.
    local steps = math.floor(given.seconds * 200 / (took(220) - took(20)))
    if given.steps > 0 then steps = math.tointeger(given.steps) end
    for seed = given.first, given.first + given.seeds - 1 do
        local model = fresh(seed)
        local start = os.clock()
        local log = model:train(options(variant, steps, seed))
        local spent = os.clock() - start
        local gap, worst, use, effective, fifths = measure(model)
        print(("| %s | %d | %d | %.1f | %.3f | %.2f | %.1f | %.2f | %.2f | %s |"):format(
            variant, seed, steps, spent, gap, worst, use, effective, log.widening[#log], fifths))
        io.stdout:flush()
    end
end
