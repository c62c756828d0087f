-- Paths whose poses leave something free, with joints locked, and of bodies: how long following them takes, and how far the joints move.
--
--     scripts/avips scripts/experiments/free-tracks.lua [poses [seeds]]

local count, seeds = tonumber(arg[1] or "60"), tonumber(arg[2] or "3")
local panda, talos = avips.robot "panda", avips.robot "talos_28dof"
local world = avips.world{
  { box = {0.5, 0.8, 0.03}, at = {0.55, 0, 0.75}, name = "shelf" },
  { capsule = { radius = 0.05, length = 0.8 }, at = {0.25, 0.25, 0.4}, name = "post" },
}

-- A circle of the hand, pointing down, under the shelf.
local poses, axes, places, hands = {}, {}, {}, {}
for i = 1, count do
  local angle = 2 * math.pi * (i - 1) / (count - 1)
  local x, y = 0.1 * math.cos(angle), 0.1 * math.sin(angle)
  poses[i] = avips.pose{ xyz = {0.5 + x, y, 0.4}, rpy = {math.pi, 0, 0} }
  axes[i] = avips.goal{ pose = poses[i], axis = {0, 0, 1} }
  places[i] = avips.goal{ pose = poses[i], position_slack = {0, 0, 0.05} }
  hands[i] = { right_hand = {0.45, -0.25 + 0.5 * y, 0.95 + 0.5 * x}, left_hand = {0.45, 0.25, 0.95} }
end

local cases = {
  { "poses", panda, poses, {} },
  { "poses, one joint locked", panda, poses, { locked = { panda_joint3 = 0.2 } } },
  { "poses, one joint locked, a world", panda, poses, { locked = { panda_joint3 = 0.2 }, world = world } },
  { "turn about the hand's axis free", panda, axes, {} },
  { "the same, a world", panda, axes, { world = world } },
  { "5 cm of height free", panda, places, {} },
  { "two hands of Talos", talos, hands, { candidates = 4 } },
}
for _, case in ipairs(cases) do
  local name, subject, path, options = table.unpack(case)
  local time, length, jumps, unreached, widest = 0, 0, 0, 0, 0
  for seed = 1, seeds do
    options.seed, options.max_step = seed, 0.2
    local begin = os.clock()
    local track = subject:track(path, options)
    time = time + os.clock() - begin
    length, jumps, unreached, widest = length + track.length, jumps + #track.jumps, unreached + #track.unreached, math.max(widest, track.max_step)
  end
  print(("%-34s %8.1f ms  length %6.3f rad  step %.3f  %d jumps, %d unreached"):format(name, 1e3 * time / seeds, length / seeds, widest, jumps, unreached))
end
