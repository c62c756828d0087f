-- A maximum-entropy policy (Haarnoja et al., 2017, 2018): a point on a plane with four goals, any of which will do. A policy that only
-- maximises its return learns one of them; one that maximises return plus entropy learns all four.
--
--     scripts/avips examples/14-maximum-entropy-policy.lua [ROUNDS [SEED]]
--
-- The critic Q(s, a) is a network. The policy at a state s that is best for it has the density exp(Q(s, a)/alpha)/Z(s), a density whose
-- context is the state: the actor is a model of it. Its soft value is V(s) = alpha·log Z(s), which the model's own importance weights estimate.

local rounds, seed = math.tointeger(tonumber(arg[1]) or 1000), math.tointeger(tonumber(arg[2]) or 1)
local m, stream = avips.math, avips.stream(seed)
local alpha, discount, span = 1, 0.97, 7
local goals = { {5, 0}, {0, 5}, {-5, 0}, {0, -5} }

-- The world: a step moves the point by up to 1 in each direction, with a little noise. Time costs, more than the entropy of an action is worth, so do long
-- steps and being far from all goals; a goal pays and ends the episode.
local function nearest(x, y)
    local least, which = math.huge, 0
    for i, goal in ipairs(goals) do
        local d = (x - goal[1]) ^ 2 + (y - goal[2]) ^ 2
        if d < least then least, which = d, i end
    end
    return least, which
end
local function clamp(x) return math.max(-span, math.min(span, x)) end
local function step(x, y, ax, ay)
    local nx, ny = clamp(x + ax + 0.05 * stream:normal()), clamp(y + ay + 0.05 * stream:normal())
    local square, which = nearest(nx, ny)
    local reached = square < 1 and which or nil
    return nx, ny, -2 - 0.3 * (ax * ax + ay * ay) - 0.05 * square + (reached and 10 or 0), reached
end

-- Actions are tanh(u), which keeps them in their box; the density of u has the derivative of tanh as a factor. What networks read has a span of 1.
local critic = avips.network{ inputs = 4, hidden = {64, 64}, outputs = 1, activation = "silu", seed = seed }
local slow = critic:copy()
local target = avips.target{
    name = "policy", dimension = 2, names = { "u1", "u2" }, context = { x = {-span, span}, y = {-span, span} }, trace = true,
    logdensity = function(u, s)
        local value = critic{ s.x / span, s.y / span, m.tanh(u[1]), m.tanh(u[2]) }[1] / alpha
        for i = 1, 2 do value = value + 2 * (math.log(2) - u[i] - m.softplus(-2 * u[i])) end
        return value
    end,
}
local actor = avips.model{ target = target, components = 8, hidden = {64, 64}, adapt = false, seed = seed }

local function act(x, y)
    local u = actor:sample({ x, y }, 1, { seed = math.floor(stream:uniform() * 2 ^ 31) })
    return m.tanh(u[1][1]), m.tanh(u[1][2])
end

-- Soft values V(s) = alpha·log of the mean of exp(Q/alpha)/pi over actions of the actor, all states at once.
local draws = 4
local function values(states)
    local rows, minus = {}, {}
    for i, s in ipairs(states) do
        local pi = actor:predict(s)
        local u = pi:sample(draws, { seed = math.floor(stream:uniform() * 2 ^ 31) })
        local logs = pi:logpdf(u)
        for k = 1, draws do
            local a, b = u[k][1], u[k][2]
            rows[#rows + 1] = { s[1] / span, s[2] / span, m.tanh(a), m.tanh(b) }
            minus[#rows] = 2 * (2 * math.log(2) - a - b - m.softplus(-2 * a) - m.softplus(-2 * b)) - logs[k]
        end
    end
    local q, result = slow(avips.matrix(rows)), {}
    for i = 1, #states do
        local terms = {}
        for k = 1, draws do
            local row = (i - 1) * draws + k
            terms[k] = q[row][1] / alpha + minus[row]
        end
        result[i] = alpha * (m.logsumexp(terms) - math.log(draws))
    end
    return result
end

-- Learning: the actor climbs the critic's density while the critic changes under it. In every round, 16 points, which start
-- anywhere, take a step each, which is remembered, and the critic takes steps towards r + discount·V(s') on some of it.
local memory, points, batch = {}, {}, 512
local function begin() return { x = 0.1 * stream:normal(), y = 0.1 * stream:normal(), age = 0 } end
local function begin_anywhere() return { x = span * (2 * stream:uniform() - 1), y = span * (2 * stream:uniform() - 1), age = 0 } end
for i = 1, 16 do points[i] = begin_anywhere() end
for report in actor:training{
    steps = 10 * rounds, interval = 10, temperature = 1, warmup_steps = 50, learning_rate = 3e-3, final_share = 0.1, batch = 64, seed = seed,
} do
    for i, p in ipairs(points) do
        local ax, ay
        if report.progress < 0.05 then
            ax, ay = 2 * stream:uniform() - 1, 2 * stream:uniform() - 1
        else
            ax, ay = act(p.x, p.y)
        end
        local x, y, reward, reached = step(p.x, p.y, ax, ay)
        memory[#memory + 1] = { p.x, p.y, ax, ay, x, y, reward, reached and 0 or 1 }
        p.x, p.y, p.age = x, y, p.age + 1
        if reached or p.age == 30 then points[i] = begin_anywhere() end
    end
    local inputs, aims, next_states, chosen = {}, {}, {}, {}
    for i = 1, batch do
        local e = memory[1 + math.floor(stream:uniform() * #memory)]
        inputs[i], next_states[i], chosen[i] = { e[1] / span, e[2] / span, e[3], e[4] }, { e[5], e[6] }, e
    end
    local v = values(next_states)
    for i, e in ipairs(chosen) do aims[i] = { e[7] + discount * e[8] * v[i] } end
    critic:train{ inputs = inputs, targets = aims, steps = 16, batch = 128, learning_rate = 3e-3 * (1 - report.progress) + 1e-4, seed = report.step }
    slow:assign(critic, 0.3)
    if report.step % (2 * rounds) == 0 then print(("%3.0f %%: value at the start %.2f"):format(100 * report.progress, values{ {0, 0} }[1])) end
end

-- Where episodes end.
local episodes, counts, paths = 1000, { 0, 0, 0, 0 }, { x = {}, y = {} }
for episode = 1, episodes do
    local p = begin()
    local path = { x = { p.x }, y = { p.y } }
    for _ = 1, 30 do
        local reached
        p.x, p.y, _, reached = step(p.x, p.y, act(p.x, p.y))
        path.x[#path.x + 1], path.y[#path.y + 1] = p.x, p.y
        if reached then
            counts[reached] = counts[reached] + 1
            break
        end
    end
    -- Forty of them as lines, with gaps between.
    if episode <= 40 then
        for i = 1, #path.x do paths.x[#paths.x + 1], paths.y[#paths.y + 1] = path.x[i], path.y[i] end
        paths.x[#paths.x + 1], paths.y[#paths.y + 1] = 0 / 0, 0 / 0
    end
end
for i, goal in ipairs(goals) do print(("goal (%2d, %2d): reached in %4.1f %% of %d episodes"):format(goal[1], goal[2], 100 * counts[i] / episodes, episodes)) end
local circles = { x = {}, y = {} }
for _, goal in ipairs(goals) do
    for i = 0, 32 do
        circles.x[#circles.x + 1], circles.y[#circles.y + 1] = goal[1] + math.cos(math.pi * i / 16), goal[2] + math.sin(math.pi * i / 16)
    end
    circles.x[#circles.x + 1], circles.y[#circles.y + 1] = 0 / 0, 0 / 0
end
local start = { x = 0, y = 0 }
print("written to " .. avips.plot.density(target:at(start), actor:predict(start), { title = "The policy where episodes start" }):save "policy-start.svg")
print("written to " .. avips.plot.lines({ paths = paths, goals = circles }, { x = "x", y = "y", equal = true, title = "Forty episodes" }):save "policy-episodes.svg")
