-- Amortized variational inference of one's own density: a model that answers every context at once, without a sample of the density.
--
--     scripts/avips examples/10-density-for-every-context.lua

-- Two modes whose places, and whose weights, depend on the context.
local function bump(x, cx, cy, width) return -0.5 * ((x[1] - cx) ^ 2 + (x[2] - cy) ^ 2) / width ^ 2 - 2 * math.log(width) - math.log(2 * math.pi) end
local target = avips.target{
    name = "two bumps", dimension = 2,
    context = { angle = {-math.pi, math.pi}, share = {0.1, 0.9} },
    logdensity = function(x, c)
        local p = math.log(c.share) + bump(x, math.cos(c.angle), math.sin(c.angle), 0.2)
        local q = math.log(1 - c.share) + bump(x, -1.5 * math.cos(c.angle), 0, 0.3)
        local m = math.max(p, q)
        return m + math.log(math.exp(p - m) + math.exp(q - m))
    end,
    prior = { mean = {0, 0}, deviation = 1 },
}
print(target)

-- Training draws contexts and climbs the evidence bound: no pairs, no data.
local model = avips.model{ target = target, components = 6, hidden = {32, 32}, seed = 1 }
local log = model:train{ steps = 1500, seed = 1 }
print(("ELBO %.4f on fresh samples; log Z is 0 at every context"):format(log.elbo[#log]))

-- An answer takes microseconds, for any context of the ranges.
local context = { angle = 0.7, share = 0.25 }
local mixture = model:predict(context)
print(mixture)
print("density and model at a mode:", target:logpdf({ math.cos(0.7), math.sin(0.7) }, context), mixture:logpdf{ math.cos(0.7), math.sin(0.7) })

-- How good the answers are, beside variational inference at each context alone.
print(model:evaluate{ contexts = 10, samples = 500, reference = "vips", iterations = 40, seed = 2 })

-- A simulator in place of a density: the model learns the posterior of its parameters from simulations.
local posterior = avips.model{
    simulator = function(theta, stream) return { theta[1] + theta[2] + 0.3 * stream:normal(), theta[1] * theta[2] + 0.3 * stream:normal() } end,
    prior = { mean = {0, 0}, deviation = 1 }, simulations = 5000, components = 6, hidden = {32, 32}, seed = 1,
}
posterior:train{ steps = 800, seed = 1 }
print(posterior:predict{ 0.5, -0.5 })
