-- Covering or seeking: what the two directions of the Kullback-Leibler divergence make of two answers
--
-- A distribution over joint values that reach a place has one peak for every answer. Fit a single Gaussian to it: the direction of
-- the divergence decides what comes out. We use the arm of the demo "two-link-arm".

arm = avips.robot("planar_3link", { base = "link_1", tip = "tip" })
target = avips.pose{ xyz = {2.2, 0.8, 0} }

-- The target density is high where the tip is near the target: p(q) ~ exp(-|error|² / 2σ²), here with σ = 15 cm. Its logarithm needs
-- forward kinematics only.

sigma = 0.15
function distance(q)
  local p = arm:fk(q).position
  return math.sqrt((p[1] - 2.2)^2 + (p[2] - 0.8)^2)
end
function log_target(q) return -distance(q)^2 / (2 * sigma^2) end

-- Both fits are made on a grid, where nothing is hidden: 161 x 161 configurations and their probabilities.

grid, mass, total = {}, {}, 0
for i = -80, 80 do
  for j = -80, 80 do
    local q = { i * math.pi / 80, j * math.pi / 80 }
    local weight = math.exp(log_target(q))
    if weight > 1e-9 then
      grid[#grid + 1], mass[#mass + 1] = q, weight
      total = total + weight
    end
  end
end
for k = 1, #mass do mass[k] = mass[k] / total end
print(#grid .. " configurations carry the mass")

-- Forward, KL(p || q): the Gaussian must cover all of p. Its minimum is known in closed form: the mean and the covariance of p.

function moments(weights)
  local m, c = { 0, 0 }, { { 0, 0 }, { 0, 0 } }
  for k, q in ipairs(grid) do
    for i = 1, 2 do m[i] = m[i] + weights[k] * q[i] end
  end
  for k, q in ipairs(grid) do
    for i = 1, 2 do
      for j = 1, 2 do c[i][j] = c[i][j] + weights[k] * (q[i] - m[i]) * (q[j] - m[j]) end
    end
  end
  return m, c
end
forward_mean, forward_covariance = moments(mass)
print(("mean %.3f, %.3f rad"):format(forward_mean[1], forward_mean[2]))
print(("at the mean the tip is %.0f mm from the target"):format(1000 * distance(forward_mean)))

-- The mean lies between both answers, where neither is: the elbow is stretched. In joint space one sees why: two ridges, one wide
-- Gaussian over both.

function over_density(mean, covariance, title)
  return avips.plot.density(log_target, { weights = { 1 }, means = { mean }, covariances = { covariance } },
    { lower = { -2, -3 }, upper = { 3, 3 }, resolution = 80, title = title })
end
plot = over_density(forward_mean, forward_covariance, "Forward KL in joint space")
print(plot)
print("written: " .. plot:save "forward-kl-density.svg")

-- Its samples are anywhere between.

random = avips.robot("planar_3link")  -- only a source of seeded numbers
function normal(count, seed)
  local uniform, numbers = random:random(count, { seed = seed }), {}
  for i = 1, count do  -- Box and Muller's way from uniform to normal
    local u, v = (uniform[i][1] + math.pi) / (2 * math.pi), uniform[i][2]
    local r = math.sqrt(-2 * math.log(math.max(u, 1e-12)))
    numbers[i] = { r * math.cos(v), r * math.sin(v) }
  end
  return numbers
end
function sample(mean, covariance, count, seed)
  local a = math.sqrt(covariance[1][1])
  local b = covariance[1][2] / a
  local c = math.sqrt(math.max(covariance[2][2] - b * b, 0))
  local draws = {}
  for i, z in ipairs(normal(count, seed)) do
    draws[i] = { mean[1] + a * z[1], mean[2] + b * z[1] + c * z[2] }
  end
  return draws
end
covering = sample(forward_mean, forward_covariance, 40, 1)
plot = avips.plot.poses(arm, covering, { target = target, title = "Forward KL: covers everything, also what is wrong" })
print(plot)
print("written: " .. plot:save "forward-kl.svg")

-- Reverse, KL(q || p): the Gaussian must avoid what p avoids. We minimise it as variational inference does: a Gauss-Newton model
-- of log p at the mean gives the precision, and a step towards it the next mean.

function fit_reverse(mean, steps)
  local precision
  for _ = 1, steps do
    local J, p = arm:jacobian(mean), arm:fk(mean).position
    local e = { 2.2 - p[1], 0.8 - p[2] }
    local a = J[1][1]^2 + J[2][1]^2 + 1e-6
    local b = J[1][1] * J[1][2] + J[2][1] * J[2][2]
    local d = J[1][2]^2 + J[2][2]^2 + 1e-6
    local g = { J[1][1] * e[1] + J[2][1] * e[2], J[1][2] * e[1] + J[2][2] * e[2] }
    local det = a * d - b * b
    mean = { mean[1] + 0.5 * (d * g[1] - b * g[2]) / det, mean[2] + 0.5 * (a * g[2] - b * g[1]) / det }
    precision = { { a / sigma^2, b / sigma^2 }, { b / sigma^2, d / sigma^2 } }
  end
  local det = precision[1][1] * precision[2][2] - precision[1][2]^2
  return mean, { { precision[2][2] / det, -precision[1][2] / det }, { -precision[1][2] / det, precision[1][1] / det } }
end
up, up_covariance = fit_reverse({ 0.5, -0.5 }, 30)
down, down_covariance = fit_reverse({ 0.5, 0.5 }, 30)
print(("from one start:   %.3f, %.3f rad, %.2f mm from the target"):format(up[1], up[2], 1000 * distance(up)))
print(("from another one: %.3f, %.3f rad, %.2f mm from the target"):format(down[1], down[2], 1000 * distance(down)))

-- It seeks one answer and forgets the other; which one depends on where it starts.

plot = over_density(up, up_covariance, "Reverse KL in joint space")
print(plot)
print("written: " .. plot:save "reverse-kl-density.svg")

-- Samples of the one it found:

seeking = sample(up, up_covariance, 40, 2)
plot = avips.plot.poses(arm, seeking, { target = target, title = "Reverse KL: one answer, and a good one" })
print(plot)
print("written: " .. plot:save "reverse-kl.svg")

-- A mixture has both virtues: each component seeks, together they cover. Half the samples from each:

families, both = {}, {}
for i, q in ipairs(seeking) do both[#both + 1] = q end
for i, q in ipairs(sample(down, down_covariance, 40, 3)) do both[#both + 1] = q end
function mean_error(samples)
  local sum = 0
  for _, q in ipairs(samples) do sum = sum + distance(q) end
  return 1000 * sum / #samples
end
print(("mean distance of samples: forward %.0f mm, reverse %.0f mm, mixture %.0f mm"):format(
  mean_error(covering), mean_error(seeking), mean_error(both)))
plot = avips.plot.poses(arm, both, { target = target, title = "A mixture: each component seeks, together they cover" })
print("written: " .. plot:save "mixture-kl.svg")
