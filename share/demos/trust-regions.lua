-- Trust regions: why a step of variational inference is bounded by a divergence
--
-- Variational inference fits a Gaussian q to a density p by steps from local models of log p. A
-- local model is right only near where it was made. A trust region bounds how far a step may
-- go: KL(new || old) <= epsilon.

arm = avips.robot("planar_3link", { base = "link_1", tip = "tip" })
target = avips.pose{ xyz = {1.9, 1.2, 0} }
sigma = 0.02

-- The target is narrow: 2 cm. In joint coordinates its ridges are thin and bent, the worst case
-- for a quadratic model.

function error_at(q)
  local p = arm:fk(q).position
  return { 1.9 - p[1], 1.2 - p[2] }
end
function distance(q)
  local e = error_at(q)
  return math.sqrt(e[1]^2 + e[2]^2)
end

-- The divergence of two Gaussians, KL(new || old); both are a mean, a column, and a precision,
-- the inverse of the covariance.

function divergence(new, old)
  local d = old.mean - new.mean
  local trace = (old.precision * new.precision:inverse()):trace()
  local moved = (d:transpose() * old.precision * d)[1][1]
  return 0.5 * (trace - 2 + moved + new.precision:logdet() - old.precision:logdet())
end

-- The local model at the mean is Gauss-Newton's: log p ~ -|e - J dq|² / 2σ². Its own Gaussian
-- would be the whole step.

function model_at(mean)
  local q = mean:column(1)
  local J, e = arm:jacobian(q):part{ rows = {1, 2} }, avips.matrix(error_at(q)):transpose()
  local precision = J:transpose() * J / sigma^2 + 0.1 * avips.identity(2)
  return { mean = mean + precision:solve(J:transpose() * e / sigma^2), precision = precision }
end

-- The best Gaussian within the trust region lies on the geometric path between the old one and
-- the model: precisions and precision-weighted means are mixed. The share is found by
-- bisection, so that the bound is met exactly.

function mixed(old, model, share)
  local precision = (1 - share) * old.precision + share * model.precision
  local from, to = old.precision * old.mean, model.precision * model.mean
  local weighted = (1 - share) * from + share * to
  return { mean = precision:solve(weighted), precision = precision }
end
function bounded_step(old, epsilon)
  local model = model_at(old.mean)
  if divergence(model, old) <= epsilon then return model, 1 end
  local low, high = 0, 1
  for _ = 1, 60 do
    local middle = (low + high) / 2
    local is_within = divergence(mixed(old, model, middle), old) <= epsilon
    if is_within then low = middle else high = middle end
  end
  return mixed(old, model, low), low
end

-- Twelve steps from the same wide start, for three bounds. Without a bound the first step
-- follows a model far beyond where it holds: the mean turns the arm around several times before
-- it finds the target, at joint values that no motor reaches.

function run(epsilon, steps)
  local q = { mean = avips.matrix{ {-0.6}, {0.25} }, precision = 4 * avips.identity(2) }
  local path = { q.mean:column(1) }
  for step = 1, steps do
    local share
    q, share = bounded_step(q, epsilon)
    path[#path + 1] = q.mean:column(1)
  end
  return q, path
end
for _, epsilon in ipairs{ 0.1, 1, math.huge } do
  local q, path = run(epsilon, 12)
  local distances = {}
  for i = 2, #path do distances[#distances + 1] = ("%.0f"):format(1000 * distance(path[i])) end
  print(("epsilon %-4s ends at %6.2f, %6.2f rad"):format(epsilon, q.mean[1][1], q.mean[2][1]))
  print("  mm after each step: " .. table.concat(distances, " "))
end

-- The Gaussians on their way through joint space, with a small bound: each overlaps the one
-- before. Drawn wider than it is, to be seen.
function log_target(q) return -distance(q)^2 / (2 * 0.15^2) end
function snapshots(epsilon, steps)
  local q = { mean = avips.matrix{ {-0.6}, {0.25} }, precision = 4 * avips.identity(2) }
  local shown = { weights = {}, means = {}, covariances = {} }
  for step = 0, steps do
    if step % 4 == 0 then
      table.insert(shown.weights, 1)
      table.insert(shown.means, q.mean:column(1))
      table.insert(shown.covariances, q.precision:inverse():table())
    end
    q = bounded_step(q, epsilon)
  end
  for i in ipairs(shown.weights) do shown.weights[i] = 1 / #shown.weights end
  return shown
end
view = { lower = { -2, -2 }, upper = { 2, 3 }, resolution = 80 }
view.title = "Every fourth Gaussian, epsilon = 0.5"
plot = avips.plot.density(log_target, snapshots(0.5, 16), view)
print(plot)
print("written: " .. plot:save "trust-region-density.svg")

-- And the arm at the means.

steady, path = run(0.5, 25)
title = "Means of 25 bounded steps (epsilon = 0.5)"
plot = avips.plot.poses(arm, path, { target = target, title = title })
print(plot)
print("written: " .. plot:save "trust-region.svg")

-- And without any: the first mean is thrown far beyond the joint limits of half a turn.

wild, jumps = run(math.huge, 12)
plot = avips.plot.poses(arm, jumps, { target = target, title = "Means of 12 unbounded steps" })
print("written: " .. plot:save "no-trust-region.svg")
print(("largest first move: bounded %.2f rad, unbounded %.2f rad"):format(
  math.abs(path[2][1] - path[1][1]) + math.abs(path[2][2] - path[1][2]),
  math.abs(jumps[2][1] - jumps[1][1]) + math.abs(jumps[2][2] - jumps[1][2])))

-- The steps above knew the derivatives of the error. Variational inference by policy search
-- knows less: samples of the density and their gradients, from which it estimates the local
-- model anew in every iteration. The trust region does the same for it. Here is what its bound
-- does, for one Gaussian from the same start, and what happens without ("direct").

widths = { position_deviation = sigma, rotation_deviation = math.huge }
density = avips.target.pose(arm, target, widths)
function learn(options)
  options.target, options.components, options.adaptation = density, 1, "fixed"
  options.mean, options.deviation = { -0.6, 0.25 }, 0.5
  options.samples, options.step_rule, options.seed = 20, "fixed", 3
  local vips = avips.vips(options)
  local bounds = {}
  for report in vips:iterations(40) do
    if report.iteration == 1 or report.iteration % 8 == 0 then
      bounds[#bounds + 1] = ("%8.1f"):format(report.elbo)
    end
  end
  return vips, table.concat(bounds)
end
print("ELBO after iteration           1       8      16      24      32      40")
for _, epsilon in ipairs{ 0.1, 1, 10 } do
  bounded, bounds = learn{ step_size = epsilon }
  print(("trust region of %-4s nats %s"):format(epsilon, bounds))
end
free, bounds = learn{ update = "direct", step_size = 1 }
print("no trust region           " .. bounds)

-- A wide bound saves iterations where the model is good, and wastes them where it is not; none
-- at all never arrives. That is why the step size of `avips.vips` adapts itself: it grows while
-- steps improve, and shrinks where they do not. A question: what would the first 40 iterations
-- look like with a bound of 0.01?

steady, bounds = learn{ step_size = 0.1 }
view.title = "What inference found within trust regions"
plot = avips.plot.density(log_target, steady.mixture, view)
print(plot)
print("written: " .. plot:save "trust-region-inference.svg")
