-- Compares the built-in targets with the same densities written as formulas in Lua: values, gradients, and how fast both are.
--
--     OPENBLAS_NUM_THREADS=1 taskset -c 1 scripts/avips scripts/experiments/formulas.lua [points=20000]
--
-- Log densities of a matrix of points in double precision, in nanoseconds of processor time a point: the fastest of ten turns in which both
-- targets take part. Gradients are timed where they are asked for: iterations of variational inference with ten components and the same seed, the
-- fastest of three turns. "Differs" is the greatest difference of values and of gradients, relative to 1 + |value|.

local points = 20000
for _, word in ipairs(arg) do points = tonumber(word:match "^points=(%d+)$") or error("unknown option " .. word) end
local folder = (arg[0]:match "^(.*)/[^/]*$" or ".") .. "/formulas/"

local function seconds(f)
    local start = os.clock()
    f()
    return os.clock() - start
end

print "| target | variables | log density, by hand | formula | 30 iterations, by hand | formula | differs |"
print "|---|---|---|---|---|---|---|"
for _, case in ipairs(dofile(folder .. "targets.lua")) do
    local targets, rows = { case.built, case.formula }, {}
    for i = 1, points do
        local row = {}
        for j = 1, case.built.dimension do row[j] = case.spread * avips.random.normal() end
        rows[i] = row
    end
    local x, values = avips.matrix(rows), {}
    local least, run = { math.huge, math.huge }, { math.huge, math.huge }
    for _ = 1, 10 do
        for i, target in ipairs(targets) do least[i] = math.min(least[i], seconds(function() values[i] = target:logpdf(x) end)) end
    end
    for _ = 1, 3 do
        for i, target in ipairs(targets) do
            local vips = avips.vips{ target = target, components = 10, seed = 1, samples = 100, threads = 1, mean = rows[1], deviation = case.spread }
            run[i] = math.min(run[i], seconds(function() vips:run{ iterations = 30 } end))
        end
    end
    local worst = 0
    for i = 1, points do worst = math.max(worst, math.abs(values[1][i] - values[2][i]) / (1 + math.abs(values[1][i]))) end
    for i = 1, math.min(points, 200) do
        local a, b = case.built:gradient(rows[i]), case.formula:gradient(rows[i])
        for j = 1, #a do worst = math.max(worst, math.abs(a[j] - b[j]) / (1 + math.abs(a[j]))) end
    end
    print(string.format(
        "| %s | %d | %.0f ns | %.0f ns | %.0f ms | %.0f ms | %.1e |", case.name, case.built.dimension, least[1] / points * 1e9, least[2] / points * 1e9,
        run[1] * 1e3, run[2] * 1e3, worst))
end
