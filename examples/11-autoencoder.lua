-- A variational autoencoder: a decoder in avips.network, and as its encoder a model of mixtures that is trained on the decoder's own
-- density, so that codes may have several modes. Pictures are made here: a spot on a ring, with noise.
--
--     scripts/avips examples/11-autoencoder.lua

local side, noise, m = 6, 0.2, avips.math
local pixels = side * side
local stream = avips.stream(1)

local function picture()
    local angle, p = 2 * math.pi * stream:uniform(), {}
    for i = 0, pixels - 1 do
        local u, v = i % side - 2.5 - 1.6 * math.cos(angle), i // side - 2.5 - 1.6 * math.sin(angle)
        p[i + 1] = math.exp(-(u * u + v * v) / 2) + noise * stream:normal()
    end
    return p
end
local pictures, unseen = {}, {}
for i = 1, 400 do pictures[i] = picture() end
for i = 1, 40 do unseen[i] = picture() end

-- log p(z) + log p(picture | z) for codes z of two numbers.
local function joint(decoder)
    return function(z, c)
        local y, sum = decoder{ z[1], z[2] }, -0.5 * (z[1] ^ 2 + z[2] ^ 2) - math.log(2 * math.pi)
        for i = 1, pixels do sum = sum - 0.5 * ((y[i] - c[i]) / noise) ^ 2 end
        return sum - pixels * math.log(noise * math.sqrt(2 * math.pi))
    end
end

-- The bound log (1/k) Σ p(z, picture)/q(z) over k codes (Burda et al., 2016), averaged over pictures nobody trained on.
local function bound(target, encoder, k)
    local sum = 0
    for i, c in ipairs(unseen) do
        local q, terms = encoder:predict(c), {}
        local z = q:sample(k, { seed = i })
        local p, l = target:logpdf(z, c), q:logpdf(z)
        for j = 1, k do terms[j] = p[j] - l[j] end
        sum = sum + m.logsumexp(terms) - math.log(k)
    end
    return sum / #unseen
end

for _, components in ipairs{ 1, 8 } do
    local decoder = avips.network{ inputs = 2, hidden = {32}, outputs = pixels, seed = 1 }
    local target = avips.target{ dimension = 2, context = avips.matrix(pictures), logdensity = joint(decoder) }
    local encoder = avips.model{ target = target, components = components, hidden = {32, 32}, seed = 1 }
    -- The encoder climbs the decoder's density, which follows the decoder's weights; after every 40 steps the decoder climbs the likelihood of
    -- pictures at the encoder's codes.
    for report in encoder:training{ steps = 1200, interval = 40, temperature = 1, learning_rate = 2e-3, seed = 1 } do
        for step = 1, 20 do
            local codes, aims = {}, {}
            for i = 1, 32 do aims[i] = pictures[(16 * report.step + 32 * step + i) % #pictures + 1] end
            for i, z in ipairs(encoder:sample(aims, 1, { seed = report.step + step })) do codes[i] = z:row(1) end
            decoder:train{ inputs = codes, targets = aims, steps = 1, batch = 32, learning_rate = 5e-3, seed = 1 }
        end
    end
    print(("%d component(s): bound with 1 code %.2f, with 200 codes %.2f nats a picture"):format(components, bound(target, encoder, 1), bound(target, encoder, 200)))
end
