-- Learns density a of the suite where its two context numbers are not told but read from 1024 numbers, a picture of its modes, or a set of points.
--
--     scripts/avips scripts/experiments/contexts.lua [numbers|picture|points ... [seconds=60] [seed=1] [count=4000] [train=OPTIONS]]
--
-- The density reads (c1, c2) from the observation by a formula, its moments, so that the observation is all that is known and log Z = 0: the gap
-- is minus the evidence bound, at observations that training never saw. The seconds are of processor time: what a step takes is measured first.
-- train= are options of train as Lua writes them, "optimizer='adam'".

local m, pi = avips.math, math.pi
local given, wanted = { seconds = 60, seed = 1, count = 4000, train = "" }, {}
for _, word in ipairs(arg) do
    local key, value = word:match "^(%a+)=(.+)$"
    if key then given[key] = tonumber(value) or value else wanted[#wanted + 1] = word end
end

local function weights(c1, c2) return { c1, c2, -c1, -c2 } end

-- log p(x|c1, c2): four Gaussians of deviations 0.5 and 0.2, as in scripts/experiments/suite.lua.
local function density(x, c1, c2)
    local terms = {}
    for k, weight in ipairs(weights(c1, c2)) do
        local angle = (k - 1) * pi / 2 + pi / 4 * c1
        local radius, turn = 2.5 + c2, angle + c2 * pi / 4
        local dx, dy = x[1] - radius * m.cos(angle), x[2] - radius * m.sin(angle)
        local u, v = (m.cos(turn) * dx + m.sin(turn) * dy) / 0.5, (m.cos(turn) * dy - m.sin(turn) * dx) / 0.2
        terms[k] = weight - 0.5 * (u * u + v * v)
    end
    return m.logsumexp(terms) - m.logsumexp(weights(c1, c2)) - math.log(2 * pi * 0.5 * 0.2)
end

-- Places of the modes, which turn by pi/4·c1 and move out by c2.
local function modes(c1, c2)
    local places = {}
    for k = 1, 4 do
        local angle = (k - 1) * pi / 2 + pi / 4 * c1
        places[k] = { (2.5 + c2) * math.cos(angle), (2.5 + c2) * math.sin(angle) }
    end
    return places
end

-- (c1, c2) from sums over places (x, y): of (x + i·y)⁴, whose angle is pi·c1, and of the square radius.
local function from_moments(real, imaginary, square)
    return m.atan2(imaginary, real) / pi, m.sqrt(square) - 2.5
end

local ways = {}

-- 1024 numbers: c1 and c2 along two directions, in noise.
do
    local stream, first, second = avips.stream(11), {}, {}
    for i = 1, 1024 do first[i], second[i] = stream:normal(), stream:normal() end
    local aa, ab, bb = 0, 0, 0
    for i = 1, 1024 do aa, ab, bb = aa + first[i]^2, ab + first[i] * second[i], bb + second[i]^2 end
    local determinant = aa * bb - ab * ab
    ways.numbers = {
        observe = function(c1, c2, stream)
            local numbers = {}
            for i = 1, 1024 do numbers[i] = c1 * first[i] + c2 * second[i] + 0.5 * stream:normal() end
            return numbers
        end,
        context = function(rows) return rows end,
        read = function(c)
            local a, b = 0, 0
            for i = 1, 1024 do a, b = a + first[i] * c[i], b + second[i] * c[i] end
            return (bb * a - ab * b) / determinant, (aa * b - ab * a) / determinant
        end,
    }
end

-- A picture of 32 x 32 pixels of the square from -4.5 to 4.5: a round spot of deviation 0.35 at every mode.
do
    local side, half, width = 32, 4.5, 0.35
    local xs = {}
    for i = 1, side do xs[i] = half * ((2 * i - 1) / side - 1) end
    ways.picture = {
        observe = function(c1, c2)
            local pixels = {}
            for i = 1, side * side do pixels[i] = 0 end
            for _, place in ipairs(modes(c1, c2)) do
                for row = 1, side do
                    for column = 1, side do
                        local square = (xs[column] - place[1])^2 + (xs[row] - place[2])^2
                        local index = (row - 1) * side + column
                        if square < 16 * width * width then pixels[index] = pixels[index] + math.exp(-0.5 * square / width^2) end
                    end
                end
            end
            return pixels
        end,
        context = function(rows) return { image = { side, side }, data = rows } end,
        read = function(c)
            local mass, real, imaginary, square = 0, 0, 0, 0
            for row = 1, side do
                for column = 1, side do
                    local x, y, b = xs[column], xs[row], c[(row - 1) * side + column]
                    mass, square = mass + b, square + b * (x * x + y * y)
                    real, imaginary = real + b * (x^4 - 6 * x * x * y * y + y^4), imaginary + b * (4 * x^3 * y - 4 * x * y^3)
                end
            end
            return from_moments(real, imaginary, square / mass - 2 * width * width)
        end,
    }
end

-- 256 points in space, scattered about the modes by 0.1; the third coordinate is noise.
ways.points = {
    observe = function(c1, c2, stream)
        local numbers, places = {}, modes(c1, c2)
        for i = 1, 256 do
            local place = places[(i - 1) % 4 + 1]
            numbers[3 * i - 2], numbers[3 * i - 1], numbers[3 * i] = place[1] + 0.1 * stream:normal(), place[2] + 0.1 * stream:normal(), stream:normal()
        end
        return numbers
    end,
    context = function(rows) return { points = {256, 3}, data = rows } end,
    read = function(c)
        local real, imaginary, square = 0, 0, 0
        for i = 1, 256 do
            local x, y = c[i][1], c[i][2]
            real, imaginary = real + (x^4 - 6 * x * x * y * y + y^4), imaginary + (4 * x^3 * y - 4 * x * y^3)
            square = square + (x * x + y * y) / 256
        end
        return from_moments(real, imaginary, square - 0.02)
    end,
}

for _, name in ipairs(#wanted > 0 and wanted or { "numbers", "picture", "points" }) do
    local way, stream, rows = ways[name] or error("no way " .. name), avips.stream(given.seed), {}
    for i = 1, given.count + 200 do rows[i] = way.observe(2 * stream:uniform() - 1, 2 * stream:uniform() - 1, stream) end
    local unseen = avips.matrix(table.move(rows, given.count + 1, given.count + 200, 1, {}))
    local function target(data)
        return avips.target{
            name = "a from " .. name, dimension = 2, context = way.context(data), trace = true, prior = { deviation = 2.5 },
            logdensity = function(x, c) return density(x, way.read(c)) end,
        }
    end
    local seen = target(avips.matrix(table.move(rows, 1, given.count, 1, {})))
    local function fresh() return avips.model{ target = seen, components = 12, hidden = {64, 64, 64}, seed = given.seed } end
    local function train(model, steps, seed)
        local options = load("return {" .. given.train .. "}")()
        options.steps, options.seed = steps, seed
        model:train(options)
    end
    local trial = fresh()
    local function took(steps)
        local start = os.clock()
        train(trial, steps, 1)
        return os.clock() - start
    end
    train(trial, 10, 1)
    -- The end of a training, whatever its length, takes time too.
    local each = (took(220) - took(20)) / 200
    local model = fresh()
    local start = os.clock()
    train(model, math.max(100, math.floor(given.seconds / each)), given.seed)
    local spent = os.clock() - start
    local temporary = os.tmpname()
    local path = temporary .. ".safetensors"
    model:save(path)
    local e = avips.model(path, { target = target(unseen) }):evaluate{ contexts = 100, samples = 500, seed = 1 }
    os.remove(path)
    os.remove(temporary)
    local sum, worst = 0, 0
    for i = 1, #e do sum, worst = sum - e.elbo[i] / #e, math.max(worst, -e.elbo[i]) end
    print(("%-8s %5d parameters, %6d steps of %.2f ms, %.1f s: gap %.4f, greatest %.4f"):format(
        name, model.parameters, model.history.steps, 1e3 * each, spent, sum, worst))
    io.stdout:flush()
end
