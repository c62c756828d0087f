-- Five models of one arm: what does each believe about how a place can be reached?
--
-- A planar arm with three links reaches a place in infinitely many ways: its answers form a
-- curve in joint space. Five models learn from the same pairs of joints and places, each for a
-- few seconds. First the answers themselves. Set the global `minutes` before for a shorter
-- budget.

arm = avips.robot "planar_3link"
target = avips.pose{ xyz = {1.5, 0.9, 0} }
minutes = minutes or 0.5
free = { count = 60, rotation_tolerance = math.huge, min_distance = 0.1, seed = 1 }
exact = arm:ik(target, free)
print(("%d answers, spread over the curve"):format(#exact))

-- The models: a mixture trained by likelihood, the same by the plain reverse divergence, a
-- single Gaussian, a normalizing flow, and generators that are trained against a discriminator.
-- The reverse divergence needs a start: likelihood for the first 40 % of the steps.
reverse = {
  steps = 1000, objective = "reverse", position_deviation = 0.05,
  forward_share = avips.schedule.steps{ {0, 1}, {0.4, 0} },
}
kinds = {
  { name = "mixture, likelihood", make = { components = 16 }, train = { steps = 1000 } },
  { name = "mixture, reverse KL", make = { components = 16 }, train = reverse },
  { name = "one Gaussian", make = { kind = "gaussian" }, train = { steps = 1000 } },
  { name = "flow", make = { kind = "flow", blocks = 6 }, train = { steps = 4000 } },
  { name = "generators", make = { kind = "gan", generators = 5 },
    train = { steps = 3000, position_deviation = 0.1 } },
}
panels = { avips.plot.poses(arm, exact, { title = "answers" }) }
function in_joint_space(rows, title)
  return avips.plot.joints(rows, { robot = arm, joints = {1, 2}, title = title })
end
joints = { in_joint_space(exact, "answers") }
for _, kind in ipairs(kinds) do
  local make, train = kind.make, kind.train
  make.robot, make.context, make.hidden, make.seed = arm, "position", {64, 64}, 1
  train.steps, train.seed = math.ceil(train.steps * math.min(1, minutes / 0.5)), 1
  model = avips.model(make)
  model:train(train)
  samples = model:sample(target, 60, { seed = 1 })
  mean = 0
  for row = 1, samples.rows do
    place = arm:fk(samples:row(row)).position
    mean = mean + math.sqrt((place[1] - 1.5)^2 + (place[2] - 0.9)^2) / samples.rows
  end
  print(("%-28s mean error %6.1f mm"):format(kind.name, 1000 * mean))
  panels[#panels + 1] = avips.plot.poses(arm, samples, { target = target, title = kind.name })
  joints[#joints + 1] = in_joint_space(samples, kind.name)
end

-- As arms: likelihood and the flow cover all ways and miss the place a little; the reverse
-- divergence hits it and forgets ways; one Gaussian stands in the middle of what lies on both
-- sides; generators reach the place in a few of the ways.

plot = avips.plot.panels(panels, { title = "One place, five models", columns = 3 })
print(plot)
print("written: " .. plot:save "five-models.svg")

-- The same in joint space: the answers lie on a curve, which each model covers in its own way.
-- A question: with `context = "position"` only the place is asked for. How many of the curve's
-- points are left when the hand's direction is asked for as well, and which models suffice
-- then?

plot = avips.plot.panels(joints, { title = "The first two joints", columns = 3 })
print("written: " .. plot:save "five-models-joints.svg")
