-- Approximates a density of one's own by a Gaussian mixture: a bent ridge in two dimensions, written in Lua. The function is called once with
-- symbols and becomes a formula; its gradient is derived.
--
--     scripts/avips examples/9-any-density.lua

local banana = avips.target{
    name = "banana", dimension = 2,
    logdensity = function(x) return -0.5 * (x[1] / 2) ^ 2 - 0.5 * ((x[2] - 0.5 * x[1] ^ 2) / 0.3) ^ 2 end,
}

-- One component to begin with; others are added where density lacks.
local vips = avips.vips{ target = banana, seed = 1, add_interval = 10, samples = 50 }
for report in vips:iterations(200) do
    if report.iteration % 40 == 0 then
        print(("iteration %3d  %2d components  ELBO %7.4f"):format(report.iteration, report.components, report.elbo))
    end
end

-- The bound is at most the logarithm of the integral, which is known here.
local bound, deviation = vips:elbo{ samples = 5000, seed = 2 }
print(("ELBO %.4f ± %.4f, log Z %.4f"):format(bound, deviation, math.log(2 * math.pi * 2 * 0.3)))
print(vips)
print(vips.mixture)

-- The mixture, one letter a component: where it is likeliest to come from, as far as there is density.
local mixture = vips.mixture
for row = 12, 0, -1 do
    local line = {}
    for column = -30, 30 do
        local x = { column / 6, row * 0.6 }
        line[#line + 1] = mixture:logpdf(x) > -7 and (banana:logpdf(x) > -6 and "#" or "+") or " "
    end
    print(table.concat(line))
end
