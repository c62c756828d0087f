-- The eight tasks of the benchmark of simulation-based inference (Lueckmann et al., AISTATS 2021) in coordinates z ~ N(0, I) a priori:
-- theta = low + (high - low)·Phi(z) for boxes, theta = mean + L·z for Gaussians, and its exponential for lognormal priors.
--
--     local tasks = dofile("scripts/experiments/sbi/tasks.lua")(DIRECTORY)   -- of the unpacked wheel
--
-- Of every task: `dimension`, `theta(z)`, `simulate(theta, stream)`, and where it is a formula `likelihood(x, theta)`, log p(x|theta) up to a
-- term in x alone. theta and likelihood take numbers as well as symbols. `hidden` and `components` are what models of it are made of.

local m = avips.math

local function box(bound)
    return function(z)
        local theta = {}
        for i = 1, #z do theta[i] = bound * m.erf(z[i] / math.sqrt(2)) end
        return theta
    end
end

local function lognormal(means, deviations)
    return function(z)
        local theta = {}
        for i = 1, #means do theta[i] = m.exp(means[i] + deviations[i] * z[i]) end
        return theta
    end
end

local function squares(x, theta)
    local sum = 0
    for i = 1, #theta do sum = sum + (x[i] - theta[i]) ^ 2 end
    return sum
end

local function around(deviation)
    return function(theta, stream)
        local x = {}
        for i = 1, #theta do x[i] = theta[i] + deviation * stream:normal() end
        return x
    end
end

-- Runge and Kutta's method of fourth order with `steps` steps for each of `count` values that are kept, the first one at the start.
local function integrate(derivative, state, duration, steps, count)
    local h, kept = duration / steps, { { table.unpack(state) } }
    local function moved(direction, share)
        local place = {}
        for i = 1, #state do place[i] = state[i] + share * direction[i] end
        return place
    end
    for _ = 2, count do
        for _ = 1, steps do
            local a = derivative(state)
            local b = derivative(moved(a, h / 2))
            local c = derivative(moved(b, h / 2))
            local d = derivative(moved(c, h))
            for i = 1, #state do state[i] = state[i] + h / 6 * (a[i] + 2 * b[i] + 2 * c[i] + d[i]) end
        end
        kept[#kept + 1] = { table.unpack(state) }
    end
    return kept
end

-- Draws of Binomial(count, p): by its definition where it is cheap, else rounded from the normal distribution.
local function binomial(count, p, stream)
    local mean = count * p
    if mean > 30 and count - mean > 30 then
        return math.max(0, math.min(count, math.floor(mean + math.sqrt(mean * (1 - p)) * stream:normal() + 0.5)))
    end
    local sum = 0
    for _ = 1, count do if stream:uniform() < p then sum = sum + 1 end end
    return sum
end

local tasks = {}

tasks.gaussian_linear = {
    dimension = 10, components = 1, hidden = {64, 64},
    theta = function(z)
        local theta = {}
        for i = 1, #z do theta[i] = math.sqrt(0.1) * z[i] end
        return theta
    end,
    simulate = around(math.sqrt(0.1)), likelihood = function(x, theta) return -squares(x, theta) / 0.2 end,
}

tasks.gaussian_linear_uniform = {
    dimension = 10, components = 8, hidden = {64, 64, 64}, theta = box(1),
    simulate = around(math.sqrt(0.1)), likelihood = function(x, theta) return -squares(x, theta) / 0.2 end,
}

tasks.gaussian_mixture = {
    dimension = 2, components = 8, hidden = {64, 64, 64}, theta = box(10),
    simulate = function(theta, stream) return around(stream:uniform() < 0.5 and 1 or 0.1)(theta, stream) end,
    likelihood = function(x, theta)
        local d = squares(x, theta)
        return m.logsumexp{ -0.5 * d, -50 * d + math.log(100) }
    end,
}

tasks.two_moons = {
    dimension = 2, components = 16, hidden = {64, 64, 64}, theta = box(1),
    simulate = function(theta, stream)
        local a, r = math.pi * (stream:uniform() - 0.5), 0.1 + 0.01 * stream:normal()
        return {
            r * math.cos(a) + 0.25 - math.abs(theta[1] + theta[2]) / math.sqrt(2),
            r * math.sin(a) + (theta[2] - theta[1]) / math.sqrt(2),
        }
    end,
    likelihood = function(x, theta)
        local u = x[1] + m.abs(theta[1] + theta[2]) / math.sqrt(2) - 0.25
        local v = x[2] - (theta[2] - theta[1]) / math.sqrt(2)
        local r = m.sqrt(u * u + v * v)
        -- Half of the ring has no density; a wall of a thousandth in its place has a slope.
        return -0.5 * ((r - 0.1) / 0.01) ^ 2 - m.log(r) - 0.5 * (m.min(u, 0) / 0.001) ^ 2
    end,
}

tasks.slcp = {
    dimension = 5, components = 24, hidden = {128, 128, 128}, theta = box(3),
    simulate = function(theta, stream)
        local a, b = theta[3] ^ 2, theta[4] ^ 2
        local rho, x = m.tanh(theta[5]), {}
        for i = 1, 7, 2 do
            local u, v = stream:normal(), stream:normal()
            x[i], x[i + 1] = theta[1] + a * u, theta[2] + b * (rho * u + math.sqrt(1 - rho * rho) * v)
        end
        return x
    end,
    likelihood = function(x, theta)
        local a, b = theta[3] ^ 4 + 1e-6, theta[4] ^ 4 + 1e-6
        local c = m.tanh(theta[5]) * theta[3] ^ 2 * theta[4] ^ 2
        -- a·b - c² without what cancels: 1 - tanh² = 4·s·(1 - s) with s the logistic function of twice the number.
        local s = m.sigmoid(2 * theta[5])
        local determinant = 4 * s * (1 - s) * theta[3] ^ 4 * theta[4] ^ 4 + 1e-6 * (theta[3] ^ 4 + theta[4] ^ 4) + 1e-12
        local sum = 0
        for i = 1, 7, 2 do
            local u, v = x[i] - theta[1], x[i + 1] - theta[2]
            sum = sum + (b * u * u - 2 * c * u * v + a * v * v) / determinant
        end
        return -0.5 * sum - 2 * m.log(determinant)
    end,
}

local function lines(path)
    local rows = {}
    for line in io.lines(path) do
        local row = {}
        for word in line:gmatch "[^,]+" do row[#row + 1] = tonumber(word) end
        if #row > 0 then rows[#rows + 1] = row end
    end
    return rows
end

-- The design matrix of bernoulli_glm, 100 x 10: the last numbers of its file.
local function design(path)
    local file <close> = assert(io.open(path, "rb"))
    local bytes, X = file:read "a":sub(-4000), {}
    for row = 1, 100 do X[row] = { string.unpack(("<" .. ("f"):rep(10)), bytes, 40 * (row - 1) + 1) } end
    return X
end

local function generalised_linear(folder)
    local X = design(folder .. "/bernoulli_glm/files/design_matrix.pt")
    -- The filter's precision is F'·F with F = D·D + diag(sqrt(i/9)), D = 1 on the diagonal and -1 below: F is lower triangular.
    local F = {}
    for i = 1, 9 do
        F[i] = {}
        for j = 1, 9 do F[i][j] = i == j and 1 + math.sqrt((i - 1) / 9) or i == j + 1 and -2 or i == j + 2 and 1 or 0 end
    end
    local task = { dimension = 10, components = 8, hidden = {64, 64, 64} }
    function task.theta(z)
        local theta = { math.sqrt(2) * z[1] }
        for i = 1, 9 do
            local sum = z[i + 1]
            for j = math.max(1, i - 2), i - 1 do sum = sum - F[i][j] * theta[j + 1] end
            theta[i + 1] = sum / F[i][i]
        end
        return theta
    end
    local function drive(row, theta)
        local sum = 0
        for i = 1, 10 do sum = sum + X[row][i] * theta[i] end
        return sum
    end
    function task.simulate(theta, stream)
        local x = {}
        for i = 1, 10 do x[i] = 0 end
        for row = 1, 100 do
            if stream:uniform() * (1 + math.exp(-drive(row, theta))) < 1 then
                for i = 1, 10 do x[i] = x[i] + X[row][i] end
            end
        end
        return x
    end
    function task.likelihood(x, theta)
        local sum = 0
        for i = 1, 10 do sum = sum + x[i] * theta[i] end
        for row = 1, 100 do sum = sum - m.softplus(drive(row, theta)) end
        return sum
    end
    return task
end

tasks.sir = {
    dimension = 2, components = 8, hidden = {64, 64, 64}, theta = lognormal({ math.log(0.4), math.log(0.125) }, { 0.5, 0.2 }),
    simulate = function(theta, stream)
        local total = 1e6
        local kept = integrate(function(s)
            local infections = theta[1] * s[1] * s[2] / total
            return { -infections, infections - theta[2] * s[2] }
        end, { total - 1, 1 }, 17, 17, 10)
        local x = {}
        for i, s in ipairs(kept) do x[i] = binomial(1000, math.min(1, math.max(0, s[2] / total)), stream) end
        return x
    end,
}

tasks.lotka_volterra = {
    dimension = 4, components = 12, hidden = {128, 128, 128}, theta = lognormal({ -0.125, -3, -0.125, -3 }, { 0.5, 0.5, 0.5, 0.5 }),
    simulate = function(theta, stream)
        -- Logarithms of both populations: they stay positive.
        local kept = integrate(function(s)
            local prey, predators = math.exp(s[1]), math.exp(s[2])
            return { theta[1] - theta[2] * predators, theta[4] * prey - theta[3] }
        end, { math.log(30), 0 }, 2.1, 42, 10)
        local x = {}
        for i, s in ipairs(kept) do
            for k = 1, 2 do x[10 * (k - 1) + i] = math.exp(math.min(math.max(s[k], math.log(1e-10)), math.log(1e4)) + 0.1 * stream:normal()) end
        end
        return x
    end,
}
-- Observations over orders of magnitude are given to networks as logarithms.
tasks.lotka_volterra.encode = function(x)
    local y = {}
    for i = 1, #x do y[i] = math.log(x[i]) end
    return y
end
tasks.sir.encode = function(x)
    local y = {}
    for i = 1, #x do y[i] = math.sqrt(x[i]) end
    return y
end

return function(folder)
    tasks.bernoulli_glm = generalised_linear(folder .. "/sbibm/tasks")
    local function files(name, number) return ("%s/sbibm/tasks/%s/files/num_observation_%d/"):format(folder, name, number) end
    return {
        names = { "gaussian_linear", "gaussian_linear_uniform", "gaussian_mixture", "two_moons", "bernoulli_glm", "slcp", "sir", "lotka_volterra" },
        task = tasks,
        observation = function(name, number) return lines(files(name, number) .. "observation.csv")[1] end,
        reference = function(name, number) return lines(files(name, number) .. "reference_posterior_samples.csv") end,
    }
end
