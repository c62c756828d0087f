-- Adding and removing components: how many families does an arm's answer have?
--
-- A planar arm with three links reaches a place in infinitely many ways: its answers form a
-- curve in joint space. A mixture of Gaussians covers a curve piece by piece. How many pieces
-- are needed is not known before; so components are added where the mixture is thin, and
-- removed where they are not needed.

arm = avips.robot "planar_3link"
target = avips.pose{ xyz = {1.5, 0.9, 0} }
free = { count = 30, rotation_tolerance = math.huge, min_distance = 0.3, seed = 1 }
answers = arm:ik(target, free)
plot = avips.plot.poses(arm, answers, { title = "Thirty of the answers" })
print(plot)
print("written: " .. plot:save "components-answers.svg")

-- The same as a density of the three joints: high where the tip is within 10 cm of the place,
-- however the hand is turned.

widths = { position_deviation = 0.1, rotation_deviation = math.huge }
density = avips.target.pose(arm, target, widths)
answer = answers[1].q
print(density)
print(("log-density at an answer %.1f, with the first joint 0.2 rad away %.1f"):format(
  density:logpdf(answer), density:logpdf{ answer[1] + 0.2, answer[2], answer[3] }))

-- One Gaussian first. The evidence lower bound (ELBO) tells how near it comes: it is at most
-- log Z, the logarithm of the density's integral, and what is lacking is the divergence
-- KL(mixture || density). One Gaussian must not stand where there is no density, so it keeps to
-- one piece of the curve.

single = avips.vips{ target = density, components = 1, adaptation = "fixed", seed = 1 }
single:run{ iterations = 60 }
print(single)
bound, deviation = single:elbo{ samples = 5000, seed = 2 }
print(("ELBO of one Gaussian: %.3f ± %.3f"):format(bound, deviation))
plot = avips.plot.joints(single.mixture, { robot = arm, title = "One component" })
print(plot)
print("written: " .. plot:save "components-one.svg")

-- Now components may come. Every eighth iteration one is placed where the density is high and
-- the mixture thin, until there are 24. Watch the bound rise with their number, first fast,
-- then hardly at all.

function watch(vips, iterations, every)
  for at in vips:iterations(iterations) do
    if at.iteration % every == 0 then
      local row = "iteration %3d: %2d components, ELBO %6.3f"
      print(row:format(at.iteration, at.components, at.elbo))
    end
  end
end
growing = avips.vips{
  target = density, components = 1, add_interval = 8, max_components = 24, seed = 1,
}
watch(growing, 240, 20)
title = "Components that came where they were needed"
plot = avips.plot.joints(growing.mixture, { robot = arm, title = title })
print(plot)
print("written: " .. plot:save "components-grown.svg")

-- The other way round: 40 components, scattered at random, of which those without weight are
-- removed. They find the curve in fewer iterations, as 40 explore at once, and the useless ones
-- go.

pruned = avips.vips{
  target = density, components = 40, add_interval = 1000000, delete_interval = 15, seed = 1,
}
watch(pruned, 120, 15)

-- Three numbers of components, one bound: the nearest to log Z has enough of them, and more
-- would gain nothing.

for _, run in ipairs{ { "one", single }, { "added", growing }, { "removed", pruned } } do
  local bound, deviation = run[2]:elbo{ samples = 5000, seed = 2 }
  print(("%-8s %2d components, ELBO %6.3f ± %.3f, %7d evaluations of the density"):format(
    run[1], run[2].components, bound, deviation, run[2].evaluations))
end

-- The means of the components, each brought onto the place exactly by a short search: the
-- families of the answer, the heaviest first. A question: the place was to be met within 10 cm.
-- How many components would 5 cm take?

mixture = pruned.mixture
order = {}
for k in ipairs(mixture.weights) do order[k] = k end
table.sort(order, function(a, b) return mixture.weights[a] > mixture.weights[b] end)
means = {}
for rank, k in ipairs(order) do
  local near = { near = mixture.means[k], rotation_tolerance = math.huge, seed = 1 }
  local found = arm:ik(target, near)[1]
  means[rank] = found.q
  if rank <= 6 then
    local row = "component %2d: weight %.3f, its mean is %.2f rad from an exact answer"
    print(row:format(k, mixture.weights[k], found.distance))
  end
end
plot = avips.plot.poses(arm, means, { target = target, title = "One pose a component" })
print(plot)
print("written: " .. plot:save "components-means.svg")
