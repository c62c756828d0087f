-- The built-in targets once more as formulas in Lua: a list of { name, built, formula, spread }, both targets, and how far from the middle
-- points are worth a look. Data and random numbers are those of the built-in ones: numpy's older generator draws the mixtures.

local m = avips.math
local pi = math.pi
local log2pi = math.log(2 * pi)

local function target(dimension, logdensity)
    return avips.target{ dimension = dimension, logdensity = logdensity, trace = true }
end

-- numpy.random.seed, random and normal.
local function generator(seed)
    local state, index, spare = { [0] = seed }, 624, nil
    for i = 1, 623 do state[i] = (1812433253 * (state[i - 1] ~ (state[i - 1] >> 30)) + i) & 0xffffffff end
    local function word()
        if index == 624 then
            for i = 0, 623 do
                local y = (state[i] & 0x80000000) | (state[(i + 1) % 624] & 0x7fffffff)
                state[i] = state[(i + 397) % 624] ~ (y >> 1) ~ (y % 2 == 0 and 0 or 0x9908b0df)
            end
            index = 0
        end
        local y = state[index]
        index = index + 1
        y = y ~ (y >> 11)
        y = y ~ ((y << 7) & 0x9d2c5680)
        y = y ~ ((y << 15) & 0xefc60000)
        return y ~ (y >> 18)
    end
    local function uniform() return ((word() >> 5) * 67108864.0 + (word() >> 6)) / 9007199254740992.0 end
    local function normal()
        if spare then
            local x = spare
            spare = nil
            return x
        end
        while true do
            local x, y = 2 * uniform() - 1, 2 * uniform() - 1
            local square = x * x + y * y
            if square > 0 and square < 1 then
                local factor = math.sqrt(-2 * math.log(square) / square)
                spare = factor * x
                return factor * y
            end
        end
    end
    return uniform, normal
end

local function rows(count, make)
    local result = {}
    for i = 1, count do result[i] = make(i) end
    return result
end

-- AᵀA + 1 with A_ij ~ N(0, (n/10)²).
local function gram(n, normal)
    local a = avips.matrix(rows(n, function() return rows(n, function() return 0.1 * n * normal() end) end))
    return a:transpose() * a + avips.matrix(rows(n, function(i) return rows(n, function(j) return i == j and 1 or 0 end) end))
end

local function differences(x, mean) return rows(#mean, function(i) return x[i] - mean[i] end) end

local function squares(x)
    local sum = 0
    for i = 1, #x do sum = sum + x[i]^2 end
    return sum
end

local function armFormula(deviations, goals, width)
    return function(q)
        local sum, angle, x, y = 0, 0, 0, 0
        for i, s in ipairs(deviations) do
            sum = sum - (q[i] / s)^2 / 2 - math.log(s) - log2pi / 2
            angle = angle + q[i]
            x, y = x + m.cos(angle), y + m.sin(angle)
        end
        local least
        for _, goal in ipairs(goals) do
            local distance = (x - goal[1])^2 + (y - goal[2])^2
            least = least and m.min(least, distance) or distance
        end
        return sum - least / (2 * width^2) - log2pi - 2 * math.log(width)
    end
end

local function arm(goals)
    local deviations = rows(10, function(i) return i == 1 and 1 or 0.2 end)
    local places = { {7, 0}, {-7, 0}, {0, 7}, {0, -7} }
    return target(10, armFormula(deviations, rows(goals, function(i) return places[i] end), 0.01))
end

local function gaussianMixture(n, seed)
    local uniform, normal = generator(seed)
    local components = rows(10, function()
        local mean = rows(n, function() return 100 * (uniform() - 0.5) end)
        local covariance = gram(n, normal)
        -- The whitened difference is U·(x − m) with Σ⁻¹ = UᵀU.
        return { mean = mean, whitening = covariance:cholesky():inverse(), constant = -covariance:logdet() / 2 - n * log2pi / 2 - math.log(10) }
    end)
    return target(n, function(x)
        return m.logsumexp(rows(10, function(k)
            local c = components[k]
            return c.constant - squares(m.multiply(c.whitening, differences(x, c.mean))) / 2
        end))
    end)
end

local function studentMixture(n, seed, isHard)
    local uniform, normal = generator(seed)
    local reach, count = isHard and 25 or 20, isHard and 20 or 10
    local components = rows(count, function()
        local mean = rows(n, function() return 2 * reach * uniform() - reach end)
        local precision = gram(n, normal)
        return { mean = mean, factor = precision:cholesky():transpose(), logdet = precision:logdet() }
    end)
    local nu = 2
    local constant = m.lgamma((nu + n) / 2) - m.lgamma(nu / 2) - n / 2 * math.log(nu * pi) - math.log(count)
    return target(n, function(x)
        return m.logsumexp(rows(count, function(k)
            local c = components[k]
            return constant + c.logdet / 2 - (nu + n) / 2 * m.log(1 + squares(m.multiply(c.factor, differences(x, c.mean))) / nu)
        end))
    end)
end

local function fortyGaussians(n, seed)
    local uniform = generator(seed)
    local means = rows(40, function() return rows(n, function() return 80 * uniform() - 40 end) end)
    return target(n, function(x)
        return m.logsumexp(rows(40, function(k) return -squares(differences(x, means[k])) / 2 end)) - n * log2pi / 2 - math.log(40)
    end)
end

local function funnel(n, deviation)
    return target(n, function(x)
        local others = 0
        for i = 2, n do others = others + x[i]^2 end
        return -((x[1] / deviation)^2 + (n - 1) * x[1] + m.exp(-x[1]) * others) / 2 - math.log(deviation) - n * log2pi / 2
    end)
end

local function manyWells(n)
    return target(n, function(x)
        local sum = 0
        for i = 1, n, 2 do sum = sum - x[i]^4 + 6 * x[i]^2 + x[i] / 2 - x[i + 1]^2 / 2 end
        return sum
    end)
end

local function seeds()
    local r = { 10, 23, 23, 26, 17, 5, 53, 55, 32, 46, 10, 8, 10, 8, 23, 0, 3, 22, 15, 32, 3 }
    local n = { 39, 62, 81, 51, 39, 6, 74, 72, 51, 79, 13, 16, 30, 28, 45, 4, 12, 41, 30, 51, 7 }
    local constant = 0.01 * math.log(0.01) - m.lgamma(0.01) - 4 * (math.log(10) + log2pi / 2) - 21 * log2pi / 2
    for i = 1, 21 do constant = constant + m.lgamma(n[i] + 1) - m.lgamma(r[i] + 1) - m.lgamma(n[i] - r[i] + 1) end
    return target(26, function(x)
        local u, sum, square = x[26], constant, 0
        for i = 1, 4 do sum = sum - 0.005 * x[i]^2 end
        for i = 1, 21 do
            local s, e, b = i > 11 and 1 or 0, (i >= 6 and i <= 11 or i >= 17) and 1 or 0, x[4 + i]
            local f = x[1] + s * x[2] + s * e * x[3] + e * x[4] + b
            sum = sum + r[i] * f - n[i] * m.softplus(f)
            square = square + b^2
        end
        return sum + (21 * u - m.exp(u) * square) / 2 + 0.01 * (u - m.exp(u))
    end)
end

local function brownian()
    local seen = {
        0.21592641, 0.118771404, -0.07945447, 0.037677474, -0.27885845, -0.1484156, -0.3250906, -0.22957903, -0.44110894, -0.09830782,
        -0.8786016, -0.83736074, -0.7384849, -0.8939254, -0.7774566, -0.70238715, -0.87771565, -0.51853573, -0.6948214, -0.6202789,
    }
    return target(32, function(x)
        local u, w, steps, errors, previous = x[1], x[2], 0, 0, 0
        for t = 1, 30 do
            steps = steps + (x[2 + t] - previous)^2
            previous = x[2 + t]
            local y = t <= 10 and seen[t] or t > 20 and seen[t - 10]
            if y then errors = errors + (y - x[2 + t])^2 end
        end
        return -2 * (math.log(2) + log2pi / 2) - 25 * log2pi - (u^2 + w^2) / 8 - 30 * u - 20 * w
            - (m.exp(-2 * u) * steps + m.exp(-2 * w) * errors) / 2
    end)
end

-- Rows { x, label } as a file has them.
local function logistic(data, path)
    avips.csv.write(path, data)
    local count, features = #data, #data[1] - 1
    local scales = rows(features, function(j)
        local mean, square = 0, 0
        for _, row in ipairs(data) do mean = mean + row[j] / count end
        for _, row in ipairs(data) do square = square + (row[j] - mean)^2 / count end
        return math.sqrt(square)
    end)
    local signed = avips.matrix(rows(count, function(i)
        local sign = data[i][features + 1] > 0 and 1 or -1
        return rows(features + 1, function(j) return j == 1 and sign or sign * data[i][j - 1] / scales[j - 1] end)
    end))
    local formula = target(features + 1, function(x)
        local f, sum = m.multiply(signed, x), -(features + 1) * (math.log(10) + log2pi / 2) - squares(x) / 200
        for i = 1, count do sum = sum - m.softplus(-f[i]) end
        return sum
    end)
    return avips.target.logistic(path), formula
end

local uniform, normal = generator(5)
local data = rows(200, function()
    local x = rows(20, normal)
    x[21] = x[1] - 0.5 * x[2] + normal() > 0 and 1 or 0
    return x
end)
local path = os.tmpname()
local regression, regressionFormula = logistic(data, path)
os.remove(path)

return {
    { name = "planar_robot, 4 goals", built = avips.target.planar_robot{ goals = 4 }, formula = arm(4), spread = 0.4 },
    { name = "planar_robot, 1 goal", built = avips.target.planar_robot{ goals = 1 }, formula = arm(1), spread = 0.4 },
    { name = "two_joint_arm", built = avips.target.two_joint_arm(), formula = target(2, armFormula({1.5, 1.5}, { {1.2, 0.6} }, 0.1)), spread = 1 },
    { name = "gaussian_mixture, 20 variables", built = avips.target.gaussian_mixture(), formula = gaussianMixture(20, 10000), spread = 10 },
    { name = "student_mixture, 20 variables", built = avips.target.student_mixture(), formula = studentMixture(20, 10000), spread = 10 },
    { name = "forty_gaussians, 2 variables", built = avips.target.forty_gaussians(), formula = fortyGaussians(2, 0), spread = 20 },
    { name = "funnel, 10 variables", built = avips.target.funnel(), formula = funnel(10, 3), spread = 1 },
    { name = "many_wells, 32 variables", built = avips.target.many_wells(), formula = manyWells(32), spread = 1.5 },
    { name = "seeds", built = avips.target.seeds(), formula = seeds(), spread = 0.5 },
    { name = "brownian", built = avips.target.brownian(), formula = brownian(), spread = 0.5 },
    { name = "logistic, 200 rows of 20 features", built = regression, formula = regressionFormula, spread = 0.5 },
}
