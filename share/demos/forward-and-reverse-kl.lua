-- Covering or seeking: what the two directions of the divergence KL make of two answers
--
-- A distribution over joint values that reach a place has one peak for every answer. Fit a
-- single Gaussian to it: the direction of the divergence decides what comes out. We use the arm
-- of the demo "two-link-arm".

arm = avips.robot("planar_3link", { base = "link_1", tip = "tip" })
target = avips.pose{ xyz = {2.2, 0.8, 0} }

-- The target density is high where the tip is near the target: p(q) ~ exp(-|error|² / 2σ²),
-- here with σ = 15 cm. Its logarithm needs forward kinematics only.

sigma = 0.15
function distance(q)
  local p = arm:fk(q).position
  return math.sqrt((p[1] - 2.2)^2 + (p[2] - 0.8)^2)
end
function log_target(q) return -distance(q)^2 / (2 * sigma^2) end

-- On a grid nothing is hidden: 160 x 160 configurations and their probabilities. The sum gives
-- log Z, the logarithm of the density's integral.

grid, mass, total = {}, {}, 0
for i = -80, 79 do
  for j = -80, 79 do
    local q = { i * math.pi / 80, j * math.pi / 80 }
    local weight = math.exp(log_target(q))
    total = total + weight
    if weight > 1e-9 then grid[#grid + 1], mass[#mass + 1] = q, weight end
  end
end
log_z = math.log(total * (math.pi / 80)^2)
print(("%d configurations carry the mass, log Z = %.3f"):format(#grid, log_z))

-- Forward, KL(p || q): the Gaussian must cover all of p. Its minimum is known in closed form:
-- the mean and the covariance of p.

X, w = avips.matrix(grid), avips.matrix(mass) / total
m = w * X
covariance = X:map(function(x, i) return x * w[1][i] end):transpose() * X - m:transpose() * m
mean = m:row(1)
row = "mean %.3f, %.3f rad; there the tip is %.0f mm from the target"
print(row:format(mean[1], mean[2], 1000 * distance(mean)))

-- The mean lies between both answers, where neither is: the elbow is stretched. In joint space
-- one sees why: two ridges, one wide Gaussian over both.

view = { lower = { -2, -3 }, upper = { 3, 3 }, resolution = 80 }
view.title = "Forward KL in joint space"
wide = avips.mixture{ weights = { 1 }, means = { mean }, covariances = { covariance } }
plot = avips.plot.density(log_target, wide, view)
print(plot)
print("written: " .. plot:save "forward-kl-density.svg")

-- Its samples are anywhere between.

covering = wide:sample(40, { seed = 1 }):table()
title = "Forward KL: covers everything, also what is wrong"
plot = avips.plot.poses(arm, covering, { target = target, title = title })
print(plot)
print("written: " .. plot:save "forward-kl.svg")

-- Reverse, KL(q || p): the Gaussian must avoid what p avoids. There is no closed form;
-- variational inference minimises it from samples of q and values of log p. The evidence lower
-- bound (ELBO) is log Z - KL(q || p), so we can tell how much is lacking.

density = avips.target{
  name = "two answers", dimension = 2, logdensity = log_target,
  mean = { 0.4, 0 }, deviation = 0.6,
}
function fit_reverse(components, seed)
  local vips = avips.vips{
    target = density, components = components, adaptation = "fixed", seed = seed,
  }
  vips:run{ iterations = 60 }
  return vips
end
for seed = 1, 4 do
  local vips = fit_reverse(1, seed)
  local q = vips.mixture.means[1]:table()
  local lacking = log_z - vips:elbo{ samples = 5000, seed = 1 }
  print(("seed %d: mean %6.3f, %6.3f rad, KL(q || p) = %.3f"):format(seed, q[1], q[2], lacking))
end

-- It seeks one answer and forgets the other; which one depends on where it starts. Half of the
-- mass is missed, which alone costs log 2 = 0.693: what exceeds that is lost because the ridge
-- is bent and the Gaussian is not.

one = fit_reverse(1, 1)
q = one.mixture.means[1]:table()
print(("the tip at its mean is %.1f mm from the target"):format(1000 * distance(q)))
view.title = "Reverse KL in joint space"
plot = avips.plot.density(log_target, one.mixture, view)
print(plot)
print("written: " .. plot:save "reverse-kl-density.svg")

-- The mean is no answer, though this is the best Gaussian: it is shifted to the side to which
-- the ridge bends, so that both ends of the Gaussian come nearer to the ridge. Laplace's
-- approximation, the mean at the peak and the curvature there as the precision, has its mean on
-- the ridge and a greater divergence.

seeking = one.mixture:sample(40, { seed = 2 }):table()
title = "Reverse KL: one answer, and a good one"
plot = avips.plot.poses(arm, seeking, { target = target, title = title })
print(plot)
print("written: " .. plot:save "reverse-kl.svg")

-- A mixture has both virtues: each component seeks, together they cover. Two components, the
-- same method:

two = fit_reverse(2, 1)
print(("weights %.3f and %.3f, KL(q || p) = %.3f"):format(
  two.mixture.weights[1], two.mixture.weights[2], log_z - two:elbo{ samples = 5000, seed = 1 }))
both = two.mixture:sample(40, { seed = 3 }):table()
function mean_error(samples)
  local sum = 0
  for _, q in ipairs(samples) do sum = sum + distance(q) end
  return 1000 * sum / #samples
end
print(("mean distance of samples: forward %.0f mm, reverse %.0f mm, mixture %.0f mm"):format(
  mean_error(covering), mean_error(seeking), mean_error(both)))
title = "A mixture: each component seeks, together they cover"
plot = avips.plot.poses(arm, both, { target = target, title = title })
print(plot)
print("written: " .. plot:save "mixture-kl.svg")

-- The fit itself, iteration by iteration: two components part from one start. A question: what
-- would a third one do?

growing = avips.vips{ target = density, components = 2, adaptation = "fixed", seed = 1 }
view.title = "Two components on their way"
clip = avips.plot.animate(function()
  growing:run{ iterations = 2 }
  return avips.plot.density(log_target, growing.mixture, view)
end, { frames = 20 })
print("written: " .. clip:save "reverse-kl-fit.svg")
