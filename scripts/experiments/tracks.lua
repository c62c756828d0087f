-- CppFlow's problems: paths of the tip past obstacles, to be followed within 0.1 mm and 0.1 degrees, at most 7 degrees (2 cm) a step, touching nothing.
-- scripts/peers/cppflow says where they come from, and how the file is made.
--
--     scripts/avips scripts/experiments/tracks.lua paths.txt panda_spherized.urdf panda.srdf fetch_spherized.urdf fetch.srdf [seeds]

local path, panda, panda_pairs, fetch, fetch_pairs, seeds = arg[1], arg[2], arg[3], arg[4], arg[5], tonumber(arg[6] or "3")
if not fetch_pairs then error("needs the files of problems, and of either robot (URDF) and its pairs (SRDF)") end

-- The Fetch of these problems keeps its torso where it is.
local text = io.open(fetch):read("a"):gsub('name="torso_lift_joint" type="prismatic"', 'name="torso_lift_joint" type="fixed"')
local robots = {
  panda = avips.robot(panda, { srdf = panda_pairs, base = "panda_link0", tip = "panda_hand" }),
  fetch_arm = avips.robot(text, { srdf = fetch_pairs, base = "base_link", tip = "gripper_link" }),
}
-- Paths are given in the frame of the torso, obstacles in that of the base.
local frames = { world = {0, 0, 0}, torso_lift_link = {-0.086875, 0, 0.37743} }

local problems = {}
for line in io.lines(path) do
  local kind, rest = line:match("^(%S+) (.*)$")
  if kind == "problem" then
    local name, robot, frame = rest:match("(%S+) (%S+) (%S+)")
    problems[#problems + 1] = { name = name, robot = robots[robot], shift = frames[frame], boxes = {}, poses = {} }
  else
    local n, problem = {}, problems[#problems]
    for number in rest:gmatch("%S+") do n[#n + 1] = tonumber(number) end
    local s = problem.shift
    if kind == "pose" then
      table.insert(problem.poses, avips.pose{ xyz = {n[1] + s[1], n[2] + s[2], n[3] + s[3]}, quat = {n[4], n[5], n[6], n[7]} })
    else
      table.insert(problem.boxes, { box = {n[1], n[2], n[3]}, at = avips.pose{ xyz = {n[4], n[5], n[6]}, rpy = {n[7], n[8], n[9]} } })
    end
  end
end

local solved, asked, longest = 0, 0, 0
for _, problem in ipairs(problems) do
  local world = avips.world(problem.boxes)
  for seed = 1, seeds do
    local begin = os.clock()
    local track = problem.robot:track(problem.poses, { world = world, max_step = math.rad(7), position_tolerance = 1e-4, rotation_tolerance = math.rad(0.1), seed = seed })
    local time = os.clock() - begin
    local touching = 0
    for _, hit in ipairs(problem.robot:collides(track.path, world)) do if hit then touching = touching + 1 end end
    local isSolved = #track.jumps == 0 and #track.unreached == 0 and touching == 0
    asked, solved, longest = asked + 1, solved + (isSolved and 1 or 0), math.max(longest, time)
    print(("%-12s %-10s %3d poses  %s  %6.1f ms  step %.2f deg  length %6.2f rad  clearance %s"):format(
      problem.name, problem.robot.dof .. " joints", #problem.poses, isSolved and "solved" or (#track.jumps .. " jumps, " .. #track.unreached .. " unreached, " .. touching .. " touching"),
      time * 1e3, math.deg(track.max_step), track.length, track.clearance and ("%.1f mm"):format(track.clearance * 1e3) or "none between poses"))
  end
end
print(("%d of %d solved; at most %.0f ms of processor time"):format(solved, asked, longest * 1e3))
