---@meta avips

-- Made by `avips --stub`; `scripts/generate` writes it anew.

--- A matrix of double-precision numbers; `m[i][j]` is an element, counted from 1.
---@class Matrix
---@field rows integer the number of rows
---@field cols integer the number of columns
---@field [integer] any
---@operator len: integer
---@operator unm: Matrix
---@operator add(any): any
---@operator sub(any): any
---@operator div(any): any
---@operator mul(any): any
local Matrix = {}

--- A row of a matrix; it serves wherever a list of numbers does.
---@class MatrixRow
---@field [integer] any
---@operator len: integer
local MatrixRow = {}

--- A place and an orientation of one frame in another.
---@class Pose
---@field position number[] x, y, z in m
---@field quaternion number[] w, x, y, z, the first that is not zero positive
---@field rpy number[] roll, pitch, yaw about fixed axes in rad
---@operator mul(any): any
local Pose = {}

--- The chain of joints from a base link to a tip link.
---@class Robot
---@field name string the robot's name
---@field dof integer the number of joint values of a configuration
---@field base string the link that poses are given in
---@field tip string the link whose pose is meant
---@field reach number the largest distance of the tip from the base's origin in m
---@field joints table[] name, type, lower, upper of each joint value, in rad or m
local Robot = {}

--- Configurations that reach a pose, best first; `s[i]` is a Solution.
---@class Solutions
---@field robot Robot the robot
---@field target Pose the pose that was asked for
---@field requested integer how many were asked for
---@field success boolean whether as many were found as asked for
---@field found integer how many there are
---@field starts integer how many starts were tried
---@field converged integer how many starts reached the target
---@field elapsed number the time of the search in s
---@field reason string|nil why there are fewer than asked for
---@field closest Solution|nil the closest approach, where nothing reached the target
---@field [integer] any
---@operator len: integer
local Solutions = {}

--- A configuration that reaches a pose, or comes near to it.
---@class Solution
---@field q number[] the configuration in rad or m
---@field position_error number the distance of the tip from the target in m
---@field rotation_error number the angle between the tip and the target in rad
---@field component integer|nil the mixture component that the start came from, counted from 1
---@field limit_margin number the distance to the nearest joint limit: 0 at a limit, 1 in the middle
---@field manipulability number Yoshikawa's measure, 0 where singular
local Solution = {}

--- A mixture of Gaussians over configurations.
---@class Mixture
---@field weights number[] the components' weights; they sum to 1
---@field means Matrix the components' means, rad or m
---@field covariances table the components' covariances, rad² or m²
---@field in_use number exp of the weights' entropy: how many components are in use
---@operator len: integer
local Mixture = {}

--- What a training reported: a table of columns.
---@class Log
---@field step number[] steps taken
---@field samples number[] training pairs seen
---@field seconds number[] time spent, in s
---@field loss number[] -log q(q|pose) in scaled joint coordinates, in nats, averaged over about a hundred steps
---@field learning_rate number[] the learning rate
---@field gradient_norm number[] the norm of the gradient before clipping
---@field samples_per_second number[] training pairs a second
---@operator len: integer
local Log = {}

--- A network that maps a pose to a mixture of Gaussians over configurations.
---@class Model
---@field robot Robot the robot that the model is for
---@field components integer the number of Gaussians
---@field parameters integer the number of weights and biases
---@field loss number|nil the training loss reached, -log q(q|pose) in scaled joint coordinates
local Model = {}

--- A figure: drawn in the terminal when printed, or saved as SVG.
---@class Figure
---@field title string the heading
---@field description string what it shows, in a sentence
local Figure = {}

--- JSON's null: `avips.json.null`.
---@class Null
local Null = {}

--- A row as a list of numbers.
---
--- ```lua
--- local m = avips.matrix{ {1, 2}, {3, 4} }
--- assert(m:row(2)[1] == 3)
--- ```
---@param i integer the row, counted from 1
---@return table # list of numbers
function Matrix:row(i) end

--- A column as a list of numbers.
---
--- ```lua
--- local m = avips.matrix{ {1, 2}, {3, 4} }
--- assert(m:column(2)[1] == 2)
--- ```
---@param j integer the column, counted from 1
---@return table # list of numbers
function Matrix:column(j) end

--- All rows as a list of lists of numbers.
---
--- ```lua
--- local m = avips.matrix{ {1, 2}, {3, 4} }
--- assert(m:table()[2][2] == 4)
--- ```
---@return table # list of lists of numbers
function Matrix:table() end

--- The matrix with rows and columns exchanged.
---
--- ```lua
--- local m = avips.matrix{ {1, 2}, {3, 4} }
--- assert(m:transpose()[1][2] == 3)
--- ```
---@return Matrix # Matrix
function Matrix:transpose() end

--- The row as a list of numbers.
---
--- ```lua
--- local m = avips.matrix{ {1, 2}, {3, 4} }
--- assert(#m[2]:table() == 2)
--- ```
---@return table # list of numbers
function MatrixRow:table() end

--- The homogeneous 4 x 4 matrix.
---
--- ```lua
--- local pose = avips.pose{ xyz = {1, 0, 0}, rpy = {0, 0, 90}, degrees = true }
--- assert(pose:matrix()[1][4] == 1)
--- ```
---@return Matrix # 4 x 4 Matrix
function Pose:matrix() end

--- The pose of the outer frame in the inner one.
---
--- ```lua
--- local pose = avips.pose{ xyz = {1, 0, 0}, rpy = {0, 0, 90}, degrees = true }
--- print(pose * pose:inverse())
--- ```
---@return Pose # Pose
function Pose:inverse() end

--- How far another pose is: along a line and about an axis.
---
--- ```lua
--- local pose = avips.pose{ xyz = {1, 0, 0}, rpy = {0, 0, 90}, degrees = true }
--- local metres, radians = pose:distance(avips.pose{ xyz = {0, 0, 0} })
--- assert(metres == 1)
--- ```
---@param other Pose the other pose
---@return any # two numbers: the distance of the origins in m, the angle in rad
function Pose:distance(other) end

--- The pose of the tip in the base frame (forward kinematics), in double precision.
---
--- ```lua
--- local panda = avips.robot "panda"
--- print(panda:fk{0, 0, 0, -1.5, 0, 1.5, 0.7})
--- assert(#panda:fk(panda:random(5)) == 5)
--- ```
---@param q number[]|number[][]|Matrix a configuration, or several as rows (in rad, m)
---@return Pose # Pose; for several configurations a list of poses
function Robot:fk(q) end

--- The geometric Jacobian of the tip: how its velocity follows from the joints' velocities.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local J = panda:jacobian{0, 0, 0, -1.5, 0, 1.5, 0.7}
--- assert(J.rows == 6 and J.cols == 7)
--- ```
---@param q number[] a configuration (in rad, m)
---@return Matrix # 6 x dof Matrix, rows vx, vy, vz, wx, wy, wz in the base frame
function Robot:jacobian(q) end

---@class Robot.random.options
---@field seed? integer the seed of this draw (default: the session's stream)

--- Draws configurations uniformly within the joint limits.
---
--- ```lua
--- local panda = avips.robot "panda"
--- assert(#panda:random() == 7)
--- assert(panda:random(100, { seed = 1 }) == panda:random(100, { seed = 1 }))
--- ```
---@param n? integer how many
---@param options? Robot.random.options options by name
---@return Matrix # n x dof Matrix; without n a single configuration, a list of numbers
function Robot:random(n, options) end

---@class Robot.ik.options
---@field count? integer how many distinct solutions to look for (default: 1)
---@field position_tolerance? number the largest distance from the target (in m; default: 1e-4)
---@field rotation_tolerance? number the largest angle from the target; math.huge for any orientation (in rad; default: 1e-3)
---@field min_distance? number solutions nearer to each other count as one (in rad, m; default: 0.01)
---@field seed? integer the seed of this search (default: the session's stream)
---@field restarts? integer how many starts are tried before the search gives up (default: 4096, and at least 64 * count)

--- Finds configurations that reach a pose, without any model: many searches from random starts at once.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local target = avips.pose{ xyz = {0.45, 0.1, 0.4}, rpy = {180, 0, 0}, degrees = true }
--- local answers = panda:ik(target, { count = 5, seed = 1 })
--- assert(#answers == 5 and answers[1].position_error < 1e-4)
--- print(answers)
--- ```
---@param pose Pose where the tip is to be, in the base frame
---@param options? Robot.ik.options options by name
---@return Solutions # Solutions, best first; an unreachable pose gives none, and the closest approach
function Robot:ik(pose, options) end

--- All configurations as rows.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local answers = panda:ik(avips.pose{ xyz = {0.4, 0, 0.5} }, { count = 3, seed = 1 })
--- assert(answers:matrix().rows == #answers)
--- ```
---@return Matrix # n x dof Matrix
function Solutions:matrix() end

--- The log-density at a configuration, in nats.
---
--- ```lua
--- local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
--- student:train{ steps = 20, seed = 1 }
--- local target = student.robot:fk{0.3, 0.5, -0.4}
--- local mixture = student:predict(target)
--- print(mixture:logpdf{0.3, 0.5, -0.4})
--- ```
---@param q number[]|number[][]|Matrix a configuration, or several as rows (in rad, m)
---@return number # number; for several configurations a list of numbers
function Mixture:logpdf(q) end

---@class Mixture.sample.options
---@field seed? integer the seed of this draw (default: the session's stream)

--- Samples of the mixture.
---
--- ```lua
--- local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
--- student:train{ steps = 20, seed = 1 }
--- local target = student.robot:fk{0.3, 0.5, -0.4}
--- local mixture = student:predict(target)
--- assert(mixture:sample(5, { seed = 1 }).rows == 5)
--- ```
---@param n integer how many
---@param options? Mixture.sample.options options by name
---@return Matrix # n x dof Matrix in rad or m
function Mixture:sample(n, options) end

---@class Mixture.entropy.options
---@field samples? integer how many samples (default: 1000)
---@field seed? integer the seed of this draw (default: the session's stream)

--- The entropy in nats, estimated from samples.
---
--- ```lua
--- local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
--- student:train{ steps = 20, seed = 1 }
--- local target = student.robot:fk{0.3, 0.5, -0.4}
--- local mixture = student:predict(target)
--- print(mixture:entropy{ seed = 1 })
--- ```
---@param options? Mixture.entropy.options options by name
---@return any # the entropy, and its standard error
function Mixture:entropy(options) end

---@class Model.predict.options
---@field refine? integer how many evidence updates follow the network: Gauss-Newton steps of every component towards the pose (default: 0)

--- The mixture over configurations at a pose.
---
--- ```lua
--- local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
--- student:train{ steps = 20, seed = 1 }
--- local target = student.robot:fk{0.3, 0.5, -0.4}
--- local mixture = student:predict(target, { refine = 2 })
--- print(mixture)
--- assert(#mixture.weights == 4)
--- ```
---@param pose Pose the tip's pose in the base frame
---@param options? Model.predict.options options by name
---@return Mixture # Mixture
function Model:predict(pose, options) end

---@class Model.sample.options
---@field refine? integer how many evidence updates follow the network: Gauss-Newton steps of every component towards the pose (default: 0)
---@field seed? integer the seed of this draw (default: the session's stream)

--- Samples of the mixture at a pose, straight from it: neither corrected nor clipped to the limits.
---
--- ```lua
--- local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
--- student:train{ steps = 20, seed = 1 }
--- local target = student.robot:fk{0.3, 0.5, -0.4}
--- assert(student:sample(target, 10, { seed = 1 }).rows == 10)
--- ```
---@param pose Pose the tip's pose in the base frame
---@param n integer how many
---@param options? Model.sample.options options by name
---@return Matrix # n x dof Matrix in rad or m
function Model:sample(pose, n, options) end

---@class Model.solve.options
---@field count? integer how many distinct solutions to look for (default: 1)
---@field position_tolerance? number the largest distance from the target (in m; default: 1e-4)
---@field rotation_tolerance? number the largest angle from the target; math.huge for any orientation (in rad; default: 1e-3)
---@field min_distance? number solutions nearer to each other count as one (in rad, m; default: 0.01)
---@field seed? integer the seed of this search (default: the session's stream)
---@field refine? integer how many evidence updates follow the network: Gauss-Newton steps of every component towards the pose (default: 0)

--- Exact, distinct configurations that reach a pose: samples of the mixture, finished within the joint limits.
---
--- ```lua
--- local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
--- student:train{ steps = 20, seed = 1 }
--- local target = student.robot:fk{0.3, 0.5, -0.4}
--- local answers = student:solve(target, { count = 2, seed = 1 })
--- print(answers)
--- assert(#answers == 2 and answers[1].position_error < 1e-4)
--- ```
---@param pose Pose where the tip is to be, in the base frame
---@param options? Model.solve.options options by name
---@return Solutions # Solutions, best first, each with the component that it came from
function Model:solve(pose, options) end

---@class Model.train.options
---@field minutes? number the budget as time (in min; default: one budget must be given, or an interrupted training goes on)
---@field steps? integer the budget as steps (default: see minutes)
---@field samples? integer the budget as training pairs (default: see minutes)
---@field seed? integer the seed of the training pairs (default: the session's stream)
---@field learning_rate? number the highest learning rate; it rises, then falls as a cosine (default: 5e-3)
---@field batch? integer training pairs a step, a multiple of 16 (default: 1024)
---@field gradient_clip? number the greatest norm of a gradient (default: 10)
---@field average_decay? number the decay of the parameters' moving average, from which queries are answered (default: 0.999)
---@field checkpoint? string a .safetensors file to write the state to every minute (default: none)

--- Trains the model by maximum likelihood on configurations drawn within the limits and their poses; Ctrl-C keeps what was learned.
---
--- ```lua
--- local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
--- local log = student:train{ steps = 50, seed = 1 }
--- print(log)
--- assert(log.loss[#log] < 10)
--- ```
---@param options? Model.train.options options by name
---@return Log # Log
function Model:train(options) end

---@class Model.save.options
---@field checkpoint? boolean whether to keep what an interrupted training needs to go on (default: false)

--- Writes the model as safetensors, with its robot, configuration and history; the old file stays where that fails.
---
--- ```lua
--- local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
--- student:train{ steps = 20, seed = 1 }
--- local target = student.robot:fk{0.3, 0.5, -0.4}
--- local path = os.tmpname() .. ".safetensors"
--- student:save(path)
--- assert(avips.model(path).parameters == student.parameters)
--- os.remove(path)
--- ```
---@param path string a name that ends in .safetensors
---@param options? Model.save.options options by name
---@return any # the path
function Model:save(path, options) end

--- The figure as the text of an SVG file.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local plot = avips.plot.poses(panda, panda:random(3, { seed = 1 }))
--- assert(plot:svg():find("<svg", 1, true))
--- ```
---@return string # string
function Figure:svg() end

--- Writes the figure to a file; the old one stays where that fails.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local plot = avips.plot.poses(panda, panda:random(3, { seed = 1 }))
--- local path = os.tmpname() .. ".svg"
--- plot:save(path)
--- os.remove(path)
--- ```
---@param path string a name that ends in .svg
---@return any # the path
function Figure:save(path) end

--- functions of avips
---@class avips
---@field version string the version of the program
avips = {}

--- functions of avips.plot
---@class avips.plot
avips.plot = {}

--- functions of avips.json
---@class avips.json
avips.json = {}

--- functions of avips.csv
---@class avips.csv
avips.csv = {}

--- functions of avips.session
---@class avips.session
avips.session = {}

--- Seeds the session's random stream, from which every draw without a `seed` of its own comes.
---
--- ```lua
--- avips.seed(7)
--- local first = avips.robot("panda"):random()
--- avips.seed(7)
--- assert(avips.robot("panda"):random()[1] == first[1])
--- ```
---@param n integer the seed
function avips.seed(n) end

--- Makes a matrix of double-precision numbers.
---
--- ```lua
--- local m = avips.matrix{ {1, 2}, {3, 4} }
--- assert(m.rows == 2 and m[2][1] == 3)
--- print(m * m + 1)
--- ```
---@param rows number[][] the rows, all of one length; a single list of numbers makes one row
---@return Matrix # Matrix
function avips.matrix(rows) end

---@class avips.pose.options
---@field xyz? number[] the position (in m; default: {0, 0, 0})
---@field quat? number[] the orientation as a unit quaternion {w, x, y, z}
---@field rpy? number[] the orientation as roll, pitch, yaw about fixed x, y, z axes (in rad)
---@field matrix? Matrix|number[][] a homogeneous 4 x 4 matrix, or with xyz a 3 x 3 rotation
---@field degrees? boolean whether rpy is in degrees (default: false)

--- Makes a pose: a place and an orientation.
---
--- ```lua
--- local target = avips.pose{ xyz = {0.45, 0.1, 0.4}, rpy = {180, 0, 0}, degrees = true }
--- print(target)
--- assert(#target.quaternion == 4)
--- ```
---@param options avips.pose.options options by name
---@return Pose # Pose
function avips.pose(options) end

--- Lists the robots at hand.
---
--- ```lua
--- for _, name in ipairs(avips.robots()) do print(name) end
--- ```
---@return table # list of names
function avips.robots() end

--- Lists the trained models at hand.
---
--- ```lua
--- for _, name in ipairs(avips.models()) do print(name) end
--- ```
---@return table # list of names
function avips.models() end

---@class avips.robot.options
---@field base? string the link that poses are given in (default: the URDF's own, or its root)
---@field tip? string the link whose pose is meant (default: the URDF's own, or the end of its only chain)

--- Loads a robot by its name, or from a URDF file.
---
--- ```lua
--- local panda = avips.robot "panda"
--- print(panda)
--- assert(panda.dof == 7)
--- ```
---@param name string a name from avips.robots(), or the path of a URDF
---@param options? avips.robot.options options by name
---@return Robot # Robot
function avips.robot(name, options) end

---@class avips.model.model
---@field robot? Robot|string the robot that the model is for
---@field components? integer the number of Gaussians (default: 32)
---@field hidden? integer[] the widths of the hidden layers, multiples of 16 (default: {256, 256, 256, 256})
---@field context? string what the model is asked with: "pose" or "position" (default: "pose")
---@field covariance? string the shape of the covariances: "full" or "diagonal" (default: "full")
---@field seed? integer the seed of the initial parameters (default: the session's stream)

--- Loads a trained model by its name or from a file, or makes a new one for a robot.
---
--- ```lua
--- local student = avips.model{ robot = "planar_3link", components = 8, hidden = {64, 64}, seed = 1 }
--- print(student)
--- assert(student.components == 8)
--- ```
---@param model string|avips.model.model a name from avips.models(), the path of a model file, or the options of a new model
---@return Model # Model
function avips.model(model) end

---@class avips.plot.poses.options
---@field target? Pose the tip's wanted pose (default: that of the solutions)
---@field title? string the heading (default: names the robot and counts)

--- Draws configurations of a robot as stick figures, grouped by component, the target marked.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local target = avips.pose{ xyz = {0.45, 0.1, 0.4}, rpy = {180, 0, 0}, degrees = true }
--- print(avips.plot.poses(panda, panda:ik(target, { count = 4, seed = 1 })))
--- ```
---@param robot Robot the robot
---@param configurations Solutions|Matrix|table what to draw (in rad, m)
---@param options? avips.plot.poses.options options by name
---@return Figure # Figure
function avips.plot.poses(robot, configurations, options) end

---@class avips.json.encode.options
---@field indent? integer spaces a level; 0 for one line (default: 0)

--- Turns a value into JSON: tables with the keys 1 to n, and empty ones, into arrays, others into objects with sorted keys.
---
--- ```lua
--- assert(avips.json.encode{ b = {1, 2.5}, a = true } == '{"a":true,"b":[1,2.5]}')
--- ```
---@param value any tables, strings, numbers, booleans, Matrix, Pose, avips.json.null
---@param options? avips.json.encode.options options by name
---@return string # string
function avips.json.encode(value, options) end

--- Turns JSON into a value; `null` becomes avips.json.null.
---
--- ```lua
--- local value = avips.json.decode '{"a": [1, null]}'
--- assert(value.a[1] == 1 and value.a[2] == avips.json.null)
--- ```
---@param text string the JSON
---@return table # table, string, number, boolean or avips.json.null
function avips.json.decode(text) end

---@class avips.json.write.options
---@field indent? integer spaces a level; 0 for one line (default: 0)

--- Writes a value to a file as JSON; the old file stays where that fails.
---
--- ```lua
--- local path = os.tmpname()
--- avips.json.write(path, { answer = 42 })
--- assert(avips.json.read(path).answer == 42)
--- os.remove(path)
--- ```
---@param path string the file
---@param value any what avips.json.encode takes
---@param options? avips.json.write.options options by name
---@return any # the path
function avips.json.write(path, value, options) end

--- Reads a file of JSON.
---
--- ```lua
--- local path = os.tmpname()
--- avips.json.write(path, { 1, 2, 3 }, { indent = 2 })
--- assert(#avips.json.read(path) == 3)
--- os.remove(path)
--- ```
---@param path string the file
---@return any # what avips.json.decode gives
function avips.json.read(path) end

---@class avips.csv.read.options
---@field header? boolean whether the first line names the columns (default: true)
---@field separator? string one character (default: ",")

--- Reads a file of comma-separated values; fields that are numbers become numbers.
---
--- ```lua
--- local path = os.tmpname()
--- avips.csv.write(path, { { x = 1, name = "a" }, { x = 2.5, name = "b" } })
--- assert(avips.csv.read(path)[2].x == 2.5)
--- os.remove(path)
--- ```
---@param path string the file
---@param options? avips.csv.read.options options by name
---@return table # list of tables by column name; without a header a list of lists
function avips.csv.read(path, options) end

---@class avips.csv.write.options
---@field columns? string[] the header, and for tables the fields to write (default: for tables all fields, sorted)
---@field separator? string one character (default: ",")

--- Writes rows as comma-separated values, numbers in the shortest form that reads back as the same; the old file stays where that fails.
---
--- ```lua
--- local path = os.tmpname()
--- avips.csv.write(path, avips.matrix{ {1, 2}, {3, 4} }, { columns = {"x", "y"} })
--- assert(avips.csv.read(path)[2].y == 4)
--- os.remove(path)
--- ```
---@param path string the file
---@param rows Matrix|number[][]|table[] what to write
---@param options? avips.csv.write.options options by name
---@return any # the path
function avips.csv.write(path, rows, options) end

--- Explains a function, an object or a name: signature, units, defaults, an example.
---
--- ```lua
--- print(avips.help "robot")
--- print(avips.help(avips.pose))
--- ```
---@param x? function|table|userdata|string what to explain; without it an overview
---@return string # string
function avips.help(x) end

--- Lists the functions, methods and fields whose names or descriptions contain a word.
---
--- ```lua
--- print(avips.apropos "jacobian")
--- ```
---@param word string what to search for
---@return string # string, a line for each
function avips.apropos(word) end

--- Shows values as the prompt does: tables sorted and cut to the screen, numbers in full.
---
--- ```lua
--- local first, second = avips.show({ b = 2, a = { 1, 2, 3 } }, 0.1)
--- assert(second == 0.1)
--- ```
---@param ... any what to show
---@return any # the values
function avips.show(...) end

--- Shows the example in the help of a function, and runs it.
---
--- ```lua
--- avips.example(avips.pose)
--- ```
---@param f function|string a function of avips, or its name
function avips.example(f) end

--- Lists the variables made so far: names, types, and what they hold.
---
--- ```lua
--- answer = 42
--- assert(avips.who():find "answer")
--- answer = nil
--- ```
---@return string # string, a line for each
function avips.who() end

---@class avips.demo.options
---@field pause? boolean whether to wait for Enter at each step (default: true at a terminal)

--- Steps through an annotated demo: Enter runs what is shown, q leaves. Each ends in SVG files in the working directory.
---
--- ```lua
--- print(avips.demo())
--- ```
---@param name? string the demo; without it the demos are listed
---@param options? avips.demo.options options by name
---@return any # the demo's variables, a table; without a name the list, a string
function avips.demo(name, options) end

---@class avips.teach.options
---@field start? number[] the configuration to begin with (in rad, m; default: the middle of the limits)
---@field keys? string keys to press instead of a person: names such as "down right s q" between blanks (default: none)

--- A teach pendant in the terminal: arrow keys choose and move a joint, the pose and a stick figure follow, s stores, q returns.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local q, stored = avips.teach(panda, { keys = "right right s down left q" })
--- assert(#q == 7 and stored.rows == 1)
--- ```
---@param robot Robot the robot
---@param options? avips.teach.options options by name
---@return any # the configuration at the end, a list of numbers, and a Matrix of those stored or nil
function avips.teach(robot, options) end

--- Writes what was entered at the prompt so far as a script with seed and version; `avips --check` runs it again and shows differences.
---
--- ```lua
--- local path = os.tmpname() .. ".lua"
--- avips.session.save(path)
--- os.remove(path)
--- ```
---@param path string a name that ends in .lua
---@return any # the path
function avips.session.save(path) end

---@class avips.session.start.options
---@field version? string the version of avips that the transcript is of
---@field seed? integer the seed that the session began with (default: 0)

--- Begins a transcript: seeds all random streams, and keeps results as `_`, `_1` and so forth from then on.
---
--- ```lua
--- avips.session.start{ version = avips.version, seed = 0 }
--- ```
---@param options avips.session.start.options options by name
function avips.session.start(options) end

--- Runs text as the prompt does: shows its values, or the message of the error that it ends in.
---
--- ```lua
--- avips.session.run "1 + 1"
--- avips.session.run "error 'told, not raised'"
--- ```
---@param text string an expression, or statements
function avips.session.run(text) end

--- Keeps a value as `_` and `_1`, as the prompt does, without showing it.
---
--- ```lua
--- avips.session.keep(42)
--- assert(_ == 42)
--- _, _1 = nil
--- ```
---@param value any what to keep
function avips.session.keep(value) end
