-- Drawn to modes: how the components of three mixtures move while they learn, step by step
--
-- A density has six bumps on a spiral, which turns with a context. Three networks learn to
-- answer every context with a mixture of eight Gaussians, by three divergences; it was chosen
-- so that their difference is seen. Set the global `minutes` before for a shorter budget.

m = avips.math
minutes = minutes or 0.2
bumps, weights = {}, { 0.25, 0.25, 0.15, 0.15, 0.1, 0.1 }
for k = 1, 6 do bumps[k] = { radius = 1 + 0.5 * k, angle = 2.1 * k, deviation = 0.2 } end
function place(k, turn)
  local radius, angle = bumps[k].radius, bumps[k].angle + turn
  return radius * m.cos(angle), radius * m.sin(angle)
end

-- The density itself, for two of the three: a function of the point x and the context c. It is
-- normalised, so that log Z = 0 at every context.

spiral = avips.target{
  name = "spiral", dimension = 2, context = { turn = {-math.pi, math.pi} }, trace = true,
  prior = { mean = {0, 0}, deviation = 2 },
  logdensity = function(x, c)
    local terms = {}
    for k, bump in ipairs(bumps) do
      local px, py = place(k, c.turn)
      local variance = bump.deviation ^ 2
      local height = math.log(weights[k] / (2 * math.pi * variance))
      terms[k] = height - 0.5 * ((x[1] - px)^2 + (x[2] - py)^2) / variance
    end
    return m.logsumexp(terms)
  end,
}

-- The third needs exact samples in place of the density, as there are for a simulator or a
-- robot, but not for most posteriors: twenty thousand pairs of a context and a point.

stream = avips.stream(1)
contexts, points = {}, {}
for i = 1, 20000 do
  local turn, share, k = math.pi * (2 * stream:uniform() - 1), stream:uniform(), 1
  while k < 6 and share > weights[k] do share, k = share - weights[k], k + 1 end
  local px, py = place(k, turn)
  local dx, dy = stream:normal(), stream:normal()
  contexts[i] = { turn }
  points[i] = { px + bumps[k].deviation * dx, py + bumps[k].deviation * dy }
end

-- Reverse, KL(q || p): the gradient of the whole bound. Forward, KL(p || q): maximum likelihood
-- on the pairs. aVIPS: each component climbs log p - log q along paths of its own samples,
-- weights take full steps, and the density is flat at first and steepens.

steps = math.ceil(8000 * math.min(1, minutes / 0.2))
frames = 24
function learner(material)
  material.components, material.hidden, material.seed = 8, {32, 32}, 3
  return avips.model(material)
end
pairs_of_both = { contexts = contexts, values = points }
plain = { objective = "reverse", temperature = 1 }
learners = {
  { name = "reverse KL", model = learner{ target = spiral }, options = plain },
  { name = "forward KL", model = learner{ pairs = pairs_of_both }, options = {} },
  { name = "aVIPS", model = learner{ target = spiral }, options = {} },
}

-- One picture for every twenty-fourth of the training, at the context turn = 0.5. Ellipses are
-- components, colours the density.

here = { 0.5 }
density = spiral:at(here)
view = { lower = {-4.5, -4.5}, upper = {4.5, 4.5}, resolution = 80, labels = false }
function picture(entry)
  view.title = entry.name
  return avips.plot.density(density, entry.model:predict(here), view)
end
for _, entry in ipairs(learners) do
  local options = entry.options
  options.steps, options.interval, options.seed = steps, math.max(1, steps // frames), 1
  entry.loop = entry.model:training(options)
end
clip = avips.plot.animate(function(t)
  local panels = {}
  for i, entry in ipairs(learners) do
    -- The first frame shows the start.
    if t > 0 then entry.loop() end
    panels[i] = picture(entry)
  end
  local title = "Eight components on their way to six modes"
  return avips.plot.panels(panels, { columns = 3, title = title })
end, { frames = frames + 1, seconds = 10 })
print("written: " .. clip:save "drawn-to-modes.svg")

-- Who missed what: a mode is held where components near it have a fifth of its weight. KL(q ||
-- p) over 20 contexts, by samples of each.

for _, entry in ipairs(learners) do
  local held, divergence, count = 0, 0, 20
  for i = 1, count do
    local turn = math.pi * (2 * i / count - 1)
    local q = entry.model:predict{ turn }
    local samples = q:sample(200, { seed = i })
    local own, values = q:logpdf(samples), spiral:logpdf(samples, { turn = turn })
    for j = 1, 200 do divergence = divergence + (own[j] - values[j]) / 200 / count end
    for k = 1, 6 do
      local px, py, weight = 0, 0, 0
      px, py = place(k, turn)
      for o, mean in ipairs(q.means) do
        if (mean[1] - px)^2 + (mean[2] - py)^2 < 1 then weight = weight + q.weights[o] end
      end
      if weight > weights[k] / 5 then held = held + 1 end
    end
  end
  local row = "%-28s %.1f of 6 modes, KL(q || p) = %.3f"
  print(row:format(entry.name, held / count, divergence))
end

-- Reverse KL lets components settle on the first mode that they meet: what no component is near
-- has no gradient. Forward KL reaches all, and is paid with samples that somebody must have.
-- aVIPS starts with a flat density and lets components part, each with its own target; it needs
-- the density alone. A question: what happens with six components, or with four?

print(picture(learners[3]))
