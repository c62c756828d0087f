-- Trains models of six conditional densities with known answers as a user would, and prints gaps and modes.
--
--     OPENBLAS_NUM_THREADS=1 taskset -c 0 scripts/avips scripts/experiments/suite.lua [letters [seconds [seeds [variant ...]]]] [components=N] [hidden=N] [first=N] [steps=N] [refine=N] [each=1]
--
-- The densities, their ten test contexts, log Z and the mass of every class of modes are those of scripts/experiments/suite; c gets 12/9 of the
-- seconds. A capital letter stretches the last coordinate by 100 (condition 1e4); "w" is d with a prior ten times too wide, "p" with one thirty times too narrow, so
-- that all means start at one point, "m"
-- d without its classes at ± a quarter turn for the first 35 % of the time, and without annealing from then on. Everything is at its
-- default but components and the layers' widths. A variant is "path" (the default), "reverse" (plain) or "annealed"
-- (the reverse divergence with the temperature of the path objective), perhaps with a rate, "annealed:8e-3", or options of train,
-- "path:batch=16,component_samples=2"; or the name of a technique that is left out, "-annealing" ("-gradient" and
-- "-target" leave one half of the rule of the weights). `first` is the first of the seeds; `steps` counts in place of seconds;
-- `refine` steps of inference are made at every test context; each=1 prints the gaps of all contexts. The seconds are of processor time: what a step takes is measured first, and the budget is given in steps. "gap" is
-- log Z - ELBO in nats, the mean and the greatest over the contexts; a mode is held where its mass in the model is at least a quarter of a true
-- mass above 0.02. The result is a table in Markdown.

local m = avips.math
local pi = math.pi
local folder = (arg[0]:match("^(.*)/[^/]*$") or ".") .. "/suite/"
local file = avips.json.read(folder .. "contexts.json")
local P, C = file.P, file.C

local function ranges(count)
    local context = {}
    for i = 1, count do context["c" .. i] = {-1, 1} end
    return context
end

local problems = {}

problems.a = {
    components = 12, dimension = 2, numbers = 2, deviation = 2.5, classes = 4,
    places = function(c, cos, sin)
        local places, weights = {}, { c.c1, c.c2, -c.c1, -c.c2 }
        for k = 1, 4 do
            local angle = (k - 1) * pi / 2 + pi / 4 * c.c1
            local radius, turn = 2.5 + c.c2, angle + c.c2 * pi / 4
            places[k] = { radius * cos(angle), radius * sin(angle), cos(turn), sin(turn), weights[k] }
        end
        return places
    end,
    logdensity = function(self, x, c)
        local terms, weights = {}, {}
        for k, p in ipairs(self.places(c, m.cos, m.sin)) do
            local dx, dy = x[1] - p[1], x[2] - p[2]
            local u, v = (p[3] * dx + p[4] * dy) / 0.5, (p[3] * dy - p[4] * dx) / 0.2
            terms[k], weights[k] = p[5] - 0.5 * (u * u + v * v), p[5]
        end
        return m.logsumexp(terms) - m.logsumexp(weights) - math.log(2 * pi * 0.5 * 0.2)
    end,
    class = function(self, x, c)
        local best, least = 0, math.huge
        for k, p in ipairs(self.places(c, math.cos, math.sin)) do
            local dx, dy = x[1] - p[1], x[2] - p[2]
            local energy = ((p[3] * dx + p[4] * dy) / 0.5)^2 + ((p[3] * dy - p[4] * dx) / 0.2)^2 - 2 * p[5]
            if energy < least then best, least = k, energy end
        end
        return best
    end,
}

problems.b = {
    components = 24, dimension = 2, numbers = 4, deviation = 1.5, classes = 12,
    logdensity = function(_, x, c)
        local dx, dy = x[1] - c.c1, x[2] - c.c2
        local r, s = 1.5 + 0.75 * c.c3, 0.1
        local rho, angle = m.sqrt(dx * dx + dy * dy), pi * c.c4
        -- cos(atan2(dy, dx) - angle) without the angle of the place.
        local along = (dx * m.cos(angle) + dy * m.sin(angle)) / rho
        return -(rho - r)^2 / (2 * s * s) + m.log(1 + 0.8 * along) - m.log(2 * pi * r * s * math.sqrt(2 * pi))
    end,
    class = function(_, x, c)
        return math.floor(12 * (math.atan(x[2] - c.c2, x[1] - c.c1) + pi) / (2 * pi)) % 12 + 1
    end,
}

local path = {}
for i = 1, 8 do path[2 * i - 1], path[2 * i] = i / 9, 0 end
problems.c = {
    components = 8, dimension = 16, numbers = 3, mean = path, deviation = 0.15, classes = 2, share = 12 / 9,
    logdensity = function(_, x, c)
        local ox, oy, radius = 0.5 + 0.2 * c.c1, 0.15 * c.c2, 0.18 + 0.05 * c.c3
        local function hinge(px, py)
            local h = m.max(radius - m.sqrt((px - ox)^2 + (py - oy)^2 + 1e-12), 0)
            return h * h / (2 * 0.0004)
        end
        local sum, px, py = 0, 0, 0
        for i = 1, 9 do
            local qx, qy = x[2 * i - 1], x[2 * i]
            if i == 9 then qx, qy = 1, 0 end
            sum = sum - ((qx - px)^2 + (qy - py)^2) / (2 * 0.01) - hinge((px + qx) / 2, (py + qy) / 2)
            if i < 9 then sum = sum - hinge(qx, qy) end
            px, py = qx, qy
        end
        return sum
    end,
    class = function(_, x, c)
        local cx, cy = 0.5 + 0.2 * c.c1, 0.15 * c.c2
        local px, py, sum, count = 0, 0, 0, 0
        for i = 1, 9 do
            local qx, qy = i < 9 and x[2 * i - 1] or 1, i < 9 and x[2 * i] or 0
            if px <= cx and qx > cx then sum, count = sum + py + (qy - py) * (cx - px) / (qx - px), count + 1 end
            px, py = qx, qy
        end
        return sum / math.max(1, count) > cy and 2 or 1
    end,
}

problems.d = {
    components = 16, dimension = 4, numbers = 5, mean = {0, 0, 0, 0.8}, deviation = {0.4, 0.4, 2, 0.4}, classes = 9,
    logdensity = function(_, x, c)
        local cx, cy, phi, a, b = 0.3 * c.c1, 0.3 * c.c2, pi / 2 * c.c3, 0.6 + 0.15 * c.c4, 0.35 + 0.1 * c.c5
        local cp, sp, scale = m.cos(phi), m.sin(phi), 0.5 * (a + b)
        local dx, dy, w, sum = m.cos(x[3]), m.sin(x[3]), x[4], 0
        for side = -1, 1, 2 do
            local X, Y = x[1] + side * w / 2 * dx - cx, x[2] + side * w / 2 * dy - cy
            local u, v = cp * X + sp * Y, cp * Y - sp * X
            local f = m.sqrt((u / a)^2 + (v / b)^2 + 1e-6) - 1
            local nu, nv = u / (a * a), v / (b * b)
            local n = m.sqrt(nu * nu + nv * nv + 1e-6)
            local nx, ny = (cp * nu - sp * nv) / n, (sp * nu + cp * nv) / n
            sum = sum - (scale * f)^2 / (2 * 0.03^2) - (1 - side * (nx * dx + ny * dy)) / (2 * 0.02)
        end
        local below, beyond = m.min(w, 0), m.max(m.abs(x[3]) - pi, 0)
        return sum - w * w / 2 - (below / 0.02)^2 / 2 - beyond * beyond / (2 * 0.01)
    end,
    class = function(_, x, c) return (math.floor(x[3] / (pi / 2) - c.c3 + 0.5) + 4) % 9 + 1 end,
}

local function decoded(z1, z2, tanh)
    local hidden, out = {}, {}
    for j = 1, 8 do hidden[j] = tanh(P.eW1[j][1] * z1 * z1 + P.eW1[j][2] * z2 + P.eb1[j]) end
    for i = 1, 16 do
        local o = 0
        for j = 1, 8 do o = o + P.eW2[i][j] * hidden[j] end
        out[i] = o
    end
    return out
end
local function tanh(x) return 1 - 2 / (math.exp(2 * x) + 1) end
local function observations(count, seed)
    local stream, rows = avips.stream(seed), {}
    for i = 1, count do
        rows[i] = decoded(stream:normal(), stream:normal(), tanh)
        for j = 1, 16 do rows[i][j] = rows[i][j] + 0.3 * stream:normal() end
    end
    return avips.matrix(rows)
end
problems.e = {
    components = 8, dimension = 2, deviation = 1, classes = 2, context = observations(50000, 1),
    logdensity = function(_, z, c)
        local sum, out = -(z[1] * z[1] + z[2] * z[2]) / 2, decoded(z[1], z[2], m.tanh)
        for i = 1, 16 do sum = sum - (c[i] - out[i])^2 / 0.18 end
        return sum - 8 * math.log(2 * pi * 0.09) - math.log(2 * pi)
    end,
    class = function(_, x) return x[1] > 0 and 2 or 1 end,
}

problems.f = {
    components = 12, dimension = 2, numbers = 5, deviation = 1.2, classes = 5,
    wells = function(c, tanh)
        local wells, x = {}, { c.c1, c.c2, c.c3, c.c4 }
        for k = 1, 5 do
            local a, b, depth = P.fb[k][1], P.fb[k][2], 0
            for j = 1, 4 do a, b, depth = a + P.fA[k][1][j] * x[j], b + P.fA[k][2][j] * x[j], depth + P.fC[k][j] * x[j] end
            wells[k] = { 1.5 * tanh(a), 1.5 * tanh(b), 0.3 * depth }
        end
        return wells
    end,
    logdensity = function(self, x, c)
        local terms = {}
        for k, well in ipairs(self.wells(c, m.tanh)) do
            terms[k] = (well[3] - ((x[1] - well[1])^2 + (x[2] - well[2])^2) / (2 * 0.1225)) / 0.1
        end
        return 0.1 * m.logsumexp(terms) / m.exp(math.log(10) * (c.c5 - 1) / 2)
    end,
    class = function(self, x, c)
        local best, most = 0, -math.huge
        for k, well in ipairs(self.wells(c, tanh)) do
            local value = well[3] - ((x[1] - well[1])^2 + (x[2] - well[2])^2) / 0.245
            if value > most then best, most = k, value end
        end
        return best
    end,
}

-- The same densities where they are hard to begin with.
local function stretched(problem, factor)
    local n, scales = problem.dimension, {}
    local function back(x)
        local result = {}
        for i = 1, n do result[i] = i < n and x[i] or x[i] / factor end
        return result
    end
    for i = 1, n do
        local given = problem.deviation
        scales[i] = (type(given) == "table" and given[i] or given) * (i < n and 1 or factor)
    end
    local mean = problem.mean and table.pack(table.unpack(problem.mean))
    if mean then mean[n], mean.n = mean[n] * factor, nil end
    return {
        components = problem.components, dimension = n, numbers = problem.numbers, context = problem.context, mean = mean, deviation = scales,
        share = problem.share,
        logdensity = function(_, x, c) return problem:logdensity(back(x), c) - math.log(factor) end,
        class = function(_, x, c) return problem:class(back(x), c) end,
    }
end
local function spread(problem, factor)
    local deviation = problem.deviation
    if type(deviation) == "table" then
        local wider = {}
        for i, value in ipairs(deviation) do wider[i] = factor * value end
        deviation = wider
    else
        deviation = factor * deviation
    end
    return setmetatable({ deviation = deviation }, { __index = problem })
end

local function masked(problem)
    return setmetatable({ logdensity = function(_, x, c)
        -- The angle from the ellipse's own.
        local turn = x[3] - pi / 2 * c.c3
        return problem:logdensity(x, c) - 40 * m.where(m.less(m.abs(m.abs(turn) - pi / 2), pi / 4), 1, 0)
    end }, { __index = problem })
end

local function judge(problem, target, model, name, refine)
    local truth = avips.json.read(folder .. "truth_" .. name .. ".json")
    local sum, worst, held, all, gaps = 0, -math.huge, 0, 0, {}
    for i, numbers in ipairs(C[name]) do
        local context = numbers
        if problem.numbers then
            context = {}
            for k, value in ipairs(numbers) do context["c" .. k] = value end
        end
        local mixture, density = model:predict(context, refine > 0 and { refine = refine } or nil), target:at(context)
        local x = mixture:sample(4000, { seed = i })
        local p, q, elbo, mass = density:logpdf(x), mixture:logpdf(x), 0, {}
        for k = 1, 4000 do
            elbo = elbo + (p[k] - q[k]) / 4000
            local class = problem:class(x[k], context)
            mass[class] = (mass[class] or 0) + 1 / 4000
        end
        local gap = truth.logZ[i] - elbo
        sum, worst, gaps[i] = sum + gap / #C[name], math.max(worst, gap), ("%.4f"):format(gap)
        for class, true_mass in ipairs(truth.mass[i]) do
            if true_mass > 0.02 then
                all = all + 1
                if (mass[class] or 0) >= true_mass / 4 then held = held + 1 end
            end
        end
    end
    return sum, worst, held, all, table.concat(gaps, " ")
end

-- What a variant's name stands for: options of its training.
local variants = {
    path = {}, reverse = { objective = "reverse", temperature = 1 }, annealed = { objective = "reverse" },
    ["-annealing"] = { temperature = 1 }, ["-gradient"] = { weight_rule = "target" }, ["-target"] = { weight_rule = "gradient" }, ["-floor"] = { share_floor = 1e-6 },
    ["-limit"] = { slope_limit = 1e9 }, ["-soap"] = { optimizer = "adam" }, ["-average"] = { average_decay = 0 },
}
local function options(variant)
    local name, rest = variant:match "^([^:]+):?(.*)$"
    local result = tonumber(rest) and { learning_rate = tonumber(rest) } or load("return {" .. rest .. "}")()
    for key, value in pairs(variants[name] or error("no variant " .. name)) do result[key] = value end
    return result
end

local given, words = { components = 0, hidden = 64, first = 1, each = 0, steps = 0, refine = 0 }, {}
for _, word in ipairs(arg) do
    local key, value = word:match "^(%a+)=(%d+)$"
    if given[key] then given[key] = math.tointeger(value) else words[#words + 1] = word end
end
local letters, seconds, seeds = words[1] or "abcdef", tonumber(words[2] or 9), tonumber(words[3] or 3)
local wanted = { table.unpack(words, 4) }
if #wanted == 0 then wanted = { "path", "reverse", "annealed" } end
print("| density | variant | seed | mean gap | greatest gap | modes | steps | components |\n|---|---|---|---|---|---|---|---|")
for letter in letters:gmatch "." do
    local name = letter:find "[wpm]" and "d" or letter:lower()
    local problem = problems[name]
    local width = ({ w = 10, p = 1 / 30 })[letter]
    if width then problem = spread(problem, width) elseif letter == letter:upper() then problem = stretched(problem, 100) end
    local function density(problem)
        return avips.target{
            name = name, dimension = problem.dimension, context = problem.context or ranges(problem.numbers), trace = true,
            logdensity = function(x, c) return problem:logdensity(x, c) end, prior = { mean = problem.mean, deviation = problem.deviation },
        }
    end
    local target, first = density(problem), letter == "m" and density(masked(problem))
    for _, variant in ipairs(wanted) do
        local function train(model, steps, seed)
            local given = options(variant)
            given.steps, given.seed = steps, seed
            if first then
                model:train{ steps = math.floor(0.35 * steps), seed = seed }
                local path = os.tmpname()
                model:save(path .. ".safetensors")
                model = avips.model(path .. ".safetensors", { target = target })
                os.remove(path)
                os.remove(path .. ".safetensors")
                given.steps, given.temperature = steps - math.floor(0.35 * steps), given.temperature or 1
            end
            model:train(given)
            return model
        end
        local function fresh(seed)
            return avips.model{
                target = first or target, components = given.components > 0 and given.components or problem.components,
                hidden = { given.hidden, given.hidden, given.hidden }, seed = seed }
        end
        local trial = fresh(1)
        local function took(steps)
            local start = os.clock()
            train(trial, steps, 1)
            return os.clock() - start
        end
        took(50)
        -- The end of a training, whatever its length, takes time too.
        local steps = math.floor(seconds * (problem.share or 1) * 1000 / (took(1050) - took(50)))
        if given.steps > 0 then steps = given.steps end
        for seed = given.first, given.first + seeds - 1 do
            local model = train(fresh(seed), steps, seed)
            local mean, worst, held, all, gaps = judge(problem, target, model, name, given.refine)
            print(("| %s | %s | %d | %.4f | %.4f | %d of %d | %d | %d |%s"):format(
                letter, variant, seed, mean, worst, held, all, steps, model.components, given.each > 0 and " " .. gaps .. " |" or ""))
            io.stdout:flush()
        end
    end
end
