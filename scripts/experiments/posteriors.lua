-- Trains one model a task of the benchmark of simulation-based inference, for all observations at once, and draws posteriors for some of them.
--
--     pip download --no-deps sbibm && unzip -q sbibm-*.whl -d DIRECTORY && find DIRECTORY -name '*.bz2' | xargs bunzip2
--     scripts/avips scripts/experiments/posteriors.lua data=DIRECTORY draws=DIRECTORY [mode=density] [seconds=15] [observations=10] [count=10000] [seed=1]
--         [components=N] [drawn=N] [simulations=10000] [members=10] [kind=mixture|flow] [hidden=N,N steps=N] [share=0] [refine=0] [vips=0] [wider=1] [pool=100] [train=OPTIONS] [task ...]
--     python3 scripts/experiments/sbi/c2st.py DIRECTORY-OF-DRAWS DIRECTORY-OF-THE-WHEEL
--
-- mode=density: the likelihood is known; variational inference on the posterior's density, and with share= above 0 likelihood of the draws that the
-- simulated contexts come with, at that share of the gradient. The seconds are of processor time: what a step takes is measured first, and the
-- budget is given in steps.
-- mode=simulations: maximum likelihood on simulations= pairs (10000) of a simulator and its prior. Networks that fit so few pairs best are small
-- and trained briefly: with a tenth of the pairs kept aside, layers, components and steps are chosen by the log density of those under an
-- ensemble of three models; then an ensemble of up to members= models (10) of the best setting learns all pairs. kind=mixture or kind=flow leaves out
-- the other kind; hidden=32,32 and steps=2700 leave nothing to choose, with components= divided by four for mixtures.
-- train= are options of train as Lua writes them, "batch=64,annealing=0.5". refine= takes so many steps of variational inference at each
-- observation; vips= goes on from there with avips.vips for so many seconds. components= and drawn= are of all tasks: how many components there are, and of how many a context draws samples. Draws are written
-- as CSV: NAME-OBSERVATION.csv raw ones, NAME-OBSERVATION-resampled.csv drawn again by their importance weights, from at most
-- pool= times as many draws of components whose deviations are wider= times as wide.

local given = {
    mode = "density", seconds = 15, observations = 10, count = 10000, seed = 1, simulations = 10000, members = 10,
    share = 0, wider = 1, pool = 100, drawn = 0, refine = 0, vips = 0, train = "",
}
local wanted = {}
for _, word in ipairs(arg) do
    local key, value = word:match "^(%w+)=(.+)$"
    if key then given[key] = tonumber(value) or value else wanted[#wanted + 1] = word end
end
assert(given.data and given.draws, "data= names the directory of the unpacked wheel, draws= one to write to")
if given.hidden then
    local widths = {}
    for word in tostring(given.hidden):gmatch "%d+" do widths[#widths + 1] = tonumber(word) end
    given.hidden = widths
end
local folder = arg[0]:match("^(.*)/[^/]*$") or "."
local benchmark = dofile(folder .. "/sbi/tasks.lua")(given.data)
local function same(x) return x end

-- Pairs of the joint distribution: coordinates, and what networks read of the observations.
local function simulate(task, count, seed)
    local stream, places, observations = avips.stream(seed), {}, {}
    for row = 1, count do
        local z = {}
        for i = 1, task.dimension do z[i] = stream:normal() end
        places[row], observations[row] = z, (task.encode or same)(task.simulate(task.theta(z), stream))
    end
    return avips.matrix(places), avips.matrix(observations)
end

local function target(task, name, observations)
    return avips.target{
        name = name, dimension = task.dimension, context = observations, trace = true, prior = { deviation = 1 },
        logdensity = function(z, x)
            local sum = task.likelihood(x, task.theta(z))
            for i = 1, task.dimension do sum = sum - 0.5 * z[i] ^ 2 end
            return sum
        end,
    }
end

-- Systematic resampling by the weights p/q, of so many draws that they are worth twice as many as are wanted, or of pool= times as many.
local function resampled(predicted, density, count, seed)
    local mixture, covariances = predicted, {}
    if given.wider ~= 1 then
        for k, covariance in ipairs(predicted.covariances) do covariances[k] = given.wider ^ 2 * covariance end
        mixture = avips.mixture{ weights = predicted.weights, means = predicted.means, covariances = covariances }
    end
    local blocks, logs, most, total, squares = {}, {}, -math.huge, 0, 0
    repeat
        local places = mixture:sample(4 * count, { seed = seed + 1000 * #blocks })
        local own, values = mixture:logpdf(places), density:logpdf(places)
        for i = 1, #values do
            values[i] = values[i] - own[i]
            if values[i] > most then
                total, squares, most = total * math.exp(most - values[i]), squares * math.exp(2 * (most - values[i])), values[i]
            end
            total, squares = total + math.exp(values[i] - most), squares + math.exp(2 * (values[i] - most))
        end
        blocks[#blocks + 1], logs[#logs + 1] = places, values
    until total * total / squares >= 2 * count or 4 * #blocks >= given.pool
    local rows, reached, threshold = {}, 0, 0.5 * total / count
    for block, values in ipairs(logs) do
        for i, value in ipairs(values) do
            reached = reached + math.exp(value - most)
            while reached > threshold and #rows < count do
                rows[#rows + 1] = blocks[block]:row(i)
                threshold = threshold + total / count
            end
        end
    end
    return rows, total * total / squares / (4 * count * #blocks)
end

local function write(task, rows, path)
    local thetas = {}
    for i, z in ipairs(rows) do thetas[i] = task.theta(z) end
    avips.csv.write(path, thetas)
end

local function train(model, steps, seed)
    local options = load("return {" .. given.train .. "}")()
    options.steps, options.seed = steps, seed
    if given.share > 0 then options.forward_share = given.share end
    if given.drawn > 0 then options.drawn_components = given.drawn end
    model:train(options)
end

-- Variational inference on the posterior's density for given.seconds: what predicts, the target, and what to print.
local function fromDensity(task, name)
    local places, observations = simulate(task, 50000, given.seed)
    local goal = target(task, name, observations)
    local function fresh()
        local options = { components = given.components or task.components, hidden = task.hidden, seed = given.seed, target = goal }
        if given.share > 0 then options.pairs = { contexts = observations, values = places } end
        return avips.model(options)
    end
    local trial = fresh()
    local function took(steps)
        local start = os.clock()
        train(trial, steps, 1)
        return os.clock() - start
    end
    took(20)
    -- The end of a training, whatever its length, takes time too.
    local steps = math.max(100, math.floor(given.seconds * 300 / (took(320) - took(20))))
    local model = fresh()
    train(model, steps, given.seed)
    local function predict(x)
        local mixture = model:predict(x, { refine = given.refine })
        if given.vips == 0 then return mixture end
        local vips, begin = avips.vips{ target = goal:at(x), mixture = mixture, seed = given.seed, threads = 1 }, os.clock()
        while os.clock() - begin < given.vips do vips:run{ iterations = 5 } end
        return vips.mixture
    end
    return predict, goal, ("%d steps"):format(steps)
end

local function rows(matrix, first, last)
    local some = {}
    for i = first, last do some[#some + 1] = matrix:row(i) end
    return avips.matrix(some)
end

-- The ensemble's log density at pairs that no member saw, on average over the pairs.
local function score(ensemble, contexts, places)
    local sum = 0
    for _, value in ipairs(ensemble:logpdf(places, contexts)) do sum = sum + value end
    return sum / places.rows
end

-- The kinds of models that there are to choose among: mixtures of few or many components, flows of splines.
local function settings_of(task)
    local most, settings, seen = given.components or task.components, {}, {}
    local function add(key, hidden, options)
        if seen[key] then return end
        seen[key], options.hidden = true, hidden
        settings[#settings + 1] = { key = key, options = options, score = -math.huge }
    end
    for _, hidden in ipairs(given.hidden and { given.hidden } or { { 16, 16 }, { 32, 32 }, { 64, 64 }, task.hidden }) do
        local widths = table.concat(hidden, ",")
        if given.kind ~= "flow" then
            for _, components in ipairs{ math.max(1, most // 4), most } do add(components .. " x " .. widths, hidden, { components = components }) end
        end
        if given.kind ~= "mixture" and #hidden == 2 then
            add("flow " .. widths, hidden, { kind = "flow", coupling = "spline", blocks = 4 })
        end
    end
    return settings
end

-- The setting whose ensemble of three models has the greatest log density at pairs kept aside, and what was tried: all settings with few steps,
-- then the better half of those that still gain with three times as many, and so on while the seconds allow.
-- trained(setting, count) answers with an ensemble of so many models that have not seen those pairs.
local function chosen(task, trained, contexts, places, start)
    local settings, best, tried, steps = settings_of(task), nil, {}, 900
    while #settings > 0 do
        local gaining = {}
        for _, setting in ipairs(settings) do
            local before = os.clock()
            -- Three models now, and as many that answer, must fit in what is left; the first one always does.
            if best and before - start + 6 * steps * (setting.took or 0) > given.seconds then break end
            setting.steps = steps
            local value = score(trained(setting, 3), contexts, places)
            setting.took = (os.clock() - before) / 3 / steps
            tried[#tried + 1] = ("%s %d: %.3f"):format(setting.key, steps, value)
            if value > setting.score then gaining[#gaining + 1] = setting end
            setting.score = value
            if not best or value > best.score then
                best = { key = setting.key, options = setting.options, steps = steps, score = value, took = setting.took * steps }
            end
        end
        table.sort(gaining, function(a, b) return a.score > b.score end)
        settings = table.move(gaining, 1, steps < 2700 and #gaining or (#gaining + 1) // 2, 1, {})
        if #settings == 1 and settings[1].score < best.score then break end
        steps = 3 * steps
    end
    return best, tried
end

-- Likelihood of simulated pairs, for given.seconds: what predicts, and what to print.
local function fromSimulations(task)
    local places, observations = simulate(task, given.simulations, given.seed)
    local start, kept, total = os.clock(), given.simulations // 10, given.simulations
    local function ensemble(setting, first, count)
        local pairs, members = { contexts = rows(observations, first, total), values = rows(places, first, total) }, {}
        for member = 1, count do
            local options = { seed = given.seed + 1000 * member, pairs = pairs }
            for key, value in next, setting.options do options[key] = value end
            members[member] = avips.model(options)
            train(members[member], setting.steps, options.seed)
        end
        return avips.model{ members = members }
    end
    local best, tried, count = nil, {}, given.members
    if given.steps and given.hidden then
        best = settings_of(task)[1]
        best.steps = given.steps
    else
        best, tried = chosen(
            task, function(setting, count) return ensemble(setting, kept + 1, count) end, rows(observations, 1, kept), rows(places, 1, kept), start)
        count = math.max(1, math.min(count, math.floor((given.seconds - os.clock() + start) / best.took)))
    end
    local model = ensemble(best, 1, count)
    local report = ("%d models, %s, %d steps; tried %s"):format(#model, best.key, best.steps, table.concat(tried, "; "))
    return function(x) return { sample = function(_, count, options) return model:sample(x, count, options) end } end, nil, report
end

for _, name in ipairs(#wanted > 0 and wanted or benchmark.names) do
    local task = benchmark.task[name] or error("no task " .. name)
    local isDensity = given.mode == "density"
    if isDensity and not task.likelihood then print(name .. ": its likelihood is no formula") goto continue end
    local start = os.clock()
    local predict, goal, report = (isDensity and fromDensity or fromSimulations)(task, name)
    local spent, shares, answering = os.clock() - start, {}, 0
    for number = 1, given.observations do
        local x = (task.encode or same)(benchmark.observation(name, number))
        local before = os.clock()
        local predicted = predict(x)
        answering = answering + os.clock() - before
        local path = ("%s/%s-%d"):format(given.draws, name, number)
        local draws, list = predicted:sample(given.count, { seed = number }), {}
        for i = 1, given.count do list[i] = draws:row(i) end
        write(task, list, path .. ".csv")
        if goal then
            local again, share = resampled(predicted, goal:at(x), given.count, number)
            write(task, again, path .. "-resampled.csv")
            shares[#shares + 1] = ("%.2f"):format(share)
        end
    end
    if isDensity then report = ("%s, %.2f s an observation"):format(report, answering / given.observations) end
    print(("%-24s %s, %.1f s%s"):format(name, report, spent, #shares > 0 and "; effective size " .. table.concat(shares, " ") or ""))
    io.stdout:flush()
    ::continue::
end
