-- Panda's self-motion: seven joints, six demands, one freedom left
--
-- A pose fixes six numbers. Panda has seven joints, so it can move while its hand stays where
-- it is: the elbow swings on a curve of answers. Let us walk along it.

panda = avips.robot "panda"
target = avips.pose{ xyz = {0.45, 0.1, 0.4}, rpy = {180, 0, 0}, degrees = true }
answers = panda:ik(target, { count = 200, seed = 1 })
print(answers)

-- The curve's direction is the null space of the Jacobian J: joint velocities that do not move
-- the hand, J dq = 0. Its sign is free; we keep the one that goes on as before.

function direction(q, last)
  local d = panda:jacobian(q):null_space():transpose()
  local along = last and (d * last:transpose())[1][1] or d[1][1]
  return along < 0 and -d or d
end

-- Small steps along it, midpoint by midpoint, keep the hand in place; we stop at a joint limit,
-- or after 4 rad.

function inside(q)
  for i, joint in ipairs(panda.joints) do
    if q[i] < joint.lower or q[i] > joint.upper then return false end
  end
  return true
end
function walk(q, sign, length, step)
  local path, at, d = {}, avips.matrix(q), sign * direction(q)
  for _ = 1, length / step do
    d = direction((at + step / 2 * direction(at:row(1), d)):row(1), d)
    at = at + step * d
    if not inside(at:row(1)) then break end
    path[#path + 1] = at:row(1)
  end
  return path
end
start = answers[1].q
path = walk(start, 1, 4, 0.005)
back = walk(start, -1, 4, 0.005)
print(("%d steps of 0.005 rad one way, %d the other"):format(#path, #back))

-- How far did the hand stray?

function strayed(q)
  local p = panda:fk(q).position
  return math.sqrt((p[1] - 0.45)^2 + (p[2] - 0.1)^2 + (p[3] - 0.4)^2)
end
most = 0
for _, q in ipairs(path) do most = math.max(most, strayed(q)) end
for _, q in ipairs(back) do most = math.max(most, strayed(q)) end
print(("at most %.3f mm, while joint 1 moved by %.0f degrees"):format(
  1000 * most, math.deg(math.abs((path[#path] or start)[1] - (back[#back] or start)[1]))))

-- A dozen stations on the way, from one end to the other.

whole = {}
for i = #back, 1, -1 do whole[#whole + 1] = back[i] end
whole[#whole + 1] = start
for _, q in ipairs(path) do whole[#whole + 1] = q end
stations = {}
for k = 0, 11 do stations[#stations + 1] = whole[1 + math.floor(k * (#whole - 1) / 11)] end
title = "Panda's self-motion: the hand stays, the elbow swings"
plot = avips.plot.poses(panda, stations, { target = target, title = title })
print(plot)
print("written: " .. plot:save "self-motion.svg")

-- All answers of the search lie on a few such curves. The shipped model has learned them: each
-- of its components covers a piece.

model = avips.model "panda"
learned = model:solve(target, { count = 100, seed = 1 })
print(learned)
title = "The same pose, answered by the model, by component"
plot = avips.plot.poses(panda, learned, { title = title })
print("written: " .. plot:save "self-motion-model.svg")

-- The stations in three dimensions, to turn and to step through in a browser. A question: which
-- joint stops the walk, and what would the curve look like without its limit?

page = avips.view(panda, stations, { path = "self-motion.html", target = target })
print("written: " .. page)
