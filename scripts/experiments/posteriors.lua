-- Trains one model a task of the benchmark of simulation-based inference, for all observations at once, and draws posteriors for some of them.
--
--     pip download --no-deps sbibm && unzip -q sbibm-*.whl -d DIRECTORY && find DIRECTORY -name '*.bz2' | xargs bunzip2
--     scripts/avips scripts/experiments/posteriors.lua data=DIRECTORY draws=DIRECTORY [mode=density] [seconds=15] [observations=10] [count=10000] [seed=1]
--         [components=N] [drawn=N] [share=0] [refine=0] [wider=1] [train=OPTIONS] [task ...]
--     python3 scripts/experiments/sbi/c2st.py DIRECTORY-OF-DRAWS DIRECTORY-OF-THE-WHEEL
--
-- mode=density: the likelihood is known; variational inference on the posterior's density, and with share= above 0 likelihood of the draws that the
-- simulated contexts come with, at that share of the gradient. mode=simulations: maximum likelihood on simulations= pairs (10000) of a simulator
-- and its prior. The seconds are of processor time: what a step takes is measured first, and the budget is given in steps.
-- train= are options of train as Lua writes them, "batch=64,annealing=0.5". refine= takes so many steps of variational inference at each observation. components= and drawn= are of all tasks: how many components there are, and of how many a context draws samples. Draws are written as CSV: NAME-OBSERVATION.csv
-- raw ones, NAME-OBSERVATION-resampled.csv drawn again by their importance weights, from components whose deviations are wider= times as wide.

local given = { mode = "density", seconds = 15, observations = 10, count = 10000, seed = 1, simulations = 10000, share = 0, wider = 1, drawn = 0, refine = 0, train = "" }
local wanted = {}
for _, word in ipairs(arg) do
    local key, value = word:match "^(%w+)=(.+)$"
    if key then given[key] = tonumber(value) or value else wanted[#wanted + 1] = word end
end
assert(given.data and given.draws, "data= names the directory of the unpacked wheel, draws= one to write to")
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

-- Systematic resampling by the weights p/q of `more` times as many draws.
local function resampled(predicted, density, count, seed)
    local mixture, covariances = predicted, {}
    if given.wider ~= 1 then
        for k, covariance in ipairs(predicted.covariances) do covariances[k] = given.wider ^ 2 * covariance end
        mixture = avips.mixture{ weights = predicted.weights, means = predicted.means, covariances = covariances }
    end
    local places = mixture:sample(4 * count, { seed = seed })
    local own, values, most, sum, squares = mixture:logpdf(places), density:logpdf(places), -math.huge, 0, 0
    for i = 1, #values do most = math.max(most, values[i] - own[i]) end
    for i = 1, #values do
        values[i] = math.exp(values[i] - own[i] - most)
        sum, squares = sum + values[i], squares + values[i] ^ 2
    end
    local rows, reached, threshold = {}, 0, 0.5 * sum / count
    for i, weight in ipairs(values) do
        reached = reached + weight
        while reached > threshold and #rows < count do
            rows[#rows + 1] = places:row(i)
            threshold = threshold + sum / count
        end
    end
    return rows, sum * sum / squares / #values
end

local function write(task, rows, path)
    local thetas = {}
    for i, z in ipairs(rows) do thetas[i] = task.theta(z) end
    avips.csv.write(path, thetas)
end

for _, name in ipairs(#wanted > 0 and wanted or benchmark.names) do
    local task = benchmark.task[name] or error("no task " .. name)
    local isDensity = given.mode == "density"
    if isDensity and not task.likelihood then print(name .. ": its likelihood is no formula") goto continue end
    local places, observations
    if isDensity then places, observations = simulate(task, 50000, given.seed) end
    local goal = isDensity and target(task, name, observations)
    local function fresh()
        local options = { components = given.components or task.components, hidden = task.hidden, seed = given.seed }
        if isDensity then
            options.target = goal
            if given.share > 0 then options.pairs = { contexts = observations, values = places } end
        else
            local mean = {}
            for i = 1, task.dimension do mean[i] = 0 end
            options.prior, options.simulations = { mean = mean, deviation = 1 }, given.simulations
            function options.simulator(z, stream) return (task.encode or same)(task.simulate(task.theta(z), stream)) end
        end
        return avips.model(options)
    end
    local trial = fresh()
    local function train(model, steps, seed)
        local options = load("return {" .. given.train .. "}")()
        options.steps, options.seed = steps, seed
        if given.share > 0 then options.forward_share = given.share end
        if given.drawn > 0 then options.drawn_components = given.drawn end
        model:train(options)
    end
    train(trial, 20, 1)
    local start = os.clock()
    train(trial, 60, 1)
    local steps = math.max(100, math.floor(given.seconds * 60 / (os.clock() - start)))
    local model = fresh()
    start = os.clock()
    train(model, steps, given.seed)
    local spent = os.clock() - start
    local shares = {}
    for number = 1, given.observations do
        local x = (task.encode or same)(benchmark.observation(name, number))
        local mixture = model:predict(x, { refine = given.refine })
        local path = ("%s/%s-%d"):format(given.draws, name, number)
        local rows, draws = {}, mixture:sample(given.count, { seed = number })
        for i = 1, given.count do rows[i] = draws:row(i) end
        write(task, rows, path .. ".csv")
        if isDensity then
            local again, share = resampled(mixture, goal:at(x), given.count, number)
            write(task, again, path .. "-resampled.csv")
            shares[#shares + 1] = ("%.2f"):format(share)
        end
    end
    print(("%-24s %d steps, %.1f s; effective size %s"):format(name, steps, spent, table.concat(shares, " ")))
    io.stdout:flush()
    ::continue::
end
