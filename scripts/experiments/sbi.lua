-- Approximates the posteriors of the benchmark of simulation-based inference (Lueckmann et al., AISTATS 2021) whose likelihood is a formula,
-- one observation after the other, by variational inference, and compares moments with the benchmark's reference draws.
--
--     pip download --no-deps sbibm && unzip -q sbibm-*.whl -d DIRECTORY && find DIRECTORY -name '*.bz2' | xargs bunzip2
--     scripts/avips scripts/experiments/sbi.lua data=DIRECTORY [observations=10] [seconds=15] [draws=DIRECTORY] [task ...]
--
-- Every task is a log density over z ~ N(0, I) a priori: theta = low + (high - low)·Phi(z) for boxes, theta = deviation·z for Gaussians. Draws are written as
-- CSV, one file a task and observation, where draws= names a directory: for classifier two-sample tests elsewhere.

local data, observations, seconds, draws, wanted = nil, 10, 15, nil, {}
for _, word in ipairs(arg) do
    local key, value = word:match "^(%a+)=(.+)$"
    if key == "data" then data = value
    elseif key == "observations" then observations = math.tointeger(tonumber(value)) or error "observations= takes a whole number"
    elseif key == "seconds" then seconds = tonumber(value) or error "seconds= takes a number"
    elseif key == "draws" then draws = value
    elseif key then error("unknown option " .. key)
    else wanted[word] = true end
end
assert(data, "data= names the directory of the unpacked wheel")

-- The standard normal distribution function, to a relative 1.2e-7 (Press et al., Numerical Recipes, erfcc).
local coefficients = { -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277 }
local function Phi(z)
    local x = math.abs(z) / math.sqrt(2)
    local t = 1 / (1 + 0.5 * x)
    local sum = 0
    for index = #coefficients, 1, -1 do sum = coefficients[index] + t * sum end
    local tail = 0.5 * t * math.exp(-x * x + sum)
    return z > 0 and 1 - tail or tail
end

local function box(bound, z)
    local theta = {}
    for index = 1, #z do theta[index] = bound * (2 * Phi(z[index]) - 1) end
    return theta
end
local function normal(z)
    local sum = -0.5 * #z * math.log(2 * math.pi)
    for index = 1, #z do sum = sum - 0.5 * z[index] ^ 2 end
    return sum
end
local function squares(x, theta)
    local sum = 0
    for index = 1, #x do sum = sum + (x[index] - theta[index]) ^ 2 end
    return sum
end

-- Of every task: the parameters of coordinates z, and log p(x|theta).
local tasks = {
    gaussian_linear = { dimension = 10,
        theta = function(z)
            local theta = {}
            for index = 1, #z do theta[index] = math.sqrt(0.1) * z[index] end
            return theta
        end,
        likelihood = function(x, theta) return -squares(x, theta) / 0.2 - 5 * math.log(0.2 * math.pi) end },
    gaussian_linear_uniform = { dimension = 10, theta = function(z) return box(1, z) end,
        likelihood = function(x, theta) return -squares(x, theta) / 0.2 - 5 * math.log(0.2 * math.pi) end },
    gaussian_mixture = { dimension = 2, theta = function(z) return box(10, z) end,
        likelihood = function(x, theta)
            local d = squares(x, theta)
            -- log(0.5 N(d; 1) + 0.5 N(d; 0.01)), the greater term first.
            local wide, narrow = -0.5 * d, -50 * d + math.log(100)
            local most = math.max(wide, narrow)
            return most + math.log(math.exp(wide - most) + math.exp(narrow - most)) - math.log(4 * math.pi)
        end },
    two_moons = { dimension = 2, theta = function(z) return box(1, z) end, components = 6,
        likelihood = function(x, theta)
            local u = x[1] + math.abs(theta[1] + theta[2]) / math.sqrt(2) - 0.25
            local v = x[2] - (theta[2] - theta[1]) / math.sqrt(2)
            if u <= 0 then return -math.huge end
            local r = math.sqrt(u * u + v * v)
            return -0.5 * ((r - 0.1) / 0.01) ^ 2 - math.log(0.01 * math.sqrt(2 * math.pi)) - math.log(math.pi * r)
        end },
    slcp = { dimension = 5, theta = function(z) return box(3, z) end, components = 8,
        likelihood = function(x, theta)
            local a, b = theta[3] ^ 4 + 1e-6, theta[4] ^ 4 + 1e-6
            local e = math.exp(-2 * math.abs(theta[5]))
            local c = (theta[5] < 0 and -1 or 1) * (1 - e) / (1 + e) * theta[3] ^ 2 * theta[4] ^ 2
            local determinant, sum = a * b - c * c, 0
            for index = 1, 7, 2 do
                local u, v = x[index] - theta[1], x[index + 1] - theta[2]
                sum = sum + (b * u * u - 2 * c * u * v + a * v * v) / determinant
            end
            return -0.5 * sum - 2 * math.log(determinant) - 4 * math.log(2 * math.pi)
        end },
}

local function numbers(path)
    local rows = {}
    for line in io.lines(path) do
        local row = {}
        for word in line:gmatch "[^,]+" do row[#row + 1] = tonumber(word) end
        if #row > 0 then rows[#rows + 1] = row end
    end
    return rows
end
local function moments(rows, column)
    local sum, square = 0, 0
    for _, row in ipairs(rows) do sum = sum + row[column] end
    local mean = sum / #rows
    for _, row in ipairs(rows) do square = square + (row[column] - mean) ^ 2 end
    return mean, math.sqrt(square / (#rows - 1))
end

-- Draws of the posterior: those of the mixture, drawn again by their importance weights (systematically).
local function resampled(vips, target, task, count)
    local places = vips.mixture:sample(4 * count, { seed = 5 })
    local logs, values = vips.mixture:logpdf(places), target:logpdf(places)
    local most, sum = -math.huge, 0
    for index = 1, #values do most = math.max(most, values[index] - logs[index]) end
    for index = 1, #values do
        values[index] = math.exp(values[index] - logs[index] - most)
        sum = sum + values[index]
    end
    local rows, reached, threshold = {}, 0, 0.5 * sum / count
    for index, weight in ipairs(values) do
        reached = reached + weight
        while reached > threshold and #rows < count do
            rows[#rows + 1] = task.theta(places:row(index))
            threshold = threshold + sum / count
        end
    end
    return rows
end

print(("%-24s %3s %9s %7s %9s %6s %11s %11s"):format("task", "obs", "ELBO", "error", "log Z", "eff.", "mean, sd's", "sd, ratio"))
for _, name in ipairs{ "gaussian_linear", "gaussian_linear_uniform", "gaussian_mixture", "two_moons", "slcp" } do
    local task = tasks[name]
    for number = 1, (next(wanted) == nil or wanted[name]) and observations or 0 do
        local directory = ("%s/sbibm/tasks/%s/files/num_observation_%d/"):format(data, name, number)
        local x = numbers(directory .. "observation.csv")[1]
        local target = avips.target{ dimension = task.dimension, name = name, logdensity = function(z) return normal(z) + task.likelihood(x, task.theta(z)) end }
        local vips = avips.vips{ target = target, seed = number, threads = 1, components = task.components or 2, samples = 60, add_interval = 5,
            max_components = 60, new_weight = 1e-3, add_thresholds = {50, 20, 10}, step_size = 1, new_shape = "nearest", weight_sweeps = 10 }
        local start = os.clock()
        while os.clock() - start < seconds do vips:run{ iterations = 5 } end
        local bound, error, report = vips:elbo{ samples = 5000, seed = 1 }
        local rows, shift, least, most = resampled(vips, target, task, 5000), 0, 1, 1
        local known = numbers(directory .. "reference_posterior_samples.csv")
        for column = 1, task.dimension do
            local mean, deviation = moments(rows, column)
            local true_mean, true_deviation = moments(known, column)
            shift = math.max(shift, math.abs(mean - true_mean) / true_deviation)
            least, most = math.min(least, deviation / true_deviation), math.max(most, deviation / true_deviation)
        end
        print(("%-24s %3d %9.3f %7.3f %9.3f %6.2f %11.3f %5.2f..%4.2f"):format(
            name, number, bound, error, report.log_z, report.effective_share, shift, least, most))
        io.stdout:flush()
        if draws then avips.csv.write(("%s/%s-%d.csv"):format(draws, name, number), rows) end
    end
end
