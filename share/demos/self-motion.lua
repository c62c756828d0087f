-- Panda's self-motion: seven joints, six demands, one freedom left
--
-- A pose fixes six numbers. Panda has seven joints, so it can move while its hand stays where it is: the elbow swings on a curve
-- of answers. Let us walk along it.

panda = avips.robot "panda"
target = avips.pose{ xyz = {0.45, 0.1, 0.4}, rpy = {180, 0, 0}, degrees = true }
answers = panda:ik(target, { count = 200, seed = 1 })
print(answers)

-- The curve's direction is the null space of the Jacobian J: joint velocities that do not move the hand, J dq = 0. Six equations, seven
-- unknowns: Gaussian elimination leaves one free.

function null_direction(q)
  local rows, m = panda:jacobian(q):table(), 6
  local pivots = {}
  local row = 1
  for column = 1, 7 do
    local best = row
    for r = row, m do if math.abs(rows[r][column]) > math.abs(rows[best] and rows[best][column] or 0) then best = r end end
    if row <= m and math.abs(rows[best][column]) > 1e-9 then
      rows[row], rows[best] = rows[best], rows[row]
      for r = 1, m do
        if r ~= row then
          local factor = rows[r][column] / rows[row][column]
          for c = column, 7 do rows[r][c] = rows[r][c] - factor * rows[row][c] end
        end
      end
      pivots[row] = column
      row = row + 1
    end
  end
  local free, direction = 1, {}
  for r = 1, m do if pivots[r] == free then free = free + 1 end end
  for i = 1, 7 do direction[i] = 0 end
  direction[free] = 1
  local norm = 1
  for r = 1, m do
    if pivots[r] then
      direction[pivots[r]] = -rows[r][free] / rows[r][pivots[r]]
      norm = norm + direction[pivots[r]]^2
    end
  end
  for i = 1, 7 do direction[i] = direction[i] / math.sqrt(norm) end
  return direction
end

-- Small steps along it, midpoint by midpoint, keep the hand in place; we stop at a joint limit, or after 4 rad.

function inside(q)
  for i, joint in ipairs(panda.joints) do
    if q[i] < joint.lower or q[i] > joint.upper then return false end
  end
  return true
end
function walk(q, sign, length, step)
  local path, last = {}, nil
  for _ = 1, length / step do
    local function direction(at)
      local d = null_direction(at)
      local along = 0
      for i = 1, 7 do along = along + d[i] * (last and last[i] or sign * (d[i] * 0 + (i == 1 and 1 or 0))) end
      if along < 0 then for i = 1, 7 do d[i] = -d[i] end end
      return d
    end
    local d = direction(q)
    local middle = {}
    for i = 1, 7 do middle[i] = q[i] + 0.5 * step * d[i] end
    last = d
    d = direction(middle)
    local next = {}
    for i = 1, 7 do next[i] = q[i] + step * d[i] end
    if not inside(next) then break end
    q, last = next, d
    path[#path + 1] = q
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
for _, list in ipairs{ path, back } do for _, q in ipairs(list) do most = math.max(most, strayed(q)) end end
print(("at most %.3f mm, while joint 1 moved by %.0f degrees"):format(
  1000 * most, math.deg(math.abs((path[#path] or start)[1] - (back[#back] or start)[1]))))

-- A dozen stations on the way, from one end to the other.

whole = {}
for i = #back, 1, -1 do whole[#whole + 1] = back[i] end
whole[#whole + 1] = start
for _, q in ipairs(path) do whole[#whole + 1] = q end
stations = {}
for k = 0, 11 do stations[#stations + 1] = whole[1 + math.floor(k * (#whole - 1) / 11)] end
plot = avips.plot.poses(panda, stations, { target = target, title = "Panda's self-motion: the hand stays, the elbow swings" })
print(plot)
print("written: " .. plot:save "self-motion.svg")

-- All answers of the search lie on a few such curves. The shipped model has learned them: each of its components covers a piece.

model = avips.model "panda"
learned = model:solve(target, { count = 100, seed = 1 })
print(learned)
plot = avips.plot.poses(panda, learned, { title = "The same pose, answered by the model, by component" })
print("written: " .. plot:save "self-motion-model.svg")
