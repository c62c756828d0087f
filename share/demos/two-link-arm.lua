-- Two answers: a planar arm with two links, elbow up and elbow down
--
-- Inverse kinematics asks which joint values put the tip at a place. The smallest arm with more
-- than one answer has two links. Ours is the outer part of a planar arm that comes with avips:
-- its shoulder sits at x = 1 m, each link is 1 m long.

arm = avips.robot("planar_3link", { base = "link_1", tip = "tip" })
print(arm)

-- We want the tip at (2.2, 0.8) and do not care how it is turned: any rotation is within the
-- tolerance.

target = avips.pose{ xyz = {2.2, 0.8, 0} }
free = { count = 10, rotation_tolerance = math.huge, min_distance = 0.1, seed = 1 }
answers = arm:ik(target, free)
print(answers)

-- Ten were asked for, two were found, and the search says so. There are no others: the law of
-- cosines gives the elbow's angle up to its sign. Let us check that by hand.

x, y = 2.2 - 1, 0.8
elbow = math.acos((x^2 + y^2 - 2) / 2)
print(("the elbow is at %+.4f or %+.4f rad"):format(elbow, -elbow))
for i = 1, #answers do print(("answer %d has it at %+.4f rad"):format(i, answers[i].q[2])) end

-- One figure shows both, in the terminal and as a file.

plot = avips.plot.poses(arm, answers, { title = "Two ways to one place" })
print(plot)
print("written: " .. plot:save "two-link-arm.svg")

-- Towards the edge of the reach both answers come closer to each other; at the edge they are
-- one, and the arm is singular there: its Jacobian loses a direction. The determinant of the
-- Jacobian's rows for x and y falls to zero with the sine of the elbow.

for _, reach in ipairs{ 1.2, 1.6, 1.9, 1.99, 1.9999 } do
  local place = avips.pose{ xyz = {1 + reach, 0, 0} }
  local q = arm:ik(place, { rotation_tolerance = math.huge, seed = 1 })[1].q
  local J = arm:jacobian(q)
  local determinant = math.abs(J[1][1] * J[2][2] - J[1][2] * J[2][1])
  local row = "at %.4f m: elbow %6.3f rad, determinant %.4f"
  print(row:format(reach, math.abs(q[2]), determinant))
end

-- Beyond the edge there is no answer, but there is a closest approach.

print(arm:ik(avips.pose{ xyz = {3.5, 0, 0} }, { rotation_tolerance = math.huge, seed = 1 }))

-- A learned model must know both answers, for every place at once: that is what the mixture in
-- avips is for. Go on with the demo "forward-and-reverse-kl". A question: how do the answers
-- move while the place goes outward, and where do they meet?

places = {}
for k = 1, 9 do
  local place = avips.pose{ xyz = {1.2 + 0.2 * k, 0, 0} }
  for _, answer in ipairs(arm:ik(place, free)) do places[#places + 1] = answer.q end
end
plot = avips.plot.joints(places, { robot = arm, title = "Both answers, outward along x" })
print(plot)
print("written: " .. plot:save "two-link-arm-joints.svg")
