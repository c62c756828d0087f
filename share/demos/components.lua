-- Adding and removing components: how many families does an arm's answer have?
--
-- A planar arm with three links reaches a place in infinitely many ways: its answers form a curve in joint space. A mixture of
-- Gaussians covers a curve piece by piece. How many pieces are needed is not known before; so components are added where the
-- mixture is thin, and removed where they are not needed.

arm = avips.robot "planar_3link"
target = avips.pose{ xyz = {1.5, 0.9, 0} }
answers = arm:ik(target, { count = 200, rotation_tolerance = math.huge, min_distance = 0.02, seed = 1 })
points = answers:matrix():table()
print(#points .. " answers on the curve")

-- Here is a sample of them.

plot = avips.plot.poses(arm, arm:ik(target, { count = 30, rotation_tolerance = math.huge, min_distance = 0.3, seed = 1 }),
  { title = "Thirty of the answers" })
print(plot)
print("written: " .. plot:save "components-answers.svg")

-- A component is a mean and one width; angles are compared around the circle.

function difference(a, b)
  local d = (a - b + math.pi) % (2 * math.pi) - math.pi
  return d
end
function log_density(component, q)
  local sum = 0
  for i = 1, 3 do sum = sum + difference(q[i], component.mean[i])^2 end
  return math.log(component.weight) - 3 * math.log(component.width) - sum / (2 * component.width^2) - 1.5 * math.log(2 * math.pi)
end
function log_mixture(components, q)
  local logs, most = {}, -math.huge
  for k, component in ipairs(components) do
    logs[k] = log_density(component, q)
    most = math.max(most, logs[k])
  end
  local sum = 0
  for _, value in ipairs(logs) do sum = sum + math.exp(value - most) end
  return most + math.log(sum), logs
end

-- One round of expectation and maximisation: who is responsible for which point, and where the responsible ones move.

function improve(components)
  local sums = {}
  for k in ipairs(components) do sums[k] = { mass = 1e-9, move = { 0, 0, 0 }, spread = 0 } end
  for _, q in ipairs(points) do
    local whole, logs = log_mixture(components, q)
    for k, component in ipairs(components) do
      local share, sum = math.exp(logs[k] - whole), sums[k]
      sum.mass = sum.mass + share
      for i = 1, 3 do
        local d = difference(q[i], component.mean[i])
        sum.move[i] = sum.move[i] + share * d
        sum.spread = sum.spread + share * d * d
      end
    end
  end
  for k, component in ipairs(components) do
    local sum = sums[k]
    local shift = 0
    for i = 1, 3 do
      local move = sum.move[i] / sum.mass
      component.mean[i] = component.mean[i] + move
      shift = shift + move * move
    end
    component.width = math.sqrt(math.max((sum.spread / sum.mass - shift) / 3, 1e-3))
    component.weight = sum.mass / #points
  end
end
function mean_log_density(components)
  local sum = 0
  for _, q in ipairs(points) do sum = sum + log_mixture(components, q) end
  return sum / #points
end

-- We begin with one component. Every few rounds a new one is put on the point that the mixture explains worst.

components = { { mean = { 0, 0, 0 }, width = 1, weight = 1 } }
for round = 1, 60 do
  improve(components)
  if round % 4 == 0 and #components < 12 then
    local worst, least = points[1], math.huge
    for _, q in ipairs(points) do
      local density = log_mixture(components, q)
      if density < least then worst, least = q, density end
    end
    local before = mean_log_density(components)
    for _, component in ipairs(components) do component.weight = component.weight * (1 - 1 / (#components + 1)) end
    components[#components + 1] = { mean = { table.unpack(worst) }, width = 0.3, weight = 1 / (#components + 1) }
    print(("round %2d: %2d components, mean log-density %.3f"):format(round, #components, before))
  end
end

-- Twelve may be more than are needed. What would the mixture lose without a component? One that costs less than 0.2 nats goes, the
-- cheapest first; its neighbours take over.

function without(k)
  local rest = {}
  for other, component in ipairs(components) do
    if other ~= k then
      rest[#rest + 1] = { mean = { table.unpack(component.mean) }, width = component.width, weight = component.weight / (1 - components[k].weight) }
    end
  end
  for _ = 1, 5 do improve(rest) end
  return rest
end
for _ = 1, 20 do improve(components) end
while #components > 1 do
  local before, best, least = mean_log_density(components), nil, math.huge
  for k = 1, #components do
    local rest = without(k)
    local cost = before - mean_log_density(rest)
    if cost < least then best, least = rest, cost end
  end
  if least > 0.2 then
    print(("the next removal would cost %.3f nats"):format(least))
    break
  end
  components = best
  print(("removed one for %.3f nats, %d are left"):format(least, #components))
end
print(("in the end %d components, mean log-density %.3f"):format(#components, mean_log_density(components)))

-- The means of the components, each moved onto the curve by a short search: the families of the answer.

table.sort(components, function(a, b) return a.weight > b.weight end)
means = {}
for k, component in ipairs(components) do means[k] = component.mean end
plot = avips.plot.poses(arm, means, { target = target, title = "One pose a component" })
print(plot)
print("written: " .. plot:save "components-means.svg")
mixture = { weights = {}, means = means, covariances = {} }
for k, component in ipairs(components) do
  local v = component.width^2
  mixture.weights[k], mixture.covariances[k] = component.weight, { { v, 0, 0 }, { 0, v, 0 }, { 0, 0, v } }
end
plot = avips.plot.joints(mixture, { robot = arm, title = "The components in joint space" })
print(plot)
print("written: " .. plot:save "components-joints.svg")
for k, component in ipairs(components) do
  print(("component %2d: weight %.3f, width %.2f rad, its mean %3.0f mm from the target"):format(k, component.weight, component.width,
    1000 * math.sqrt((arm:fk(component.mean).position[1] - 1.5)^2 + (arm:fk(component.mean).position[2] - 0.9)^2)))
end
