---@meta avips

-- Made by `avips --stub`; `scripts/generate` writes it anew.

--- A list of numbers that a function returned, such as a configuration: a Lua table that can be added to another list, or a number, and scaled.
---@class Numbers
---@operator add(any): any
---@operator sub(any): any
---@operator mul(any): any
---@operator div(any): any
---@operator unm: Numbers
local Numbers = {}

--- The position and the orientation of one frame in another.
---@class Pose
---@field position number[] # x, y, z in m
---@field rotation number[][] # the rows of the rotation matrix
---@field quaternion number[] # w, x, y, z, the first that is not zero positive
---@field rpy number[] # roll, pitch, yaw about fixed axes in rad
---@operator mul(any): any
local Pose = {}

--- A joint value of a robot: its name and its limits. Robots do not change.
---@class Joint
---@field name string # the joint's name
---@field type string # "revolute", "continuous" or "prismatic"
---@field lower number # the lower limit in rad or m; -pi for a continuous joint
---@field upper number # the upper limit in rad or m; pi for a continuous joint
local Joint = {}

--- The chain of joints from a base link to a tip link.
---@class Robot
---@field name string # the robot's name
---@field dof integer # the number of joint values of a configuration
---@field base string # the link that poses are given in
---@field tip string # the link whose pose is meant
---@field reach number # the largest distance of the tip from the base's origin in m
---@field joints Joint[] # name, type, lower, upper limits of each joint value, in rad or m
---@field notes string[] # what was chosen and assumed where the URDF leaves it open
local Robot = {}

--- Configurations that reach a pose, best first; `s[i]` is a Solution.
---@class Solutions
---@field robot Robot # the robot
---@field target Pose # the pose that was asked for
---@field goal Goal|nil # the goal, where it is not a pose alone
---@field requested integer # how many were asked for
---@field success boolean # whether as many were found as asked for
---@field reachable boolean # whether the target was reached at all
---@field found integer # how many there are
---@field starts integer # how many starts were tried
---@field converged integer # how many starts reached the target
---@field rejected integer # how many distinct configurations reached the target but touched something
---@field seconds number # the time of the search in s
---@field reason string|nil # why there are fewer than asked for
---@field closest Solution|nil # the closest approach, where nothing reached the target
---@field [integer] Solution
---@operator len: integer
local Solutions = {}

--- A configuration that reaches a pose, or comes near to it.
---@class Solution
---@field q number[] # the configuration in rad or m
---@field windings number[][] # all configurations within the limits that differ from this one by whole turns only, this one first; at most 4096
---@field position_error number # the distance of the tip from the target in m
---@field rotation_error number # the angle between the tip and the target in rad
---@field component integer|nil # the mixture component that the start came from, counted from 1
---@field limit_margin number # the distance to the nearest joint limit: 0 at a limit, 1 in the middle
---@field distance number|nil # the weighted distance from near, where that was given
---@field clearance number|nil # the least distance from obstacles and between links in m, up to 0.25, where solutions keep clear of something
---@field manipulability number # Yoshikawa's measure, 0 where singular
local Solution = {}

--- Where a tip is to be, and what of it is left free.
---@class Goal
---@field pose Pose # the target
---@field rotation string # what of the orientation matters: "full", "axis" or "free"
---@field position_slack number[] # along the target's axes in m; inf where the place is free
---@field rotation_slack number # in rad
local Goal = {}

--- Obstacles that robots must not touch; `w[i]` is a table that says what one is.
---@class World
---@field obstacles table[] # name, kind, pose and measures of every obstacle
---@field [integer] table
---@operator len: integer
local World = {}

--- Paths that touch nothing, the shortest first, each of another class; `p[i]` is a Plan.
---@class Plans
---@field robot Robot # the robot
---@field start number[] # the configuration that the plans set out from, rad or m
---@field found integer # how many there are
---@field goals integer # how many configurations reach the goal, of those that were looked for
---@field free_goals integer # how many of these touch nothing
---@field seconds number # the time it took in s
---@field reason string|nil # why there is no plan, or fewer than asked for
---@field [integer] Plan
---@operator len: integer
local Plans = {}

--- A path that touches nothing, with times; it is followed by straight lines in joint space from point to point.
---@class Plan
---@field robot Robot # the robot
---@field path Matrix # the configurations, rad or m
---@field times number[] # when each configuration is passed, s
---@field clearances number[] # the distance of the robot from obstacles and itself at each configuration in m, up to 0.25
---@field corners number[][] # where the straight parts meet, start and goal included, rad or m
---@field length number # the length in joint space, rad and m
---@field duration number # the time from start to goal in s
---@field clearance number # the least distance of the robot from obstacles and itself in m, up to 0.1
---@field weight number # its share among the plans, in proportion to exp(-length)
---@field class integer # the number of its class: plans of one class deform into one another
---@field goal integer # which of the goals it leads to, counted from 1
---@field [integer] any
---@operator len: integer
local Plan = {}

--- A robot with several tips: a tree of joints, on a base that is fixed or moves freely.
---@class Body
---@field name string # the robot's name
---@field dof integer # the number of values of a configuration: the joints', then x, y, z, roll, pitch, yaw of a floating base
---@field base string # the frame that poses are given in
---@field floating boolean # whether the base moves
---@field mass number # in kg
---@field tips string[] # the names of the tips
---@field nominal number[] # a configuration to start from, in rad or m
---@field stance any # how the body stands, by tip; empty where its description does not say
---@field joints Joint[] # name, type, lower, upper limits of each value of a configuration, in rad or m
---@field notes string[] # what was assumed where the URDF leaves it open
local Body = {}

--- Configurations of a whole body that meet its goals, best first; `s[i]` is a Posture.
---@class Postures
---@field body Body # the body
---@field goals any # what was asked for, by tip
---@field requested integer # how many were asked for
---@field success boolean # whether as many were found as asked for
---@field found integer # how many there are
---@field starts integer # how many starts were tried
---@field converged integer # how many starts met the goals
---@field iterations integer # how many iterations of sixteen searches that took
---@field seconds number # the time of the search in s
---@field reason string|nil # why there are fewer than asked for
---@field closest Posture|nil # the closest approach, where nothing met the goals
---@field [integer] Posture
---@operator len: integer
local Postures = {}

--- A configuration of a whole body that meets its goals, or comes near to it.
---@class Posture
---@field q number[] # the configuration in rad or m
---@field position_error number # the largest distance from a goal, or of the centre of mass from where it may be, in m
---@field rotation_error number # the largest angle from a goal in rad
---@field component integer|nil # the component of the model's mixture that it came from
---@field distance number|nil # the weighted distance from near, where that was given
---@field limit_margin number # the distance to the nearest limit, 0 at it, 1 in the middle of all ranges
---@field clearance number|nil # the least distance from obstacles and between links in m, up to 0.25, where solutions keep clear of something
---@field manipulability number # sqrt(det(J J^T)) over all goals together
---@field poses any # the tips by name
local Posture = {}

--- A number that changes with the progress of a training; model:train takes one wherever it takes a number.
---@class Schedule
---@field min number # the least value over the training
---@field max number # the greatest value over the training
local Schedule = {}

--- A mixture of Gaussians over configurations, or over the variables of a target.
---@class Mixture
---@field weights number[] # the components' weights; they sum to 1
---@field means Matrix # the components' means, rad or m
---@field covariances table # the components' covariances, rad² or m²
---@field components_in_use number # exp of the weights' entropy: how many components are in use
---@operator len: integer
local Mixture = {}

--- What a training reported: a table of columns, one row an interval.
---@class Log
---@field step number[] # steps taken
---@field samples number[] # training pairs seen
---@field seconds number[] # time spent, in s
---@field phase number[] # the phase, counted from 1
---@field loss number[] # -log q(q|pose) in scaled joint coordinates, in nats, averaged over about a hundred steps
---@field elbo number[] # the evidence lower bound of the model as it answers against the target of the step, in nats, averaged over the steps of a row; with the component objective estimated at some contexts of each batch; nan without an objective on the density
---@field entropy number[] # the mixture's entropy in scaled joint coordinates, in nats
---@field position_error number[] # the mean position error of samples, in m
---@field rotation_error number[] # the mean orientation error of samples, in rad
---@field widening number[] # by how much the widths of errors were above those given, where they adapt
---@field components_in_use number[] # exp of the entropy of the weights at a pose, on average
---@field components number[] # the number of components
---@field mean_bound number[] # the trust region of the means, averaged over components, in nats
---@field covariance_bound number[] # the trust region of the covariances, averaged over components, in nats
---@field learning_rate number[] # the learning rate
---@field gradient_norm number[] # the norm of the gradient before clipping
---@field samples_per_second number[] # training pairs a second
---@field columns string[] # the names of the columns, in their order
---@field outcome table|nil # what a model that the program chose has reached, by raw samples at unseen poses: position (m) and rotation (rad), the mean errors of those inside the limits; inside, their share; poses, samples
---@field warnings string[] # what went wrong in the course of the training, and what was done about it
---@operator len: integer
local Log = {}

--- A training that a loop drives: a call takes the steps up to the next report and returns it, nil at the end.
---@class Training
local Training = {}

--- A network that maps a pose to a mixture of Gaussians over configurations.
---@class Model
---@field robot Robot # the robot that the model is for
---@field components integer # the number of Gaussians
---@field parameters integer # the number of weights and biases
---@field loss number|nil # the training loss reached, -log q(q|pose) in scaled joint coordinates
---@field log Log # what all its trainings reported, an interrupted one too; a checkpoint carries it on
---@field history table # how its parameters came about: seed, steps, samples (training pairs), seconds (of training), loss (nil before the first step), machine, version; and of the last training where they are known: host, date, commit, script with its script_sha256, arguments, job, and phases, the settings of all phases
local Model = {}

--- A network that maps the place of one tip to a mixture of Gaussians over a whole body's configurations.
---@class BodyModel
---@field body Body # the body that the model is for
---@field tip string # the tip whose position is the context
---@field lower number[] # the lower corner of the box of positions that it was made for, in m
---@field upper number[] # the upper corner of that box, in m
---@field components integer # the number of Gaussians
---@field parameters integer # the number of weights and biases
---@field loss number|nil # the training loss reached, -log q(q|place) in scaled coordinates
---@field log Log # what all its trainings reported, an interrupted one too; a checkpoint carries it on
---@field history table # how its parameters came about: seed, steps, samples (training pairs), seconds (of training), loss (nil before the first step), machine, version; and of the last training where they are known: host, date, commit, script with its script_sha256, arguments, job, and phases, the settings of all phases
local BodyModel = {}

--- The measured quality of a model of a whole body: exact answers and raw samples at positions of its box.
---@class BodyEvaluation
---@field places integer # how many places were asked for
---@field solved number # the share of them that were solved
---@field median number|nil # the median time of one answer, s
---@field mean number # the mean time of one answer, s
---@field p95 number|nil # the time that 95 % of the answers keep to, s
---@field iterations number # iterations of sixteen searches for one answer, on average
---@field sample_error number|nil # the median distance of raw samples from the place, m
---@field inside number|nil # the share of raw samples within the limits; nil without the model
---@field arriving number|nil # the share of raw samples from which the search reaches the target; nil without the model
---@field components_in_use number|nil # exp of the weights' entropy, on average; nil without the model
local BodyEvaluation = {}

--- An autoregressive model: the first joints given the pose, then the others, in one part or more, given the pose as seen from the link that the first ones carry.
---@class FactoredModel
---@field robot Robot # the robot that the model is for
---@field joints integer # how many joints the first part has
---@field lead Model # a copy of the first part
---@field rest Model|FactoredModel # a copy of the model of the other joints
---@field parameters integer # the number of weights and biases of all parts
---@field components integer # the number of Gaussians of the first part
---@field tolerance number|nil # the error in m that was given to learn_feasibility; nil before it
---@field confidence number|nil # how likely samples must be to end within the tolerance; nil before learn_feasibility
---@field log Log # what all its trainings reported, an interrupted one too; a checkpoint carries it on
local FactoredModel = {}

--- A network that maps a context to a mixture of Gaussians over the variables of a target, or the parameters of a simulator.
---@class ConditionalModel
---@field target ConditionalTarget|nil # the density that the model learns
---@field dimension integer # the number of variables
---@field names string[] # the names of the variables
---@field components integer # the number of Gaussians
---@field parameters integer # the number of weights and biases
---@field loss number|nil # the training loss reached, in scaled coordinates
---@field log Log # what all its trainings reported, an interrupted one too; a checkpoint carries it on
---@field history table # how its parameters came about: seed, steps, samples (training pairs), seconds (of training), loss (nil before the first step), machine, version; and of the last training where they are known: host, date, commit, script with its script_sha256, arguments, job, and phases, the settings of all phases
local ConditionalModel = {}

--- The measured quality of a conditional model: figures for each context.
---@class ConditionalEvaluation
---@field contexts Matrix # the contexts, a row each
---@field elbo number[] # the evidence bound at each context, nats, of fresh samples
---@field elbo_error number[] # its standard error
---@field gap number[] # the reference's bound minus the model's; without a reference, log_z minus the bound
---@field log_z number[] # the logarithm of the mean importance weight: an estimate of the density's integral
---@field effective_size number[] # the effective sample size as a share of the samples, 0 to 1
---@field components_in_use number[] # exp of the weights' entropy
---@field modes_known number[] # modes of the reference with more than 2 % of its mass
---@field modes_held number[] # those of them that the model holds with at least a quarter of their mass
---@field reference number[] # the reference's evidence bound at each context
---@field zero_share number[] # the share of samples at which the density is zero: the bound is -inf then
---@field seconds number[] # the time of a prediction, s
---@operator len: integer
local ConditionalEvaluation = {}

--- A normalizing flow, or generators trained against a discriminator: a model that answers a pose or a context with samples.
---@class SampledModel
---@field kind string # "flow" or "gan"
---@field robot Robot|nil # the robot that the model is for
---@field target ConditionalTarget|nil # the density that the model learns
---@field dimension integer # the number of variables
---@field names string[] # the names of the variables
---@field parameters integer # the number of weights and biases
---@field has_density boolean # whether logpdf answers: flows without padding have a density, generators have none
---@field loss number|nil # the training loss reached, in scaled coordinates
---@field log Log # what all its trainings reported, an interrupted one too; a checkpoint carries it on
---@field history table # how its parameters came about: seed, steps, samples (training pairs), seconds (of training), loss (nil before the first step), machine, version; and of the last training where they are known: host, date, commit, script with its script_sha256, arguments, job, and phases, the settings of all phases
local SampledModel = {}

--- A source of random numbers, the second argument of a simulator: the same seed gives the same numbers.
---@class Stream
local Stream = {}

--- The measured quality of a model: figures with standard errors, and the floors that no model can pass.
---@class Evaluation
---@field robot string # the robot's name
---@field poses integer # the number of test poses
---@field samples integer # samples at each pose for the errors
---@field references integer # poses that were compared with reference solutions
---@field seed integer # the seed
---@field seconds number # how long the evaluation took in s
---@field machine string # the processor
---@field modes table[] # for each way of sampling: name; position (m) and rotation (rad) with mean, median, p95 and quantiles; inside, answers, mmd, mmd_multistart, coverage, entropy, elbo, seconds, each with value and standard_error; median_seconds
---@field floors table # references against themselves: mmd, mmd_multistart, mmd_between, coverage, coverage_multistart
---@field components table # count (K), in_use a pose, in_use_overall
---@field solving table[] # exact solving: tolerances (m, rad), solved, poses, median and p95 in s
local Evaluation = {}

--- Configurations along a path of poses; `t[i]` is the configuration at the i-th pose.
---@class Track
---@field robot Robot|Body # the robot
---@field path Matrix # the configurations, rad or m
---@field times number[]|nil # when each configuration is passed, from rest to rest, as fast as velocity and acceleration allow, s; nil where there are jumps
---@field duration number|nil # the time from the first to the last configuration in s
---@field clearance number|nil # with a world or self_collision: the least distance along the path, between its poses too, in m, up to 0.1; nil where something is touched there
---@field jumps integer[] # the poses, counted from 1, that this track goes to by a jump
---@field jumps_proven boolean|nil # whether it is known that no track has fewer jumps: for robots without redundancy, where all branches of every pose were found and every way between them has as many; nil without jumps
---@field unreached integer[] # the poses, counted from 1, that were not reached; the path has the closest approach there
---@field max_step number # the greatest move of a joint from pose to pose, jumps left out, rad or m
---@field length number # the sum of the weighted distances from pose to pose
---@field position_errors number[] # the distance from each pose in m
---@field rotation_errors number[] # the angle from each pose in rad
---@field seconds number # the time it took in s
---@field reason string|nil # why the track ends before the path does
---@field [integer] number[]
---@operator len: integer
local Track = {}

--- A matrix of double-precision numbers; `m[i][j]` is an element, counted from 1.
---@class Matrix
---@field rows integer # the number of rows
---@field columns integer # the number of columns
---@field [integer] MatrixRow
---@operator len: integer
---@operator unm: Matrix
---@operator add(any): any
---@operator sub(any): any
---@operator div(any): any
---@operator mul(any): any
local Matrix = {}

--- A row of a matrix; it serves wherever a list of numbers does.
---@class MatrixRow
---@field [integer] number
---@operator len: integer
---@operator add(any): any
---@operator sub(any): any
---@operator mul(any): any
---@operator div(any): any
---@operator unm: MatrixRow
local MatrixRow = {}

--- A symbolic number: what a density is called with once, to be traced. It takes part in arithmetic and in avips.math; it cannot be compared.
---@class Symbol
---@operator add(any): any
---@operator sub(any): any
---@operator mul(any): any
---@operator div(any): any
---@operator pow(any): any
---@operator unm: Symbol
local Symbol = {}

--- A network of dense layers; net(x) is net:forward(x). Weights are 32-bit floats, values are computed in 64 bits outside of training.
---@class Network
---@field inputs integer # how many numbers it takes
---@field outputs integer # the number of outputs
---@field hidden integer[] # the widths of the hidden layers
---@field activation string # the activation function of hidden units
---@field parameters integer # how many weights and biases it has
---@field steps integer # how many Adam steps it took
---@field weights table # the layers' weights, outputs x inputs
---@field biases number[][] # the layers' biases
local Network = {}

--- An unnormalised density over D variables.
---@class Target
---@field name string # its name in messages
---@field dimension integer # the number of variables
---@field traced boolean # whether a function of Lua is evaluated as a formula
---@field note string|nil # why a function was not traced
local Target = {}

--- An unnormalised density over D variables for every context.
---@class ConditionalTarget
---@field name string # its name in messages
---@field dimension integer # the number of variables
---@field names string[] # the names of the variables
---@field traced boolean # whether a function of Lua is evaluated as a formula
---@field note string|nil # why a function was not traced
local ConditionalTarget = {}

--- What an inference reported: a table of columns.
---@class InferenceLog
---@field iteration number[] # the iteration
---@field evaluations number[] # evaluations of the target's log-density so far, central differences included
---@field elbo number[] # the evidence bound before the iteration's updates, from its samples, in nats; where some have density zero that of the mixture cut to the others' support
---@field components number[] # the number of components
---@field zero_share number[] # the share of the mixture where the density is zero, likewise
---@field entropy number[] # the mixture's entropy, likewise, in nats
---@field step_size number[] # the components' step size, averaged over the weights
---@field weight_step_size number[] # the weights' step size
---@field divergence number[] # the greatest KL(new||old) of a component, in nats
---@field seconds number[] # time spent, in s
---@field weights Matrix # the weights of the components, one column each in the order of creation, one row a row of the log
---@operator len: integer
local InferenceLog = {}

--- The iterations of an inference that a loop goes through.
---@class Iterations
local Iterations = {}

--- A run of variational inference: a target, and the mixture that approximates it.
---@class Vips
---@field target Target # the density that is approximated
---@field mixture Mixture # the mixture as it is now
---@field log InferenceLog # what all runs reported
---@field iteration integer # iterations done
---@field evaluations integer # evaluations of the target's log-density: one for each sample, and two more for each variable where its gradient is by central differences; gradients of its own come with it
---@field components integer # the number of components
---@field seconds number # time spent, in s
---@field zero_share number # the share of the last iteration's samples, weighted, at which the density was zero
---@field warning string|nil # the latest warning
local Vips = {}

--- A figure: drawn in the terminal when printed, or saved as SVG, PNG or PDF.
---@class Figure
---@field title string # the heading
---@field description string # what it shows, in a sentence
local Figure = {}

--- Figures that follow each other: some of them side by side when printed, all when saved as SVG, the last as PNG or PDF.
---@class Animation
---@field seconds number # how long one pass takes in s
---@field title string # the heading of the last frame
---@field description string # what the last frame shows, in a sentence
---@field [integer] any
---@operator len: integer
local Animation = {}

--- A run of an experiment in progress: its directory, and methods that train, save and log there.
---@class Run
---@field id string # what names the run in its study
---@field directory string # the directory of its files
---@field seed integer # its seed
---@field attempt integer # how often it was begun, this time included
local Run = {}

--- A table of results: prints aligned, and is written as CSV, JSON, Markdown and LaTeX.
---@class StudyTable
---@field columns string[] # the names of the columns of the full table, one row a cell
---@field note string # what its cells show
---@field [integer] any
---@operator len: integer
local StudyTable = {}

--- A study: runs for all combinations of some settings and seeds, and a directory that holds their results.
---@class Experiment
---@field name string # what it is called
---@field directory string # the directory of its files
---@field axes string[] # the names of its settings
---@field done integer # runs that have a result
---@field failed integer # runs that ended with an error
---@field running integer # runs that a process works on
---@field interrupted integer # runs that were begun and can go on
---@field todo integer # runs that were not begun
---@operator len: integer
local Experiment = {}

--- JSON's null: `avips.json.null`.
---@class Null
local Null = {}

--- Measured times of a function's calls.
---@class Timing
---@field median number # s a call
---@field mean number # s a call
---@field deviation number # the standard deviation, s
---@field min number # the shortest, s
---@field max number # the longest, s
---@field calls integer # how often the function was called
---@field seconds number[] # s a call in rising order, of each call or batch of calls
local Timing = {}

--- The numbers, angles in rad, in degrees.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local q = panda:random(nil, { seed = 1 })
--- assert(math.abs(q:degrees()[1] - math.deg(q[1])) < 1e-9)
--- ```
---@return number[] # list of numbers
function Numbers:degrees() end

--- The numbers, angles in degrees, in rad.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local q = panda:random(nil, { seed = 1 })
--- assert(math.abs(q:degrees():radians()[1] - q[1]) < 1e-9)
--- ```
---@return number[] # list of numbers
function Numbers:radians() end

--- The Euclidean norm: the root of the sum of squares.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local q = panda:random(nil, { seed = 1 })
--- assert((q - q):norm() == 0)
--- ```
---@return number # number
function Numbers:norm() end

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
---@param other Pose # the other pose
---@return number # number, the distance of the origins in m; and a number, the angle in rad
---@return number # see above
function Pose:distance(other) end

--- Lists the links of the robot's URDF, each of which can be the tip or the base of a chain.
---
--- ```lua
--- local panda = avips.robot "panda"
--- for _, frame in ipairs(panda:frames()) do
---   if not frame.on_chain then print(frame.name, "on", frame.parent) end
--- end
--- ```
---@return table[] # list of tables: name, parent, joint and type of the joint that carries it, on_chain
function Robot:frames() end

---@class Robot.fk.options
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)

--- Computes the pose of the tip in the base frame (forward kinematics), in double precision.
---
--- ```lua
--- local panda = avips.robot "panda"
--- print(panda:fk{0, 0, 0, -1.5, 0, 1.5, 0.7})
--- print(panda:fk({0, 0, 0, -90, 0, 90, 45}, { degrees = true }))
--- assert(#panda:fk(panda:random(5)) == 5)
--- ```
---@param q number[]|number[][]|Matrix # a configuration, or several as rows (in rad, m)
---@param options? Robot.fk.options # options by name
---@return Pose # Pose; for several configurations a list of poses
function Robot:fk(q, options) end

---@class Robot.jacobian.options
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)

--- Computes the geometric Jacobian of the tip, which maps the joints' velocities to the tip's.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local J = panda:jacobian{0, 0, 0, -1.5, 0, 1.5, 0.7}
--- assert(J.rows == 6 and J.columns == 7)
--- ```
---@param q number[] # a configuration (in rad, m)
---@param options? Robot.jacobian.options # options by name
---@return Matrix # 6 x dof Matrix, rows vx, vy, vz, wx, wy, wz in the base frame
function Robot:jacobian(q, options) end

---@class Robot.random.options
---@field seed? integer # the seed of this draw (default: the session's stream)

--- Draws configurations uniformly within the joint limits.
---
--- ```lua
--- local panda = avips.robot "panda"
--- assert(#panda:random() == 7)
--- assert(panda:random(100, { seed = 1 }) == panda:random(100, { seed = 1 }))
--- ```
---@param count? integer # how many
---@param options? Robot.random.options # options by name
---@return Matrix|number[] # n x dof Matrix; without count a single configuration, a list of numbers
function Robot:random(count, options) end

--- Computes the manipulability, which says how far a configuration is from singular ones: sqrt(det(J J^T)) (Yoshikawa, 1985), sqrt(det(J^T J)) with fewer than six joints.
---
--- ```lua
--- local panda = avips.robot "panda"
--- assert(panda:manipulability{0, 0.3, 0, -1.5, 0, 1.8, 0.7} > 0.01)
--- ```
---@param q number[] # a configuration (in rad, m)
---@return number # number, 0 where singular
function Robot:manipulability(q) end

---@class Robot.ik.options
---@field count? integer # how many distinct solutions to look for; where the target leaves redundancy, up to 512 are a farthest-point subset of more (1 to 1000000; default: 1)
---@field position_tolerance? number # the largest distance from the target (in m; above 0; default: 0.0001)
---@field rotation_tolerance? number # the largest angle from the target; math.huge for any orientation (in rad; above 0, or math.huge; default: 0.001)
---@field min_distance? number # solutions nearer to each other count as one; whole turns of a joint are ignored (in rad, m; 0 to 1000000; default: 0.01)
---@field seconds? number # the time limit of the whole call; what was found by then is returned (in s; above 0; default: none: as long as it takes)
---@field seed? integer # the seed of this search (default: the session's stream)
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)
---@field near? number[] # a preferred configuration: the nearest solutions come first, moved towards it as far as the target allows; joints without limits take the turn nearest to it (in rad, m)
---@field max_move? number|number[] # with near: the largest move of each joint from there; solutions beyond it are dropped (in rad, m; above 0, or math.huge; default: none: as far as the limits allow)
---@field weights? number[]|table # how much each joint counts in distances, above 0; or { position = , rotation = }: how much m^2 and rad^2 count in the closest approach (each 1e-6 to 1000000; default: all 1; the closest approach has the least distance, then the least angle)
---@field locked? table # joints that keep a value, { panda_joint1 = 0.3 }; or a list of names, which keep their values in near
---@field world? World # obstacles that solutions keep clear of; the robot's own links keep clear of each other with it (default: none)
---@field self_collision? boolean # whether links keep clear of each other, world or not (default: true with a world, false without)
---@field restarts? integer # how many starts are tried before the search gives up (1 to 10000000; default: 4096, and at least 64 * count)

--- Solves inverse kinematics without a model: finds configurations that reach a pose or meet a goal, by many searches from random starts at once.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local target = avips.pose{ xyz = {0.45, 0.1, 0.4}, rpy = {180, 0, 0}, degrees = true }
--- local answers = panda:ik(target, { count = 5, seed = 1 })
--- assert(#answers == 5 and answers[1].position_error < 1e-4)
--- print(answers)
--- local next = panda:ik(target, { near = answers[1].q, max_move = 0.1, seconds = 0.01 })
--- assert(next[1].distance < 1e-3)
--- ```
---@param pose Pose|Goal|table # the target of the tip in the base frame; several are solved on all cores
---@param options? Robot.ik.options # options by name
---@return Solutions # Solutions, best first; an unreachable pose gives none, and the closest approach; for several poses a list of Solutions
function Robot:ik(pose, options) end

---@class Robot.reachable.options
---@field position_tolerance? number # the largest distance from the target (in m; above 0; default: 0.0001)
---@field rotation_tolerance? number # the largest angle from the target; math.huge for any orientation (in rad; above 0, or math.huge; default: 0.001)
---@field seconds? number # the time limit of the whole call; what was found by then is returned (in s; above 0; default: none: as long as it takes)
---@field seed? integer # the seed of this search (default: the session's stream)
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)
---@field near? number[] # a preferred configuration: the nearest solutions come first, moved towards it as far as the target allows; joints without limits take the turn nearest to it (in rad, m)
---@field max_move? number|number[] # with near: the largest move of each joint from there; solutions beyond it are dropped (in rad, m; above 0, or math.huge; default: none: as far as the limits allow)
---@field weights? number[]|table # how much each joint counts in distances, above 0; or { position = , rotation = }: how much m^2 and rad^2 count in the closest approach (each 1e-6 to 1000000; default: all 1; the closest approach has the least distance, then the least angle)
---@field locked? table # joints that keep a value, { panda_joint1 = 0.3 }; or a list of names, which keep their values in near
---@field world? World # obstacles that solutions keep clear of; the robot's own links keep clear of each other with it (default: none)
---@field self_collision? boolean # whether links keep clear of each other, world or not (default: true with a world, false without)
---@field restarts? integer # how many starts are tried before the search gives up (1 to 10000000; default: 4096, and at least 64 * count)

--- Tells whether a pose can be reached or a goal met, and by which configuration, or which one comes closest.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local yes, solution = panda:reachable(panda:fk{0, 0.3, 0, -1.5, 0, 1.8, 0.7})
--- assert(yes and solution.position_error < 1e-4)
--- local no, closest = panda:reachable({ xyz = {2, 0, 0} }, { restarts = 200 })
--- assert(no == false and closest.position_error > 0.5)
--- ```
---@param pose Pose|Goal # the target of the tip in the base frame
---@param options? Robot.reachable.options # options by name
---@return boolean # boolean, or nil where the time was up before either was known; and a Solution: one that reaches the target, or the closest approach with its errors
---@return Solution # see above
function Robot:reachable(pose, options) end

---@class Robot.track.options
---@field start? number[] # the configuration to set out from (in rad, m)
---@field max_step? number # the largest move of a joint from one pose to the next that does not count as a jump (in rad, m; above 0; default: 0.5)
---@field closed? boolean # whether the path ends in the configuration in which it begins, turns of joints without limits apart; its last pose must be its first one (default: false)
---@field candidates? integer # distinct solutions that are looked for at each pose (1 to 256; default: 16)
---@field weights? number[] # how much each joint counts in distances (each 1e-6 to 1000000; default: all 1)
---@field position_tolerance? number # the largest distance from the target (in m; above 0; default: 0.0001)
---@field rotation_tolerance? number # the largest angle from the target; math.huge for any orientation (in rad; above 0, or math.huge; default: 0.001)
---@field seconds? number # the longest time that the whole path may take; the track then ends where it has come to, and says so (in s; above 0; default: none: as long as it takes)
---@field seed? integer # the seed of this search (default: the session's stream)
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)
---@field locked? table # joints that keep a value, { panda_joint1 = 0.3 }; or a list of names, which keep their values in near
---@field world? World # obstacles that solutions keep clear of; the robot's own links keep clear of each other with it (default: none)
---@field self_collision? boolean # whether links keep clear of each other, world or not (default: true with a world, false without)
---@field velocity? number|number[] # the greatest speed of the joints (in rad/s, m/s; default: the URDF's, or 1)
---@field acceleration? number|number[] # the greatest acceleration of the joints (in rad/s^2, m/s^2; default: 4 times the velocity a second)

--- Follows a path of poses without jumps between branches where that can be done, without a model.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local path = {}
--- for i = 1, 10 do path[i] = avips.pose{ xyz = {0.4, -0.1 + 0.02 * i, 0.4}, rpy = {math.pi, 0, 0} } end
--- local track = panda:track(path, { seed = 1 })
--- assert(#track.jumps == 0 and track.path.rows == 10)
--- ```
---@param poses Pose[]|any # the path, pose by pose
---@param options? Robot.track.options # options by name
---@return Track # Track: one configuration for each pose, with the fewest jumps, then the shortest way; joints without limits turn on past ±pi
function Robot:track(poses, options) end

---@class Robot.plan.options
---@field world? World # obstacles (default: none: only the robot's links against each other count)
---@field count? integer # how many plans that do not deform into one another to look for (1 to 64; default: 1)
---@field seconds? number # the longest time that the call may take; the best plans by then are the answer (in s; above 0; default: 10)
---@field self_collision? boolean # whether the robot's links are checked against each other, too (default: true)
---@field goals? integer # for a pose or a Goal: how many configurations that reach it are looked for (1 to 4096; default: 32)
---@field effort? integer # how many times a shorter way to the nearest of the goals is looked for; 1 takes the first plan (1 to 1000; default: 4)
---@field resolution? number # places checked a unit of joint space while paths are looked for; plans are proven free in any case (in 1/rad; 1 to 10000; default: 32)
---@field velocity? number|number[] # the greatest speed of the joints (in rad/s, m/s; default: the URDF's, or 1)
---@field acceleration? number|number[] # the greatest acceleration of the joints (in rad/s^2, m/s^2; default: 4 times the velocity a second)
---@field seed? integer # the seed of this search (default: the session's stream)
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)

--- Plans paths to a pose, a goal or a configuration that touch nothing: the shortest over all configurations that reach it, and several that go different ways.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local world = avips.world{ { box = {0.1, 0.6, 0.6}, at = {0.5, 0, 0.3}, name = "wall" } }
--- local start = {-0.8, 0.2, 0, -2.2, 0, 2.4, 0.8}
--- local goal = panda:fk{0.8, 0.2, 0, -2.2, 0, 2.4, 0.8}
--- local plans = panda:plan(start, goal, { world = world, seed = 1 })
--- print(plans)
--- assert(#plans == 1 and plans[1].clearance > 0)
--- ```
---@param start number[] # the configuration to set out from (in rad, m)
---@param goal Pose|Goal|Solutions|Matrix|number[] # where the tip is to be; or configurations, any of which will do (in rad, m)
---@param options? Robot.plan.options # options by name
---@return Plans # Plans, the shortest first; none, and the reason, where no way was found
function Robot:plan(start, goal, options) end

---@class Robot.collides.options
---@field self_collision? boolean # whether the robot's links are checked against each other, too (default: true)
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)

--- Tells whether a configuration touches an obstacle, or two links of the robot touch; links that do not move are not checked against worlds.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local shelf = avips.world{ { box = {0.4, 0.8, 0.03}, at = {0.55, 0, 0.5} } }
--- assert(not panda:collides({0, -0.8, 0, -2.4, 0, 1.6, 0.8}))
--- assert(panda:collides({0, 0.3, 0, -1.8, 0, 2.1, 0.8}, shelf))
--- ```
---@param q number[]|number[][]|Matrix # a configuration, or several as rows (in rad, m)
---@param world? World # obstacles; without a world, only the robot's links against each other count
---@param options? Robot.collides.options # options by name
---@return boolean # boolean; for several configurations a list of booleans
function Robot:collides(q, world, options) end

---@class Robot.distance.options
---@field self_collision? boolean # whether the robot's links are checked against each other, too (default: true)
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)

--- Computes the least distance between the robot's links and the obstacles, or between two links, with its gradient.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local world = avips.world{ { sphere = 0.1, at = {0.6, 0, 0.4}, name = "ball" } }
--- local d, pair = panda:distance({0, -0.5, 0, -2, 0, 1.6, 0.8}, world)
--- assert(d > 0 and #pair.gradient == 7)
--- print(("%s is %.3f m from %s"):format(pair.link, d, pair.name))
--- ```
---@param q number[] # a configuration (in rad, m)
---@param world? World # obstacles; without a world, only the robot's links against each other count
---@param options? Robot.distance.options # options by name
---@return number # number in m, negative where they overlap, math.huge where there is nothing to touch; and a table: link, obstacle (its number) or other (a link), name, point, gradient
---@return table # see above
function Robot:distance(q, world, options) end

---@class Robot.shapes.options
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)

--- Lists the spheres that approximate the robot's links in collision checks.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local spheres, pairs = panda:shapes()
--- print(#spheres, spheres[1].link, spheres[1].radius, #pairs)
--- ```
---@param q? number[] # the configuration at which they are (in rad, m; default: 0, or the nearest value within the limits)
---@param options? Robot.shapes.options # options by name
---@return table[] # list of tables: link, centre in the base frame in m, radius in m; and the pairs of links that are checked against each other
function Robot:shapes(q, options) end

---@class Robot.reference.options
---@field count? integer # how many draws (1 to 5000000; default: 100)
---@field kind? string # "exact": the distribution of uniform joints given the pose; "multistart": what least squares reaches from uniform starts (one of "exact", "multistart"; default: "exact")
---@field seed? integer # the seed of this draw (default: the session's stream)

--- Draws reference solutions of a pose: independent samples to compare answers with.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local reference = panda:reference(panda:fk{0, 0.3, 0, -1.5, 0, 1.8, 0.7}, { count = 20, seed = 1 })
--- assert(reference.rows == 20)
--- ```
---@param pose Pose # the tip's pose in the base frame
---@param options? Robot.reference.options # options by name
---@return Matrix # count x dof Matrix in rad or m, in no order; without rows where the pose was not reached
function Robot:reference(pose, options) end

--- Splits the robot in two behind some of its first joints: fk of the whole is fk of the first part times fk of the second.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local first, rest = panda:split(1)
--- local q = {0.3, 0.2, 0, -1.5, 0, 1.5, 0.7}
--- local whole, parts = panda:fk(q), first:fk{q[1]} * rest:fk{table.unpack(q, 2)}
--- assert(rest.dof == 6 and whole:distance(parts) < 1e-9)
--- ```
---@param joints integer # how many joints the first part has
---@return Robot # Robot, from the base to the link that those joints carry; and Robot, from that link to the tip
function Robot:split(joints) end

--- Makes the robot from tip to base: its fk is the inverse of this robot's, its joints come in the opposite order.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local q = {0.3, 0.2, 0, -1.5, 0, 1.5, 0.7}
--- local back = panda:reversed():fk{0.7, 1.5, 0, -1.5, 0, 0.2, 0.3}
--- assert(back:distance(panda:fk(q):inverse()) < 1e-9)
--- ```
---@return Robot # Robot
function Robot:reversed() end

--- All configurations as rows.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local answers = panda:ik(avips.pose{ xyz = {0.4, 0, 0.5} }, { count = 3, seed = 1 })
--- assert(answers:matrix().rows == #answers)
--- ```
---@return Matrix # n x dof Matrix
function Solutions:matrix() end

--- Computes how far a pose misses the goal.
---
--- ```lua
--- local goal = avips.goal{ xyz = {0.4, 0, 0.5}, position_slack = {0.1, 0, 0} }
--- assert(goal:error(avips.pose{ xyz = {0.35, 0, 0.5} }) == 0)
--- ```
---@param pose Pose # the pose of a tip
---@return number # number, the distance in m that the slack leaves; and a number, the angle in rad
---@return number # see above
function Goal:error(pose) end

---@class Goal.random.options
---@field seed? integer # the seed of this draw (default: the session's stream)

--- Draws a pose that meets the goal; what is unbounded stays where the target has it.
---
--- ```lua
--- local goal = avips.goal{ xyz = {0.4, 0, 0.5}, position_slack = {0.1, 0, 0} }
--- assert(goal:error(goal:random{ seed = 1 }) == 0)
--- ```
---@param options? Goal.random.options # options by name
---@return Pose # Pose
function Goal:random(options) end

--- Computes the distance of a point from the nearest obstacle, negative inside.
---
--- ```lua
--- local world = avips.world{ { box = {1, 1, 0.1}, at = {0.5, 0, 0}, name = "table" } }
--- assert(world:distance{0.5, 0, 0.25} == 0.2)
--- ```
---@param point number[] # the point (in m)
---@return number # number in m, math.huge in an empty world; and the obstacle's number
function World:distance(point) end

--- The configuration at a time; the ends before and after.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local plan = panda:plan({-0.8, 0.2, 0, -2.2, 0, 2.4, 0.8}, {0.8, 0.2, 0, -2.2, 0, 2.4, 0.8}, { seed = 1 })[1]
--- assert(#plan:at(plan.duration / 2) == 7)
--- ```
---@param time number # the time (in s)
---@return number[] # list of numbers, rad or m
function Plan:at(time) end

--- Lists the links of the body's URDF, each of which can be a tip.
---
--- ```lua
--- local talos = avips.robot "talos_28dof"
--- assert(#talos:frames() > talos.dof)
--- ```
---@return table[] # list of tables: name, parent, joint and type of the joint that carries it, on_chain: whether it carries a tip; empty for a model's body
function Body:frames() end

---@class Body.fk.options
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)

--- Computes the poses of all tips in the base frame (forward kinematics), in double precision.
---
--- ```lua
--- local talos = avips.robot "talos_28dof"
--- local poses = talos:fk(talos.nominal)
--- print(poses.right_hand, poses.left_foot)
--- ```
---@param q number[] # a configuration (in rad, m)
---@param options? Body.fk.options # options by name
---@return table # table of Poses by the names of the tips
function Body:fk(q, options) end

---@class Body.jacobian.options
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)

--- Computes the geometric Jacobian of a tip, which maps the velocities of joints and base to the tip's.
---
--- ```lua
--- local talos = avips.robot "talos_28dof"
--- assert(talos:jacobian(talos.nominal, "right_hand").columns == talos.dof)
--- ```
---@param q number[] # a configuration (in rad, m)
---@param tip string # the name of a tip
---@param options? Body.jacobian.options # options by name
---@return Matrix # 6 x dof Matrix, rows vx, vy, vz, wx, wy, wz in the base frame
function Body:jacobian(q, tip, options) end

---@class Body.com.options
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)

--- Computes the centre of mass in the base frame.
---
--- ```lua
--- local talos = avips.robot "talos_28dof"
--- assert(#talos:com(talos.nominal) == 3)
--- ```
---@param q number[] # a configuration (in rad, m)
---@param options? Body.com.options # options by name
---@return table # list of 3 numbers in m; nil for a body without masses
function Body:com(q, options) end

---@class Body.com_jacobian.options
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)

--- Computes the Jacobian of the centre of mass, which maps the velocities of joints and base to its own.
---
--- ```lua
--- local talos = avips.robot "talos_28dof"
--- assert(talos:com_jacobian(talos.nominal).rows == 3)
--- ```
---@param q number[] # a configuration (in rad, m)
---@param options? Body.com_jacobian.options # options by name
---@return Matrix # 3 x dof Matrix, in the base frame; nil for a body without masses
function Body:com_jacobian(q, options) end

---@class Body.random.options
---@field seed? integer # the seed of this draw (default: the session's stream)

--- Draws configurations uniformly within the limits.
---
--- ```lua
--- local talos = avips.robot "talos_28dof"
--- assert(talos:random(10, { seed = 1 }).columns == talos.dof)
--- ```
---@param count? integer # how many
---@param options? Body.random.options # options by name
---@return Matrix|number[] # n x dof Matrix; without count a single configuration, a list of numbers
function Body:random(count, options) end

---@class Body.ik.options
---@field count? integer # how many distinct solutions to look for; where the target leaves redundancy, up to 512 are a farthest-point subset of more (1 to 1000000; default: 1)
---@field position_tolerance? number # the largest distance from the target (in m; above 0; default: 0.0001)
---@field rotation_tolerance? number # the largest angle from the target; math.huge for any orientation (in rad; above 0, or math.huge; default: 0.001)
---@field min_distance? number # solutions nearer to each other count as one; whole turns of a joint are ignored (in rad, m; 0 to 1000000; default: 0.01)
---@field seconds? number # the time limit of the whole call; what was found by then is returned (in s; above 0; default: none: as long as it takes)
---@field seed? integer # the seed of this search (default: the session's stream)
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)
---@field near? number[] # a preferred configuration: the nearest solutions come first, moved towards it as far as the target allows; joints without limits take the turn nearest to it (in rad, m)
---@field max_move? number|number[] # with near: the largest move of each joint from there; solutions beyond it are dropped (in rad, m; above 0, or math.huge; default: none: as far as the limits allow)
---@field weights? number[]|table # how much each joint counts in distances, above 0; or { position = , rotation = }: how much m^2 and rad^2 count in the closest approach (each 1e-6 to 1000000; default: all 1; the closest approach has the least distance, then the least angle)
---@field locked? table # joints that keep a value, { panda_joint1 = 0.3 }; or a list of names, which keep their values in near
---@field world? World # obstacles that solutions keep clear of; the robot's own links keep clear of each other with it (default: none)
---@field self_collision? boolean # whether links keep clear of each other, world or not (default: true with a world, false without)
---@field restarts? integer # how many starts are tried before the search gives up (1 to 10000000; default: 4096, and at least 64 * count)
---@field stance? boolean # whether the body stands as its description says: feet in place, centre of mass over them (default: true)

--- Solves inverse kinematics of several tips at once without a model: finds configurations that meet all goals, by many searches side by side.
---
--- ```lua
--- local talos = avips.robot "talos_28dof"
--- local answers = talos:ik({ right_hand = {0.5, -0.2, 0.9} }, { count = 3, seed = 1 })
--- print(answers)
--- assert(#answers == 3 and answers[1].position_error < 1e-4)
--- local near = talos:ik({ right_hand = {0.5, -0.2, 0.9} }, { near = talos.nominal, locked = {"torso_1_joint"}, seed = 1 })
--- assert(near[1].distance < 2 and near[1].q[13] == talos.nominal[13])
--- ```
---@param goals table|table[] # for each tip by name: a Goal, a Pose, or a position {x, y, z} in any orientation; several tables are worked on by all cores
---@param options? Body.ik.options # options by name
---@return Postures # Postures, best first; goals that cannot be met give none, and the closest approach; for several tables a list of Postures
function Body:ik(goals, options) end

---@class Body.reachable.options
---@field position_tolerance? number # the largest distance from the target (in m; above 0; default: 0.0001)
---@field rotation_tolerance? number # the largest angle from the target; math.huge for any orientation (in rad; above 0, or math.huge; default: 0.001)
---@field seconds? number # the time limit of the whole call; what was found by then is returned (in s; above 0; default: none: as long as it takes)
---@field seed? integer # the seed of this search (default: the session's stream)
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)
---@field near? number[] # a preferred configuration: the nearest solutions come first, moved towards it as far as the target allows; joints without limits take the turn nearest to it (in rad, m)
---@field max_move? number|number[] # with near: the largest move of each joint from there; solutions beyond it are dropped (in rad, m; above 0, or math.huge; default: none: as far as the limits allow)
---@field weights? number[]|table # how much each joint counts in distances, above 0; or { position = , rotation = }: how much m^2 and rad^2 count in the closest approach (each 1e-6 to 1000000; default: all 1; the closest approach has the least distance, then the least angle)
---@field locked? table # joints that keep a value, { panda_joint1 = 0.3 }; or a list of names, which keep their values in near
---@field world? World # obstacles that solutions keep clear of; the robot's own links keep clear of each other with it (default: none)
---@field self_collision? boolean # whether links keep clear of each other, world or not (default: true with a world, false without)
---@field restarts? integer # how many starts are tried before the search gives up (1 to 10000000; default: 4096, and at least 64 * count)
---@field stance? boolean # whether the body stands as its description says: feet in place, centre of mass over them (default: true)

--- Tells whether goals of several tips can be met at once, and by which configuration, or which one comes closest.
---
--- ```lua
--- local talos = avips.robot "talos_28dof"
--- local yes, posture = talos:reachable({ right_hand = {0.5, -0.2, 0.9} }, { seed = 1 })
--- assert(yes and posture.position_error < 1e-4)
--- ```
---@param goals table # for each tip by name: a Goal, a Pose, or a position {x, y, z} in any orientation
---@param options? Body.reachable.options # options by name
---@return boolean # boolean, or nil where the time was up before either was known; and a Posture: one that reaches the target, or the closest approach with its errors
---@return Posture # see above
function Body:reachable(goals, options) end

---@class Body.track.options
---@field start? number[] # the configuration to set out from (in rad, m)
---@field max_step? number # the largest move of a joint from one pose to the next that does not count as a jump (in rad, m; above 0; default: 0.5)
---@field closed? boolean # whether the path ends in the configuration in which it begins, turns of joints without limits apart; its last pose must be its first one (default: false)
---@field candidates? integer # distinct solutions that are looked for at each pose (1 to 256; default: 16)
---@field weights? number[] # how much each joint counts in distances (each 1e-6 to 1000000; default: all 1)
---@field position_tolerance? number # the largest distance from the target (in m; above 0; default: 0.0001)
---@field rotation_tolerance? number # the largest angle from the target; math.huge for any orientation (in rad; above 0, or math.huge; default: 0.001)
---@field seconds? number # the longest time that the whole path may take; the track then ends where it has come to, and says so (in s; above 0; default: none: as long as it takes)
---@field seed? integer # the seed of this search (default: the session's stream)
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)
---@field locked? table # joints that keep a value, { panda_joint1 = 0.3 }; or a list of names, which keep their values in near
---@field world? World # obstacles that solutions keep clear of; the robot's own links keep clear of each other with it (default: none)
---@field self_collision? boolean # whether links keep clear of each other, world or not (default: true with a world, false without)
---@field velocity? number|number[] # the greatest speed of the joints (in rad/s, m/s; default: the URDF's, or 1)
---@field acceleration? number|number[] # the greatest acceleration of the joints (in rad/s^2, m/s^2; default: 4 times the velocity a second)
---@field stance? boolean # whether the body stands as its description says: feet in place, centre of mass over them (default: true)

--- Follows a path of goals of several tips without jumps where that can be done, and says where it cannot.
---
--- ```lua
--- local talos = avips.robot "talos_28dof"
--- local path = {}
--- for i = 1, 3 do path[i] = { right_hand = {0.4 + 0.01 * i, -0.2, 0.9} } end
--- local track = talos:track(path, { start = talos.nominal, max_step = 1, candidates = 2, seed = 1 })
--- assert(#track == 3 and #track.unreached == 0)
--- ```
---@param path table[] # goals along the path; in each table, for each tip by name: a Goal, a Pose, or a position {x, y, z} in any orientation
---@param options? Body.track.options # options by name
---@return Track # Track: one configuration for each pose, with the fewest jumps, then the shortest way; joints without limits turn on past ±pi
function Body:track(path, options) end

--- All configurations as rows.
---
--- ```lua
--- local talos = avips.robot "talos_28dof"
--- local answers = talos:ik({ right_hand = {0.5, -0.2, 0.9} }, { count = 3, seed = 1 })
--- assert(answers:matrix().rows == #answers)
--- ```
---@return Matrix # n x dof Matrix
function Postures:matrix() end

--- Computes the value at a share of the training.
---
--- ```lua
--- assert(avips.schedule.linear(0, 10):at(0.25) == 2.5)
--- ```
---@param progress number # the share of the budget that is spent, from 0 to 1
---@return number # number
function Schedule:at(progress) end

--- Computes the values at evenly spaced shares of the training, for tables and figures.
---
--- ```lua
--- local values = avips.schedule.cosine(1, 0):values(3)
--- assert(#values == 3 and values[1] == 1 and values[3] == 0)
--- ```
---@param count? integer # how many (default: 101)
---@return table # list of n numbers
function Schedule:values(count) end

---@class Schedule.preview.options
---@field name? string # what the schedule is for: the title of its axis (default: "value")
---@field model? Model # the model that is to be trained; a copy of it does a few steps (default: none: nothing is timed)
---@field steps? integer # the budget as steps (1 to 1000000000; default: no budget)
---@field samples? integer # the budget as training pairs (1 to 1000000000000; default: see steps)
---@field minutes? number # the budget as time (in min; 0.0001 to 1000000; default: see steps)
---@field batch? integer # training pairs a step, a multiple of 16 (16 to 65536; default: 1024)

--- Draws the schedule over a training, and estimates how long that takes from a few steps of the model.
---
--- ```lua
--- local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
--- local rate = avips.schedule.warmup(0.1, avips.schedule.cosine(4e-3, 4e-5))
--- local figure, seconds = rate:preview{ name = "learning rate", model = student, steps = 5000 }
--- print(figure)
--- assert(seconds > 0)
--- ```
---@param options? Schedule.preview.options # options by name
---@return Figure # Figure, its title with the budget and the estimate; the estimated time in s or nil
function Schedule:preview(options) end

---@class Mixture.logpdf.options
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)

--- Computes the log-density at a configuration, in nats.
---
--- ```lua
--- local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
--- student:train{ steps = 20, seed = 1 }
--- local target = student.robot:fk{0.3, 0.5, -0.4}
--- local mixture = student:predict(target)
--- print(mixture:logpdf{0.3, 0.5, -0.4})
--- ```
---@param q number[]|number[][]|Matrix # a configuration, or several as rows (in rad, m)
---@param options? Mixture.logpdf.options # options by name
---@return number|number[] # number; for several configurations a list of numbers
function Mixture:logpdf(q, options) end

---@class Mixture.sample.options
---@field seed? integer # the seed of this draw (default: the session's stream)

--- Draws samples from the mixture.
---
--- ```lua
--- local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
--- student:train{ steps = 20, seed = 1 }
--- local target = student.robot:fk{0.3, 0.5, -0.4}
--- local mixture = student:predict(target)
--- assert(mixture:sample(5, { seed = 1 }).rows == 5)
--- ```
---@param count integer # how many
---@param options? Mixture.sample.options # options by name
---@return Matrix # n x dof Matrix in rad or m
function Mixture:sample(count, options) end

---@class Mixture.entropy.options
---@field samples? integer # how many samples (2 to 5000000; default: 1000)
---@field seed? integer # the seed of this draw (default: the session's stream)

--- Estimates the entropy in nats from samples.
---
--- ```lua
--- local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
--- student:train{ steps = 20, seed = 1 }
--- local target = student.robot:fk{0.3, 0.5, -0.4}
--- local mixture = student:predict(target)
--- print(mixture:entropy{ seed = 1 })
--- ```
---@param options? Mixture.entropy.options # options by name
---@return number # number, the entropy; and a number, its standard error
---@return number # see above
function Mixture:entropy(options) end

---@class Mixture.mmd.options
---@field samples? integer # draws of each mixture (2 to 100000; default: 1000)
---@field kernel? string # "multiquadric": (1 + d²/1.1827)^-0.2, for angles in rad; or "gaussian", scaled by the medians of the reference's squared differences (one of "multiquadric", "gaussian"; default: "multiquadric")
---@field bandwidth? number # by how much the gaussian kernel is wider than the medians (1e-6 to 1000000; default: 1)
---@field seed? integer # the seed of this draw (default: the session's stream)

--- Computes the maximum mean discrepancy from another mixture, or from samples as rows: 0 for equal distributions, apart from the noise of the draws.
---
--- ```lua
--- local vips = avips.vips{ target = avips.target.two_joint_arm(), components = 4, seed = 1 }
--- local before = vips.mixture
--- vips:run{ iterations = 20 }
--- assert(vips.mixture:mmd(vips.mixture, { samples = 200, seed = 1 }) < before:mmd(vips.mixture, { samples = 200, seed = 1 }))
--- ```
---@param reference Mixture|Matrix # another mixture, or samples, over as many variables
---@param options? Mixture.mmd.options # options by name
---@return number # number, the discrepancy; no square root is taken
function Mixture:mmd(reference, options) end

--- Computes the marginal mixture over some of the variables.
---
--- ```lua
--- local mixture = avips.mixture{ weights = {0.5, 0.5}, means = {{0, 0}, {9, 9}}, covariances = {{{1, 0}, {0, 1}}, {{1, 0.5}, {0.5, 1}}} }
--- assert(mixture:marginal{2}.means[2][1] == 9)
--- ```
---@param variables integer[] # which, counted from 1, in the order that the result is to have
---@return Mixture # Mixture
function Mixture:marginal(variables) end

--- Conditions the mixture on known values of some variables: the mixture over the others.
---
--- ```lua
--- local mixture = avips.mixture{ weights = {0.5, 0.5}, means = {{0, 0}, {9, 9}}, covariances = {{{1, 0}, {0, 1}}, {{1, 0.5}, {0.5, 1}}} }
--- assert(mixture:condition{ [2] = 9 }.means[2][1] == 9)
--- ```
---@param known table # values by the variables' numbers, counted from 1: { [2] = 0.5 }
---@return Mixture # Mixture
function Mixture:condition(known) end

--- Writes the mixture: as safetensors with all bits, or as JSON with weights, means and covariances; on failure the old file is kept.
---
--- ```lua
--- local mixture = avips.mixture{ weights = {0.5, 0.5}, means = {{0, 0}, {9, 9}}, covariances = {{{1, 0}, {0, 1}}, {{1, 0.5}, {0.5, 1}}} }
--- local path = os.tmpname() .. ".json"
--- mixture:save(path)
--- assert(math.abs(avips.mixture(path):logpdf{1, 2} - mixture:logpdf{1, 2}) < 1e-12)
--- os.remove(path)
--- ```
---@param path string # a name that ends in .safetensors or .json
---@return string # string, the path
function Mixture:save(path) end

---@class Model.predict.options
---@field refine? integer # how many evidence updates follow the network: Gauss-Newton steps of every component towards the pose (0 to 100; default: 0)

--- Predicts the mixture over configurations at a pose.
---
--- ```lua
--- local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
--- student:train{ steps = 20, seed = 1 }
--- local target = student.robot:fk{0.3, 0.5, -0.4}
--- local mixture = student:predict(target, { refine = 2 })
--- print(mixture)
--- assert(#mixture.weights == 4)
--- ```
---@param pose Pose # the tip's pose in the base frame
---@param options? Model.predict.options # options by name
---@return Mixture # Mixture
function Model:predict(pose, options) end

---@class Model.sample.options
---@field refine? integer # how many evidence updates follow the network: Gauss-Newton steps of every component towards the pose (0 to 100; default: 0)
---@field candidates? integer # for each sample returned, how many are moved exactly onto the pose, weighted and resampled: the samples then follow the exact distribution of uniform joints given the pose; the result has no rows where none reaches it (1 to 1000; default: none: straight from the mixture)
---@field inside? boolean # whether samples outside the joint limits are drawn anew (rejection sampling); there are fewer rows where hardly any lies inside (default: false)
---@field resample? integer # how many samples are drawn for each one returned; those inside the limits and nearer to the pose are more probable, but none is moved (1 to 1000; default: none: every sample is returned)
---@field seed? integer # the seed of this draw (default: the session's stream)

--- Draws samples from the mixture at a pose, neither corrected nor clipped to the limits; or, with candidates, of the exact conditional distribution.
---
--- ```lua
--- local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
--- student:train{ steps = 20, seed = 1 }
--- local target = student.robot:fk{0.3, 0.5, -0.4}
--- assert(student:sample(target, 10, { seed = 1 }).rows == 10)
--- local exact = student:sample(target, 10, { candidates = 4, seed = 1 })
--- assert(exact.rows == 10 and math.abs(student.robot:fk(exact)[1].position[1] - target.position[1]) < 1e-4)
--- ```
---@param pose Pose # the tip's pose in the base frame
---@param count integer # how many
---@param options? Model.sample.options # options by name
---@return Matrix # n x dof Matrix in rad or m
function Model:sample(pose, count, options) end

---@class Model.solve.options
---@field count? integer # how many distinct solutions to look for; where the target leaves redundancy, up to 512 are a farthest-point subset of more (1 to 1000000; default: 1)
---@field position_tolerance? number # the largest distance from the target (in m; above 0; default: 0.0001)
---@field rotation_tolerance? number # the largest angle from the target; math.huge for any orientation (in rad; above 0, or math.huge; default: 0.001)
---@field min_distance? number # solutions nearer to each other count as one; whole turns of a joint are ignored (in rad, m; 0 to 1000000; default: 0.01)
---@field seconds? number # the time limit of the whole call; what was found by then is returned (in s; above 0; default: none: as long as it takes)
---@field seed? integer # the seed of this search (default: the session's stream)
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)
---@field near? number[] # a preferred configuration: the nearest solutions come first, moved towards it as far as the target allows; joints without limits take the turn nearest to it (in rad, m)
---@field max_move? number|number[] # with near: the largest move of each joint from there; solutions beyond it are dropped (in rad, m; above 0, or math.huge; default: none: as far as the limits allow)
---@field weights? number[]|table # how much each joint counts in distances, above 0; or { position = , rotation = }: how much m^2 and rad^2 count in the closest approach (each 1e-6 to 1000000; default: all 1; the closest approach has the least distance, then the least angle)
---@field locked? table # joints that keep a value, { panda_joint1 = 0.3 }; or a list of names, which keep their values in near
---@field world? World # obstacles that solutions keep clear of; the robot's own links keep clear of each other with it (default: none)
---@field self_collision? boolean # whether links keep clear of each other, world or not (default: true with a world, false without)
---@field refine? integer # how many evidence updates follow the network: Gauss-Newton steps of every component towards the pose (0 to 100; default: 0)

--- Finds exact, distinct configurations that reach a pose: samples of the mixture, refined by Levenberg-Marquardt steps within the joint limits.
---
--- ```lua
--- local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
--- student:train{ steps = 20, seed = 1 }
--- local target = student.robot:fk{0.3, 0.5, -0.4}
--- local answers = student:solve(target, { count = 2, seed = 1 })
--- print(answers)
--- assert(#answers == 2 and answers[1].position_error < 1e-4)
--- ```
---@param pose Pose|Goal|table # the target of the tip in the base frame; several are solved on all cores
---@param options? Model.solve.options # options by name
---@return Solutions # Solutions, best first, each with the component that it came from; for several poses a list of Solutions
function Model:solve(pose, options) end

---@class Model.track.options
---@field start? number[] # the configuration to set out from (in rad, m)
---@field max_step? number # the largest move of a joint from one pose to the next that does not count as a jump (in rad, m; above 0; default: 0.5)
---@field closed? boolean # whether the path ends in the configuration in which it begins, turns of joints without limits apart; its last pose must be its first one (default: false)
---@field candidates? integer # distinct solutions that are looked for at each pose (1 to 256; default: 16)
---@field weights? number[] # how much each joint counts in distances (each 1e-6 to 1000000; default: all 1)
---@field position_tolerance? number # the largest distance from the target (in m; above 0; default: 0.0001)
---@field rotation_tolerance? number # the largest angle from the target; math.huge for any orientation (in rad; above 0, or math.huge; default: 0.001)
---@field seconds? number # the longest time that the whole path may take; the track then ends where it has come to, and says so (in s; above 0; default: none: as long as it takes)
---@field seed? integer # the seed of this search (default: the session's stream)
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)
---@field locked? table # joints that keep a value, { panda_joint1 = 0.3 }; or a list of names, which keep their values in near
---@field world? World # obstacles that solutions keep clear of; the robot's own links keep clear of each other with it (default: none)
---@field self_collision? boolean # whether links keep clear of each other, world or not (default: true with a world, false without)
---@field velocity? number|number[] # the greatest speed of the joints (in rad/s, m/s; default: the URDF's, or 1)
---@field acceleration? number|number[] # the greatest acceleration of the joints (in rad/s^2, m/s^2; default: 4 times the velocity a second)

--- Follows a path of poses without jumps between branches where that can be done, and says where it cannot.
---
--- ```lua
--- local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
--- student:train{ steps = 20, seed = 1 }
--- local target = student.robot:fk{0.3, 0.5, -0.4}
--- local path = {}
--- for i = 1, 10 do path[i] = student.robot:fk{0.3 + 0.02 * i, 0.5, -0.4} end
--- local track = student:track(path, { start = {0.3, 0.5, -0.4}, seed = 1 })
--- print(track)
--- assert(#track == 10 and #track.jumps == 0)
--- ```
---@param poses Pose[]|any # the path, pose by pose
---@param options? Model.track.options # options by name
---@return Track # Track: one configuration for each pose, with the fewest jumps, then the shortest way; joints without limits turn on past ±pi
function Model:track(poses, options) end

---@class Model.evaluate.options
---@field poses? integer # test poses (1 to 1000000; default: 1000)
---@field samples? integer # samples at each pose for the errors (1 to 100000; default: 250)
---@field refine? integer|integer[] # evidence updates that are measured in addition to the network alone (0 to 100, at most 16 of them; default: {1, 2})
---@field steps? integer|integer[] # Levenberg-Marquardt steps that are measured in addition (0 to 100, at most 16 of them; default: {1, 2})
---@field modes? string[] # ways of sampling, in place of refine and steps: "raw", "inside" (raw samples, those outside the limits drawn anew), "1 update", "2 steps", "1 accelerated step", "1 update + 1 step", "4 candidates", "8 resampled", "8 resampled + 1 step", "exact" (1 to 16 of them; default: raw, inside, those of refine and steps, an accelerated step, 8 resampled with no step, one, and an accelerated one, 4 candidates, exact)
---@field references? integer # poses that are compared with reference solutions (0 to 1000000; default: 200)
---@field timed? integer # poses that times are taken at; 0 takes none (0 to 100000; default: 50)
---@field position_deviation? number # the deviation of the position of the density that evidence bounds are stated against (in m; 1e-6 to 10; default: 0.003)
---@field rotation_deviation? number # that of the orientation (in rad; 1e-6 to 10; default: 0.008726646259971648)
---@field limit_deviation? number # that of the excess beyond a joint limit (in rad or m; 1e-6 to 10; default: 0.05)
---@field seed? integer # the seed of poses and samples (default: the session's stream)
---@field threads? integer # threads to use; the figures do not depend on it (1 to 1024; default: all cores)

--- Measures the model on poses that training never saw: errors, limits, diversity against reference solutions, entropy, times.
---
--- ```lua
--- local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
--- student:train{ steps = 20, seed = 1 }
--- local target = student.robot:fk{0.3, 0.5, -0.4}
--- local evaluation = student:evaluate{ poses = 10, samples = 20, references = 2, timed = 2, seed = 2 }
--- print(evaluation)
--- assert(evaluation.modes[1].name == "raw" and evaluation.modes[1].inside.value <= 1)
--- ```
---@param options? Model.evaluate.options # options by name
---@return Evaluation # Evaluation
function Model:evaluate(options) end

---@class Model.train.options
---@field minutes? number # the budget as time (in min; 0.0001 to 1000000; default: one budget must be given, or an interrupted training goes on)
---@field cpu_minutes? number # the budget as processor time of all threads, which other programs do not change (in min; 0.0001 to 1000000; default: see minutes)
---@field steps? integer # the budget as steps (1 to 1000000000; default: see minutes)
---@field samples? integer # the budget as training pairs, or contexts where there are none (1 to 1000000000000; default: see minutes)
---@field batch? integer # training pairs, or contexts, a step: a multiple of 16 (16 to 65536; default: 1024)
---@field optimizer? string # how parameters follow gradients: "soap" (Adam in the eigenbasis of the gradients' curvature) or "adam" (one of "soap", "adam"; default: "soap")
---@field warmup_steps? integer # steps over which a learning rate given as a number rises (0 to 1000000000; default: 500)
---@field final_share? number # the share of a learning rate given as a number that is left at the end (0 to 1; default: 0.01)
---@field objective? string # the variational objective beside likelihood: components against a snapshot, components by path gradients, or the plain reverse divergence of the whole mixture (one of "component", "path", "reverse"; default: "component")
---@field annealing? number # the share of the phase over which the temperature of the path or the reverse objective, or of a flow, rises to 1, from one at which draws of the prior keep half of their effective size; 0 leaves it to temperature (0 to 0.99; default: 0)
---@field adapt_widths? boolean # whether the path objective's deviations of position and orientation start as wide as the errors are and narrow with them, down to those given (default: true)
---@field weight_rule? string # how the path objective's weights follow their advantages: a regressed target, the bound's gradient, or the target upwards and the gradient downwards (one of "target", "gradient", "combined"; default: "combined")
---@field drawn_components? integer # how many components the path objective draws at a context; 0 for all (0 to 4096; default: 0)
---@field snapshot_interval? integer # steps from one snapshot of the network to the next; with the path objective, from one revision of the components to the next (1 to 1000000; default: 100)
---@field additions? integer # components to be added in the course of the phase, where the model lacks most (0 to 4096; default: 0)
---@field trust_region? string|false # how components are kept near the last snapshot (one of "projection", "penalty", "none", or false for "none"; default: "projection")
---@field adapt_bounds? boolean # whether a component's bounds grow while its reward improves, and shrink while it does not (default: true)
---@field entropy_gradient? string # how the entropy's gradient is estimated (one of "exact", "path"; default: "exact")
---@field learning_rate? number|Schedule|function # the learning rate: a number is the highest, with a warm-up and a cosine; a schedule or function is taken as it is (0 to 1; default: 0.004)
---@field gradient_clip? number|Schedule|function # the greatest norm of a gradient (1e-9 to 1000000000; default: 100)
---@field average_decay? number|Schedule|function # the decay of the parameters' moving average, from which queries are answered (0 to 0.999999; default: 0.999)
---@field floor? number|Schedule|function # the floor of the components' standard deviation, in scaled coordinates (0 to 1; default: from 0.03 to the model's own over the first half)
---@field forward_share? number|Schedule|function # the weight of the forward divergence in the loss; the component objective has the rest (0 to 1; default: 1)
---@field component_samples? number|Schedule|function # samples of every component at every context (1 to 64; default: 1)
---@field temperature? number|Schedule|function # the power of the target's density that the path objective or the reverse divergence climbs, below 1 while annealing (1e-6 to 1; default: 1)
---@field slope_limit? number|Schedule|function # the greatest length of a sample's slope on the path objective, in the component's own standard deviations (0.1 to 1000000000; default: 10)
---@field share_floor? number|Schedule|function # the least share, relative to 1/K, that a component's mean and covariance count with on the path objective (1e-6 to 1; default: 0.2)
---@field position_deviation? number|Schedule|function # the target's standard deviation of the position (in m; 1e-6 to 10; default: 0.01)
---@field rotation_deviation? number|Schedule|function # the target's standard deviation of the orientation (in rad; 1e-6 to 10; default: 0.03)
---@field limit_deviation? number|Schedule|function # the standard deviation of the soft joint limits (in rad or m; 1e-6 to 10; default: 0.03)
---@field mean_bound? number|Schedule|function # the trust region of a component's mean (in nat; 1e-9 to 1000000000; default: 0.1)
---@field covariance_bound? number|Schedule|function # the trust region of a component's covariance (in nat; 1e-9 to 1000000000; default: 0.1)
---@field weight_step? number|Schedule|function # the step of the weights towards their targets (0 to 10; default: 0.02)
---@field resampling_share? number|Schedule|function # the weight of importance resampling in the component objective; 0 switches it off (0 to 10; default: 0)
---@field effective_share? number|Schedule|function # the effective sample size that resampling tempers to, as a share of the pool (0.001 to 1; default: 0.2)
---@field removal_threshold? number|Schedule|function # components whose weight stays below it at every context are removed; 0 removes none (0 to 1; default: 0)
---@field kl_bound? number|Schedule|function # both trust regions at once (in nat; 1e-9 to 1000000000; default: mean_bound and covariance_bound)
---@field seed? integer # the seed of what the training draws (default: the session's stream)
---@field checkpoint? string # a .safetensors file to write the state to as it goes on, at the end, and where the training is interrupted or the process asked to end; avips.model(file) takes it up, and the same call of train then goes on, or returns the log at once where the training had ended (default: none)
---@field overwrite? boolean # whether checkpoint may name the file of another run, which is lost then (default: false)
---@field checkpoint_interval? number # seconds of training from one checkpoint to the next (in s; 0 to 1000000; default: 60)
---@field phases? table[] # phases one after the other: the options above, each for its phase; with a budget for all, phases have a share of it (1 to 64 of them; default: one phase)

--- Trains the model: maximum likelihood on configurations drawn within the limits and their poses, and variational inference for every component; Ctrl-C keeps what was learned.
---
--- ```lua
--- local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
--- local log = student:train{ seed = 1, batch = 128, phases = {
---     { steps = 50 },
---     { steps = 20, forward_share = 0.2, position_deviation = avips.schedule.exponential(0.03, 0.01) },
--- } }
--- print(log)
--- assert(log.loss[#log] < 10 and log.elbo[#log] < 100)
--- ```
---@param options? Model.train.options # options by name
---@return Log # Log
function Model:train(options) end

---@class Model.training.options
---@field minutes? number # the budget as time (in min; 0.0001 to 1000000; default: one budget must be given, or an interrupted training goes on)
---@field cpu_minutes? number # the budget as processor time of all threads, which other programs do not change (in min; 0.0001 to 1000000; default: see minutes)
---@field steps? integer # the budget as steps (1 to 1000000000; default: see minutes)
---@field samples? integer # the budget as training pairs, or contexts where there are none (1 to 1000000000000; default: see minutes)
---@field batch? integer # training pairs, or contexts, a step: a multiple of 16 (16 to 65536; default: 1024)
---@field optimizer? string # how parameters follow gradients: "soap" (Adam in the eigenbasis of the gradients' curvature) or "adam" (one of "soap", "adam"; default: "soap")
---@field warmup_steps? integer # steps over which a learning rate given as a number rises (0 to 1000000000; default: 500)
---@field final_share? number # the share of a learning rate given as a number that is left at the end (0 to 1; default: 0.01)
---@field objective? string # the variational objective beside likelihood: components against a snapshot, components by path gradients, or the plain reverse divergence of the whole mixture (one of "component", "path", "reverse"; default: "component")
---@field annealing? number # the share of the phase over which the temperature of the path or the reverse objective, or of a flow, rises to 1, from one at which draws of the prior keep half of their effective size; 0 leaves it to temperature (0 to 0.99; default: 0)
---@field adapt_widths? boolean # whether the path objective's deviations of position and orientation start as wide as the errors are and narrow with them, down to those given (default: true)
---@field weight_rule? string # how the path objective's weights follow their advantages: a regressed target, the bound's gradient, or the target upwards and the gradient downwards (one of "target", "gradient", "combined"; default: "combined")
---@field drawn_components? integer # how many components the path objective draws at a context; 0 for all (0 to 4096; default: 0)
---@field snapshot_interval? integer # steps from one snapshot of the network to the next; with the path objective, from one revision of the components to the next (1 to 1000000; default: 100)
---@field additions? integer # components to be added in the course of the phase, where the model lacks most (0 to 4096; default: 0)
---@field trust_region? string|false # how components are kept near the last snapshot (one of "projection", "penalty", "none", or false for "none"; default: "projection")
---@field adapt_bounds? boolean # whether a component's bounds grow while its reward improves, and shrink while it does not (default: true)
---@field entropy_gradient? string # how the entropy's gradient is estimated (one of "exact", "path"; default: "exact")
---@field learning_rate? number|Schedule|function # the learning rate: a number is the highest, with a warm-up and a cosine; a schedule or function is taken as it is (0 to 1; default: 0.004)
---@field gradient_clip? number|Schedule|function # the greatest norm of a gradient (1e-9 to 1000000000; default: 100)
---@field average_decay? number|Schedule|function # the decay of the parameters' moving average, from which queries are answered (0 to 0.999999; default: 0.999)
---@field floor? number|Schedule|function # the floor of the components' standard deviation, in scaled coordinates (0 to 1; default: from 0.03 to the model's own over the first half)
---@field forward_share? number|Schedule|function # the weight of the forward divergence in the loss; the component objective has the rest (0 to 1; default: 1)
---@field component_samples? number|Schedule|function # samples of every component at every context (1 to 64; default: 1)
---@field temperature? number|Schedule|function # the power of the target's density that the path objective or the reverse divergence climbs, below 1 while annealing (1e-6 to 1; default: 1)
---@field slope_limit? number|Schedule|function # the greatest length of a sample's slope on the path objective, in the component's own standard deviations (0.1 to 1000000000; default: 10)
---@field share_floor? number|Schedule|function # the least share, relative to 1/K, that a component's mean and covariance count with on the path objective (1e-6 to 1; default: 0.2)
---@field position_deviation? number|Schedule|function # the target's standard deviation of the position (in m; 1e-6 to 10; default: 0.01)
---@field rotation_deviation? number|Schedule|function # the target's standard deviation of the orientation (in rad; 1e-6 to 10; default: 0.03)
---@field limit_deviation? number|Schedule|function # the standard deviation of the soft joint limits (in rad or m; 1e-6 to 10; default: 0.03)
---@field mean_bound? number|Schedule|function # the trust region of a component's mean (in nat; 1e-9 to 1000000000; default: 0.1)
---@field covariance_bound? number|Schedule|function # the trust region of a component's covariance (in nat; 1e-9 to 1000000000; default: 0.1)
---@field weight_step? number|Schedule|function # the step of the weights towards their targets (0 to 10; default: 0.02)
---@field resampling_share? number|Schedule|function # the weight of importance resampling in the component objective; 0 switches it off (0 to 10; default: 0)
---@field effective_share? number|Schedule|function # the effective sample size that resampling tempers to, as a share of the pool (0.001 to 1; default: 0.2)
---@field removal_threshold? number|Schedule|function # components whose weight stays below it at every context are removed; 0 removes none (0 to 1; default: 0)
---@field kl_bound? number|Schedule|function # both trust regions at once (in nat; 1e-9 to 1000000000; default: mean_bound and covariance_bound)
---@field seed? integer # the seed of what the training draws (default: the session's stream)
---@field checkpoint? string # a .safetensors file to write the state to as it goes on, at the end, and where the training is interrupted or the process asked to end; avips.model(file) takes it up, and the same call of train then goes on, or returns the log at once where the training had ended (default: none)
---@field overwrite? boolean # whether checkpoint may name the file of another run, which is lost then (default: false)
---@field checkpoint_interval? number # seconds of training from one checkpoint to the next (in s; 0 to 1000000; default: 60)
---@field phases? table[] # phases one after the other: the options above, each for its phase; with a budget for all, phases have a share of it (1 to 64 of them; default: one phase)
---@field interval? integer # steps from one report to the next (1 to 1000000000; default: a tenth of a second's)

--- Trains step by step from a loop: for report in model:training{ ... } do ... end. In the loop the model is as trained so far and answers questions; break keeps what was learned.
---
--- ```lua
--- local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
--- for report in student:training{ steps = 60, interval = 20, batch = 128, seed = 1 } do
---   print(report.step, report.loss)
---   if report.step >= 40 then break end
--- end
--- assert(student.loss < 10)
--- ```
---@param options? Model.training.options # options by name
---@return Training # Training: an iterator of reports, tables with the columns of a Log, progress and, where something went wrong, warning
function Model:training(options) end

---@class Model.save.options
---@field resumable? boolean # whether to keep what an interrupted training needs to go on (default: false)

--- Writes the model as safetensors, with its robot, configuration and history; on failure the old file is kept.
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
---@param path string # a name that ends in .safetensors
---@param options? Model.save.options # options by name
---@return string # string, the path
function Model:save(path, options) end

--- Predicts the mixture over the body's configurations with the tip at a position.
---
--- ```lua
--- local upper = avips.robot "talos_upper_body"
--- local student = avips.model{
---     robot = upper, tip = "right_hand", lower = {0.3, -0.4, -0.2}, upper = {0.5, 0, 0.2}, components = 2, hidden = {16}, seed = 1,
--- }
--- student:train{ steps = 5, batch = 64, pairs = 64, seed = 1 }
--- assert(#student:predict{0.4, -0.2, 0} == 2)
--- ```
---@param place number[] # where the model's tip is to be, in the base frame (in m)
---@return Mixture # Mixture
function BodyModel:predict(place) end

---@class BodyModel.sample.options
---@field seed? integer # the seed of this draw (default: the session's stream)

--- Draws samples from the mixture at a position, neither corrected nor clipped to the limits.
---
--- ```lua
--- local upper = avips.robot "talos_upper_body"
--- local student = avips.model{
---     robot = upper, tip = "right_hand", lower = {0.3, -0.4, -0.2}, upper = {0.5, 0, 0.2}, components = 2, hidden = {16}, seed = 1,
--- }
--- student:train{ steps = 5, batch = 64, pairs = 64, seed = 1 }
--- assert(student:sample({0.4, -0.2, 0}, 10).rows == 10)
--- ```
---@param place number[] # where the model's tip is to be, in the base frame (in m)
---@param count integer # how many
---@param options? BodyModel.sample.options # options by name
---@return Matrix # n x dof Matrix in rad or m
function BodyModel:sample(place, count, options) end

---@class BodyModel.solve.options
---@field count? integer # how many distinct solutions to look for; where the target leaves redundancy, up to 512 are a farthest-point subset of more (1 to 1000000; default: 1)
---@field position_tolerance? number # the largest distance from the target (in m; above 0; default: 0.0001)
---@field rotation_tolerance? number # the largest angle from the target; math.huge for any orientation (in rad; above 0, or math.huge; default: 0.001)
---@field min_distance? number # solutions nearer to each other count as one; whole turns of a joint are ignored (in rad, m; 0 to 1000000; default: 0.01)
---@field seconds? number # the time limit of the whole call; what was found by then is returned (in s; above 0; default: none: as long as it takes)
---@field seed? integer # the seed of this search (default: the session's stream)
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)
---@field near? number[] # a preferred configuration: the nearest solutions come first, moved towards it as far as the target allows; joints without limits take the turn nearest to it (in rad, m)
---@field max_move? number|number[] # with near: the largest move of each joint from there; solutions beyond it are dropped (in rad, m; above 0, or math.huge; default: none: as far as the limits allow)
---@field weights? number[]|table # how much each joint counts in distances, above 0; or { position = , rotation = }: how much m^2 and rad^2 count in the closest approach (each 1e-6 to 1000000; default: all 1; the closest approach has the least distance, then the least angle)
---@field locked? table # joints that keep a value, { panda_joint1 = 0.3 }; or a list of names, which keep their values in near
---@field world? World # obstacles that solutions keep clear of; the robot's own links keep clear of each other with it (default: none)
---@field self_collision? boolean # whether links keep clear of each other, world or not (default: true with a world, false without)

--- Finds exact, distinct configurations that bring the tip to a position while the body's task is met: samples of the mixture, refined by Levenberg-Marquardt steps within the limits.
---
--- ```lua
--- local upper = avips.robot "talos_upper_body"
--- local student = avips.model{
---     robot = upper, tip = "right_hand", lower = {0.3, -0.4, -0.2}, upper = {0.5, 0, 0.2}, components = 2, hidden = {16}, seed = 1,
--- }
--- student:train{ steps = 5, batch = 64, pairs = 64, seed = 1 }
--- local answers = student:solve({0.4, -0.2, 0}, { count = 2, seed = 1 })
--- print(answers)
--- assert(#answers == 2 and answers[1].position_error < 1e-4)
--- ```
---@param place number[] # where the model's tip is to be, in the base frame (in m)
---@param options? BodyModel.solve.options # options by name
---@return Postures # Postures, best first, each with the component that it came from
function BodyModel:solve(place, options) end

---@class BodyModel.evaluate.options
---@field places? integer # how many places (1 to 1000000; default: 1000)
---@field samples? integer # raw samples at every place (0 to 10000; default: 10)
---@field model? boolean # false searches from spread starts instead, for comparison (default: true)
---@field seed? integer # the seed of places and samples (default: the session's stream)

--- Asks for one exact answer at each of many places uniform in the model's box, and looks at raw samples.
---
--- ```lua
--- local upper = avips.robot "talos_upper_body"
--- local student = avips.model{
---     robot = upper, tip = "right_hand", lower = {0.3, -0.4, -0.2}, upper = {0.5, 0, 0.2}, components = 2, hidden = {16}, seed = 1,
--- }
--- student:train{ steps = 5, batch = 64, pairs = 64, seed = 1 }
--- assert(student:evaluate{ places = 5, seed = 1 }.solved == 1)
--- ```
---@param options? BodyModel.evaluate.options # options by name
---@return BodyEvaluation # BodyEvaluation
function BodyModel:evaluate(options) end

---@class BodyModel.train.options
---@field minutes? number # the budget as time (in min; 0.0001 to 1000000; default: one budget must be given, or an interrupted training goes on)
---@field cpu_minutes? number # the budget as processor time of all threads, which other programs do not change (in min; 0.0001 to 1000000; default: see minutes)
---@field steps? integer # the budget as steps (1 to 1000000000; default: see minutes)
---@field samples? integer # the budget as training pairs, or contexts where there are none (1 to 1000000000000; default: see minutes)
---@field batch? integer # training pairs, or contexts, a step: a multiple of 16 (16 to 65536; default: 1024)
---@field optimizer? string # how parameters follow gradients: "soap" (Adam in the eigenbasis of the gradients' curvature) or "adam" (one of "soap", "adam"; default: "soap")
---@field warmup_steps? integer # steps over which a learning rate given as a number rises (0 to 1000000000; default: 500)
---@field final_share? number # the share of a learning rate given as a number that is left at the end (0 to 1; default: 0.01)
---@field objective? string # the variational objective beside likelihood: components against a snapshot, components by path gradients, or the plain reverse divergence of the whole mixture (one of "component", "path", "reverse"; default: "component")
---@field annealing? number # the share of the phase over which the temperature of the path or the reverse objective, or of a flow, rises to 1, from one at which draws of the prior keep half of their effective size; 0 leaves it to temperature (0 to 0.99; default: 0)
---@field adapt_widths? boolean # whether the path objective's deviations of position and orientation start as wide as the errors are and narrow with them, down to those given (default: true)
---@field weight_rule? string # how the path objective's weights follow their advantages: a regressed target, the bound's gradient, or the target upwards and the gradient downwards (one of "target", "gradient", "combined"; default: "combined")
---@field drawn_components? integer # how many components the path objective draws at a context; 0 for all (0 to 4096; default: 0)
---@field snapshot_interval? integer # steps from one snapshot of the network to the next; with the path objective, from one revision of the components to the next (1 to 1000000; default: 100)
---@field additions? integer # components to be added in the course of the phase, where the model lacks most (0 to 4096; default: 0)
---@field trust_region? string|false # how components are kept near the last snapshot (one of "projection", "penalty", "none", or false for "none"; default: "projection")
---@field adapt_bounds? boolean # whether a component's bounds grow while its reward improves, and shrink while it does not (default: true)
---@field entropy_gradient? string # how the entropy's gradient is estimated (one of "exact", "path"; default: "exact")
---@field learning_rate? number|Schedule|function # the learning rate: a number is the highest, with a warm-up and a cosine; a schedule or function is taken as it is (0 to 1; default: 0.004)
---@field gradient_clip? number|Schedule|function # the greatest norm of a gradient (1e-9 to 1000000000; default: 100)
---@field average_decay? number|Schedule|function # the decay of the parameters' moving average, from which queries are answered (0 to 0.999999; default: 0.999)
---@field floor? number|Schedule|function # the floor of the components' standard deviation, in scaled coordinates (0 to 1; default: from 0.03 to the model's own over the first half)
---@field forward_share? number|Schedule|function # the weight of the forward divergence in the loss; the component objective has the rest (0 to 1; default: 1)
---@field component_samples? number|Schedule|function # samples of every component at every context (1 to 64; default: 1)
---@field temperature? number|Schedule|function # the power of the target's density that the path objective or the reverse divergence climbs, below 1 while annealing (1e-6 to 1; default: 1)
---@field slope_limit? number|Schedule|function # the greatest length of a sample's slope on the path objective, in the component's own standard deviations (0.1 to 1000000000; default: 10)
---@field share_floor? number|Schedule|function # the least share, relative to 1/K, that a component's mean and covariance count with on the path objective (1e-6 to 1; default: 0.2)
---@field position_deviation? number|Schedule|function # the target's standard deviation of the position (in m; 1e-6 to 10; default: 0.01)
---@field rotation_deviation? number|Schedule|function # the target's standard deviation of the orientation (in rad; 1e-6 to 10; default: 0.03)
---@field limit_deviation? number|Schedule|function # the standard deviation of the soft joint limits (in rad or m; 1e-6 to 10; default: 0.03)
---@field mean_bound? number|Schedule|function # the trust region of a component's mean (in nat; 1e-9 to 1000000000; default: 0.1)
---@field covariance_bound? number|Schedule|function # the trust region of a component's covariance (in nat; 1e-9 to 1000000000; default: 0.1)
---@field weight_step? number|Schedule|function # the step of the weights towards their targets (0 to 10; default: 0.02)
---@field resampling_share? number|Schedule|function # the weight of importance resampling in the component objective; 0 switches it off (0 to 10; default: 0)
---@field effective_share? number|Schedule|function # the effective sample size that resampling tempers to, as a share of the pool (0.001 to 1; default: 0.2)
---@field removal_threshold? number|Schedule|function # components whose weight stays below it at every context are removed; 0 removes none (0 to 1; default: 0)
---@field kl_bound? number|Schedule|function # both trust regions at once (in nat; 1e-9 to 1000000000; default: mean_bound and covariance_bound)
---@field seed? integer # the seed of what the training draws (default: the session's stream)
---@field checkpoint? string # a .safetensors file to write the state to as it goes on, at the end, and where the training is interrupted or the process asked to end; avips.model(file) takes it up, and the same call of train then goes on, or returns the log at once where the training had ended (default: none)
---@field overwrite? boolean # whether checkpoint may name the file of another run, which is lost then (default: false)
---@field checkpoint_interval? number # seconds of training from one checkpoint to the next (in s; 0 to 1000000; default: 60)
---@field phases? table[] # phases one after the other: the options above, each for its phase; with a budget for all, phases have a share of it (1 to 64 of them; default: one phase)
---@field pairs? integer # how many pairs are drawn before the training (16 to 5000000; default: 200000)

--- Trains the model on configurations that the search for the whole body finds, and the places of the tip; Ctrl-C keeps what was learned.
---
--- ```lua
--- local upper = avips.robot "talos_upper_body"
--- local student = avips.model{
---     robot = upper, tip = "right_hand", lower = {0.3, -0.4, -0.2}, upper = {0.5, 0, 0.2}, components = 2, hidden = {16}, seed = 1,
--- }
--- student:train{ steps = 5, batch = 64, pairs = 64, seed = 1 }
--- assert(#student:train{ steps = 5, batch = 64, pairs = 64, seed = 2 } > 0)
--- ```
---@param options? BodyModel.train.options # options by name
---@return Log # Log
function BodyModel:train(options) end

---@class BodyModel.training.options
---@field minutes? number # the budget as time (in min; 0.0001 to 1000000; default: one budget must be given, or an interrupted training goes on)
---@field cpu_minutes? number # the budget as processor time of all threads, which other programs do not change (in min; 0.0001 to 1000000; default: see minutes)
---@field steps? integer # the budget as steps (1 to 1000000000; default: see minutes)
---@field samples? integer # the budget as training pairs, or contexts where there are none (1 to 1000000000000; default: see minutes)
---@field batch? integer # training pairs, or contexts, a step: a multiple of 16 (16 to 65536; default: 1024)
---@field optimizer? string # how parameters follow gradients: "soap" (Adam in the eigenbasis of the gradients' curvature) or "adam" (one of "soap", "adam"; default: "soap")
---@field warmup_steps? integer # steps over which a learning rate given as a number rises (0 to 1000000000; default: 500)
---@field final_share? number # the share of a learning rate given as a number that is left at the end (0 to 1; default: 0.01)
---@field objective? string # the variational objective beside likelihood: components against a snapshot, components by path gradients, or the plain reverse divergence of the whole mixture (one of "component", "path", "reverse"; default: "component")
---@field annealing? number # the share of the phase over which the temperature of the path or the reverse objective, or of a flow, rises to 1, from one at which draws of the prior keep half of their effective size; 0 leaves it to temperature (0 to 0.99; default: 0)
---@field adapt_widths? boolean # whether the path objective's deviations of position and orientation start as wide as the errors are and narrow with them, down to those given (default: true)
---@field weight_rule? string # how the path objective's weights follow their advantages: a regressed target, the bound's gradient, or the target upwards and the gradient downwards (one of "target", "gradient", "combined"; default: "combined")
---@field drawn_components? integer # how many components the path objective draws at a context; 0 for all (0 to 4096; default: 0)
---@field snapshot_interval? integer # steps from one snapshot of the network to the next; with the path objective, from one revision of the components to the next (1 to 1000000; default: 100)
---@field additions? integer # components to be added in the course of the phase, where the model lacks most (0 to 4096; default: 0)
---@field trust_region? string|false # how components are kept near the last snapshot (one of "projection", "penalty", "none", or false for "none"; default: "projection")
---@field adapt_bounds? boolean # whether a component's bounds grow while its reward improves, and shrink while it does not (default: true)
---@field entropy_gradient? string # how the entropy's gradient is estimated (one of "exact", "path"; default: "exact")
---@field learning_rate? number|Schedule|function # the learning rate: a number is the highest, with a warm-up and a cosine; a schedule or function is taken as it is (0 to 1; default: 0.004)
---@field gradient_clip? number|Schedule|function # the greatest norm of a gradient (1e-9 to 1000000000; default: 100)
---@field average_decay? number|Schedule|function # the decay of the parameters' moving average, from which queries are answered (0 to 0.999999; default: 0.999)
---@field floor? number|Schedule|function # the floor of the components' standard deviation, in scaled coordinates (0 to 1; default: from 0.03 to the model's own over the first half)
---@field forward_share? number|Schedule|function # the weight of the forward divergence in the loss; the component objective has the rest (0 to 1; default: 1)
---@field component_samples? number|Schedule|function # samples of every component at every context (1 to 64; default: 1)
---@field temperature? number|Schedule|function # the power of the target's density that the path objective or the reverse divergence climbs, below 1 while annealing (1e-6 to 1; default: 1)
---@field slope_limit? number|Schedule|function # the greatest length of a sample's slope on the path objective, in the component's own standard deviations (0.1 to 1000000000; default: 10)
---@field share_floor? number|Schedule|function # the least share, relative to 1/K, that a component's mean and covariance count with on the path objective (1e-6 to 1; default: 0.2)
---@field position_deviation? number|Schedule|function # the target's standard deviation of the position (in m; 1e-6 to 10; default: 0.01)
---@field rotation_deviation? number|Schedule|function # the target's standard deviation of the orientation (in rad; 1e-6 to 10; default: 0.03)
---@field limit_deviation? number|Schedule|function # the standard deviation of the soft joint limits (in rad or m; 1e-6 to 10; default: 0.03)
---@field mean_bound? number|Schedule|function # the trust region of a component's mean (in nat; 1e-9 to 1000000000; default: 0.1)
---@field covariance_bound? number|Schedule|function # the trust region of a component's covariance (in nat; 1e-9 to 1000000000; default: 0.1)
---@field weight_step? number|Schedule|function # the step of the weights towards their targets (0 to 10; default: 0.02)
---@field resampling_share? number|Schedule|function # the weight of importance resampling in the component objective; 0 switches it off (0 to 10; default: 0)
---@field effective_share? number|Schedule|function # the effective sample size that resampling tempers to, as a share of the pool (0.001 to 1; default: 0.2)
---@field removal_threshold? number|Schedule|function # components whose weight stays below it at every context are removed; 0 removes none (0 to 1; default: 0)
---@field kl_bound? number|Schedule|function # both trust regions at once (in nat; 1e-9 to 1000000000; default: mean_bound and covariance_bound)
---@field seed? integer # the seed of what the training draws (default: the session's stream)
---@field checkpoint? string # a .safetensors file to write the state to as it goes on, at the end, and where the training is interrupted or the process asked to end; avips.model(file) takes it up, and the same call of train then goes on, or returns the log at once where the training had ended (default: none)
---@field overwrite? boolean # whether checkpoint may name the file of another run, which is lost then (default: false)
---@field checkpoint_interval? number # seconds of training from one checkpoint to the next (in s; 0 to 1000000; default: 60)
---@field phases? table[] # phases one after the other: the options above, each for its phase; with a budget for all, phases have a share of it (1 to 64 of them; default: one phase)
---@field interval? integer # steps from one report to the next (1 to 1000000000; default: a tenth of a second's)
---@field pairs? integer # how many pairs are drawn before the training (16 to 5000000; default: 200000)

--- Trains step by step from a loop, as Model:training does; the pairs are drawn before the first report.
---
--- ```lua
--- local upper = avips.robot "talos_upper_body"
--- local student = avips.model{
---     robot = upper, tip = "right_hand", lower = {0.3, -0.4, -0.2}, upper = {0.5, 0, 0.2}, components = 2, hidden = {16}, seed = 1,
--- }
--- student:train{ steps = 5, batch = 64, pairs = 64, seed = 1 }
--- for report in student:training{ steps = 6, interval = 3, batch = 64, pairs = 64, seed = 2 } do print(report.step, report.loss) end
--- assert(student.loss < 100)
--- ```
---@param options? BodyModel.training.options # options by name
---@return Training # Training: an iterator of reports, tables with the columns of a Log, progress and, where something went wrong, warning
function BodyModel:training(options) end

---@class BodyModel.save.options
---@field resumable? boolean # whether to keep what an interrupted training needs to go on (default: false)

--- Writes the model as safetensors, with its body, task, configuration and history; on failure the old file is kept.
---
--- ```lua
--- local upper = avips.robot "talos_upper_body"
--- local student = avips.model{
---     robot = upper, tip = "right_hand", lower = {0.3, -0.4, -0.2}, upper = {0.5, 0, 0.2}, components = 2, hidden = {16}, seed = 1,
--- }
--- student:train{ steps = 5, batch = 64, pairs = 64, seed = 1 }
--- local path = os.tmpname() .. ".safetensors"
--- student:save(path)
--- assert(avips.model(path).tip == "right_hand")
--- os.remove(path)
--- ```
---@param path string # a name that ends in .safetensors
---@param options? BodyModel.save.options # options by name
---@return string # string, the path
function BodyModel:save(path, options) end

---@class FactoredModel.sample.options
---@field inside? boolean # whether samples outside the joint limits are drawn anew (rejection sampling); there are fewer rows where hardly any lies inside (default: false)
---@field resample? integer # how many samples are drawn for each one returned; those inside the limits and nearer to the pose are more probable, but none is moved (1 to 1000; default: none: every sample is returned)
---@field feasible? boolean # whether first joints from which the others would hardly reach the pose are drawn anew, as predicted by the network of learn_feasibility (default: true)
---@field seed? integer # the seed of this draw (default: the session's stream)

--- Draws samples at a pose straight from the networks, neither corrected nor clipped to the limits.
---
--- ```lua
--- local robot = avips.robot "planar_3link"
--- local _, others = robot:split(1)
--- local first = avips.model{ robot = robot, joints = 1, context = "position", components = 4, hidden = {32, 32}, seed = 1 }
--- local rest = avips.model{ robot = others, context = "position", components = 2, hidden = {32, 32}, seed = 1 }
--- for _, part in ipairs{ first, rest } do part:train{ steps = 20, seed = 1 } end
--- local student = avips.model{ lead = first, rest = rest }
--- local target = robot:fk{0.3, 0.5, -0.4}
--- assert(student:sample(target, 10, { seed = 1 }).rows == 10)
--- ```
---@param pose Pose # the tip's pose in the base frame
---@param count integer # how many
---@param options? FactoredModel.sample.options # options by name
---@return Matrix # n x dof Matrix in rad or m
function FactoredModel:sample(pose, count, options) end

---@class FactoredModel.solve.options
---@field count? integer # how many distinct solutions to look for; where the target leaves redundancy, up to 512 are a farthest-point subset of more (1 to 1000000; default: 1)
---@field position_tolerance? number # the largest distance from the target (in m; above 0; default: 0.0001)
---@field rotation_tolerance? number # the largest angle from the target; math.huge for any orientation (in rad; above 0, or math.huge; default: 0.001)
---@field min_distance? number # solutions nearer to each other count as one; whole turns of a joint are ignored (in rad, m; 0 to 1000000; default: 0.01)
---@field seconds? number # the time limit of the whole call; what was found by then is returned (in s; above 0; default: none: as long as it takes)
---@field seed? integer # the seed of this search (default: the session's stream)
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)
---@field near? number[] # a preferred configuration: the nearest solutions come first, moved towards it as far as the target allows; joints without limits take the turn nearest to it (in rad, m)
---@field max_move? number|number[] # with near: the largest move of each joint from there; solutions beyond it are dropped (in rad, m; above 0, or math.huge; default: none: as far as the limits allow)
---@field weights? number[]|table # how much each joint counts in distances, above 0; or { position = , rotation = }: how much m^2 and rad^2 count in the closest approach (each 1e-6 to 1000000; default: all 1; the closest approach has the least distance, then the least angle)
---@field locked? table # joints that keep a value, { panda_joint1 = 0.3 }; or a list of names, which keep their values in near
---@field world? World # obstacles that solutions keep clear of; the robot's own links keep clear of each other with it (default: none)
---@field self_collision? boolean # whether links keep clear of each other, world or not (default: true with a world, false without)

--- Finds exact, distinct configurations that reach a pose or meet a goal: samples, refined by Levenberg-Marquardt steps within the joint limits.
---
--- ```lua
--- local robot = avips.robot "planar_3link"
--- local _, others = robot:split(1)
--- local first = avips.model{ robot = robot, joints = 1, context = "position", components = 4, hidden = {32, 32}, seed = 1 }
--- local rest = avips.model{ robot = others, context = "position", components = 2, hidden = {32, 32}, seed = 1 }
--- for _, part in ipairs{ first, rest } do part:train{ steps = 20, seed = 1 } end
--- local student = avips.model{ lead = first, rest = rest }
--- local target = robot:fk{0.3, 0.5, -0.4}
--- local answers = student:solve(target, { count = 2, seed = 1 })
--- assert(#answers == 2 and answers[1].position_error < 1e-4)
--- ```
---@param pose Pose|Goal|table # the target of the tip in the base frame; several are solved on all cores
---@param options? FactoredModel.solve.options # options by name
---@return Solutions # Solutions, best first, each with the component of the last part that it came from; for several poses a list of Solutions
function FactoredModel:solve(pose, options) end

---@class FactoredModel.track.options
---@field start? number[] # the configuration to set out from (in rad, m)
---@field max_step? number # the largest move of a joint from one pose to the next that does not count as a jump (in rad, m; above 0; default: 0.5)
---@field closed? boolean # whether the path ends in the configuration in which it begins, turns of joints without limits apart; its last pose must be its first one (default: false)
---@field candidates? integer # distinct solutions that are looked for at each pose (1 to 256; default: 16)
---@field weights? number[] # how much each joint counts in distances (each 1e-6 to 1000000; default: all 1)
---@field position_tolerance? number # the largest distance from the target (in m; above 0; default: 0.0001)
---@field rotation_tolerance? number # the largest angle from the target; math.huge for any orientation (in rad; above 0, or math.huge; default: 0.001)
---@field seconds? number # the longest time that the whole path may take; the track then ends where it has come to, and says so (in s; above 0; default: none: as long as it takes)
---@field seed? integer # the seed of this search (default: the session's stream)
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)
---@field locked? table # joints that keep a value, { panda_joint1 = 0.3 }; or a list of names, which keep their values in near
---@field world? World # obstacles that solutions keep clear of; the robot's own links keep clear of each other with it (default: none)
---@field self_collision? boolean # whether links keep clear of each other, world or not (default: true with a world, false without)
---@field velocity? number|number[] # the greatest speed of the joints (in rad/s, m/s; default: the URDF's, or 1)
---@field acceleration? number|number[] # the greatest acceleration of the joints (in rad/s^2, m/s^2; default: 4 times the velocity a second)

--- Follows a path of poses without jumps between branches where that can be done, and says where it cannot.
---
--- ```lua
--- local robot = avips.robot "planar_3link"
--- local _, others = robot:split(1)
--- local first = avips.model{ robot = robot, joints = 1, context = "position", components = 4, hidden = {32, 32}, seed = 1 }
--- local rest = avips.model{ robot = others, context = "position", components = 2, hidden = {32, 32}, seed = 1 }
--- for _, part in ipairs{ first, rest } do part:train{ steps = 20, seed = 1 } end
--- local student = avips.model{ lead = first, rest = rest }
--- local target = robot:fk{0.3, 0.5, -0.4}
--- local path = {}
--- for i = 1, 5 do path[i] = robot:fk{0.3 + 0.02 * i, 0.5, -0.4} end
--- assert(#student:track(path, { seed = 1 }).jumps == 0)
--- ```
---@param poses Pose[]|any # the path, pose by pose
---@param options? FactoredModel.track.options # options by name
---@return Track # Track: one configuration for each pose, with the fewest jumps, then the shortest way; joints without limits turn on past ±pi
function FactoredModel:track(poses, options) end

---@class FactoredModel.evaluate.options
---@field poses? integer # test poses (1 to 1000000; default: 1000)
---@field samples? integer # samples at each pose for the errors (1 to 100000; default: 250)
---@field modes? string[] # ways of sampling: "raw", "inside" (raw samples, those outside the limits drawn anew), "2 steps", "1 accelerated step", "8 resampled", "8 resampled + 1 step", "exact" (1 to 16 of them; default: raw, inside, 1 step, 2 steps, 1 accelerated step, 8 resampled with no step and with an accelerated one, exact)
---@field references? integer # poses that are compared with reference solutions (0 to 1000000; default: 200)
---@field timed? integer # poses that times are taken at; 0 takes none (0 to 100000; default: 50)
---@field position_deviation? number # the deviation of the position of the density that evidence bounds are stated against (in m; 1e-6 to 10; default: 0.003)
---@field rotation_deviation? number # that of the orientation (in rad; 1e-6 to 10; default: 0.008726646259971648)
---@field limit_deviation? number # that of the excess beyond a joint limit (in rad or m; 1e-6 to 10; default: 0.05)
---@field seed? integer # the seed of poses and samples (default: the session's stream)
---@field threads? integer # threads to use; the figures do not depend on it (1 to 1024; default: all cores)

--- Measures the model as Model:evaluate does; there is no density in closed form, and components are those of the first part.
---
--- ```lua
--- local robot = avips.robot "planar_3link"
--- local _, others = robot:split(1)
--- local first = avips.model{ robot = robot, joints = 1, context = "position", components = 4, hidden = {32, 32}, seed = 1 }
--- local rest = avips.model{ robot = others, context = "position", components = 2, hidden = {32, 32}, seed = 1 }
--- for _, part in ipairs{ first, rest } do part:train{ steps = 20, seed = 1 } end
--- local student = avips.model{ lead = first, rest = rest }
--- local target = robot:fk{0.3, 0.5, -0.4}
--- local evaluation = student:evaluate{ poses = 10, samples = 20, references = 2, timed = 2, seed = 2 }
--- assert(evaluation.modes[1].name == "raw")
--- ```
---@param options? FactoredModel.evaluate.options # options by name
---@return Evaluation # Evaluation
function FactoredModel:evaluate(options) end

---@class FactoredModel.learn_feasibility.options
---@field steps? integer # training steps; 6000 suit an arm (1 to 1000000000)
---@field pairs? integer # samples of the model that are drawn and measured before the training (16 to 5000000; default: 1000000)
---@field tolerance? number # the error up to which first joints count as feasible: the distance, and the angle at a lever of 0.2 m (in m; 1e-5 to 0.9; default: 0.02)
---@field confidence? number # how likely a sample must be to end within the tolerance (0.01 to 0.999; default: 0.5)
---@field hidden? integer[] # the widths of the hidden layers, multiples of 16 (1 to 32 of them, each 16 to 8192; default: {192, 192, 192})
---@field seed? integer # the seed of parameters, samples and steps (default: the session's stream)

--- Trains a network that predicts how far from the pose samples will end; first joints that are too unlikely to lead to it are then drawn anew. Ctrl-C keeps what was learned. Without steps, only tolerance or confidence change.
---
--- ```lua
--- local robot = avips.robot "planar_3link"
--- local _, others = robot:split(1)
--- local first = avips.model{ robot = robot, joints = 1, context = "position", components = 4, hidden = {32, 32}, seed = 1 }
--- local rest = avips.model{ robot = others, context = "position", components = 2, hidden = {32, 32}, seed = 1 }
--- for _, part in ipairs{ first, rest } do part:train{ steps = 20, seed = 1 } end
--- local student = avips.model{ lead = first, rest = rest }
--- local target = robot:fk{0.3, 0.5, -0.4}
--- local log = student:learn_feasibility{ steps = 20, pairs = 4096, tolerance = 0.1, hidden = {32}, seed = 1 }
--- assert(#log > 0 and student.tolerance == 0.1)
--- student:learn_feasibility{ confidence = 0.9 }
--- assert(student.tolerance == 0.1 and student.confidence == 0.9)
--- ```
---@param options? FactoredModel.learn_feasibility.options # options by name
---@return Log # Log; without steps nil
function FactoredModel:learn_feasibility(options) end

---@class FactoredModel.train.options
---@field minutes? number # the budget as time (in min; 0.0001 to 1000000; default: one budget must be given, or an interrupted training goes on)
---@field cpu_minutes? number # the budget as processor time of all threads, which other programs do not change (in min; 0.0001 to 1000000; default: see minutes)
---@field steps? integer # the budget as steps (1 to 1000000000; default: see minutes)
---@field samples? integer # the budget as training pairs, or contexts where there are none (1 to 1000000000000; default: see minutes)
---@field batch? integer # training pairs, or contexts, a step: a multiple of 16 (16 to 65536; default: 1024)
---@field optimizer? string # how parameters follow gradients: "soap" (Adam in the eigenbasis of the gradients' curvature) or "adam" (one of "soap", "adam"; default: "soap")
---@field warmup_steps? integer # steps over which a learning rate given as a number rises (0 to 1000000000; default: 500)
---@field final_share? number # the share of a learning rate given as a number that is left at the end (0 to 1; default: 0.01)
---@field learning_rate? number|Schedule|function # the learning rate: a number is the highest, with a warm-up and a cosine; a schedule or function is taken as it is (0 to 1; default: 0.005)
---@field gradient_clip? number|Schedule|function # the greatest norm of a gradient (1e-9 to 1000000000; default: 100)
---@field average_decay? number|Schedule|function # the decay of the parameters' moving average, from which queries are answered (0 to 0.999999; default: 0.999)
---@field seed? integer # the seed of what the training draws (default: the session's stream)
---@field checkpoint? string # a .safetensors file to write the state to as it goes on, at the end, and where the training is interrupted or the process asked to end; avips.model(file) takes it up, and the same call of train then goes on, or returns the log at once where the training had ended (default: none)
---@field overwrite? boolean # whether checkpoint may name the file of another run, which is lost then (default: false)
---@field checkpoint_interval? number # seconds of training from one checkpoint to the next (in s; 0 to 1000000; default: 60)

--- Trains the model as a whole: part after part by maximum likelihood, from the last to the first, each followed by the network that predicts from which of its joints the later parts reach the pose. The log ends with errors and limits of raw samples at unseen poses. Ctrl-C keeps what was learned.
---
--- ```lua
--- local student = avips.model{ robot = "planar_10link", parts = true, hidden = {32}, seed = 1 }
--- local log = student:train{ steps = 60, batch = 128, seed = 1 }
--- print(log)
--- assert(log.outcome.position > 0 and log.outcome.inside <= 1)
--- ```
---@param options? FactoredModel.train.options # options by name
---@return Log # Log
function FactoredModel:train(options) end

---@class FactoredModel.training.options
---@field minutes? number # the budget as time (in min; 0.0001 to 1000000; default: one budget must be given, or an interrupted training goes on)
---@field cpu_minutes? number # the budget as processor time of all threads, which other programs do not change (in min; 0.0001 to 1000000; default: see minutes)
---@field steps? integer # the budget as steps (1 to 1000000000; default: see minutes)
---@field samples? integer # the budget as training pairs, or contexts where there are none (1 to 1000000000000; default: see minutes)
---@field batch? integer # training pairs, or contexts, a step: a multiple of 16 (16 to 65536; default: 1024)
---@field optimizer? string # how parameters follow gradients: "soap" (Adam in the eigenbasis of the gradients' curvature) or "adam" (one of "soap", "adam"; default: "soap")
---@field warmup_steps? integer # steps over which a learning rate given as a number rises (0 to 1000000000; default: 500)
---@field final_share? number # the share of a learning rate given as a number that is left at the end (0 to 1; default: 0.01)
---@field learning_rate? number|Schedule|function # the learning rate: a number is the highest, with a warm-up and a cosine; a schedule or function is taken as it is (0 to 1; default: 0.005)
---@field gradient_clip? number|Schedule|function # the greatest norm of a gradient (1e-9 to 1000000000; default: 100)
---@field average_decay? number|Schedule|function # the decay of the parameters' moving average, from which queries are answered (0 to 0.999999; default: 0.999)
---@field seed? integer # the seed of what the training draws (default: the session's stream)
---@field checkpoint? string # a .safetensors file to write the state to as it goes on, at the end, and where the training is interrupted or the process asked to end; avips.model(file) takes it up, and the same call of train then goes on, or returns the log at once where the training had ended (default: none)
---@field overwrite? boolean # whether checkpoint may name the file of another run, which is lost then (default: false)
---@field checkpoint_interval? number # seconds of training from one checkpoint to the next (in s; 0 to 1000000; default: 60)
---@field interval? integer # steps from one report to the next (1 to 1000000000; default: a tenth of a second's)

--- Trains step by step from a loop: for report in model:training{ ... } do ... end; phases of the reports are the stages, part after part.
---
--- ```lua
--- local student = avips.model{ robot = "planar_10link", parts = true, hidden = {32}, seed = 1 }
--- for report in student:training{ steps = 60, interval = 20, batch = 128, seed = 1 } do
---   print(report.step, report.phase, report.loss)
--- end
--- ```
---@param options? FactoredModel.training.options # options by name
---@return Training # Training: an iterator of reports, tables with the columns of a Log, progress and, where something went wrong, warning
function FactoredModel:training(options) end

---@class FactoredModel.save.options
---@field resumable? boolean # whether to keep what an interrupted training needs to go on (default: false)

--- Writes all parts as one file of safetensors; on failure the old file is kept.
---
--- ```lua
--- local robot = avips.robot "planar_3link"
--- local _, others = robot:split(1)
--- local first = avips.model{ robot = robot, joints = 1, context = "position", components = 4, hidden = {32, 32}, seed = 1 }
--- local rest = avips.model{ robot = others, context = "position", components = 2, hidden = {32, 32}, seed = 1 }
--- for _, part in ipairs{ first, rest } do part:train{ steps = 20, seed = 1 } end
--- local student = avips.model{ lead = first, rest = rest }
--- local target = robot:fk{0.3, 0.5, -0.4}
--- local path = os.tmpname() .. ".safetensors"
--- student:save(path)
--- assert(avips.model(path).parameters == student.parameters)
--- os.remove(path)
--- ```
---@param path string # a name that ends in .safetensors
---@param options? FactoredModel.save.options # options by name
---@return string # string, the path
function FactoredModel:save(path, options) end

---@class ConditionalModel.predict.options
---@field refine? integer # steps of variational inference at the context itself, each taken only where it improves the bound (0 to 1000; default: 0)
---@field seed? integer # the seed of what refinement draws (default: the session's stream)

--- Predicts the mixture at a context.
---
--- ```lua
--- local target = avips.target{
---   dimension = 2, context = { a = {-1, 1} },
---   logdensity = function(x, c) return -(x[1] - c.a)^2 - (x[2]^2 - 1)^2 end,
--- }
--- local student = avips.model{ target = target, components = 4, hidden = {32, 32}, seed = 1 }
--- local mixture = student:predict{ a = 0.5 }
--- print(mixture)
--- assert(#mixture.weights == 4 and #student:predict{ {0.1}, {0.2}, {0.3} } == 3)
--- assert(#student:predict({ a = 0.5 }, { refine = 5, seed = 1 }).weights == 4)
--- ```
---@param context table|Matrix # the context: numbers by name, a list of them, a picture or a set of points; a list of such for several
---@param options? ConditionalModel.predict.options # options by name
---@return Mixture # Mixture; for several contexts a list of Mixtures
function ConditionalModel:predict(context, options) end

---@class ConditionalModel.sample.options
---@field seed? integer # the seed of this draw (default: the session's stream)

--- Draws samples from the mixture at a context.
---
--- ```lua
--- local target = avips.target{
---   dimension = 2, context = { a = {-1, 1} },
---   logdensity = function(x, c) return -(x[1] - c.a)^2 - (x[2]^2 - 1)^2 end,
--- }
--- local student = avips.model{ target = target, components = 4, hidden = {32, 32}, seed = 1 }
--- assert(student:sample({ a = 0.5 }, 10, { seed = 1 }).rows == 10)
--- ```
---@param context table|Matrix # the context: numbers by name, a list of them, a picture or a set of points; a list of such for several
---@param count integer # how many at each context
---@param options? ConditionalModel.sample.options # options by name
---@return Matrix # n-row Matrix; for several contexts a list of Matrices
function ConditionalModel:sample(context, count, options) end

--- The log-density of the mixture at a context, in nats.
---
--- ```lua
--- local target = avips.target{
---   dimension = 2, context = { a = {-1, 1} },
---   logdensity = function(x, c) return -(x[1] - c.a)^2 - (x[2]^2 - 1)^2 end,
--- }
--- local student = avips.model{ target = target, components = 4, hidden = {32, 32}, seed = 1 }
--- print(student:logpdf({0.5, 1}, { a = 0.5 }))
--- ```
---@param x number[]|number[][]|Matrix # a point, or several as rows
---@param context table|Matrix # the context: numbers by name, a list of them, a picture or a set of points; a list of such for several
---@return number|number[] # number; for several points a list of numbers; with as many contexts as points, each at its own
function ConditionalModel:logpdf(x, context) end

---@class ConditionalModel.evaluate.options
---@field contexts? integer # how many contexts are drawn (1 to 100000; default: 100)
---@field samples? integer # samples of the model at each context (2 to 1000000; default: 1000)
---@field reference? string # what the model is compared with: avips.vips at each context alone, or nothing but the model's own importance weights (one of "vips", "none"; default: "none")
---@field iterations? integer # iterations of the reference at each context (1 to 100000; default: 100)
---@field components? integer # components that the reference starts with (1 to 4096; default: as many as the model has)
---@field seed? integer # the seed of contexts and samples (default: the session's stream)

--- Measures the model at contexts of its target that are drawn anew: the evidence bound, its gap, modes, components in use, importance weights, times.
---
--- ```lua
--- local target = avips.target{
---   dimension = 2, context = { a = {-1, 1} },
---   logdensity = function(x, c) return -(x[1] - c.a)^2 - (x[2]^2 - 1)^2 end,
--- }
--- local student = avips.model{ target = target, components = 4, hidden = {32, 32}, seed = 1 }
--- student:train{ steps = 40, seed = 1 }
--- local evaluation = student:evaluate{ contexts = 5, samples = 200, seed = 2 }
--- print(evaluation)
--- assert(#evaluation.elbo == 5 and evaluation.effective_size[1] <= 1)
--- ```
---@param options? ConditionalModel.evaluate.options # options by name
---@return ConditionalEvaluation # ConditionalEvaluation
function ConditionalModel:evaluate(options) end

---@class ConditionalModel.train.options
---@field minutes? number # the budget as time (in min; 0.0001 to 1000000; default: one budget must be given, or an interrupted training goes on)
---@field cpu_minutes? number # the budget as processor time of all threads, which other programs do not change (in min; 0.0001 to 1000000; default: see minutes)
---@field steps? integer # the budget as steps (1 to 1000000000; default: see minutes)
---@field samples? integer # the budget as training pairs, or contexts where there are none (1 to 1000000000000; default: see minutes)
---@field batch? integer # training pairs, or contexts, a step: a multiple of 16 (16 to 65536; default: 32; 256 where there are pairs)
---@field optimizer? string # how parameters follow gradients: "soap" (Adam in the eigenbasis of the gradients' curvature) or "adam" (one of "soap", "adam"; default: "soap")
---@field warmup_steps? integer # steps over which a learning rate given as a number rises (0 to 1000000000; default: 200; 100 where there are pairs)
---@field final_share? number # the share of a learning rate given as a number that is left at the end (0 to 1; default: 0.01)
---@field objective? string # the variational objective beside likelihood: components against a snapshot, components by path gradients, or the plain reverse divergence of the whole mixture (one of "component", "path", "reverse"; default: "path")
---@field annealing? number # the share of the phase over which the temperature of the path or the reverse objective, or of a flow, rises to 1, from one at which draws of the prior keep half of their effective size; 0 leaves it to temperature (0 to 0.99; default: 0)
---@field adapt_widths? boolean # whether the path objective's deviations of position and orientation start as wide as the errors are and narrow with them, down to those given (default: true)
---@field weight_rule? string # how the path objective's weights follow their advantages: a regressed target, the bound's gradient, or the target upwards and the gradient downwards (one of "target", "gradient", "combined"; default: "combined")
---@field drawn_components? integer # how many components the path objective draws at a context; 0 for all (0 to 4096; default: 0)
---@field snapshot_interval? integer # steps from one snapshot of the network to the next; with the path objective, from one revision of the components to the next (1 to 1000000; default: 25; 100 where there are pairs)
---@field additions? integer # components to be added in the course of the phase, where the model lacks most (0 to 4096; default: 0)
---@field learning_rate? number|Schedule|function # the learning rate: a number is the highest, with a warm-up and a cosine; a schedule or function is taken as it is (0 to 1; default: 0.004)
---@field gradient_clip? number|Schedule|function # the greatest norm of a gradient (1e-9 to 1000000000; default: 20; 100 where there are pairs)
---@field average_decay? number|Schedule|function # the decay of the parameters' moving average, from which queries are answered (0 to 0.999999; default: 0.999)
---@field floor? number|Schedule|function # the floor of the components' standard deviation, in scaled coordinates (0 to 1; default: the model's own)
---@field forward_share? number|Schedule|function # the weight of the forward divergence in the loss; the component objective has the rest (0 to 1; default: 0; 1 where there are pairs)
---@field component_samples? number|Schedule|function # samples of every component at every context (1 to 64; default: 1)
---@field temperature? number|Schedule|function # the power of the target's density that the path objective or the reverse divergence climbs, below 1 while annealing (1e-6 to 1; default: from the model's first one, 0.03 where nothing better is known, to 1 over the first 30 %)
---@field slope_limit? number|Schedule|function # the greatest length of a sample's slope on the path objective, in the component's own standard deviations (0.1 to 1000000000; default: 10)
---@field share_floor? number|Schedule|function # the least share, relative to 1/K, that a component's mean and covariance count with on the path objective (1e-6 to 1; default: 0.2)
---@field weight_step? number|Schedule|function # the step of the weights towards their targets (0 to 10; default: 0.5; 0.02 where there are pairs)
---@field removal_threshold? number|Schedule|function # components whose weight stays below it at every context are removed; 0 removes none (0 to 1; default: 0)
---@field seed? integer # the seed of what the training draws (default: the session's stream)
---@field checkpoint? string # a .safetensors file to write the state to as it goes on, at the end, and where the training is interrupted or the process asked to end; avips.model(file) takes it up, and the same call of train then goes on, or returns the log at once where the training had ended (default: none)
---@field overwrite? boolean # whether checkpoint may name the file of another run, which is lost then (default: false)
---@field checkpoint_interval? number # seconds of training from one checkpoint to the next (in s; 0 to 1000000; default: 60)
---@field phases? table[] # phases one after the other: the options above, each for its phase; with a budget for all, phases have a share of it (1 to 64 of them; default: one phase)

--- Trains the model: variational inference on its target's density, without samples of it, or maximum likelihood on its simulator's pairs; Ctrl-C keeps what was learned.
---
--- ```lua
--- local target = avips.target{
---   dimension = 2, context = { a = {-1, 1} },
---   logdensity = function(x, c) return -(x[1] - c.a)^2 - (x[2]^2 - 1)^2 end,
--- }
--- local student = avips.model{ target = target, components = 4, hidden = {32, 32}, seed = 1 }
--- local log = student:train{ steps = 40, seed = 1 }
--- print(log)
--- assert(log.elbo[#log] > -20)
--- ```
---@param options? ConditionalModel.train.options # options by name
---@return Log # Log
function ConditionalModel:train(options) end

---@class ConditionalModel.training.options
---@field minutes? number # the budget as time (in min; 0.0001 to 1000000; default: one budget must be given, or an interrupted training goes on)
---@field cpu_minutes? number # the budget as processor time of all threads, which other programs do not change (in min; 0.0001 to 1000000; default: see minutes)
---@field steps? integer # the budget as steps (1 to 1000000000; default: see minutes)
---@field samples? integer # the budget as training pairs, or contexts where there are none (1 to 1000000000000; default: see minutes)
---@field batch? integer # training pairs, or contexts, a step: a multiple of 16 (16 to 65536; default: 32; 256 where there are pairs)
---@field optimizer? string # how parameters follow gradients: "soap" (Adam in the eigenbasis of the gradients' curvature) or "adam" (one of "soap", "adam"; default: "soap")
---@field warmup_steps? integer # steps over which a learning rate given as a number rises (0 to 1000000000; default: 200; 100 where there are pairs)
---@field final_share? number # the share of a learning rate given as a number that is left at the end (0 to 1; default: 0.01)
---@field objective? string # the variational objective beside likelihood: components against a snapshot, components by path gradients, or the plain reverse divergence of the whole mixture (one of "component", "path", "reverse"; default: "path")
---@field annealing? number # the share of the phase over which the temperature of the path or the reverse objective, or of a flow, rises to 1, from one at which draws of the prior keep half of their effective size; 0 leaves it to temperature (0 to 0.99; default: 0)
---@field adapt_widths? boolean # whether the path objective's deviations of position and orientation start as wide as the errors are and narrow with them, down to those given (default: true)
---@field weight_rule? string # how the path objective's weights follow their advantages: a regressed target, the bound's gradient, or the target upwards and the gradient downwards (one of "target", "gradient", "combined"; default: "combined")
---@field drawn_components? integer # how many components the path objective draws at a context; 0 for all (0 to 4096; default: 0)
---@field snapshot_interval? integer # steps from one snapshot of the network to the next; with the path objective, from one revision of the components to the next (1 to 1000000; default: 25; 100 where there are pairs)
---@field additions? integer # components to be added in the course of the phase, where the model lacks most (0 to 4096; default: 0)
---@field learning_rate? number|Schedule|function # the learning rate: a number is the highest, with a warm-up and a cosine; a schedule or function is taken as it is (0 to 1; default: 0.004)
---@field gradient_clip? number|Schedule|function # the greatest norm of a gradient (1e-9 to 1000000000; default: 20; 100 where there are pairs)
---@field average_decay? number|Schedule|function # the decay of the parameters' moving average, from which queries are answered (0 to 0.999999; default: 0.999)
---@field floor? number|Schedule|function # the floor of the components' standard deviation, in scaled coordinates (0 to 1; default: the model's own)
---@field forward_share? number|Schedule|function # the weight of the forward divergence in the loss; the component objective has the rest (0 to 1; default: 0; 1 where there are pairs)
---@field component_samples? number|Schedule|function # samples of every component at every context (1 to 64; default: 1)
---@field temperature? number|Schedule|function # the power of the target's density that the path objective or the reverse divergence climbs, below 1 while annealing (1e-6 to 1; default: from the model's first one, 0.03 where nothing better is known, to 1 over the first 30 %)
---@field slope_limit? number|Schedule|function # the greatest length of a sample's slope on the path objective, in the component's own standard deviations (0.1 to 1000000000; default: 10)
---@field share_floor? number|Schedule|function # the least share, relative to 1/K, that a component's mean and covariance count with on the path objective (1e-6 to 1; default: 0.2)
---@field weight_step? number|Schedule|function # the step of the weights towards their targets (0 to 10; default: 0.5; 0.02 where there are pairs)
---@field removal_threshold? number|Schedule|function # components whose weight stays below it at every context are removed; 0 removes none (0 to 1; default: 0)
---@field seed? integer # the seed of what the training draws (default: the session's stream)
---@field checkpoint? string # a .safetensors file to write the state to as it goes on, at the end, and where the training is interrupted or the process asked to end; avips.model(file) takes it up, and the same call of train then goes on, or returns the log at once where the training had ended (default: none)
---@field overwrite? boolean # whether checkpoint may name the file of another run, which is lost then (default: false)
---@field checkpoint_interval? number # seconds of training from one checkpoint to the next (in s; 0 to 1000000; default: 60)
---@field phases? table[] # phases one after the other: the options above, each for its phase; with a budget for all, phases have a share of it (1 to 64 of them; default: one phase)
---@field interval? integer # steps from one report to the next (1 to 1000000000; default: a tenth of a second's)

--- Trains step by step from a loop, as Model:training does: for report in model:training{ ... } do ... end.
---
--- ```lua
--- local target = avips.target{
---   dimension = 2, context = { a = {-1, 1} },
---   logdensity = function(x, c) return -(x[1] - c.a)^2 - (x[2]^2 - 1)^2 end,
--- }
--- local student = avips.model{ target = target, components = 4, hidden = {32, 32}, seed = 1 }
--- for report in student:training{ steps = 30, interval = 10, seed = 1 } do print(report.step, report.elbo) end
--- assert(student.loss < 20)
--- ```
---@param options? ConditionalModel.training.options # options by name
---@return Training # Training: an iterator of reports, tables with the columns of a Log, progress and, where something went wrong, warning
function ConditionalModel:training(options) end

---@class ConditionalModel.save.options
---@field resumable? boolean # whether to keep what an interrupted training needs to go on (default: false)

--- Writes the model as safetensors, without its target; avips.model(path, { target = ... }) attaches that again.
---
--- ```lua
--- local target = avips.target{
---   dimension = 2, context = { a = {-1, 1} },
---   logdensity = function(x, c) return -(x[1] - c.a)^2 - (x[2]^2 - 1)^2 end,
--- }
--- local student = avips.model{ target = target, components = 4, hidden = {32, 32}, seed = 1 }
--- local path = os.tmpname() .. ".safetensors"
--- student:save(path)
--- assert(avips.model(path):logpdf({0, 0}, { a = 0.5 }) == student:logpdf({0, 0}, { a = 0.5 }))
--- os.remove(path)
--- ```
---@param path string # a name that ends in .safetensors
---@param options? ConditionalModel.save.options # options by name
---@return string # string, the path
function ConditionalModel:save(path, options) end

---@class SampledModel.sample.options
---@field inside? boolean # whether samples outside the joint limits are drawn anew (rejection sampling); there are fewer rows where hardly any lies inside (default: false)
---@field resample? integer # how many samples are drawn for each one returned; those inside the limits and nearer to the pose are more probable, but none is moved (1 to 1000; default: none: every sample is returned)
---@field seed? integer # the seed of this draw (default: the session's stream)

--- Draws samples at a pose or a context straight from the network, neither corrected nor clipped to the limits.
---
--- ```lua
--- local flow = avips.model{ robot = "planar_3link", kind = "flow", blocks = 2, hidden = {32}, seed = 1 }
--- flow:train{ steps = 20, batch = 128, seed = 1 }
--- local target = flow.robot:fk{0.3, 0.5, -0.4}
--- assert(flow:sample(target, 10, { seed = 1 }).rows == 10)
--- assert(flow:sample(target, 5, { resample = 4, seed = 1 }).cols == 3)
--- ```
---@param context Pose|table|Matrix # the tip's pose; without a robot the context: numbers by name or a list of them; a list of such for several
---@param count integer # how many, at each context
---@param options? SampledModel.sample.options # options by name
---@return Matrix # count-row Matrix, in rad or m for a robot; for several contexts a list of Matrices
function SampledModel:sample(context, count, options) end

--- The log-density at a pose or a context, in nats and the variables' units; an error where the model has none.
---
--- ```lua
--- local flow = avips.model{ robot = "planar_3link", kind = "flow", blocks = 2, hidden = {32}, seed = 1 }
--- flow:train{ steps = 20, batch = 128, seed = 1 }
--- local target = flow.robot:fk{0.3, 0.5, -0.4}
--- assert(flow:logpdf({0.3, 0.5, -0.4}, target) > flow:logpdf({30, 0, 0}, target))
--- ```
---@param x number[]|number[][]|Matrix # a point, or several as rows
---@param context Pose|table|Matrix # the tip's pose; without a robot the context: numbers by name or a list of them; a list of such for several
---@return number|number[] # number; for several points a list of numbers; with as many contexts as points, each at its own
function SampledModel:logpdf(x, context) end

---@class SampledModel.solve.options
---@field count? integer # how many distinct solutions to look for; where the target leaves redundancy, up to 512 are a farthest-point subset of more (1 to 1000000; default: 1)
---@field position_tolerance? number # the largest distance from the target (in m; above 0; default: 0.0001)
---@field rotation_tolerance? number # the largest angle from the target; math.huge for any orientation (in rad; above 0, or math.huge; default: 0.001)
---@field min_distance? number # solutions nearer to each other count as one; whole turns of a joint are ignored (in rad, m; 0 to 1000000; default: 0.01)
---@field seconds? number # the time limit of the whole call; what was found by then is returned (in s; above 0; default: none: as long as it takes)
---@field seed? integer # the seed of this search (default: the session's stream)
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)
---@field near? number[] # a preferred configuration: the nearest solutions come first, moved towards it as far as the target allows; joints without limits take the turn nearest to it (in rad, m)
---@field max_move? number|number[] # with near: the largest move of each joint from there; solutions beyond it are dropped (in rad, m; above 0, or math.huge; default: none: as far as the limits allow)
---@field weights? number[]|table # how much each joint counts in distances, above 0; or { position = , rotation = }: how much m^2 and rad^2 count in the closest approach (each 1e-6 to 1000000; default: all 1; the closest approach has the least distance, then the least angle)
---@field locked? table # joints that keep a value, { panda_joint1 = 0.3 }; or a list of names, which keep their values in near
---@field world? World # obstacles that solutions keep clear of; the robot's own links keep clear of each other with it (default: none)
---@field self_collision? boolean # whether links keep clear of each other, world or not (default: true with a world, false without)

--- Finds exact, distinct configurations that reach a pose: samples of the model, refined by Levenberg-Marquardt steps within the joint limits.
---
--- ```lua
--- local flow = avips.model{ robot = "planar_3link", kind = "flow", blocks = 2, hidden = {32}, seed = 1 }
--- flow:train{ steps = 20, batch = 128, seed = 1 }
--- local target = flow.robot:fk{0.3, 0.5, -0.4}
--- local answers = flow:solve(target, { count = 2, seed = 1 })
--- assert(#answers == 2 and answers[1].position_error < 1e-4)
--- ```
---@param pose Pose|Goal|table # the target of the tip in the base frame; several are solved on all cores
---@param options? SampledModel.solve.options # options by name
---@return Solutions # Solutions, best first; for several poses a list of Solutions
function SampledModel:solve(pose, options) end

---@class SampledModel.track.options
---@field start? number[] # the configuration to set out from (in rad, m)
---@field max_step? number # the largest move of a joint from one pose to the next that does not count as a jump (in rad, m; above 0; default: 0.5)
---@field closed? boolean # whether the path ends in the configuration in which it begins, turns of joints without limits apart; its last pose must be its first one (default: false)
---@field candidates? integer # distinct solutions that are looked for at each pose (1 to 256; default: 16)
---@field weights? number[] # how much each joint counts in distances (each 1e-6 to 1000000; default: all 1)
---@field position_tolerance? number # the largest distance from the target (in m; above 0; default: 0.0001)
---@field rotation_tolerance? number # the largest angle from the target; math.huge for any orientation (in rad; above 0, or math.huge; default: 0.001)
---@field seconds? number # the longest time that the whole path may take; the track then ends where it has come to, and says so (in s; above 0; default: none: as long as it takes)
---@field seed? integer # the seed of this search (default: the session's stream)
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)
---@field locked? table # joints that keep a value, { panda_joint1 = 0.3 }; or a list of names, which keep their values in near
---@field world? World # obstacles that solutions keep clear of; the robot's own links keep clear of each other with it (default: none)
---@field self_collision? boolean # whether links keep clear of each other, world or not (default: true with a world, false without)
---@field velocity? number|number[] # the greatest speed of the joints (in rad/s, m/s; default: the URDF's, or 1)
---@field acceleration? number|number[] # the greatest acceleration of the joints (in rad/s^2, m/s^2; default: 4 times the velocity a second)

--- Follows a path of poses without jumps between branches where that can be done, and says where it cannot.
---
--- ```lua
--- local flow = avips.model{ robot = "planar_3link", kind = "flow", blocks = 2, hidden = {32}, seed = 1 }
--- flow:train{ steps = 20, batch = 128, seed = 1 }
--- local target = flow.robot:fk{0.3, 0.5, -0.4}
--- local path = {}
--- for i = 1, 5 do path[i] = flow.robot:fk{0.3 + 0.02 * i, 0.5, -0.4} end
--- assert(#flow:track(path, { seed = 1 }).jumps == 0)
--- ```
---@param poses Pose[]|any # the path, pose by pose
---@param options? SampledModel.track.options # options by name
---@return Track # Track: one configuration for each pose, with the fewest jumps, then the shortest way; joints without limits turn on past ±pi
function SampledModel:track(poses, options) end

---@class SampledModel.evaluate.options
---@field poses? integer # test poses (1 to 1000000; default: 1000)
---@field samples? integer # samples at each pose for the errors (1 to 100000; default: 250)
---@field modes? string[] # ways of sampling: "raw", "inside" (raw samples, those outside the limits drawn anew), "2 steps", "1 accelerated step", "8 resampled", "8 resampled + 1 step", "exact" (1 to 16 of them; default: raw, inside, 1 step, 2 steps, 8 resampled, 8 resampled with a step, exact)
---@field references? integer # poses that are compared with reference solutions (0 to 1000000; default: 200)
---@field timed? integer # poses that times are taken at; 0 takes none (0 to 100000; default: 50)
---@field position_deviation? number # the deviation of the position of the density that evidence bounds are stated against (in m; 1e-6 to 10; default: 0.003)
---@field rotation_deviation? number # that of the orientation (in rad; 1e-6 to 10; default: 0.008726646259971648)
---@field limit_deviation? number # that of the excess beyond a joint limit (in rad or m; 1e-6 to 10; default: 0.05)
---@field seed? integer # the seed of poses and samples (default: the session's stream)
---@field threads? integer # threads to use; the figures do not depend on it (1 to 1024; default: all cores)
---@field contexts? integer # how many contexts are drawn (1 to 100000; default: 100)

--- Measures the model as Model:evaluate or ConditionalModel:evaluate does: for a robot on poses that training never saw, else at contexts of its target.
---
--- ```lua
--- local flow = avips.model{ robot = "planar_3link", kind = "flow", blocks = 2, hidden = {32}, seed = 1 }
--- flow:train{ steps = 20, batch = 128, seed = 1 }
--- local target = flow.robot:fk{0.3, 0.5, -0.4}
--- local evaluation = flow:evaluate{ poses = 10, samples = 20, references = 2, timed = 2, seed = 2 }
--- print(evaluation)
--- assert(evaluation.modes[1].name == "raw" and evaluation.modes[1].elbo.value < 100)
--- ```
---@param options? SampledModel.evaluate.options # options by name
---@return Evaluation # Evaluation; ConditionalEvaluation where the model is not of a robot
function SampledModel:evaluate(options) end

---@class SampledModel.train.options
---@field minutes? number # the budget as time (in min; 0.0001 to 1000000; default: one budget must be given, or an interrupted training goes on)
---@field cpu_minutes? number # the budget as processor time of all threads, which other programs do not change (in min; 0.0001 to 1000000; default: see minutes)
---@field steps? integer # the budget as steps (1 to 1000000000; default: see minutes)
---@field samples? integer # the budget as training pairs, or contexts where there are none (1 to 1000000000000; default: see minutes)
---@field batch? integer # training pairs, or contexts, a step: a multiple of 16 (16 to 65536; default: 512; 256 for a flow of a target; 1024 for a gan)
---@field optimizer? string # how parameters follow gradients: "soap" (Adam in the eigenbasis of the gradients' curvature) or "adam" (one of "soap", "adam"; default: "adam"; "soap" for a flow of a target; "adam" for a gan)
---@field warmup_steps? integer # steps over which a learning rate given as a number rises (0 to 1000000000; default: 100)
---@field final_share? number # the share of a learning rate given as a number that is left at the end (0 to 1; default: 0.01)
---@field objective? string # the variational objective beside likelihood: components against a snapshot, components by path gradients, or the plain reverse divergence of the whole mixture (one of "component", "path", "reverse"; default: "reverse")
---@field annealing? number # the share of the phase over which the temperature of the path or the reverse objective, or of a flow, rises to 1, from one at which draws of the prior keep half of their effective size; 0 leaves it to temperature (0 to 0.99; default: 0)
---@field adapt_widths? boolean # whether the path objective's deviations of position and orientation start as wide as the errors are and narrow with them, down to those given (default: true)
---@field weight_rule? string # how the path objective's weights follow their advantages: a regressed target, the bound's gradient, or the target upwards and the gradient downwards (one of "target", "gradient", "combined"; default: "combined")
---@field learning_rate? number|Schedule|function # the learning rate: a number is the highest, with a warm-up and a cosine; a schedule or function is taken as it is (0 to 1; default: 0.002; 0.002 for a flow of a target; 0.001 for a gan)
---@field gradient_clip? number|Schedule|function # the greatest norm of a gradient (1e-9 to 1000000000; default: 10)
---@field average_decay? number|Schedule|function # the decay of the parameters' moving average, from which queries are answered (0 to 0.999999; default: 0.999)
---@field forward_share? number|Schedule|function # the weight of the forward divergence in the loss; the component objective has the rest (0 to 1; default: 1; 0 for a flow of a target; 0.9 for a gan)
---@field temperature? number|Schedule|function # the power of the target's density that the path objective or the reverse divergence climbs, below 1 while annealing (1e-6 to 1; default: 1; for a flow of a target as annealing says)
---@field position_deviation? number|Schedule|function # the target's standard deviation of the position (in m; 1e-6 to 10; default: 0.01; 0.01 for a flow of a target; 0.05 for a gan)
---@field rotation_deviation? number|Schedule|function # the target's standard deviation of the orientation (in rad; 1e-6 to 10; default: 0.03; 0.03 for a flow of a target; 0.2 for a gan)
---@field limit_deviation? number|Schedule|function # the standard deviation of the soft joint limits (in rad or m; 1e-6 to 10; default: 0.03; 0.03 for a flow of a target; 0.1 for a gan)
---@field seed? integer # the seed of what the training draws (default: the session's stream)
---@field checkpoint? string # a .safetensors file to write the state to as it goes on, at the end, and where the training is interrupted or the process asked to end; avips.model(file) takes it up, and the same call of train then goes on, or returns the log at once where the training had ended (default: none)
---@field overwrite? boolean # whether checkpoint may name the file of another run, which is lost then (default: false)
---@field checkpoint_interval? number # seconds of training from one checkpoint to the next (in s; 0 to 1000000; default: 60)
---@field phases? table[] # phases one after the other: the options above, each for its phase; with a budget for all, phases have a share of it (1 to 64 of them; default: one phase)

--- Trains the model: a flow by maximum likelihood on pairs, by the reverse divergence from the target's density, or both as forward_share says; generators against a discriminator and by the density. Ctrl-C keeps what was learned.
---
--- ```lua
--- local flow = avips.model{ robot = "planar_3link", kind = "flow", blocks = 2, hidden = {32}, seed = 1 }
--- local log = flow:train{ batch = 128, seed = 1, phases = { { steps = 30 }, { steps = 10, forward_share = 0.5, position_deviation = 0.1 } } }
--- print(log)
--- assert(log.loss[#log] < 10)
--- ```
---@param options? SampledModel.train.options # options by name
---@return Log # Log
function SampledModel:train(options) end

---@class SampledModel.training.options
---@field minutes? number # the budget as time (in min; 0.0001 to 1000000; default: one budget must be given, or an interrupted training goes on)
---@field cpu_minutes? number # the budget as processor time of all threads, which other programs do not change (in min; 0.0001 to 1000000; default: see minutes)
---@field steps? integer # the budget as steps (1 to 1000000000; default: see minutes)
---@field samples? integer # the budget as training pairs, or contexts where there are none (1 to 1000000000000; default: see minutes)
---@field batch? integer # training pairs, or contexts, a step: a multiple of 16 (16 to 65536; default: 512; 256 for a flow of a target; 1024 for a gan)
---@field optimizer? string # how parameters follow gradients: "soap" (Adam in the eigenbasis of the gradients' curvature) or "adam" (one of "soap", "adam"; default: "adam"; "soap" for a flow of a target; "adam" for a gan)
---@field warmup_steps? integer # steps over which a learning rate given as a number rises (0 to 1000000000; default: 100)
---@field final_share? number # the share of a learning rate given as a number that is left at the end (0 to 1; default: 0.01)
---@field objective? string # the variational objective beside likelihood: components against a snapshot, components by path gradients, or the plain reverse divergence of the whole mixture (one of "component", "path", "reverse"; default: "reverse")
---@field annealing? number # the share of the phase over which the temperature of the path or the reverse objective, or of a flow, rises to 1, from one at which draws of the prior keep half of their effective size; 0 leaves it to temperature (0 to 0.99; default: 0)
---@field adapt_widths? boolean # whether the path objective's deviations of position and orientation start as wide as the errors are and narrow with them, down to those given (default: true)
---@field weight_rule? string # how the path objective's weights follow their advantages: a regressed target, the bound's gradient, or the target upwards and the gradient downwards (one of "target", "gradient", "combined"; default: "combined")
---@field learning_rate? number|Schedule|function # the learning rate: a number is the highest, with a warm-up and a cosine; a schedule or function is taken as it is (0 to 1; default: 0.002; 0.002 for a flow of a target; 0.001 for a gan)
---@field gradient_clip? number|Schedule|function # the greatest norm of a gradient (1e-9 to 1000000000; default: 10)
---@field average_decay? number|Schedule|function # the decay of the parameters' moving average, from which queries are answered (0 to 0.999999; default: 0.999)
---@field forward_share? number|Schedule|function # the weight of the forward divergence in the loss; the component objective has the rest (0 to 1; default: 1; 0 for a flow of a target; 0.9 for a gan)
---@field temperature? number|Schedule|function # the power of the target's density that the path objective or the reverse divergence climbs, below 1 while annealing (1e-6 to 1; default: 1; for a flow of a target as annealing says)
---@field position_deviation? number|Schedule|function # the target's standard deviation of the position (in m; 1e-6 to 10; default: 0.01; 0.01 for a flow of a target; 0.05 for a gan)
---@field rotation_deviation? number|Schedule|function # the target's standard deviation of the orientation (in rad; 1e-6 to 10; default: 0.03; 0.03 for a flow of a target; 0.2 for a gan)
---@field limit_deviation? number|Schedule|function # the standard deviation of the soft joint limits (in rad or m; 1e-6 to 10; default: 0.03; 0.03 for a flow of a target; 0.1 for a gan)
---@field seed? integer # the seed of what the training draws (default: the session's stream)
---@field checkpoint? string # a .safetensors file to write the state to as it goes on, at the end, and where the training is interrupted or the process asked to end; avips.model(file) takes it up, and the same call of train then goes on, or returns the log at once where the training had ended (default: none)
---@field overwrite? boolean # whether checkpoint may name the file of another run, which is lost then (default: false)
---@field checkpoint_interval? number # seconds of training from one checkpoint to the next (in s; 0 to 1000000; default: 60)
---@field phases? table[] # phases one after the other: the options above, each for its phase; with a budget for all, phases have a share of it (1 to 64 of them; default: one phase)
---@field interval? integer # steps from one report to the next (1 to 1000000000; default: a tenth of a second's)

--- Trains step by step from a loop, as Model:training does: for report in model:training{ ... } do ... end.
---
--- ```lua
--- local gan = avips.model{ robot = "planar_3link", kind = "gan", generators = 2, hidden = {32}, seed = 1 }
--- for report in gan:training{ steps = 20, interval = 10, batch = 64, seed = 1 } do print(report.step, report.position_error) end
--- assert(gan.history.steps == 20 and not gan.has_density)
--- ```
---@param options? SampledModel.training.options # options by name
---@return Training # Training: an iterator of reports, tables with the columns of a Log, progress and, where something went wrong, warning
function SampledModel:training(options) end

---@class SampledModel.save.options
---@field resumable? boolean # whether to keep what an interrupted training needs to go on (default: false)

--- Writes the model as safetensors, with its robot, configuration and history; on failure the old file is kept.
---
--- ```lua
--- local flow = avips.model{ robot = "planar_3link", kind = "flow", blocks = 2, hidden = {32}, seed = 1 }
--- flow:train{ steps = 20, batch = 128, seed = 1 }
--- local target = flow.robot:fk{0.3, 0.5, -0.4}
--- local path = os.tmpname() .. ".safetensors"
--- flow:save(path)
--- assert(avips.model(path):logpdf({0, 0, 0}, target) == flow:logpdf({0, 0, 0}, target))
--- os.remove(path)
--- ```
---@param path string # a name that ends in .safetensors
---@param options? SampledModel.save.options # options by name
---@return string # string, the path
function SampledModel:save(path, options) end

--- Standard normal numbers.
---
--- ```lua
--- local stream = avips.stream(1)
--- assert(#stream:normal(3) == 3)
--- ```
---@param count? integer # how many
---@return number|number[] # number; with count a list of that many
function Stream:normal(count) end

--- Numbers uniform between 0 and 1.
---
--- ```lua
--- local stream = avips.stream(1)
--- assert(#stream:uniform(3) == 3)
--- ```
---@param count? integer # how many
---@return number|number[] # number; with count a list of that many
function Stream:uniform(count) end

--- All figures as a table of tables, ready for avips.json.write.
---
--- ```lua
--- local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
--- student:train{ steps = 20, seed = 1 }
--- local target = student.robot:fk{0.3, 0.5, -0.4}
--- local evaluation = student:evaluate{ poses = 5, samples = 10, references = 1, timed = 0, seed = 2 }
--- assert(#avips.json.encode(evaluation:table()) > 100)
--- ```
---@return table # table
function Evaluation:table() end

--- Returns the figures of one way of sampling, by its name.
---
--- ```lua
--- local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
--- student:train{ steps = 20, seed = 1 }
--- local target = student.robot:fk{0.3, 0.5, -0.4}
--- local evaluation = student:evaluate{ poses = 5, samples = 10, references = 1, timed = 0, seed = 2 }
--- print(evaluation:mode("exact").position.mean.value)
--- ```
---@param name string # "raw", "1 update", "exact"
---@return table # table, as in evaluation.modes
function Evaluation:mode(name) end

--- A row as a list of numbers.
---
--- ```lua
--- local m = avips.matrix{ {1, 2}, {3, 4} }
--- assert(m:row(2)[1] == 3)
--- ```
---@param i integer # the row, counted from 1
---@return number[] # list of numbers
function Matrix:row(i) end

--- A column as a list of numbers.
---
--- ```lua
--- local m = avips.matrix{ {1, 2}, {3, 4} }
--- assert(m:column(2)[1] == 2)
--- ```
---@param j integer # the column, counted from 1
---@return number[] # list of numbers
function Matrix:column(j) end

--- All rows as a list of lists of numbers.
---
--- ```lua
--- local m = avips.matrix{ {1, 2}, {3, 4} }
--- assert(m:table()[2][2] == 4)
--- ```
---@return number[][] # list of lists of numbers
function Matrix:table() end

--- The matrix with rows and columns exchanged.
---
--- ```lua
--- local m = avips.matrix{ {1, 2}, {3, 4} }
--- assert(m:transpose()[1][2] == 3)
--- ```
---@return Matrix # Matrix
function Matrix:transpose() end

--- Solves A·x = b, or A·X = B, of a square matrix A by its LU factorization.
---
--- ```lua
--- local a = avips.matrix{ {2, 1}, {1, 3} }
--- local x = a:solve{3, 5}
--- assert(math.abs(x[1] - 0.8) < 1e-12 and math.abs(x[2] - 1.4) < 1e-12)
--- ```
---@param b number[]|Matrix # the right-hand side, with as many rows as A
---@return table|Matrix # list of numbers for a list, a Matrix for a Matrix; an error where A is singular in double precision
function Matrix:solve(b) end

--- The x with the least |A·x − b|, and of those the shortest, by singular values.
---
--- ```lua
--- -- A line through four points.
--- local a = avips.matrix{ {1, 0}, {1, 1}, {1, 2}, {1, 3} }
--- local fit = a:least_squares{1, 3, 5, 7}
--- assert(math.abs(fit.x[2] - 2) < 1e-12 and fit.residual < 1e-12)
--- ```
---@param b number[]|Matrix # the right-hand side, with as many rows as A
---@return table|Matrix # table: x (a list for a list, a Matrix for a Matrix), residual (the norm that is left, a list of them for a Matrix), rank
function Matrix:least_squares(b) end

--- The inverse of a square matrix; to solve equations, `solve` is faster and more accurate.
---
--- ```lua
--- local a = avips.matrix{ {2, 0}, {0, 4} }
--- assert(a:inverse()[2][2] == 0.25)
--- ```
---@return Matrix # Matrix; an error where the matrix is singular in double precision
function Matrix:inverse() end

---@class Matrix.pinv.options
---@field tolerance? number # singular values up to it count as zero (above 0; default: the greatest value times the greater of rows and columns times 2.2e-16)

--- The pseudoinverse (Moore and Penrose), by singular values.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local j = panda:jacobian(panda:random())
--- print(j * j:pinv())                      -- the identity: a redundant arm reaches every velocity
--- ```
---@param options? Matrix.pinv.options # options by name
---@return Matrix # Matrix, columns × rows
function Matrix:pinv(options) end

--- The determinant of a square matrix.
---
--- ```lua
--- assert(avips.matrix{ {0, 2}, {3, 4} }:det() == -6)
--- ```
---@return number # number
function Matrix:det() end

--- The logarithm of the determinant's absolute value, which does not overflow, and the determinant's sign.
---
--- ```lua
--- local log, sign = avips.matrix{ {0, 2}, {3, 4} }:logdet()
--- assert(sign == -1 and math.abs(log - math.log(6)) < 1e-12)
--- ```
---@return number # number, number: the logarithm (-inf for a singular matrix) and 1, -1 or 0
function Matrix:logdet() end

---@class Matrix.rank.options
---@field tolerance? number # singular values up to it count as zero (above 0; default: the greatest value times the greater of rows and columns times 2.2e-16)

--- How many singular values are above a tolerance.
---
--- ```lua
--- assert(avips.matrix{ {1, 2}, {2, 4} }:rank() == 1)
--- ```
---@param options? Matrix.rank.options # options by name
---@return integer # integer
function Matrix:rank(options) end

--- The condition number: the greatest singular value over the least; math.huge for a singular matrix.
---
--- ```lua
--- assert(avips.matrix{ {100, 0}, {0, 1} }:condition() == 100)
--- ```
---@return number # number
function Matrix:condition() end

--- A norm: the root of the sum of squares, the greatest singular value, or the greatest sum over a column ("one") or row ("infinity").
---
--- ```lua
--- assert(avips.matrix{ {3, 4} }:norm() == 5)
--- ```
---@param kind? string # which norm (default: "frobenius")
---@return number # number
function Matrix:norm(kind) end

--- The sum of the diagonal of a square matrix.
---
--- ```lua
--- assert(avips.matrix{ {1, 2}, {3, 4} }:trace() == 5)
--- ```
---@return number # number
function Matrix:trace() end

---@class Matrix.null_space.options
---@field tolerance? number # singular values up to it count as zero (above 0; default: the greatest value times the greater of rows and columns times 2.2e-16)

--- An orthonormal basis of the vectors that the matrix takes to zero: of a Jacobian, the self-motions.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local q = panda:random()
--- local basis = panda:jacobian(q):null_space()
--- assert(basis.cols == 1)                  -- seven joints, six coordinates of a pose
--- ```
---@param options? Matrix.null_space.options # options by name
---@return Matrix # Matrix, a column a vector
function Matrix:null_space(options) end

--- The singular value decomposition U·diag(s)·Vᵀ, singular values in falling order.
---
--- ```lua
--- local d = avips.matrix{ {3, 0}, {0, 4} }:svd()
--- assert(math.abs(d.s[1] - 4) < 1e-12)
--- ```
---@return table # table: u (rows × k), s (list of the k values, k the lesser of rows and columns), v (columns × k)
function Matrix:svd() end

--- The eigenvalues and eigenvectors of a square matrix; those of a symmetric one are real, in rising order, with orthonormal vectors.
---
--- ```lua
--- local e = avips.matrix{ {2, 1}, {1, 2} }:eigen()
--- assert(math.abs(e.values[1] - 1) < 1e-12 and math.abs(e.values[2] - 3) < 1e-12)
--- ```
---@return table # table: values (list, the real parts), imaginary (list of the imaginary parts, nil where all are zero), vectors (Matrix, a column a vector; of a complex pair the real part, then the imaginary part)
function Matrix:eigen() end

--- The lower triangular L of a symmetric positive definite matrix L·Lᵀ.
---
--- ```lua
--- local l = avips.matrix{ {4, 2}, {2, 5} }:cholesky()
--- assert(l[1][1] == 2 and l[2][2] == 2 and l[1][2] == 0)
--- ```
---@return Matrix # Matrix; an error that names the block that is not positive definite
function Matrix:cholesky() end

--- The factorization Q·R into orthonormal columns and an upper triangle.
---
--- ```lua
--- local q, r = avips.matrix{ {1, 2}, {3, 4}, {5, 6} }:qr()
--- assert(q.rows == 3 and q.cols == 2 and r[2][1] == 0)
--- ```
---@return Matrix # Matrix, Matrix: Q and R
function Matrix:qr() end

--- The matrix of what a function gives for every element.
---
--- ```lua
--- local m = avips.matrix{ {1, 10}, {2, 20}, {6, 60} }
--- assert(m:map(math.sqrt)[1][1] == 1 and m:map(function(x, i, j) return i * j end)[3][2] == 6)
--- ```
---@param f function # f(x, i, j): the element, its row and its column
---@return Matrix # Matrix
function Matrix:map(f) end

--- The product element by element (Hadamard), where `*` is the product of matrices.
---
--- ```lua
--- local m = avips.matrix{ {1, 10}, {2, 20}, {6, 60} }
--- assert(m:times(m)[3][1] == 36)
--- ```
---@param other Matrix # a matrix of the same size
---@return Matrix # Matrix
function Matrix:times(other) end

---@class Matrix.part.options
---@field rows? integer[] # the first and the last row (each at least 1; default: all rows)
---@field columns? integer[] # the first and the last column (each at least 1; default: all columns)

--- A block of rows and columns that lie together.
---
--- ```lua
--- local m = avips.matrix{ {1, 10}, {2, 20}, {6, 60} }
--- assert(m:part{ rows = {2, 3} }.rows == 2 and m:part{ columns = {2, 2} }[1][1] == 10)
--- ```
---@param options Matrix.part.options # options by name
---@return Matrix # Matrix
function Matrix:part(options) end

--- The sum of every column.
---
--- ```lua
--- local m = avips.matrix{ {1, 10}, {2, 20}, {6, 60} }
--- assert(m:sum()[1] == 9)
--- ```
---@return number[] # list of numbers, one a column
function Matrix:sum() end

--- The mean of every column.
---
--- ```lua
--- local m = avips.matrix{ {1, 10}, {2, 20}, {6, 60} }
--- assert(m:mean()[2] == 30)
--- ```
---@return number[] # list of numbers, one a column
function Matrix:mean() end

--- The standard deviation of every column, of a sample: n − 1 in the denominator.
---
--- ```lua
--- local m = avips.matrix{ {1, 10}, {2, 20}, {6, 60} }
--- assert(math.abs(m:deviation()[1] - math.sqrt(7)) < 1e-12)
--- ```
---@return number[] # list of numbers, one a column
function Matrix:deviation() end

--- The covariance of the columns, rows being draws: n − 1 in the denominator.
---
--- ```lua
--- local m = avips.matrix{ {1, 10}, {2, 20}, {6, 60} }
--- assert(m:covariance()[1][2] == 70)
--- ```
---@return Matrix # Matrix, columns × columns
function Matrix:covariance() end

--- The value below which a share of every column lies, interpolated between neighbours: 0.5 gives the medians.
---
--- ```lua
--- local m = avips.matrix{ {1, 10}, {2, 20}, {6, 60} }
--- assert(m:quantile(0.5)[1] == 2)
--- ```
---@param share number # the share (0 to 1)
---@return number[] # list of numbers, one a column
function Matrix:quantile(share) end

--- The least element of every column.
---
--- ```lua
--- local m = avips.matrix{ {1, 10}, {2, 20}, {6, 60} }
--- assert(m:min()[2] == 10)
--- ```
---@return number[] # list of numbers, one a column
function Matrix:min() end

--- The greatest element of every column.
---
--- ```lua
--- local m = avips.matrix{ {1, 10}, {2, 20}, {6, 60} }
--- assert(m:max()[2] == 60)
--- ```
---@return number[] # list of numbers, one a column
function Matrix:max() end

--- The row as a list of numbers.
---
--- ```lua
--- local m = avips.matrix{ {1, 2}, {3, 4} }
--- assert(#m[2]:table() == 2)
--- ```
---@return number[] # list of numbers
function MatrixRow:table() end

--- The numbers, angles in rad, in degrees.
---
--- ```lua
--- local m = avips.matrix{ {1, 2}, {3, 4} }
--- local row = m[2]
--- assert(math.abs(row:degrees()[1] - math.deg(row[1])) < 1e-9)
--- ```
---@return number[] # list of numbers
function MatrixRow:degrees() end

--- The numbers, angles in degrees, in rad.
---
--- ```lua
--- local m = avips.matrix{ {1, 2}, {3, 4} }
--- local row = m[2]
--- assert(math.abs(row:degrees():radians()[1] - row[1]) < 1e-9)
--- ```
---@return number[] # list of numbers
function MatrixRow:radians() end

--- The Euclidean norm: the root of the sum of squares.
---
--- ```lua
--- local m = avips.matrix{ {1, 2}, {3, 4} }
--- local row = m[2]
--- assert((row - row):norm() == 0)
--- ```
---@return number # number
function MatrixRow:norm() end

--- The outputs at a point, or at every row; with symbols, as in a logdensity that is traced, they are part of the formula, which follows the network's weights; net:copy() keeps those of the moment.
---
--- ```lua
--- local net = avips.network{ inputs = 2, hidden = {16}, outputs = 1, seed = 1 }
--- assert(#net:forward{1, 2} == 1 and net(avips.matrix{ {1, 2}, {3, 4} }).rows == 2)
--- local target = avips.target{ dimension = 2, logdensity = function(x) return -x[1]^2 - x[2]^2 + net{x[1], x[2]}[1] end }
--- assert(target.traced)
--- ```
---@param x number[]|any|Matrix # a point, or several as rows
---@return number[]|Symbol[]|Matrix # list of numbers or Symbols; for several points a Matrix with a row for each
function Network:forward(x) end

--- The derivatives of the output by the inputs; with weights, those of the weighted sum of several outputs, which carries gradients on to what made the inputs.
---
--- ```lua
--- local net = avips.network{ inputs = 2, hidden = {16}, outputs = 1, seed = 1 }
--- local slope = net:gradient{0.3, 0.4}[1]
--- assert(math.abs((net{0.301, 0.4}[1] - net{0.299, 0.4}[1]) / 0.002 - slope) < 1e-5)
--- ```
---@param x number[]|Matrix # a point, or several as rows
---@param weights? number[]|Matrix # a weight for each output, for all points or as rows (default: 1, for a network with one output)
---@return number[]|Matrix # list of numbers; for several points a Matrix with a row for each
function Network:gradient(x, weights) end

---@class Network.train.options
---@field inputs? Matrix|number[][] # points, a row each (default: must be given)
---@field targets? Matrix|number[][] # what the outputs should be, a row for each point; probabilities for cross_entropy and bernoulli (default: must be given)
---@field steps? integer # how many steps to take (1 to 1000000; default: 1000)
---@field batch? integer # points a step, drawn without repetition until all were seen (1 to 65536; default: 64)
---@field learning_rate? number # the length of Adam's steps (1e-12 to 1; default: 0.001)
---@field loss? string # what is made small: the squared distance, the cross entropy of the outputs' softmax (of one output, its sigmoid), or the sum of all outputs' sigmoid cross entropies (bernoulli), in nats; the mean over points (one of "squared", "cross_entropy", "bernoulli"; default: "squared")
---@field seed? integer # the seed of the order of the points (default: the session's stream)

--- Fits the outputs to targets by Adam, whose moments are kept from call to call; Ctrl-C keeps what was learned.
---
--- ```lua
--- local net = avips.network{ inputs = 1, hidden = {16}, outputs = 1, seed = 1 }
--- local x, y = {}, {}
--- for i = 1, 50 do x[i], y[i] = { i / 25 - 1 }, { (i / 25 - 1)^2 } end
--- local losses = net:train{ inputs = x, targets = y, steps = 400, batch = 50, learning_rate = 0.01, seed = 1 }
--- assert(losses[#losses] < 0.01)
--- ```
---@param options Network.train.options # options by name
---@return table # list of numbers: the loss of every step's points before the step
function Network:train(options) end

---@class Network.step.options
---@field inputs? Matrix|number[][] # points, a row each (default: must be given)
---@field gradients? Matrix|number[][] # a loss's derivatives by the outputs, a row for each point; the step goes down their mean (default: must be given)
---@field learning_rate? number # the length of Adam's steps (1e-12 to 1; default: 0.001)

--- Takes one step of Adam down a loss of your own, given by its derivatives by the outputs: for losses that train does not know, as of critics and autoencoders.
---
--- ```lua
--- local net = avips.network{ inputs = 2, hidden = {16}, outputs = 1, seed = 1 }
--- local x = avips.matrix{ {1, 2}, {3, 4} }
--- local before = net(x)[1][1]
--- net:step{ inputs = x, gradients = { {1}, {1} }, learning_rate = 0.01 }
--- assert(net(x)[1][1] < before)
--- ```
---@param options Network.step.options # options by name
---@return number # number: the norm of the mean gradient by the parameters
function Network:step(options) end

--- The same network by itself, with its steps so far: training one leaves the other, as for the slow critic of two.
---
--- ```lua
--- local net = avips.network{ inputs = 2, hidden = {16}, outputs = 1, seed = 1 }
--- local slow = net:copy()
--- assert(slow{1, 2}[1] == net{1, 2}[1])
--- ```
---@return Network # Network
function Network:copy() end

--- Takes the weights of another network of the same sizes; what calls this one in a formula follows. So a slow critic keeps up with a fast one.
---
--- ```lua
--- local net = avips.network{ inputs = 2, hidden = {16}, outputs = 1, seed = 1 }
--- local slow = net:copy()
--- net:step{ inputs = { {1, 2} }, gradients = { {1} } }
--- assert(slow:assign(net){1, 2}[1] == net{1, 2}[1])
--- ```
---@param other Network # whose weights to take
---@param share? number # how far towards them, from 0 to 1 (default: 1)
---@return Network # Network
function Network:assign(other, share) end

--- Writes weights and Adam's moments as safetensors, so that avips.network(path) continues exactly where it stopped.
---
--- ```lua
--- local net = avips.network{ inputs = 2, hidden = {16}, outputs = 1, seed = 1 }
--- local path = os.tmpname() .. ".safetensors"
--- net:save(path)
--- assert(avips.network(path){1, 2}[1] == net{1, 2}[1])
--- os.remove(path)
--- ```
---@param path string # a name that ends in .safetensors
---@return string # string, the path
function Network:save(path) end

---@class Target.logpdf.options
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)

--- Computes the logarithm of the density, up to a constant, in nats.
---
--- ```lua
--- local bowl = avips.target{ dimension = 1, logdensity = function(x) return -x[1]^2 end }
--- assert(bowl:logpdf{3} == -9)
--- ```
---@param x number[]|number[][]|Matrix # a point, or several as rows
---@param options? Target.logpdf.options # options by name
---@return number|number[] # number; for several points a list of numbers
function Target:logpdf(x, options) end

---@class Target.gradient.options
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)

--- Computes the gradient of the logarithm of the density; by central differences where the target has none of its own.
---
--- ```lua
--- local bowl = avips.target{ dimension = 1, logdensity = function(x) return -x[1]^2 end }
--- assert(math.abs(bowl:gradient{3}[1] + 6) < 1e-6)
--- ```
---@param x number[] # a point
---@param options? Target.gradient.options # options by name
---@return number[] # list of numbers
function Target:gradient(x, options) end

--- Returns the target at a context, a density for avips.vips and figures.
---
--- ```lua
--- local target = avips.target{
---   dimension = 2, context = { a = {-1, 1} },
---   logdensity = function(x, c) return -(x[1] - c.a)^2 - (x[2]^2 - 1)^2 end,
--- }
--- local vips = avips.vips{ target = target:at{ a = 0.5 }, components = 2, seed = 1 }
--- vips:run{ iterations = 10 }
--- assert(target:at{ a = 0.5 }:logpdf{0.5, 1} == 0)
--- ```
---@param context table|Matrix # the context: numbers by name, or a list of them
---@return Target # Target; for several contexts a list of Targets
function ConditionalTarget:at(context) end

--- The obstacles in a context, where the target is about a robot's paths past obstacles that depend on it.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local family = avips.target.path{
---   robot = panda, start = {-0.8, 0.2, 0, -2.2, 0, 2.4, 0.8}, goal = {0.8, 0.2, 0, -2.2, 0, 2.4, 0.8}, knots = 2,
---   context = { height = {0.2, 0.5} }, world = function(c) return { { box = {0.1, 0.1, c.height}, at = {0.6, 0, c.height / 2}, name = "post" } } end,
--- }
--- assert(family:world{ height = 0.3 }:distance{0.6, 0, 0.4} > 0.09)
--- ```
---@param context table # the context: numbers by name, or a list of them
---@return World # World
function ConditionalTarget:world(context) end

---@class ConditionalTarget.paths.options
---@field count? integer # how many paths are wanted (1 to 100000; default: 100)
---@field points? integer # how many configurations a path has, start and goal included (8 to 4096; default: 64)
---@field seed? integer # the seed of this draw (default: the session's stream)

--- Paths of a robot that touch nothing, drawn from what a model predicts in a context; draws that touch something, or are beyond a limit, are left out.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local family = avips.target.path{
---   robot = panda, start = {-0.8, 0.2, 0, -2.2, 0, 2.4, 0.8}, goal = {0.8, 0.2, 0, -2.2, 0, 2.4, 0.8}, knots = 2,
---   context = { height = {0.2, 0.5} }, world = function(c) return { { box = {0.1, 0.1, c.height}, at = {0.6, 0, c.height / 2}, name = "post" } } end,
--- }
--- local model = avips.model{ target = family, components = 4, hidden = {16, 16}, seed = 1 }
--- model:train{ steps = 20, seed = 1 }
--- local paths, drawn = family:paths(model, { height = 0.3 }, { count = 5, seed = 1 })
--- print(#paths, drawn.drawn)
--- ```
---@param model ConditionalModel # a model of this target
---@param context table # the context: numbers by name, or a list of them
---@param options? ConditionalTarget.paths.options # options by name
---@return table # list of points x dof Matrices, proven free along the straight lines from row to row; and a table: drawn (how many were drawn, at most 20 for each that is wanted), knots (the draws that are free, a row each), clearances (the least distances in m, up to 0.1)
---@return table # see above
function ConditionalTarget:paths(model, context, options) end

---@class ConditionalTarget.contexts.options
---@field seed? integer # the seed of this draw (default: the session's stream)

--- Draws contexts as a training does, a row each.
---
--- ```lua
--- local target = avips.target{
---   dimension = 2, context = { a = {-1, 1} },
---   logdensity = function(x, c) return -(x[1] - c.a)^2 - (x[2]^2 - 1)^2 end,
--- }
--- assert(target:contexts(5, { seed = 1 }).rows == 5)
--- ```
---@param count integer # how many
---@param options? ConditionalTarget.contexts.options # options by name
---@return Matrix # n-row Matrix
function ConditionalTarget:contexts(count, options) end

--- Computes the logarithm of the density, up to a constant, in nats.
---
--- ```lua
--- local target = avips.target{
---   dimension = 2, context = { a = {-1, 1} },
---   logdensity = function(x, c) return -(x[1] - c.a)^2 - (x[2]^2 - 1)^2 end,
--- }
--- assert(target:logpdf({0.5, 1}, { a = 0.5 }) == 0)
--- assert(target:logpdf({ {0.5, 1}, {0.1, 1} }, { { a = 0.5 }, { a = 0.1 } })[2] == 0)
--- ```
---@param x number[]|number[][]|Matrix # a point, or several as rows
---@param context table|Matrix # the context of all of them, or one for each
---@return number|number[] # number; for several points a list of numbers
function ConditionalTarget:logpdf(x, context) end

---@class Vips.run.options
---@field iterations? integer # the budget as iterations (1 to 1000000000; default: one budget must be given, or an interrupted run goes on)
---@field samples? integer # the budget as evaluations of the target; it is not exceeded (1 to 1000000000000; default: see iterations)
---@field minutes? number # the budget as time (in min; 1e-6 to 1000000; default: see iterations)
---@field checkpoint? string # a .safetensors file to write the inference to every minute and at the end; avips.vips(path, { target = ... }) goes on from it (default: none)
---@field overwrite? boolean # whether checkpoint may name the file of another run, which is lost then (default: false)

--- Improves the mixture until a budget is spent; Ctrl-C keeps the last whole iteration, and vips:run() goes on.
---
--- ```lua
--- local vips = avips.vips{ target = avips.target.two_joint_arm(), components = 4, seed = 1 }
--- local log = vips:run{ iterations = 10 }
--- print(log)
--- assert(#log == 10 and log.evaluations[10] == vips.evaluations)
--- ```
---@param options? Vips.run.options # options by name
---@return InferenceLog # InferenceLog of all runs
function Vips:run(options) end

--- Runs iterations one by one in a loop: for report in vips:iterations(100) do ... end.
---
--- ```lua
--- local vips = avips.vips{ target = avips.target.two_joint_arm(), components = 4, seed = 1 }
--- for report in vips:iterations(5) do print(report.iteration, report.elbo) end
--- assert(vips.iteration == 5)
--- ```
---@param count? integer # how many; fewer where the loop is left
---@return function # function, an iterator over reports: tables with iteration, evaluations, elbo, components, zero_share, entropy, step_size, weight_step_size, divergence, seconds
function Vips:iterations(count) end

---@class Vips.elbo.options
---@field samples? integer # how many samples (2 to 5000000; default: 2000)
---@field seed? integer # the seed of this draw (default: the session's stream)

--- Estimates the evidence lower bound E_q[log p - log q] in nats, from fresh samples: at most the logarithm of the target's integral, and -inf where a sample falls on density zero.
---
--- ```lua
--- local vips = avips.vips{ target = avips.target.two_joint_arm(), components = 4, seed = 1 }
--- local bound, error, report = vips:elbo{ samples = 500, seed = 1 }
--- assert(report.zero_share == 0 and report.restricted_elbo == bound)
--- ```
---@param options? Vips.elbo.options # options by name
---@return number # number, the bound; and a number, its standard error (nan for -inf); and a table: elbo, error, zero_share (the share of samples at density zero), restricted_elbo and restricted_error (the bound of the mixture cut to where the density is above zero, E_q[log p - log q | A] + log q(A), finite and at most log Z too), log_z (by importance sampling), effective_share (of the samples, for log_z), samples
---@return number # see above
---@return table # see above
function Vips:elbo(options) end

--- Counts the target's known modes near which a component has a weight above 0.0001.
---
--- ```lua
--- local vips = avips.vips{ target = avips.target.two_joint_arm(), components = 4, seed = 1 }
--- local covered, all = vips:modes()
--- assert(all == 2)
--- ```
---@return integer # integer, modes covered; and an integer, modes in all; nil where the target's modes are not known
---@return integer # see above
function Vips:modes() end

--- Writes the inference as safetensors: mixture, samples, step sizes and log, so that avips.vips(path, { target = ... }) continues exactly where it stopped.
---
--- ```lua
--- local target = avips.target.two_joint_arm()
--- local vips = avips.vips{ target = target, components = 4, seed = 1 }
--- vips:run{ iterations = 5 }
--- local path = os.tmpname() .. ".safetensors"
--- vips:save(path)
--- local again = avips.vips(path, { target = target })
--- assert(again:run{ iterations = 5 }.elbo[10] == vips:run{ iterations = 5 }.elbo[10])
--- os.remove(path)
--- ```
---@param path string # a name that ends in .safetensors
---@return string # string, the path
function Vips:save(path) end

--- The figure as the text of an SVG file.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local plot = avips.plot.poses(panda, panda:random(3, { seed = 1 }))
--- assert(plot:svg():find("<svg", 1, true))
--- ```
---@return string # string
function Figure:svg() end

--- The figure's data as comma-separated values, one row a place; angles in rad.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local plot = avips.plot.poses(panda, panda:random(3, { seed = 1 }))
--- assert(plot:csv():find("panel,layer,mark,item,x,y,value", 1, true))
--- ```
---@return string # string
function Figure:csv() end

---@class Figure.text.options
---@field width? integer # the columns (40 to 200; default: those of the terminal, at most 100)
---@field unicode? boolean # whether signs beyond ASCII may be used (default: as the terminal)
---@field color? boolean # whether to colour it with escape sequences (default: as the terminal)

--- The figure as text for a terminal.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local plot = avips.plot.poses(panda, panda:random(3, { seed = 1 }))
--- print(plot:text{ width = 60, unicode = false, color = false })
--- ```
---@param options? Figure.text.options # options by name
---@return string # string
function Figure:text(options) end

---@class Figure.save.options
---@field csv? boolean # whether to write the data too, beside it as .csv (default: false)
---@field width? number # how wide it is; 96 pixels are an inch (in pixels; 240 to 8000; default: that of a page, 880)
---@field height? number # how high it is; more where that is too little to be read (in pixels; 240 to 8000; default: what the panels ask for)
---@field scale? number # pixels of a .png a pixel of the figure (0.25 to 8; default: 2)
---@field dark? boolean # whether a .png or .pdf is on a dark page; an .svg follows its reader (default: false)
---@field provenance? boolean # whether the file tells the program's version and commit, the script, the session's seed and the date; without, the same figure gives the same bytes (default: true)

--- Writes the figure to a file; on failure the old one is kept.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local plot = avips.plot.poses(panda, panda:random(3, { seed = 1 }))
--- local path = os.tmpname()
--- plot:save(path .. ".svg", { csv = true })
--- plot:save(path .. ".pdf", { width = 320, height = 300 })
--- for _, ending in ipairs{ "", ".svg", ".csv", ".pdf" } do os.remove(path .. ending) end
--- ```
---@param path string # a name that ends in .svg, .png or .pdf
---@param options? Figure.save.options # options by name
---@return string # string, the path
function Figure:save(path, options) end

--- The animation as the text of an SVG file; CSS moves it, without scripts.
---
--- ```lua
--- local arm = avips.robot "planar_3link"
--- local clip = avips.plot.animate(function(t) return avips.plot.robot(arm, { t, 1 - t, 0.5 }) end, { frames = 8 })
--- assert(clip:svg():find("@keyframes", 1, true))
--- ```
---@return string # string
function Animation:svg() end

---@class Animation.save.options
---@field width? number # how wide it is; 96 pixels are an inch (in pixels; 240 to 8000; default: that of a page, 880)
---@field height? number # how high it is; more where that is too little to be read (in pixels; 240 to 8000; default: what the panels ask for)
---@field scale? number # pixels of a .png a pixel of the figure (0.25 to 8; default: 2)
---@field dark? boolean # whether a .png or .pdf is on a dark page; an .svg follows its reader (default: false)
---@field provenance? boolean # whether the file tells the program's version and commit, the script, the session's seed and the date; without, the same figure gives the same bytes (default: true)

--- Writes the animation to a file; on failure the old one is kept.
---
--- ```lua
--- local arm = avips.robot "planar_3link"
--- local clip = avips.plot.animate(function(t) return avips.plot.robot(arm, { t, 1 - t, 0.5 }) end, { frames = 8 })
--- local path = os.tmpname() .. ".svg"
--- clip:save(path)
--- os.remove(path)
--- ```
---@param path string # a name that ends in .svg; .png or .pdf for the last frame
---@param options? Animation.save.options # options by name
---@return string # string, the path
function Animation:save(path, options) end

--- Trains a model with a checkpoint in the run's directory: a run that was interrupted continues where it stopped, and ends with the same bits.
---
--- ```lua
--- local directory = os.tmpname()
--- os.remove(directory)
--- local study = avips.experiment{
---   name = "example", directory = directory, grid = { components = {2, 4} }, seeds = {1, 2},
---   run = function(c, run)
---     local model = avips.model{ robot = "planar_3link", components = c.components, hidden = {16}, seed = c.seed }
---     local log = run:train(model, { steps = 5, batch = 64 })
---     return { loss = log.loss[#log] }
---   end,
--- }
--- study:run{ workers = 1 }
--- assert(study.done == 4)
--- if avips.files.exists(directory) then avips.files.remove(directory) end
--- ```
---@param model Model|FactoredModel|ConditionalModel|BodyModel|SampledModel # the model, constructed as in the first attempt
---@param options table # what the model's own train takes; seed is the run's where none is given, and the checkpoint is chosen; in successive halving the budget counts what the run before has spent
---@return Log # Log
function Run:train(model, options) end

--- Writes a value to the run's directory: models and inferences as safetensors, figures as SVG, other values as JSON; run:load(name) reads it, also after an interruption.
---
--- ```lua
--- local directory = os.tmpname()
--- os.remove(directory)
--- local study = avips.experiment{
---   name = "example", directory = directory, grid = { components = {2, 4} }, seeds = {1, 2},
---   run = function(c, run)
---     local state = run:load "state" or { sum = 0, next = 1 }
---     for i = state.next, 10 do
---       state.sum, state.next = state.sum + i * c.components, i + 1
---       run:save("state", state)
---     end
---     return state.sum
---   end,
--- }
--- study:run{ workers = 1 }
--- assert(study.done == 4)
--- if avips.files.exists(directory) then avips.files.remove(directory) end
--- ```
---@param name string # the file's name without its ending
---@param value any # a model, an inference, a figure, or what avips.json.write takes
---@return string # string, the path
function Run:save(name, value) end

--- Reads what run:save wrote, also before an interruption; the rows of run:log are then those of that moment.
---
--- ```lua
--- local directory = os.tmpname()
--- os.remove(directory)
--- local study = avips.experiment{
---   name = "example", directory = directory, grid = { components = {2, 4} }, seeds = {1, 2},
---   run = function(c, run)
---     run:save("numbers", {1, 2, 3})
---     assert(run:load("numbers")[3] == 3 and run:load("nothing") == nil)
---     return #run:load "numbers"
---   end,
--- }
--- study:run{ workers = 1 }
--- assert(study.done == 4)
--- if avips.files.exists(directory) then avips.files.remove(directory) end
--- ```
---@param name string # the name that it was saved under
---@return Model # Model, Mixture or what avips.json.read gives; nil where nothing was saved
function Run:load(name) end

--- Adds a row to the run's log, from which avips.plot.curves draws the study.
---
--- ```lua
--- local directory = os.tmpname()
--- os.remove(directory)
--- local study = avips.experiment{
---   name = "example", directory = directory, grid = { components = {2, 4} }, seeds = {1, 2},
---   run = function(c, run)
---     for step = 1, 20 do run:log{ step = step, loss = c.components / step } end
---     return c.components / 20
---   end,
--- }
--- study:run{ workers = 1 }
--- assert(study.done == 4)
--- if avips.files.exists(directory) then avips.files.remove(directory) end
--- ```
---@param row table # numbers, texts or booleans by the names of columns, such as { step = 10, loss = 0.5 }
function Run:log(row) end

--- The full table, one row a cell, as comma-separated values.
---
--- ```lua
--- local directory = os.tmpname()
--- os.remove(directory)
--- local study = avips.experiment{
---   name = "example", directory = directory, grid = { components = {2, 4} }, seeds = {1, 2},
---   run = function(c, run)
---     return { loss = c.components }
---   end,
--- }
--- study:run{ workers = 1 }
--- print(study:table():csv())
--- if avips.files.exists(directory) then avips.files.remove(directory) end
--- ```
---@return string # string
function StudyTable:csv() end

--- The table as it is shown, in Markdown.
---
--- ```lua
--- local directory = os.tmpname()
--- os.remove(directory)
--- local study = avips.experiment{
---   name = "example", directory = directory, grid = { components = {2, 4} }, seeds = {1, 2},
---   run = function(c, run)
---     return { loss = c.components }
---   end,
--- }
--- study:run{ workers = 1 }
--- print(study:table():markdown())
--- if avips.files.exists(directory) then avips.files.remove(directory) end
--- ```
---@return string # string
function StudyTable:markdown() end

--- The table as it is shown, as a tabular with the rules of booktabs.
---
--- ```lua
--- local directory = os.tmpname()
--- os.remove(directory)
--- local study = avips.experiment{
---   name = "example", directory = directory, grid = { components = {2, 4} }, seeds = {1, 2},
---   run = function(c, run)
---     return { loss = c.components }
---   end,
--- }
--- study:run{ workers = 1 }
--- print(study:table():latex())
--- if avips.files.exists(directory) then avips.files.remove(directory) end
--- ```
---@return string # string
function StudyTable:latex() end

--- Writes the table to a file: .csv and .json in full, .md, .tex and .txt as it is shown.
---
--- ```lua
--- local directory = os.tmpname()
--- os.remove(directory)
--- local study = avips.experiment{
---   name = "example", directory = directory, grid = { components = {2, 4} }, seeds = {1, 2},
---   run = function(c, run)
---     return { loss = c.components }
---   end,
--- }
--- study:run{ workers = 1 }
--- study:table():save(directory .. "/table.csv")
--- if avips.files.exists(directory) then avips.files.remove(directory) end
--- ```
---@param path string # a name that ends in .csv, .json, .md, .tex or .txt
---@return string # string, the path
function StudyTable:save(path) end

---@class Experiment.run.options
---@field workers? integer # processes that work side by side, no more than cores (1 to 4096; default: one a core; 1 where the function was typed)
---@field threads? integer # threads of each worker, as far as there are cores (1 to 1024; default: what the workers leave)
---@field only? string # which runs: settings such as "robot=ur5 seed=2", a state, or the beginning of a run's name (default: all)
---@field stop_at_failure? boolean # whether a run that fails ends the batch (default: false)
---@field wait? boolean # whether to wait for runs that other processes work on (default: true)

--- Runs what is not done. Each run is claimed before it is worked on, so that any number of processes and machines share a study; one that is interrupted goes on where it was. A run that fails is recorded, and the others go on.
---
--- ```lua
--- local directory = os.tmpname()
--- os.remove(directory)
--- local study = avips.experiment{
---   name = "example", directory = directory, grid = { components = {2, 4} }, seeds = {1, 2},
---   run = function(c, run)
---     if c.components == 4 and false then error "diverged" end
---     return { loss = c.components }
---   end,
--- }
--- study:run{ workers = 1 }
--- assert(study.done == 4)
--- if avips.files.exists(directory) then avips.files.remove(directory) end
--- ```
---@param options? Experiment.run.options # options by name
---@return Experiment # Experiment
function Experiment:run(options) end

--- Counts the runs by their state.
---
--- ```lua
--- local directory = os.tmpname()
--- os.remove(directory)
--- local study = avips.experiment{
---   name = "example", directory = directory, grid = { components = {2, 4} }, seeds = {1, 2},
---   run = function(c, run)
---     return c.components
---   end,
--- }
--- assert(study:status().todo == 4)
--- if avips.files.exists(directory) then avips.files.remove(directory) end
--- ```
---@return table # table: total, todo, running, interrupted, failed, done, earlier (results of earlier versions of the function), and failures, a list of tables with run and error
function Experiment:status() end

---@class Experiment.rows.options
---@field only? string # which runs: settings such as "robot=ur5 seed=2", a state, or the beginning of a run's name (default: all)

--- All runs with their results, one row each, ready for avips.csv.write.
---
--- ```lua
--- local directory = os.tmpname()
--- os.remove(directory)
--- local study = avips.experiment{
---   name = "example", directory = directory, grid = { components = {2, 4} }, seeds = {1, 2},
---   run = function(c, run)
---     return { loss = c.components }
---   end,
--- }
--- study:run{ workers = 1 }
--- assert(study:rows()[1].loss == 2)
--- if avips.files.exists(directory) then avips.files.remove(directory) end
--- ```
---@param options? Experiment.rows.options # options by name
---@return table[] # list of tables: the settings, seed, state, the measures of the result, run_seconds, processor_seconds and id
function Experiment:rows(options) end

---@class Experiment.table.options
---@field rows? string|string[] # the settings that rows are made of (default: those that vary, but for that of columns)
---@field columns? string # the setting that columns are made of (default: none)
---@field value? string|string[] # the measures of the result; "seconds" and "processor_seconds" are those of the run (default: the first six that there are)
---@field statistic? string # what a cell shows: mean and standard error, or median and quartiles (one of "mean", "median"; default: "mean")
---@field only? string # which runs: settings such as "robot=ur5" (default: all)

--- Tabulates results by settings: means and standard errors over everything else, above all the seeds.
---
--- ```lua
--- local directory = os.tmpname()
--- os.remove(directory)
--- local study = avips.experiment{
---   name = "example", directory = directory, grid = { components = {2, 4} }, seeds = {1, 2},
---   run = function(c, run)
---     return { loss = c.components + c.seed }
---   end,
--- }
--- study:run{ workers = 1 }
--- print(study:table{ columns = "components", value = "loss" })
--- if avips.files.exists(directory) then avips.files.remove(directory) end
--- ```
---@param options? Experiment.table.options # options by name
---@return StudyTable # StudyTable
function Experiment:table(options) end

---@class Experiment.compare.options
---@field axis? string # the setting that is compared (default: the one that varies)
---@field baseline? any # what it is compared with (default: its first setting)
---@field value? string # the measure (default: the first one)
---@field only? string # which runs: settings such as "robot=ur5" (default: all)

--- Compares the settings of one axis with one of them, by paired differences of runs that share the seed and all other settings, with Student's and Wilcoxon's tests.
---
--- ```lua
--- local directory = os.tmpname()
--- os.remove(directory)
--- local study = avips.experiment{
---   name = "example", directory = directory, grid = { components = {2, 4} }, seeds = {1, 2},
---   run = function(c, run)
---     return { loss = c.components + c.seed }
---   end,
--- }
--- study:run{ workers = 1 }
--- print(study:compare{ axis = "components", baseline = 2, value = "loss" })
--- if avips.files.exists(directory) then avips.files.remove(directory) end
--- ```
---@param options? Experiment.compare.options # options by name
---@return StudyTable # StudyTable
function Experiment:compare(options) end

---@class Experiment.logs.options
---@field only? string # which runs: settings such as "robot=ur5 seed=2", a state, or the beginning of a run's name (default: all)

--- Returns the logs of all runs by the settings that vary, as avips.plot.curves takes them.
---
--- ```lua
--- local directory = os.tmpname()
--- os.remove(directory)
--- local study = avips.experiment{
---   name = "example", directory = directory, grid = { components = {2, 4} }, seeds = {1, 2},
---   run = function(c, run)
---     for i = 1, 5 do run:log{ step = i, loss = c.components / i } end
---   end,
--- }
--- study:run{ workers = 1 }
--- assert(#study:logs()["components=2"] == 2)
--- if avips.files.exists(directory) then avips.files.remove(directory) end
--- ```
---@param options? Experiment.logs.options # options by name
---@return table # table of lists of tables of columns
function Experiment:logs(options) end

--- Writes one HTML page: what was asked, tables, curves, a comparison, failures, and where the results come from.
---
--- ```lua
--- local directory = os.tmpname()
--- os.remove(directory)
--- local study = avips.experiment{
---   name = "example", directory = directory, grid = { components = {2, 4} }, seeds = {1, 2},
---   run = function(c, run)
---     return c.components
---   end,
--- }
--- study:run{ workers = 1 }
--- assert(study:report() == directory .. "/report.html")
--- if avips.files.exists(directory) then avips.files.remove(directory) end
--- ```
---@param path? string # a name that ends in .html (default: report.html in the study's directory)
---@return string # string, the path
function Experiment:report(path) end

--- Resets failed runs, which are then run again from the checkpoint that they left.
---
--- ```lua
--- local directory = os.tmpname()
--- os.remove(directory)
--- local study = avips.experiment{
---   name = "example", directory = directory, grid = { components = {2, 4} }, seeds = {1, 2},
---   run = function(c, run)
---     error "never"
---   end,
--- }
--- study:run{ workers = 1 }
--- assert(study.failed == 4 and study:retry() == 4 and study.todo == 4)
--- if avips.files.exists(directory) then avips.files.remove(directory) end
--- ```
---@param selection? string # which of them: settings, or the beginning of a run's name (default: "failed")
---@return integer # integer, how many
function Experiment:retry(selection) end

--- Removes runs with their results and files; "earlier" names those of earlier versions of the function and the grid.
---
--- ```lua
--- local directory = os.tmpname()
--- os.remove(directory)
--- local study = avips.experiment{
---   name = "example", directory = directory, grid = { components = {2, 4} }, seeds = {1, 2},
---   run = function(c, run)
---     return c.seed
---   end,
--- }
--- study:run{ workers = 1 }
--- assert(study:forget "seed=2" == 2 and study.done == 2)
--- if avips.files.exists(directory) then avips.files.remove(directory) end
--- ```
---@param selection string # settings such as "robot=ur5 seed=2", a state, the beginning of a run's name, or "all"
---@return integer # integer, how many
function Experiment:forget(selection) end

--- Takes results of an earlier version of the function for those of this one, where point and seed are the same and nothing is there yet.
---
--- ```lua
--- local directory = os.tmpname()
--- os.remove(directory)
--- local study = avips.experiment{
---   name = "example", directory = directory, grid = { components = {2, 4} }, seeds = {1, 2},
---   run = function(c, run)
---     return c.seed
---   end,
--- }
--- study:run{ workers = 1 }
--- assert(study:adopt() == 0)
--- if avips.files.exists(directory) then avips.files.remove(directory) end
--- ```
---@return integer # integer, how many
function Experiment:adopt() end

--- functions of avips
---@class avips
---@field version string # the version of the program
avips = {}

--- functions of avips.schedule
---@class avips.schedule
avips.schedule = {}

--- functions of avips.random
---@class avips.random
avips.random = {}

--- functions of avips.npy
---@class avips.npy
avips.npy = {}

--- functions of avips.npz
---@class avips.npz
avips.npz = {}

--- functions of avips.math
---@class avips.math
avips.math = {}

--- functions of avips.target
---@class avips.target
---@overload fun(options: avips.target.options): Target
avips.target = {}

--- functions of avips.plot
---@class avips.plot
avips.plot = {}

--- functions of avips.experiment
---@class avips.experiment
---@overload fun(options: avips.experiment.options): Experiment
avips.experiment = {}

--- functions of avips.files
---@class avips.files
avips.files = {}

--- functions of avips.system
---@class avips.system
avips.system = {}

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
---@param seed integer # the seed
function avips.seed(seed) end

---@class avips.pose.options
---@field xyz? number[] # the position (in m; each -1e6 to 1e6; default: {0, 0, 0})
---@field quat? number[] # the orientation as a unit quaternion {w, x, y, z}
---@field rpy? number[] # the orientation as roll, pitch, yaw about fixed x, y, z axes (in rad)
---@field matrix? Matrix|number[][] # a homogeneous 4 x 4 matrix, or with xyz a 3 x 3 rotation
---@field degrees? boolean # whether rpy is in degrees (default: false)

--- Makes a pose: a position and an orientation. Functions that take a pose also take a table of these options.
---
--- ```lua
--- local target = avips.pose{ xyz = {0.45, 0.1, 0.4}, rpy = {180, 0, 0}, degrees = true }
--- print(target)
--- assert(#target.quaternion == 4)
--- ```
---@param options avips.pose.options # options by name
---@return Pose # Pose
function avips.pose(options) end

--- Lists the available robots.
---
--- ```lua
--- for _, name in ipairs(avips.robots()) do print(name) end
--- ```
---@return string[] # list of names
function avips.robots() end

--- Lists the available trained models.
---
--- ```lua
--- for _, name in ipairs(avips.models()) do print(name) end
--- ```
---@return string[] # list of names
function avips.models() end

---@class avips.robot.options
---@field base? string|Pose|table # the link at which the chain starts; or the pose of the base in the frame in which poses are given; or { link = ..., pose = ... } (default: the URDF's own, or its root)
---@field tip? string # the link whose pose is computed; it may lie on another branch than base (default: the URDF's own, or a tool frame or flange at the end of the only arm)
---@field tool? Pose # the pose of a tool frame that is fixed to the tip; kinematics then refer to that frame
---@field limits? any # limits by joint in place of the URDF's: { elbow = {-1, 1} } (in rad, m)
---@field srdf? string # the path of an SRDF, whose disabled pairs of links may touch (default: the pairs that the URDF's <avips> element names)
---@field degrees? boolean # whether limits of joints that turn are in degrees (default: false)
---@field tips? table # for a whole body, the links that goals are set for: { "hand", "foot" }, or under other names { hand = "wrist_link", foot = { link = "ankle", tool = pose } } (default: as the URDF says)
---@field floating? boolean|table # whether the base of a whole body moves freely; or its range, { lower = {x, y, z, roll, pitch, yaw}, upper = {...} } (in m, rad; default: as the URDF says; true allows 1 m along each axis, half a turn about z and an eighth of one about x and y, either way)
---@field nominal? number[] # the configuration of a whole body to start from; the floating base's six values may be left out (in rad, m; default: the URDF's own, or the middle of the limits)
---@field stance? table # the contacts of a whole body: tips that stay where the nominal configuration has them, { "left_foot", "right_foot" }, or a Goal, Pose or position for each (default: as the URDF says)
---@field balance? number[] # the largest distance of the centre of mass from the middle of the stance along x and y (in m; default: no bound, or as the URDF says)

--- Loads a robot by its name, or from a URDF; one that names several tips as a whole body, unless a tip is chosen.
---
--- ```lua
--- local panda = avips.robot "panda"
--- print(panda)
--- assert(panda.dof == 7)
--- -- With a pen of 10 cm in the hand, on a table 0.8 m high.
--- local pen = avips.pose{ xyz = {0, 0, 0.2} }
--- local writer = avips.robot("panda", { tool = pen, base = avips.pose{ xyz = {0, 0, 0.8} } })
--- local q = {0, -0.5, 0, -2, 0, 1.6, 0.8}
--- assert(writer:fk(q):distance(avips.pose{ xyz = {0, 0, 0.8} } * panda:fk(q) * pen) < 1e-12)
--- ```
---@param name string # a name from avips.robots(), the path of a URDF, or the text of one, beginning with <
---@param options? avips.robot.options # options by name
---@return Robot|Body # Robot, or Body
function avips.robot(name, options) end

---@class avips.goal.options
---@field pose? Pose # the target position and orientation; or give them separately, with the options of avips.pose
---@field xyz? number[] # the position (in m; each -1e6 to 1e6; default: any position)
---@field quat? number[] # the orientation as a unit quaternion {w, x, y, z}
---@field rpy? number[] # the orientation as roll, pitch, yaw about fixed x, y, z axes (in rad; default: any orientation)
---@field matrix? Matrix|number[][] # a homogeneous 4 x 4 matrix, or with xyz a 3 x 3 rotation
---@field degrees? boolean # whether rpy and rotation_slack are in degrees (default: false)
---@field axis? number[] # an axis in the tip's frame; only its direction is constrained, the rotation about it is free
---@field direction? number[] # the direction that the axis is to have, in the base frame (default: as the orientation has it)
---@field rotation? string # what of the orientation matters: "free" where that of a pose does not (one of "full", "axis", "free"; default: as much as is given)
---@field position_slack? number|number[] # the tolerated error of the position along the target's x, y, z axes; math.huge leaves it free (in m; at least 0, or math.huge; default: 0)
---@field rotation_slack? number # the tolerated error of the orientation, or of the axis (in rad; at least 0, or math.huge; default: 0)

--- Makes a goal for a tip: a target pose of which some coordinates are left free, such as the orientation, the rotation about an axis, or the position within a box.
---
--- ```lua
--- local panda = avips.robot "panda"
--- -- The hand's z axis points down; the rotation about it is free.
--- local down = avips.goal{ xyz = {0.45, 0.1, 0.4}, axis = {0, 0, 1}, direction = {0, 0, -1} }
--- local answers = panda:ik(down, { count = 3, seed = 1 })
--- assert(#answers == 3 and down:error(panda:fk(answers[1].q)) < 1e-4)
--- ```
---@param options avips.goal.options # options by name
---@return Goal # Goal
function avips.goal(options) end

--- Makes a world of obstacles for collision checks, in the frame in which the robot's poses are given.
---
--- ```lua
--- local world = avips.world{
---   { box = {0.6, 0.8, 0.02}, at = {0.5, 0, 0.2}, name = "table" },
---   { sphere = 0.06, at = {0.4, 0.2, 0.5} },
---   { cylinder = { radius = 0.03, length = 0.12 }, at = avips.pose{ xyz = {0.5, -0.2, 0.27} } },
--- }
--- local panda = avips.robot "panda"
--- assert(#world == 3 and not panda:collides({0, -0.5, 0, -2, 0, 1.6, 0.8}, world))
--- print(world)
--- ```
---@param obstacles table[] # each has one shape: box = {x, y, z} edge lengths, sphere = radius, cylinder or capsule = { radius = , length = } along z, points = n x 3 rows (with radius = 0.01), mesh = the path of an STL, OBJ or COLLADA file (with scale = 1), or heights = rows along x of heights along y (with cell = 0.05), solid down to the lowest; and at = a Pose or the position {x, y, z}, and a name (in m)
---@return World # World
function avips.world(obstacles) end

--- The same value throughout.
---
--- ```lua
--- assert(avips.schedule.constant(0.5)(0.7) == 0.5)
--- ```
---@param value number # the value
---@return Schedule # Schedule
function avips.schedule.constant(value) end

--- A straight line.
---
--- ```lua
--- assert(avips.schedule.linear(1, 3):at(0.5) == 2)
--- ```
---@param from number # the value at the beginning
---@param to number # the value at the end
---@return Schedule # Schedule
function avips.schedule.linear(from, to) end

--- Half a cosine: flat at both ends.
---
--- ```lua
--- local fall = avips.schedule.cosine(5e-3, 5e-5)
--- print(fall)
--- assert(fall(0) == 5e-3 and fall(0.5) < 5e-3)
--- ```
---@param from number # the value at the beginning
---@param to number # the value at the end
---@return Schedule # Schedule
function avips.schedule.cosine(from, to) end

--- A fixed factor a step, for what spans orders of magnitude; both ends above 0.
---
--- ```lua
--- assert(math.abs(avips.schedule.exponential(0.1, 0.001)(0.5) - 0.01) < 1e-12)
--- ```
---@param from number # the value at the beginning
---@param to number # the value at the end
---@return Schedule # Schedule
function avips.schedule.exponential(from, to) end

--- A staircase: each value holds from its place on.
---
--- ```lua
--- assert(avips.schedule.steps{ {0, 1}, {0.6, 0.1} }(0.7) == 0.1)
--- ```
---@param points table|any # places of the training, from 0 to 1, in rising order, with their values
---@return Schedule # Schedule
function avips.schedule.steps(points) end

--- A straight line through points.
---
--- ```lua
--- assert(avips.schedule.table{ {0, 1}, {0.5, 2}, {1, 0} }(0.25) == 1.5)
--- ```
---@param points table|any # places of the training, from 0 to 1, in rising order, with their values
---@return Schedule # Schedule
function avips.schedule.table(points) end

--- A linear rise from zero, then another schedule over what is left.
---
--- ```lua
--- local rate = avips.schedule.warmup(0.1, avips.schedule.cosine(4e-3, 4e-5))
--- assert(rate(0) == 0 and rate(0.1) == 4e-3)
--- ```
---@param share number # the share of the training that the rise takes, above 0 and below 1
---@param schedule Schedule|number # what follows
---@return Schedule # Schedule
function avips.schedule.warmup(share, schedule) end

--- One schedule after the other.
---
--- ```lua
--- local width = avips.schedule.sequence{ {1, 0.03}, {3, avips.schedule.exponential(0.03, 0.003)} }
--- assert(width(0.2) == 0.03 and width(1) < 0.0031)
--- ```
---@param parts table|any # the parts of the training, relative to each other, and what runs over them
---@return Schedule # Schedule
function avips.schedule.sequence(parts) end

---@class avips.mixture.mixture
---@field weights? number[] # the components' weights, at least 0; they must sum to 1 within 0.001 and are normalised (default: equal ones)
---@field means? number[][]|Matrix # the components' means as rows
---@field covariances? table # the components' covariances, symmetric within 1e-9 of the deviations' product and positive definite
---@field deviations? number[][]|Matrix # in place of covariances: standard deviations as rows, for independent variables (above 0)

--- Makes a mixture of Gaussians from numbers, or reads one that mixture:save wrote.
---
--- ```lua
--- local mixture = avips.mixture{ weights = {0.5, 0.5}, means = {{0, 0}, {9, 9}}, covariances = {{{1, 0}, {0, 1}}, {{1, 0.5}, {0.5, 1}}} }
--- assert(#mixture == 2 and math.abs(mixture:logpdf{0, 0} + math.log(4 * math.pi)) < 1e-9)
--- local vips = avips.vips{ target = avips.target.two_joint_arm(), mixture = mixture, seed = 1 }
--- assert(vips.components == 2)
--- ```
---@param mixture string|avips.mixture.mixture # weights, means and covariances, or the path of a file
---@return Mixture # Mixture
function avips.mixture(mixture) end

---@class avips.model.model
---@field robot? Robot|Body|string # the robot that the model is for; a model in parts needs it where its parts were made for robot:reversed()
---@field components? integer # the number of Gaussians (1 to 4096; default: 32; 16 for a target, a simulator or pairs)
---@field joints? integer # how many joints, counted from the first, the model covers: such a model is the lead of one in parts (1 to the robot's; default: all)
---@field hidden? integer[] # the widths of the hidden layers, multiples of 16 (1 to 32 of them, each 16 to 8192; default: {256, 256, 256, 256}; {64, 64, 64} for a target, a simulator or pairs)
---@field context? string # the context that the network takes: a pose, or its position alone (one of "pose", "position"; default: "pose")
---@field covariance? string # the shape of the covariances (one of "full", "diagonal"; default: "full")
---@field conditioned? boolean # whether covariances are kept within bounds by the projection layer (default: true)
---@field min_deviation? number # the least standard deviation of a component in any direction, as a share of half a joint's range, or of the prior's deviation (1e-5 to 0.5; default: 0.0015; 1.7e-5 for a target, a simulator or pairs)
---@field turning? boolean # whether the model exploits the symmetry of targets under rotation about the first and the last joint's axes (equivariance), where the ranges of these joints are wide enough: the network then has less to learn (default: true)
---@field seed? integer # the seed of the initial parameters (default: the session's stream)
---@field parts? boolean # whether the program chooses the model from the robot's structure, autoregressive where that is more accurate: redundant joints first, then the joint that selects the branch, then the rest; train trains all parts (default: true where only a chain and a seed are given, else false)
---@field lead? Model # for a model in parts: the model of the first joints
---@field rest? Model|FactoredModel # for a model in parts: the model of the other joints, made for the second robot of robot:split(joints); itself a model in parts for three parts or more
---@field tip? string # for a Body: the tip whose position is the context
---@field lower? number[] # for a Body: the lower corner of the box of positions (in m)
---@field upper? number[] # for a Body: the upper corner of that box (in m)
---@field target? ConditionalTarget # the density that the model learns: avips.target{ context = ... }
---@field adapt? boolean # whether the prior is fitted to the density's mass before training, where the density is fast to evaluate (default: true)
---@field simulator? function # in place of a target: takes parameters and a Stream, returns an observation; the model maps observations to mixtures over parameters (simulation-based inference)
---@field prior? table|function # the distribution of a simulator's parameters: { mean = list, deviation = number or list }, { lower = list, upper = list }, or a function of a count and a seed that returns rows
---@field simulations? integer # how many simulations a training learns from (16 to 10000000; default: 10000)
---@field pairs? table # in place of a simulator, or beside a target of which they are exact samples: { contexts = Matrix, values = Matrix }, a row for each context and its sample
---@field batched? boolean # whether a simulator takes a matrix with a row for each simulation, and returns one (default: false)
---@field kind? string # what the model is: a mixture of Gaussians; a single Gaussian; a normalizing flow of coupling blocks, as IKFlow; generators that are trained against a discriminator, as Lembono et al. (one of "mixture", "gaussian", "flow", "gan"; default: "mixture")
---@field blocks? integer # for a flow: blocks of two couplings, between which coordinates are permuted (1 to 32; default: 6)
---@field coupling? string # for a flow: how couplings change coordinates, by affine functions or by monotone rational-quadratic splines (one of "affine", "spline"; default: "affine")
---@field clamp? number # for a flow: the bound on the log-scale of an affine coupling (0.1 to 10; default: 2.5)
---@field bins? integer # for a flow of splines: the pieces of a spline (2 to 32; default: 8)
---@field width? integer # for a flow: how many coordinates it transforms; those beyond the model's are padded with small noise, and the density is then unknown (2 to 64; default: as many as the model has variables)
---@field noise? number # for a flow: SoftFlow's greatest deviation of noise on training points, as a share of half a variable's range; 0 for none (0 to 0.5; default: 0.001)
---@field activation? string # for a flow: the activation of the coefficient networks ("leaky_relu", "relu", "silu"; default: "leaky_relu")
---@field generators? integer # for a gan: the number of generators; each sample comes from one of them (1 to 64; default: 10)
---@field latents? integer # for a gan: the number of a generator's standard normal inputs (1 to 256; default: 16)
---@field discriminator? integer[] # for a gan: the widths of the discriminator's hidden layers, multiples of 16 (1 to 8 of them, each 16 to 4096; default: {32, 32})

---@class avips.model.options
---@field target? ConditionalTarget # the density that the model learns: avips.target{ context = ... }

--- Loads a trained model by its name or from a file, or makes a new one for a robot, a conditional target or a simulator. Given only a chain and a seed, the program chooses the parts of an autoregressive model, their order and components from the chain's structure.
---
--- ```lua
--- local student = avips.model{ robot = "planar_3link", components = 8, hidden = {64, 64}, seed = 1 }
--- print(student)
--- assert(student.components == 8)
--- ```
---@param model string|avips.model.model # a name from avips.models(), the path of a model file, or the options of a new model
---@param options? avips.model.options # options by name
---@return Model # Model; for a whole body BodyModel, for parts and for most chains alone FactoredModel, for a target, a simulator or pairs ConditionalModel; for the kinds "flow" and "gan" SampledModel
function avips.model(model, options) end

--- Makes a stream of random numbers like the one that a simulator is given.
---
--- ```lua
--- assert(avips.stream(1):normal() == avips.stream(1):normal())
--- ```
---@param seed? integer # the seed (default: the session's stream)
---@return Stream # Stream
function avips.stream(seed) end

---@class avips.reference.options
---@field count? integer # how many draws (1 to 5000000; default: 100)
---@field kind? string # "exact": the distribution of uniform joints given the pose; "multistart": what least squares reaches from uniform starts (one of "exact", "multistart"; default: "exact")
---@field seed? integer # the seed of this draw (default: the session's stream)

--- Draws reference solutions of a pose: independent samples to compare answers with.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local target = panda:fk{0, 0.3, 0, -1.5, 0, 1.8, 0.7}
--- local reference = avips.reference(panda, target, { count = 20, seed = 1 })
--- assert(reference.rows == 20)
--- ```
---@param robot Robot|string # the robot
---@param pose Pose # the tip's pose in the base frame
---@param options? avips.reference.options # options by name
---@return Matrix # count x dof Matrix in rad or m, in no order; without rows where the pose was not reached
function avips.reference(robot, pose, options) end

--- Makes a matrix of double-precision numbers.
---
--- ```lua
--- local m = avips.matrix{ {1, 2}, {3, 4} }
--- assert(m.rows == 2 and m[2][1] == 3)
--- print(m * m + 1)
--- ```
---@param rows number[][] # the rows, all of one length; a single list of numbers makes one row
---@return Matrix # Matrix
function avips.matrix(rows) end

--- Makes an identity matrix.
---
--- ```lua
--- assert(avips.identity(3)[2][2] == 1)
--- ```
---@param n integer # rows and columns
---@return Matrix # Matrix, n × n
function avips.identity(n) end

--- Makes a matrix of zeros.
---
--- ```lua
--- assert(avips.zeros(2, 3).cols == 3)
--- ```
---@param rows integer # how many rows
---@param columns? integer # how many columns (default: as many as rows)
---@return Matrix # Matrix
function avips.zeros(rows, columns) end

--- Makes a matrix from its diagonal, with zeros elsewhere; of a matrix, returns the diagonal.
---
--- ```lua
--- assert(avips.diagonal{1, 2}[2][2] == 2)
--- assert(avips.diagonal(avips.identity(4))[4] == 1)
--- ```
---@param values number[]|Matrix # the diagonal, or the matrix whose diagonal is wanted
---@return Matrix # Matrix, or a list of numbers for a Matrix
function avips.diagonal(values) end

---@class avips.random.uniform.options
---@field lower? number # the least number (default: 0)
---@field upper? number # the bound above, which itself is not drawn (default: 1)
---@field columns? integer # columns of a matrix of n rows (1 to 1000000; default: a list)
---@field seed? integer # the seed of this draw (default: the session's stream)

--- Draws uniform random numbers from the session's stream.
---
--- ```lua
--- local x = avips.random.uniform(5, { lower = -1, seed = 3 })
--- assert(#x == 5 and x[1] >= -1 and x[1] < 1)
--- ```
---@param n? integer # how many (default: one number)
---@param options? avips.random.uniform.options # options by name
---@return number|number[]|Matrix # number, list of numbers, or Matrix
function avips.random.uniform(n, options) end

---@class avips.random.normal.options
---@field mean? number # the mean (default: 0)
---@field deviation? number # the standard deviation (0 to 1e+300; default: 1)
---@field columns? integer # columns of a matrix of n rows (1 to 1000000; default: a list)
---@field seed? integer # the seed of this draw (default: the session's stream)

--- Draws normal random numbers from the session's stream.
---
--- ```lua
--- local x = avips.random.normal(1000, { columns = 2, mean = 5, seed = 3 })
--- assert(math.abs(x:mean()[1] - 5) < 0.2 and math.abs(x:deviation()[2] - 1) < 0.1)
--- ```
---@param n? integer # how many (default: one number)
---@param options? avips.random.normal.options # options by name
---@return number|number[]|Matrix # number, list of numbers, or Matrix
function avips.random.normal(n, options) end

---@class avips.random.permutation.options
---@field seed? integer # the seed of this draw (default: the session's stream)

--- Returns the numbers 1 to n in random order.
---
--- ```lua
--- local p = avips.random.permutation(4, { seed = 2 })
--- table.sort(p)
--- assert(p[1] == 1 and p[4] == 4)
--- ```
---@param n integer # how many
---@param options? avips.random.permutation.options # options by name
---@return integer[] # list of integers
function avips.random.permutation(n, options) end

---@class avips.random.choice.options
---@field replacement? boolean # whether a value may be drawn several times (default: false)
---@field seed? integer # the seed of this draw (default: the session's stream)

--- Draws values of a list.
---
--- ```lua
--- local few = avips.random.choice({ "a", "b", "c" }, 2, { seed = 1 })
--- assert(#few == 2 and few[1] ~= few[2])
--- ```
---@param list table # what to draw from
---@param n? integer # how many (default: one value)
---@param options? avips.random.choice.options # options by name
---@return any # a value, or a list of n
function avips.random.choice(list, n, options) end

--- Reads an array from NumPy's `.npy` format: real numbers of any type, or booleans as 0 and 1.
---
--- ```lua
--- local path = os.tmpname()
--- avips.npy.write(path, avips.matrix{ {1, 2}, {3, 4} })
--- assert(avips.npy.read(path)[2][1] == 3)
--- os.remove(path)
--- ```
---@param path string # the file
---@return number|Matrix # a number, a list of numbers, or a Matrix; of more than two dimensions a Matrix whose rows run over all indices but the last
function avips.npy.read(path) end

--- Writes numbers in NumPy's `.npy` format, as 64-bit floats: `numpy.load` reads it.
---
--- ```lua
--- local path = os.tmpname()
--- avips.npy.write(path, avips.robot("panda"):random(10))
--- assert(avips.npy.read(path).rows == 10)
--- os.remove(path)
--- ```
---@param path string # the file
---@param numbers number|number[]|Matrix # what to write
---@return string # string, the path
function avips.npy.write(path, numbers) end

--- Reads all arrays of one of NumPy's `.npz` files, compressed or not.
---
--- ```lua
--- local path = os.tmpname()
--- avips.npz.write(path, { q = avips.robot("panda"):random(10), weights = {0.25, 0.75} })
--- assert(avips.npz.read(path).weights[2] == 0.75)
--- os.remove(path)
--- ```
---@param path string # the file
---@return table|Matrix # table by name, each a number, a list of numbers, or a Matrix; of more than two dimensions a Matrix whose rows run over all indices but the last
function avips.npz.read(path) end

--- Writes arrays by name in NumPy's `.npz` format, not compressed, as 64-bit floats: `numpy.load` reads it.
---
--- ```lua
--- local path = os.tmpname()
--- avips.npz.write(path, { mean = {1, 2}, covariance = avips.identity(2) })
--- assert(avips.npz.read(path).covariance[1][1] == 1)
--- os.remove(path)
--- ```
---@param path string # the file
---@param arrays any # numbers, lists of numbers and Matrices
---@return string # string, the path
function avips.npz.write(path, arrays) end

--- The exponential.
---
--- ```lua
--- assert(avips.math.exp(0) == 1)
--- ```
---@param x number|Symbol # the argument
---@return number|Symbol # number or Symbol
function avips.math.exp(x) end

--- exp(x) - 1, exact near zero.
---
--- ```lua
--- assert(avips.math.expm1(1e-20) == 1e-20)
--- ```
---@param x number|Symbol # the argument
---@return number|Symbol # number or Symbol
function avips.math.expm1(x) end

--- log(1 + x), exact near zero.
---
--- ```lua
--- assert(avips.math.log1p(1e-20) == 1e-20)
--- ```
---@param x number|Symbol # the argument
---@return number|Symbol # number or Symbol
function avips.math.log1p(x) end

--- The square root.
---
--- ```lua
--- assert(avips.math.sqrt(9) == 3)
--- ```
---@param x number|Symbol # the argument
---@return number|Symbol # number or Symbol
function avips.math.sqrt(x) end

--- The sine of an angle in rad.
---
--- ```lua
--- assert(avips.math.sin(0) == 0)
--- ```
---@param x number|Symbol # the argument
---@return number|Symbol # number or Symbol
function avips.math.sin(x) end

--- The cosine of an angle in rad.
---
--- ```lua
--- assert(avips.math.cos(0) == 1)
--- ```
---@param x number|Symbol # the argument
---@return number|Symbol # number or Symbol
function avips.math.cos(x) end

--- The tangent of an angle in rad.
---
--- ```lua
--- assert(avips.math.tan(0) == 0)
--- ```
---@param x number|Symbol # the argument
---@return number|Symbol # number or Symbol
function avips.math.tan(x) end

--- The arc sine in rad.
---
--- ```lua
--- assert(avips.math.asin(0) == 0)
--- ```
---@param x number|Symbol # the argument
---@return number|Symbol # number or Symbol
function avips.math.asin(x) end

--- The arc cosine in rad.
---
--- ```lua
--- assert(avips.math.acos(1) == 0)
--- ```
---@param x number|Symbol # the argument
---@return number|Symbol # number or Symbol
function avips.math.acos(x) end

--- The hyperbolic sine.
---
--- ```lua
--- assert(avips.math.sinh(0) == 0)
--- ```
---@param x number|Symbol # the argument
---@return number|Symbol # number or Symbol
function avips.math.sinh(x) end

--- The hyperbolic cosine.
---
--- ```lua
--- assert(avips.math.cosh(0) == 1)
--- ```
---@param x number|Symbol # the argument
---@return number|Symbol # number or Symbol
function avips.math.cosh(x) end

--- The hyperbolic tangent.
---
--- ```lua
--- assert(avips.math.tanh(50) == 1)
--- ```
---@param x number|Symbol # the argument
---@return number|Symbol # number or Symbol
function avips.math.tanh(x) end

--- The logistic function 1/(1 + exp(-x)).
---
--- ```lua
--- assert(avips.math.sigmoid(0) == 0.5)
--- ```
---@param x number|Symbol # the argument
---@return number|Symbol # number or Symbol
function avips.math.sigmoid(x) end

--- log(1 + exp(x)), without overflow.
---
--- ```lua
--- assert(avips.math.softplus(800) == 800)
--- ```
---@param x number|Symbol # the argument
---@return number|Symbol # number or Symbol
function avips.math.softplus(x) end

--- The logarithm of the magnitude of the gamma function.
---
--- ```lua
--- assert(math.abs(avips.math.lgamma(5) - math.log(24)) < 1e-12)
--- ```
---@param x number|Symbol # the argument
---@return number|Symbol # number or Symbol
function avips.math.lgamma(x) end

--- The error function.
---
--- ```lua
--- assert(avips.math.erf(0) == 0)
--- ```
---@param x number|Symbol # the argument
---@return number|Symbol # number or Symbol
function avips.math.erf(x) end

--- The logarithm, natural unless a base is given.
---
--- ```lua
--- assert(avips.math.log(1) == 0 and avips.math.log(8, 2) == 3)
--- ```
---@param x number|Symbol # the argument
---@param base? number|Symbol # the base (default: e)
---@return number|Symbol # number or Symbol
function avips.math.log(x, base) end

--- The angle of the point (x, y) in rad, as math.atan gives it.
---
--- ```lua
--- assert(avips.math.atan(0, -1) == math.pi)
--- ```
---@param y number|Symbol # in proportion to the sine
---@param x? number|Symbol # in proportion to the cosine (default: 1)
---@return number|Symbol # number or Symbol
function avips.math.atan(y, x) end

--- The angle of the point (x, y) in rad.
---
--- ```lua
--- assert(avips.math.atan2(1, 0) == math.pi / 2)
--- ```
---@param y number|Symbol # the first one
---@param x number|Symbol # the second one
---@return number|Symbol # number or Symbol
function avips.math.atan2(y, x) end

--- x raised to the power y, as x^y.
---
--- ```lua
--- assert(avips.math.pow(2, 3) == 8)
--- ```
---@param x number|Symbol # the first one
---@param y number|Symbol # the second one
---@return number|Symbol # number or Symbol
function avips.math.pow(x, y) end

--- 1 where a < b, else 0: a test for avips.math.where.
---
--- ```lua
--- assert(avips.math.less(1, 2) == 1)
--- ```
---@param a number|Symbol # the first one
---@param b number|Symbol # the second one
---@return number|Symbol # number or Symbol
function avips.math.less(a, b) end

--- 1 where a <= b, else 0.
---
--- ```lua
--- assert(avips.math.less_equal(2, 2) == 1)
--- ```
---@param a number|Symbol # the first one
---@param b number|Symbol # the second one
---@return number|Symbol # number or Symbol
function avips.math.less_equal(a, b) end

--- 1 where a > b, else 0.
---
--- ```lua
--- assert(avips.math.greater(1, 2) == 0)
--- ```
---@param a number|Symbol # the first one
---@param b number|Symbol # the second one
---@return number|Symbol # number or Symbol
function avips.math.greater(a, b) end

--- 1 where a >= b, else 0.
---
--- ```lua
--- assert(avips.math.greater_equal(2, 2) == 1)
--- ```
---@param a number|Symbol # the first one
---@param b number|Symbol # the second one
---@return number|Symbol # number or Symbol
function avips.math.greater_equal(a, b) end

--- 1 where a equals b, else 0. Lua's == cannot compare a symbol with a number: it is false there.
---
--- ```lua
--- assert(avips.math.equal(1, 2) == 0)
--- ```
---@param a number|Symbol # the first one
---@param b number|Symbol # the second one
---@return number|Symbol # number or Symbol
function avips.math.equal(a, b) end

--- The sum of a list.
---
--- ```lua
--- assert(avips.math.sum{1, 2, 3} == 6)
--- ```
---@param list number[]|any # the terms
---@return number|Symbol # number or Symbol
function avips.math.sum(list) end

--- The logarithm of the sum of exponentials of a list, without overflow: the density of a mixture.
---
--- ```lua
--- assert(math.abs(avips.math.logsumexp{1000, 1000} - 1000 - math.log(2)) < 1e-9)
--- ```
---@param list number[]|any # the exponents
---@return number|Symbol # number or Symbol
function avips.math.logsumexp(list) end

--- The scalar product of two lists.
---
--- ```lua
--- assert(avips.math.dot({1, 2}, {3, 4}) == 11)
--- ```
---@param a number[]|any # the one
---@param b number[]|any # the other, as long
---@return number|Symbol # number or Symbol
function avips.math.dot(a, b) end

--- The Euclidean length of a list.
---
--- ```lua
--- assert(avips.math.norm{3, 4} == 5)
--- ```
---@param list number[]|any # the components
---@return number|Symbol # number or Symbol
function avips.math.norm(list) end

--- A matrix times a list, such as the features of all observations of a regression times its coefficients.
---
--- ```lua
--- local y = avips.math.multiply({ {1, 2}, {3, 4} }, {1, 1})
--- assert(y[1] == 3 and y[2] == 7)
--- ```
---@param matrix Matrix|number[][] # n × d
---@param list number[]|any # d numbers
---@return number[]|Symbol[] # list of n numbers or Symbols
function avips.math.multiply(matrix, list) end

--- The magnitude.
---
--- ```lua
--- assert(avips.math.abs(-2) == 2)
--- ```
---@param x number|Symbol # the argument
---@return number|Symbol # number or Symbol
function avips.math.abs(x) end

--- The smallest of some numbers.
---
--- ```lua
--- assert(avips.math.min(3, 3) == 3)
--- ```
---@param ... number|Symbol # the numbers
---@return number|Symbol # number or Symbol
function avips.math.min(...) end

--- The greatest of some numbers.
---
--- ```lua
--- assert(avips.math.max(3, 3) == 3)
--- ```
---@param ... number|Symbol # the numbers
---@return number|Symbol # number or Symbol
function avips.math.max(...) end

--- One of two numbers by a test, in place of a branch: a where the test is above zero or true, else b. The value that is not chosen has no effect, even where it is not finite.
---
--- ```lua
--- local m = avips.math
--- assert(m.where(m.less(1, 2), 10, 20) == 10)
--- ```
---@param test number|Symbol|boolean # a number, often of avips.math.less and its like
---@param a number|Symbol # the choice where the test is above zero
---@param b number|Symbol # the choice elsewhere
---@return number|Symbol # number or Symbol
function avips.math.where(test, a, b) end

---@class avips.network.network
---@field inputs? integer # the number of inputs (1 to 65536; default: must be given)
---@field hidden? integer[] # the widths of the hidden layers; {} makes the network linear (default: {64, 64})
---@field outputs? integer # the number of outputs (1 to 65536; default: must be given)
---@field activation? string # the activation function of hidden units; outputs are linear (one of "tanh", "silu", "relu"; default: "tanh")
---@field seed? integer # the seed of the initial weights (default: the session's stream)

--- Makes a small network of dense layers, for critics, decoders and regressions, or reads one from a file; Adam trains it, and a traced logdensity may call it.
---
--- ```lua
--- local net = avips.network{ inputs = 2, hidden = {16}, outputs = 1, activation = "silu", seed = 1 }
--- assert(#net{0.5, -1} == 1 and net.parameters == 65)
--- ```
---@param network string|avips.network.network # the path of a network's file, or the sizes of a new one
---@return Network # Network
function avips.network(network) end

---@class avips.target.options
---@field dimension? integer # the number of variables (1 to 1000)
---@field logdensity? function # takes a list of numbers and returns the logarithm of the density, which depends on them alone
---@field gradient? function # takes the same, returns the gradient of logdensity as a list (default: the derivative of the formula, or finite differences where one is needed)
---@field name? string # its name in messages (default: "target")
---@field mean? number[] # the mean of the Gaussian that the first component means are drawn from (each -1e9 to 1e9; default: zeros)
---@field deviation? number|number[] # its standard deviation, and that of the first components (1e-9 to 1e9; default: 1)
---@field trace? boolean # whether logdensity becomes a formula: false keeps the function, true raises an error where it cannot be traced (default: where it can be; target.note says why not)
---@field batched? boolean # whether the functions take a Matrix with a row for each point, and return a list of numbers or a Matrix of gradients; they are not traced (default: false)
---@field context? table|Matrix|function # makes the target conditional, with a context c that logdensity takes as its second argument: ranges by name, { a = {-1, 1} }; a data set, a row each; pictures, { image = {height, width, channels}, data = rows }; sets of points, { points = {n, 3}, data = rows }, where data may come later for all but training; or a function of a count and a seed that returns rows
---@field prior? table # for a conditional target: where components begin, { mean = list, deviation = number or list } (default: mean 0, deviation 1)
---@field names? string[] # for a conditional target: the names of the variables (default: x1, x2, ...)


---@class avips.target.pose.options
---@field position_deviation? number # the standard deviation of the tip's position around what the goal leaves free (in m; 1e-6 to 1000000; default: 0.01)
---@field rotation_deviation? number # the same of its orientation, or of an axis; math.huge for any orientation (in rad; 1e-6 to 1000000, or math.huge; default: 0.03)
---@field limit_deviation? number # the softness of the joint limits, s in exp(-excess^2 / (2 s^2)) (in rad, m; 1e-6 to 1000000; default: 0.03)
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)

--- The density of a robot's configurations with the tip at a pose, within standard deviations, and the joints within soft limits.
---
--- ```lua
--- local arm = avips.robot "planar_3link"
--- local target = avips.target.pose(arm, arm:fk{0.3, 0.5, -0.4}, { rotation_deviation = 0.1 })
--- assert(target:logpdf{0.3, 0.5, -0.4} > target:logpdf{0, 0, 0})
--- ```
---@param robot Robot|string # the robot, or its name
---@param pose Pose # the target of the tip in the base frame
---@param options? avips.target.pose.options # options by name
---@return Target # Target; its variables are the robot's joints, in rad or m
function avips.target.pose(robot, pose, options) end

---@class avips.target.poses.options
---@field context? string # what a context is: a pose, or its position alone (one of "pose", "position"; default: "pose")
---@field position_deviation? number # the standard deviation of the tip's position around what the goal leaves free (in m; 1e-6 to 1000000; default: 0.01)
---@field rotation_deviation? number # the same of its orientation, or of an axis; math.huge for any orientation (in rad; 1e-6 to 1000000, or math.huge; default: 0.03)
---@field limit_deviation? number # the softness of the joint limits, s in exp(-excess^2 / (2 s^2)) (in rad, m; 1e-6 to 1000000; default: 0.03)
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)

--- The same density at any pose, as a conditional target: contexts are the poses of uniformly drawn joints. A model of this target learns without samples, avips.model{ robot = } from samples.
---
--- ```lua
--- local arm = avips.robot "planar_3link"
--- local target = avips.target.poses(arm, { context = "position", position_deviation = 0.05 })
--- local pose = arm:fk{0.3, 0.5, -0.4}
--- assert(target:at(pose):logpdf{0.3, 0.5, -0.4} > target:at(pose):logpdf{0, 0, 0})
--- ```
---@param robot Robot|string # the robot, or its name
---@param options? avips.target.poses.options # options by name
---@return ConditionalTarget # ConditionalTarget; its variables are the robot's joints, in rad or m
function avips.target.poses(robot, options) end

---@class avips.target.goals.options
---@field position_deviation? number # the standard deviation of the tip's position around what the goal leaves free (in m; 1e-6 to 1000000; default: 0.01)
---@field rotation_deviation? number # the same of its orientation, or of an axis; math.huge for any orientation (in rad; 1e-6 to 1000000, or math.huge; default: 0.02)
---@field limit_deviation? number # the softness of the joint limits, s in exp(-excess^2 / (2 s^2)) (in rad, m; 1e-6 to 1000000; default: 0.05)
---@field preferred? number[] # a configuration that is preferred (in rad, m)
---@field preferred_deviation? number|number[] # how far configurations may be from it; math.huge for a joint without preference (in rad, m; at least 1e-6, or math.huge; default: 0.5)
---@field stance? boolean # whether a Body stands as its description says, its centre of mass softly over its feet (default: true)
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)

--- The density of a robot's configurations that meet goals: tips at places, axes along directions, joints near preferred values.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local goal = avips.goal{ xyz = {0.45, 0.1, 0.4}, axis = {0, 0, 1}, direction = {0, 0, -1} }
--- local target = avips.target.goals(panda, goal, { position_deviation = 0.005 })
--- local answer = panda:ik(goal, { seed = 1 })[1]
--- assert(target.dimension == 7 and target:logpdf(answer.q) > 10)
--- ```
---@param robot Robot|Body|string # the robot, or its name
---@param goals Goal|Pose|table # the tip's goal; for a Body a table of goals by tip
---@param options? avips.target.goals.options # options by name
---@return Target # Target; factors of tips and of preferred values are normalised, soft limits are 1 inside
function avips.target.goals(robot, goals, options) end

---@class avips.target.talos.options
---@field hand? number[] # where the left gripper is to be; the default is that of the published figure (in m; each -1e6 to 1e6; default: {0.1, 0.5, 1})
---@field masses? string # "all" links, or "chains": those from the root to grippers and soles, as the authors' code counts them (one of "all", "chains"; default: "all")

--- The published whole-body target: TALOS on both feet, in balance, its left gripper at a place (Arenz et al., TMLR 2023).
---
--- ```lua
--- local target = avips.target.talos{ hand = {0.1, 0.5, 1} }
--- assert(target.dimension == 34)
--- ```
---@param options? avips.target.talos.options # options by name
---@return Target # Target over 34 variables: 28 joints, then x, y, z, roll, pitch, yaw of the base
function avips.target.talos(options) end

---@class avips.target.path.options
---@field start? number[] # where paths begin: a place, or a robot's configuration (in m, rad)
---@field goal? number[] # where they end (in m, rad)
---@field discs? table[] # for a point that moves: obstacles, each { x = , y = , radius = } (and z in space); a range such as {-0.5, 0.5} in place of a number makes the target conditional, with disc1_x and so on as its context
---@field robot? Robot|string # the robot that moves, for paths in joint space (default: a point moves)
---@field world? World|function # for a robot: its obstacles; or a function of the context that returns a list of boxes, spheres, cylinders and capsules as avips.world takes them, whose numbers are formulas of the context's, such as at = {c.x, 0, 0.3} or { xyz = , rpy = {0, 0, c.yaw} } (default: only the robot's links against each other count)
---@field context? table # for a world that is a function: the ranges of the context's numbers by name, { x = {0.4, 0.6} }, which makes the target conditional
---@field knots? integer # how many places between start and goal the spline goes through: the variables, knot by knot (1 to 16; default: 4)
---@field points? integer # how many points of the spline are looked at (4 to 512; default: 32)
---@field deviation? number # the standard deviation of the Brownian motion that paths are a bridge of, over the whole path; a greater one lets them go farther round (in m, rad; above 0; default: 0.6)
---@field clearance? number # the distance from obstacles that is wanted (in m; 0 to 1000; default: 0.05)
---@field softness? number # the standard deviation of what a point may lack of the clearance (in m; above 0; default: 0.02)
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)

--- A density over paths from a start to a goal past obstacles, for avips.vips and avips.model: the knots of a cubic spline, likelier the shorter and smoother it is and the less its points lack of the clearance.
---
--- ```lua
--- local past = avips.target.path{ start = {-1, 0}, goal = {1, 0}, knots = 3, discs = { { x = 0, y = {-0.2, 0.2}, radius = 0.3 } } }
--- local over, through = {-0.5, 0.3, 0, 0.45, 0.5, 0.3}, {-0.5, 0, 0, 0, 0.5, 0}
--- assert(past:logpdf(over, { disc1_y = 0 }) > past:logpdf(through, { disc1_y = 0 }))
--- ```
---@param options avips.target.path.options # options by name
---@return Target # Target; a ConditionalTarget where discs have ranges, or the world is a function
function avips.target.path(options) end

---@class avips.spline.options
---@field points? integer # how many points, the ends included (2 to 100000; default: 50)

--- Points along the natural cubic spline through places, such as start, knots and goal of avips.target.path.
---
--- ```lua
--- assert(avips.spline({ {0, 0}, {1, 1}, {2, 0} }, { points = 5 })[3][2] == 1)
--- ```
---@param places number[][]|Matrix # what it goes through, a row each, at equal distances of its parameter
---@param options? avips.spline.options # options by name
---@return Matrix # points x D Matrix
function avips.spline(places, options) end

---@class avips.target.planar_robot.options
---@field goals? integer # how many goals, of the four (1 to 4; default: 4)

--- A planar arm of ten links of length 1 whose tip is to be at one of one or four goals at distance 7, within 1 cm.
---
--- ```lua
--- assert(avips.target.planar_robot{ goals = 4 }.dimension == 10)
--- ```
---@param options? avips.target.planar_robot.options # options by name
---@return Target # Target with 10 variables; the logarithm of its integral is -10.6 for four goals
function avips.target.planar_robot(options) end

---@class avips.target.two_joint_arm.options
---@field goal? number[] # where the tip is to be (in m; default: {1.2, 0.6})
---@field deviation? number # how far from it the tip may be, a standard deviation (in m; 1e-6 to 1000; default: 0.1)

--- A planar arm of two links of length 1 that reaches a point with its elbow on either side: a density in two dimensions, to look at.
---
--- ```lua
--- print(avips.target.two_joint_arm():logpdf{0, 0})
--- ```
---@param options? avips.target.two_joint_arm.options # options by name
---@return Target # Target with 2 variables, the angles in rad
function avips.target.two_joint_arm(options) end

---@class avips.target.gaussian_mixture.options
---@field dimension? integer # the number of variables (1 to 400; default: 20)
---@field seed? integer # the seed of numpy's older generator (0 to 4294967295; default: 10000)

--- Ten Gaussians of equal weight, drawn as those of the published benchmark are.
---
--- ```lua
--- assert(avips.target.gaussian_mixture{ dimension = 5 }.dimension == 5)
--- ```
---@param options? avips.target.gaussian_mixture.options # options by name
---@return Target # Target; the logarithm of its integral is 0
function avips.target.gaussian_mixture(options) end

---@class avips.target.student_mixture.options
---@field dimension? integer # the number of variables (1 to 400; default: 20)
---@field seed? integer # the seed of numpy's older generator (0 to 4294967295; default: 10000)
---@field hard? boolean # whether there are twenty (default: false, from 100 variables on true)

--- Student's t-distributions with two degrees of freedom, drawn as those of the published benchmark are: ten, or twenty that lie wider apart.
---
--- ```lua
--- assert(avips.target.student_mixture{ dimension = 5 }.dimension == 5)
--- ```
---@param options? avips.target.student_mixture.options # options by name
---@return Target # Target; the logarithm of its integral is 0
function avips.target.student_mixture(options) end

--- Random effects logistic regression of seeds that germinated on 21 plates (Crowder 1978).
---
--- ```lua
--- assert(avips.target.seeds().dimension == 26)
--- ```
---@return Target # Target with 26 variables: a0, a1, a12, a2, the plates' effects b1 to b21, and the logarithm of their precision; the logarithm of its integral is -73.41
function avips.target.seeds() end

--- Brownian motion whose middle third was not observed, with unknown scales (Inference Gym).
---
--- ```lua
--- assert(avips.target.brownian().dimension == 32)
--- ```
---@return Target # Target with 32 variables: the logarithms of the innovations' and the observations' standard deviations, and 30 positions
function avips.target.brownian() end

---@class avips.target.funnel.options
---@field dimension? integer # the number of variables (2 to 400; default: 10)
---@field deviation? number # the standard deviation of the first variable (0.01 to 100; default: 3)

--- Neal's funnel: v ~ N(0, deviation²), and the other variables ~ N(0, exp(v)).
---
--- ```lua
--- assert(avips.target.funnel():logpdf{0, 0, 0, 0, 0, 0, 0, 0, 0, 0} < 0)
--- ```
---@param options? avips.target.funnel.options # options by name
---@return Target # Target; the logarithm of its integral is 0
function avips.target.funnel(options) end

---@class avips.target.many_wells.options
---@field dimension? integer # the number of variables, an even one (2 to 400; default: 32)

--- Independent double wells of two variables each, with 2^(dimension/2) modes.
---
--- ```lua
--- assert(avips.target.many_wells{ dimension = 2 }:logpdf{0, 0} == 0)
--- ```
---@param options? avips.target.many_wells.options # options by name
---@return Target # Target; the logarithm of its integral is 5.1467 a variable, 164.696 for 32
function avips.target.many_wells(options) end

---@class avips.target.forty_gaussians.options
---@field dimension? integer # the number of variables (1 to 400; default: 2)
---@field seed? integer # the seed of numpy's older generator (0 to 4294967295; default: 0)

--- Forty Gaussians of equal weight and unit covariance whose means are uniform in [-40, 40].
---
--- ```lua
--- assert(avips.target.forty_gaussians{ dimension = 5 }.dimension == 5)
--- ```
---@param options? avips.target.forty_gaussians.options # options by name
---@return Target # Target; the logarithm of its integral is 0
function avips.target.forty_gaussians(options) end

---@class avips.target.logistic.options
---@field label? integer # the column of the label, which has two different values; the greater one counts as true (1 to the number of columns; default: the last one)
---@field skip? integer[] # columns that are neither label nor features (each 1 to 1000000; default: {})
---@field deviation? number # the standard deviation of the prior over weights and bias (1e-6 to 1000000; default: 10)
---@field scale? string # the features: divided by their standard deviations ("deviation"), centred besides ("standard"), or as they are ("none") (one of "none", "deviation", "standard"; default: "deviation")

--- The posterior of Bayesian logistic regression on a file of numbers, with a bias.
---
--- ```lua
--- local path = os.tmpname()
--- avips.csv.write(path, { { 1.5, 0 }, { 2.5, 1 }, { 3.5, 1 } })
--- assert(avips.target.logistic(path).dimension == 2)
--- os.remove(path)
--- ```
---@param path string # a file without a header; columns are apart by commas, semicolons, spaces or tabs
---@param options? avips.target.logistic.options # options by name
---@return Target # Target; a bias and one weight a feature
function avips.target.logistic(path, options) end

---@class avips.vips.start
---@field target? Target # the density to approximate: avips.target{...} or one of avips.target.*
---@field components? integer # the initial number of components (1 to 10000; default: 1, or those of mixture)
---@field mixture? Mixture # the initial mixture, in place of components drawn with mean and deviation
---@field seed? integer # the seed of all draws (default: the session's stream)
---@field estimate? string # how the natural gradient is estimated: "stein" from gradients, "more" from values alone (one of "stein", "more"; default: "stein")
---@field adaptation? string # the number of components (one of "add_and_delete", "fixed"; default: "add_and_delete")
---@field add_interval? integer # iterations from one addition to the next (1 to 1000000000; default: 30)
---@field additions? integer # components that are added at a time (1 to 1000; default: 1)
---@field delete_interval? integer # iterations without weight and improvement before a component is removed (1 to 100000; default: 100)
---@field max_components? integer # the most components, not below those at the start (1 to 10000; default: 1000, or those at the start where they are more)
---@field candidates? integer # stored samples that are tried as the mean of a new component (1 to 1000000; default: 1000)
---@field prior_candidates? integer # samples drawn with mean and deviation that are tried as well (0 to 1000000; default: 0)
---@field new_shape? string # the covariance of a new component: "isotropic", or as that of the "nearest" one (one of "isotropic", "nearest"; default: "isotropic")
---@field new_weight? number # the weight of a new component; more than the default helps where it has little to improve (1e-30 to 0.5; default: 1e-29)
---@field add_thresholds? number[] # thresholds in nats for one addition after the other: a new mean maximises log p - max(log q, greatest log q - threshold); math.huge looks for distant modes (1 to 1000 of them, each above 0, or math.huge; default: {5000, 1000, 500, 200, 100, 50})
---@field selection? string # what samples are drawn from: each component ("per_component") or the "mixture" (one of "per_component", "mixture"; default: "per_component")
---@field samples? integer # samples for the update of a component (1 to 1000000; default: 100)
---@field antithetic? boolean # whether samples are drawn in pairs mirrored at the mean; components then need at least 2 (D + 1) of them (default: false)
---@field reuse? number # how many stored samples are used again, as a multiple of samples (0 to 100; default: 0)
---@field update? string # the update rule of the components (one of "trustregion", "iblr", "direct"; default: "trustregion")
---@field step_size? number # its initial step size, of a trust region in nats (1e-12 to 1000000; default: 0.1)
---@field step_rule? string # how the components' step sizes change: "adapted" to improvement, "decaying" or "fixed" (one of "adapted", "decaying", "fixed"; default: "adapted")
---@field step_range? number[] # the least and greatest of adapted step sizes (above 0, at most 1e6; default: {0.001, 1})
---@field step_decay? number # the exponent of decaying step sizes, step_size/(1 + n^exponent) (0 to 10; default: 0.5)
---@field accelerate_scale? boolean # whether a component's scale changes faster while full steps keep moving it in one direction: for heavy tails in many dimensions (default: false)
---@field weight_update? string # the update rule of the weights (one of "trustregion", "direct"; default: "trustregion")
---@field weight_sweeps? integer # weight updates per iteration, each with log q as the one before has left it (1 to 1000; default: 1)
---@field weight_step_size? number # its initial step size (1e-12 to 1000000; default: 0.1)
---@field weight_step_rule? string # how the weights' step sizes change: "adapted" to improvement, "decaying" or "fixed" (one of "adapted", "decaying", "fixed"; default: "adapted")
---@field weight_step_range? number[] # the least and greatest of adapted step sizes (above 0, at most 1e6; default: {1e-5, 4})
---@field weight_step_decay? number # the exponent of decaying step sizes, step_size/(1 + n^exponent) (0 to 10; default: 0.5)
---@field zero_penalty? number # by how many nats a point of density zero (a logdensity of -inf) counts as worse than its surroundings suggest: more keeps the mixture farther away from such points (0 to 1000000; default: 50)
---@field database? integer # the greatest number of samples that are kept (1 to 100000000; default: 100000, and no more than 1e7 numbers)
---@field mean? number[] # the mean of the Gaussian that component means are drawn from (default: what the target suggests)
---@field deviation? number|number[] # its standard deviation, and that of the first components (1e-9 to 1e9; default: what the target suggests)
---@field threads? integer # threads that compute; the result does not depend on it (1 to 1024; default: all cores)

---@class avips.vips.options
---@field target? Target # for a file: the target, which the file does not contain
---@field threads? integer # threads that compute; the result does not depend on it (1 to 1024; default: all cores)

--- Sets up variational inference by policy search (VIPS): a Gaussian mixture that vips:run fits to one target without a context.
---
--- ```lua
--- local target = avips.target{ dimension = 2, logdensity = function(x) return -x[1]^2 - (x[2] - x[1]^2)^2 end }
--- local vips = avips.vips{ target = target, components = 3, seed = 1 }
--- vips:run{ iterations = 20 }
--- print(vips)
--- print(vips.mixture)
--- ```
---@param start string|avips.vips.start # the options of a new inference, or the path of a file of vips:save
---@param options? avips.vips.options # options by name
---@return Vips # Vips
function avips.vips(start, options) end

---@class avips.plot.poses.options
---@field target? Pose # the tip's wanted pose (default: that of the solutions)
---@field components? integer[] # the component that each configuration is of (default: those of the solutions)
---@field view? string # the direction from which a spatial robot is viewed; a planar one is drawn in its plane (one of "all", "front", "side", "top", "axonometric"; default: "all")
---@field world? World # obstacles that are drawn as outlines behind a robot, a cloud or a mesh as the box around it (default: a plan's own)
---@field ordered? boolean # whether the configurations are steps, coloured from the first to the last, with the way of the tip (default: true for a track or a plan)
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)
---@field title? string # the heading (default: says what there is to see)

--- Draws configurations of a robot as stick figures, grouped by component, the target marked; a track or a plan step by step, coloured by its order.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local target = avips.pose{ xyz = {0.45, 0.1, 0.4}, rpy = {180, 0, 0}, degrees = true }
--- print(avips.plot.poses(panda, panda:ik(target, { count = 4, seed = 1 })))
--- ```
---@param robot Robot|Body|string # the robot, or its name
---@param configurations Solutions|Postures|Plan|Track|Matrix|table # what to draw; of a plan its sweep, at equal times (in rad, m)
---@param options? avips.plot.poses.options # options by name
---@return Figure # Figure
function avips.plot.poses(robot, configurations, options) end

---@class avips.plot.robot.options
---@field view? string # the direction from which a spatial robot is viewed; a planar one is drawn in its plane (one of "all", "front", "side", "top", "axonometric"; default: "all")
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)
---@field title? string # the heading (default: says what there is to see)

--- Draws a robot in one configuration, with the frames of its links.
---
--- ```lua
--- print(avips.plot.robot(avips.robot "panda", {0, -0.5, 0, -2, 0, 1.6, 0.8}))
--- ```
---@param robot Robot|Body|string # the robot, or its name
---@param q number[] # the configuration (in rad, m)
---@param options? avips.plot.robot.options # options by name
---@return Figure # Figure
function avips.plot.robot(robot, q, options) end

---@class avips.plot.chain.options
---@field title? string # the heading (default: says what there is to see)

--- Draws the structure of a robot: its joints, their axes and their limits.
---
--- ```lua
--- print(avips.plot.chain(avips.robot "panda"))
--- ```
---@param robot Robot|string # the robot, or its name
---@param options? avips.plot.chain.options # options by name
---@return Figure # Figure
function avips.plot.chain(robot, options) end

---@class avips.plot.joints.options
---@field robot? Robot|string # names the joints and their limits (default: that of the data, if it has one)
---@field joints? integer[] # which joints, counted from 1 (at most 8 of them, each 1 to 1000; default: the first seven)
---@field mixture? Mixture|table # ellipses on top of configurations (default: none)
---@field samples? integer # how many samples of a mixture to draw (0 to 100000; default: 200)
---@field components? integer[] # the component that each configuration is of (default: those of the solutions)
---@field seed? integer # the seed of the samples (default: 1)
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)
---@field title? string # the heading (default: says what there is to see)

--- Draws configurations or a mixture in joint space: a scatter and ellipses at one and two standard deviations; more than two joints as a matrix of pairs.
---
--- ```lua
--- local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
--- student:train{ steps = 20, seed = 1 }
--- local target = student.robot:fk{0.3, 0.5, -0.4}
--- print(avips.plot.joints(student:predict(target), { joints = {1, 2}, seed = 1 }))
--- ```
---@param data Solutions|Mixture|Matrix|table # what to draw: configurations as rows, or weights, means and covariances (in rad, m)
---@param options? avips.plot.joints.options # options by name
---@return Figure # Figure
function avips.plot.joints(data, options) end

---@class avips.plot.density.options
---@field robot? Robot|string # names the joints and their limits (default: that of the data, if it has one)
---@field joints? integer[] # the joint across and the joint up, counted from 1 (each 1 to 1000; default: {1, 2})
---@field at? number[] # where the other joints are held (in rad, m; default: the heaviest component's mean)
---@field lower? number[] # the lower left corner (in rad, m; default: where there is mass, within the joint limits)
---@field upper? number[] # the upper right corner (in rad, m; default: as lower)
---@field resolution? integer # cells each way (4 to 200; default: 100)
---@field position_deviation? number # how near a pose is to be reached: the standard deviation of the place (in m; 1e-9 to 1000000000; default: 0.05)
---@field rotation_deviation? number # and of the angle (in rad; 1e-9 to 1000000000; default: 0.3)
---@field labels? boolean # whether components are numbered and listed with their weights, and colours explained: small panels are clearer without (default: true)
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)
---@field title? string # the heading (default: says what there is to see)

--- Draws a target density over two joints as colours, with the components of a mixture on top.
---
--- ```lua
--- local function bananas(x) return -0.5 * ((x[2] - x[1]^2 / 2)^2 / 0.1 + x[1]^2 / 2) end
--- print(avips.plot.density(bananas, nil, { lower = {-3, -1}, upper = {3, 4}, resolution = 40 }))
--- ```
---@param target function|Target|Pose # a function of a list of numbers that returns the log-density, an object with logpdf, or the pose that a robot's tip is to reach
---@param mixture? Mixture|table # the components; nil for none
---@param options? avips.plot.density.options # options by name
---@return Figure # Figure
function avips.plot.density(target, mixture, options) end

---@class avips.plot.curves.options
---@field columns? string[] # which quantities, in SI units (at most 64 of them; default: elbo, loss, position_error, rotation_error, entropy, components_in_use, those there are)
---@field x? string # the column across (default: "step", or "iteration")
---@field band? string # what is shaded around the mean of several runs; with quartiles the line is the median (one of "standard deviation", "standard error", "quartiles"; default: "standard deviation")
---@field label? string # what the y of plain tables is (default: "y")
---@field log_x? boolean # whether the x axis is logarithmic (default: false)
---@field log_y? boolean # whether the y axes are logarithmic (default: where all values are positive and span a factor of 50)
---@field only? string # of an Experiment, which runs: settings such as "robot=ur5"; no more than 64 combinations can be told apart (default: all)
---@field title? string # the heading (default: says what there is to see)

--- Draws quantities over a training, one panel each; several runs are compared, and a list of runs is shown as its mean and spread. Of an Experiment all that the runs have logged, seeds together.
---
--- ```lua
--- local function run(seed)
---     local log = { step = {}, loss = {} }
---     for i = 1, 50 do log.step[i], log.loss[i] = 10 * i, 3 * math.exp(-i / 20) + 0.1 * math.sin(i * seed) end
---     return log
--- end
--- print(avips.plot.curves{ constant = { run(1), run(2), run(3) }, decaying = run(4) })
--- ```
---@param runs Log|Experiment|table # a log, an experiment, or a table of columns such as { step = {...}, loss = {...} } or { x = {...}, y = {...} }; a list of them is one group, a table by name several; more may follow
---@param options? avips.plot.curves.options # options by name
---@return Figure # Figure
function avips.plot.curves(runs, options) end

---@class avips.plot.weights.options
---@field x? string # the column across (default: "step", or "iteration")
---@field title? string # the heading (default: says what there is to see)

--- Draws the weights of a mixture's components over a training, stacked, with births and deaths.
---
--- ```lua
--- local log = { step = {}, weights = {} }
--- for i = 1, 40 do
---     log.step[i] = i
---     log.weights[i] = { 0.5, i < 30 and 0.3 or false, i > 10 and 0.2 or false }
--- end
--- print(avips.plot.weights(log))
--- ```
---@param log Log|InferenceLog|table # has weights, one row a report: a Matrix or a list of lists; a component that has no weight yet, or none any more, does not exist
---@param options? avips.plot.weights.options # options by name
---@return Figure # Figure
function avips.plot.weights(log, options) end

---@class avips.plot.schedule.options
---@field title? string # the heading (default: says what there is to see)

--- Draws rates and bounds over the progress of a training.
---
--- ```lua
--- print(avips.plot.schedule{
---     learning_rate = function(t) return 1e-3 * 0.5 * (1 + math.cos(math.pi * t)) end,
---     kl_bound = 0.01,
--- })
--- ```
---@param schedules table|function|any # functions of progress in [0,1], numbers or lists of values; by name in a table, or one after the other
---@param options? avips.plot.schedule.options # options by name
---@return Figure # Figure
function avips.plot.schedule(schedules, options) end

---@class avips.plot.errors.options
---@field millimetres? number[] # distances to mark (in mm; default: {1, 10})
---@field degrees? number[] # angles to mark (in °; default: {0.1, 1})
---@field title? string # the heading (default: says what there is to see)

--- Draws how large errors are: the share of samples below every error, in mm and degrees, thresholds marked.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local near = { name = "joint noise", position_errors = {}, rotation_errors = {} }
--- for i = 1, 200 do near.position_errors[i], near.rotation_errors[i] = 0.002 * (i / 100)^2, 0.001 * i end
--- print(avips.plot.errors(near))
--- ```
---@param errors Evaluation|Solutions|table # an evaluation, solutions, or a table with position_errors and rotation_errors (in m and rad) and a name; by name in a table, or one after the other
---@param options? avips.plot.errors.options # options by name
---@return Figure # Figure
function avips.plot.errors(errors, options) end

---@class avips.plot.compare.options
---@field metrics? string[] # which quantities (at most 64 of them; default: all that any method has)
---@field mode? integer|string # of an evaluation, which way of sampling (default: 1)
---@field only? string # of an Experiment, which runs: settings such as "robot=ur5"; no more than 64 combinations can be told apart (default: all)
---@field title? string # the heading (default: says what there is to see)

--- Draws methods side by side, one panel a quantity, with intervals; times and what spans decades on a logarithmic axis.
---
--- ```lua
--- print(avips.plot.compare{
---     avips = { position_error = { value = 0.0072, standard_error = 0.0004 }, seconds = 4e-6 },
---     flow = { position_error = {0.0081, 0.0076, 0.0079}, seconds = 1.2e-3 },
--- })
--- ```
---@param methods Evaluation|Experiment|table # an experiment, whose settings are compared, with standard errors over the seeds; an evaluation, whose ways of sampling are compared; or evaluations, or tables of quantities; a quantity is a number, { value =, standard_error = }, { value =, lower =, upper = } or a list of repeated measurements; in SI units; in a list with a name each, or by name
---@param options? avips.plot.compare.options # options by name
---@return Figure # Figure
function avips.plot.compare(methods, options) end

---@class avips.plot.workspace.options
---@field plane? string # the plane of the slice (one of "xy", "xz", "yz"; default: "xz"; "xy" for a planar robot)
---@field at? number # where the plane cuts the third axis (in m; -1000000 to 1000000; default: 0)
---@field orientation? Pose # how the tip is to be turned (default: pointing down; as the base for a planar robot)
---@field resolution? integer # cells along the longer side (4 to 100; default: 24)
---@field poses? integer # poses of a cell that are to be solved for its chance (1 to 100; default: 8)
---@field starts? integer # samples that may be tried for a pose; sixteen are worked on at once (1 to 10000; default: 16)
---@field count? integer # solutions asked for at the middle of a cell, of which the modes are counted (1 to 200; default: 16)
---@field refine? integer # evidence updates of the mixture (0 to 100; default: 0)
---@field seed? integer # the seed of the samples (default: 1)
---@field title? string # the heading (default: says what there is to see)

--- Draws where in a slice of the workspace a model does well: error of its samples, the chance that it solves a pose, modes found.
---
--- ```lua
--- print(avips.plot.workspace(avips.robot "planar_3link", { resolution = 8, count = 4 }))
--- ```
---@param model Model|FactoredModel|SampledModel|Robot|table # a model; a robot, for search from uniform starts; or a table with x and y (each { from, to } in m) and lists of rows by the names of quantities
---@param options? avips.plot.workspace.options # options by name
---@return Figure # Figure
function avips.plot.workspace(model, options) end

---@class avips.plot.panels.options
---@field columns? integer # the columns of the grid, where there is room for them (1 to 12; default: 3)
---@field title? string # the heading (default: says what there is to see)

--- Puts figures side by side as panels of one, to be compared: small multiples.
---
--- ```lua
--- local arm = avips.robot "planar_3link"
--- local panels = {}
--- for i = 1, 3 do panels[i] = avips.plot.robot(arm, { 0.3 * i, 0.4, -0.2 }, { title = "number " .. i }) end
--- print(avips.plot.panels(panels, { title = "three of a kind" }))
--- ```
---@param figures Figure[] # at most 48 panels in all; titles of figures become those of panels
---@param options? avips.plot.panels.options # options by name
---@return Figure # Figure
function avips.plot.panels(figures, options) end

---@class avips.plot.pictures.options
---@field height? integer # the rows of a picture (1 to 4096; default: those of a square)
---@field columns? integer # how many stand side by side (1 to 100; default: 10)
---@field limits? number[] # the values that are darkest and brightest (default: the least and the greatest)
---@field title? string # the heading (default: says what there is to see)

--- Draws pictures side by side: what a decoder makes, observations, a matrix as colours.
---
--- ```lua
--- local faces = { {0, 1, 0, 1, 0, 0, 1, 1}, {0, 1, 0, 1, 1, 1, 0, 0} }
--- print(avips.plot.pictures(faces, { height = 2 }))
--- ```
---@param pictures Matrix|number[][] # a row for each picture, its values from the top left, row by row
---@param options? avips.plot.pictures.options # options by name
---@return Figure # Figure
function avips.plot.pictures(pictures, options) end

---@class avips.plot.animate.options
---@field frames? integer # how many frames a function makes (1 to 60; default: 30)
---@field seconds? number # how long one pass takes (in s; 0.1 to 600; default: a tenth of a second a frame)

--- Puts figures of one kind one after the other: steps of a training, or answers along a path.
---
--- ```lua
--- local arm = avips.robot "planar_3link"
--- local clip = avips.plot.animate(function(t)
---     local target = avips.pose{ xyz = {0.8 + 0.6 * t, 0.8, 0} }
---     return avips.plot.poses(arm, arm:ik(target, { count = 2, seed = 1, rotation_tolerance = 1/0 }), { title = "along a line" })
--- end, { frames = 5, seconds = 3 })
--- assert(#clip == 5)
--- ```
---@param frames Figure[]|function # the frames, at most 60 are kept; or a function that makes them, of progress in [0,1] and the frame's number
---@param options? avips.plot.animate.options # options by name
---@return Animation # Animation
function avips.plot.animate(frames, options) end

---@class avips.report.options
---@field title? string # the heading (default: "avips report")

--- Writes the figures and tables of a run as one HTML page that needs no network, no script and no other file: with contents, captions, and at its foot the version, the script, the seed, the machine and the date.
---
--- ```lua
--- local student = avips.model{ robot = "planar_3link", components = 4, hidden = {32, 32}, seed = 1 }
--- student:train{ steps = 20, seed = 1 }
--- local target = student.robot:fk{0.3, 0.5, -0.4}
--- local log = student:train{ steps = 20, seed = 1 }
--- local path = os.tmpname()
--- avips.report({ "# Training", log, "# Answers", student:solve(target, { count = 2, seed = 1 }) }, path .. ".html", { title = "A student" })
--- os.remove(path)
--- os.remove(path .. ".html")
--- ```
---@param content Log|Evaluation|Figure|table # a log, an evaluation, a figure, an animation, a matrix, a list of records, text, or anything that prints; a list stacks them: a text of one line that begins with # is a heading, an empty line in a text begins a paragraph, and { figure, caption = text } replaces a figure's caption
---@param path string # a name that ends in .html
---@param options? avips.report.options # options by name
---@return string # string, the path
function avips.report(content, path, options) end

---@class avips.plot.lines.options
---@field x? string # what is across, with its unit (default: "x")
---@field y? string # what is up, with its unit (default: "y")
---@field log_x? boolean # whether the x axis is logarithmic (default: false)
---@field log_y? boolean # whether the y axis is logarithmic (default: false)
---@field equal? boolean # whether one unit is as long across as up (default: false)
---@field title? string # the heading (default: says what there is to see)

--- Draws lines through a script's own numbers in one panel.
---
--- ```lua
--- local wave = { x = {}, y = {} }
--- for i = 1, 100 do wave.x[i], wave.y[i] = i / 10, math.sin(i / 10) end
--- print(avips.plot.lines({ sine = wave, line = { x = {0, 10}, y = {-1, 1} } }, { x = "time (s)", y = "angle (rad)" }))
--- ```
---@param series table|Matrix # y values as a list, { x = list, y = list }, or a Matrix whose first column is x and each other one a series; a table of them by name is several series
---@param options? avips.plot.lines.options # options by name
---@return Figure # Figure
function avips.plot.lines(series, options) end

---@class avips.plot.scatter.options
---@field x? string # what is across, with its unit (default: "x")
---@field y? string # what is up, with its unit (default: "y")
---@field log_x? boolean # whether the x axis is logarithmic (default: false)
---@field log_y? boolean # whether the y axis is logarithmic (default: false)
---@field equal? boolean # whether one unit is as long across as up (default: false)
---@field title? string # the heading (default: says what there is to see)

--- Draws points from a script's own numbers in one panel.
---
--- ```lua
--- print(avips.plot.scatter(avips.random.normal(200, { columns = 2, seed = 1 }), { equal = true }))
--- ```
---@param series table|Matrix # y values as a list, { x = list, y = list }, or a Matrix whose first column is x and each other one a series; a table of them by name is several series
---@param options? avips.plot.scatter.options # options by name
---@return Figure # Figure
function avips.plot.scatter(series, options) end

---@class avips.plot.histogram.options
---@field bins? integer # how many bins (1 to 1000; default: by the interquartile range (Freedman and Diaconis))
---@field x? string # what the values are, with their unit (default: "value")
---@field title? string # the heading (default: says what there is to see)

--- Draws how numbers are distributed: the shares that fall into bins of equal width.
---
--- ```lua
--- print(avips.plot.histogram({ one = avips.random.normal(500, { seed = 1 }), two = avips.random.normal(500, { mean = 2, seed = 2 }) }))
--- ```
---@param values table|Matrix # numbers; of a Matrix each column is a series, of a table each list under its name
---@param options? avips.plot.histogram.options # options by name
---@return Figure # Figure
function avips.plot.histogram(values, options) end

---@class avips.plot.track.options
---@field title? string # the heading (default: says what there is to see)

--- Draws the joints along a track or a plan: angles in degrees in one panel, what slides in metres in another, jumps marked; of a plan over time, with the clearance.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local path = {}
--- for i = 1, 20 do path[i] = avips.pose{ xyz = {0.4, -0.1 + 0.01 * i, 0.4}, rpy = {math.pi, 0, 0} } end
--- print(avips.plot.track(panda:track(path, { seed = 1 })))
--- ```
---@param track Track|Plan # a track of a robot, a model or a body; or a plan
---@param options? avips.plot.track.options # options by name
---@return Figure # Figure
function avips.plot.track(track, options) end

---@class avips.view.options
---@field path? string # the page that is written, a name that ends in .html (default: the robot's name with .html, in the working directory)
---@field title? string # the heading (default: the robot's name)
---@field target? Pose # a frame to draw (default: the target of the solutions)
---@field world? World # obstacles to draw (default: none)
---@field shapes? string # what the robot looks like: the shapes of its description that are called visual (those for collisions where it has none), those for collisions, the spheres that collision checks use, or rods from joint to joint (one of "visual", "collision", "spheres", "rods"; default: "visual")
---@field triangles? integer # about how many triangles the meshes of the robot are simplified to in total, and likewise those of the world (100 to 1000000; default: 12000)
---@field steps? number[] # the times of the frames of a list of Solutions or Mixtures, in rising order, such as the steps of a training (default: 1, 2, and so on)
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)

--- Writes a page that shows a robot in three dimensions in a browser, with all answers, a track, plans, a body's postures or a model that learns, among obstacles; it needs no network.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local target = avips.pose{ xyz = {0.45, 0.1, 0.4}, rpy = {180, 0, 0}, degrees = true }
--- local path = os.tmpname()
--- avips.view(panda, panda:ik(target, { count = 20, seed = 1 }), { path = path .. ".html" })
--- os.remove(path)
--- os.remove(path .. ".html")
--- ```
---@param robot Robot|Body|Model|Solutions # the robot to show; of Solutions, Postures, Tracks and Plans, theirs
---@param what? Solutions|Postures|Track|Plans|Plan|Matrix|table # the configurations to show: families in their colours, a track or plans to be played; a list of Solutions or Mixtures is played frame by frame, the components moving (in rad, m)
---@param options? avips.view.options # options by name
---@return string # string, the path
function avips.view(robot, what, options) end

---@class avips.experiment.options
---@field name? string # the name of the study (letters, digits, "-", "_" and ".")
---@field grid? table # the axes: { components = {4, 16} } lists settings, { rate = { slow = 1e-3, fast = 1e-2 } } names them; a list of such tables is their union (default: one point without settings)
---@field options? table # settings that all points share, as fields of the point: { steps = 1000 } (default: nothing)
---@field seeds? integer|integer[] # the seeds of every point: a list, or how many from 1 on (default: 1)
---@field run? function # is called with the point, a table of its settings and seed, and the Run; what it returns is the result
---@field directory? string # where the study's files are (default: a directory of the study's name)
---@field where? function # is called with a point and returns whether it is part of the study (default: all are)
---@field report? function # is called with the study once all its runs are done, and by the command report (default: a table is shown, and report writes a page)
---@field allow_nan? boolean # whether a result may have numbers that are not finite; otherwise such a run has failed (default: false)
---@field patience? number # after how long without a sign of life a process of another machine counts as dead (in s; 1 to 1000000; default: 300)
---@field search? table # { random = 20, seed = 1 } draws points: of lists a setting each, of { from =, to =, log =, integer = } a number; { budget = "steps", rungs = {100, 300}, keep = 1/3, by = "loss", goal = "lowest" } gives the best of them greater budgets, from the checkpoints of the smaller ones (default: all combinations, all alike)


--- Opens a study by its directory, to look at its results without its script.
---
--- ```lua
--- local directory = os.tmpname()
--- os.remove(directory)
--- local study = avips.experiment{
---   name = "example", directory = directory, grid = { components = {2, 4} }, seeds = {1, 2},
---   run = function(c, run)
---     return c.components
---   end,
--- }
--- study:run{ workers = 1 }
--- assert(#avips.experiment.open(directory):rows() == 4)
--- if avips.files.exists(directory) then avips.files.remove(directory) end
--- ```
---@param directory string # the study's directory
---@return Experiment # Experiment
function avips.experiment.open(directory) end

--- Tells whether a file or a directory exists at a path.
---
--- ```lua
--- local directory = os.tmpname()
--- os.remove(directory)
--- avips.files.make(directory .. "/deep/inside")
--- assert(avips.files.exists(directory))
--- if avips.files.exists(directory) then avips.files.remove(directory) end
--- ```
---@param path string # the file or directory
---@return boolean # boolean
function avips.files.exists(path) end

--- Describes the file or directory at a path.
---
--- ```lua
--- local directory = os.tmpname()
--- os.remove(directory)
--- avips.files.make(directory .. "/deep/inside")
--- assert(avips.files.status(directory).kind == "directory")
--- if avips.files.exists(directory) then avips.files.remove(directory) end
--- ```
---@param path string # the file or directory
---@return table # table: kind ("file", "directory" or "other"), size in bytes, modified in s since 1970; nil where nothing does
function avips.files.status(path) end

--- Lists the names in a directory, sorted.
---
--- ```lua
--- local directory = os.tmpname()
--- os.remove(directory)
--- avips.files.make(directory .. "/deep/inside")
--- assert(avips.files.list(directory)[1] == "deep")
--- if avips.files.exists(directory) then avips.files.remove(directory) end
--- ```
---@param directory string # the directory
---@return string[] # list of strings
function avips.files.list(directory) end

--- Makes a directory, and its parents where they are missing.
---
--- ```lua
--- local directory = os.tmpname()
--- os.remove(directory)
--- avips.files.make(directory .. "/deep/inside")
--- assert(avips.files.make(directory) == directory)
--- if avips.files.exists(directory) then avips.files.remove(directory) end
--- ```
---@param directory string # the directory; one that exists is left as it is
---@return string # string, the path
function avips.files.make(directory) end

--- Removes a file, or a directory with its contents; of a link only the link.
---
--- ```lua
--- local directory = os.tmpname()
--- os.remove(directory)
--- avips.files.make(directory .. "/deep/inside")
--- avips.files.remove(directory)
--- if avips.files.exists(directory) then avips.files.remove(directory) end
--- ```
---@param path string # the file or directory
function avips.files.remove(path) end

--- Moves or renames a file or a directory within a file system.
---
--- ```lua
--- local directory = os.tmpname()
--- os.remove(directory)
--- avips.files.make(directory .. "/deep/inside")
--- assert(avips.files.move(directory .. "/deep", directory .. "/moved") == directory .. "/moved")
--- if avips.files.exists(directory) then avips.files.remove(directory) end
--- ```
---@param path string # the file or directory
---@param other string # the new name; a file that has it is replaced
---@return string # string, the new name
function avips.files.move(path, other) end

--- Copies a file; the copy appears under its name once it is complete.
---
--- ```lua
--- local directory = os.tmpname()
--- os.remove(directory)
--- avips.files.make(directory .. "/deep/inside")
--- local file = assert(io.open(directory .. "/a.txt", "w"))
--- file:write "text"
--- file:close()
--- assert(avips.files.copy(directory .. "/a.txt", directory .. "/b.txt") == directory .. "/b.txt")
--- if avips.files.exists(directory) then avips.files.remove(directory) end
--- ```
---@param path string # the file or directory
---@param other string # the new name; a file that has it is replaced
---@return string # string, the new name
function avips.files.copy(path, other) end

--- Reads the system clock.
---
--- ```lua
--- assert(avips.system.time() > 1.7e9)
--- ```
---@return number # number, seconds since 1970, with fractions
function avips.system.time() end

--- Returns the processor time that all threads of the program have used; the load of other programs does not change it.
---
--- ```lua
--- local start = avips.system.processor_time()
--- for i = 1, 1e5 do end
--- assert(avips.system.processor_time() > start)
--- ```
---@return number # number, in s
function avips.system.processor_time() end

--- Counts the cores that the program may use: taskset, containers and a job's share of its node reduce them.
---
--- ```lua
--- assert(avips.system.cores() >= 1)
--- ```
---@return integer # integer
function avips.system.cores() end

--- Names the processor, and the cores that the program may use.
---
--- ```lua
--- print(avips.system.processor())
--- ```
---@return string # string
function avips.system.processor() end

--- Returns the machine's name.
---
--- ```lua
--- assert(#avips.system.host() > 0)
--- ```
---@return string # string
function avips.system.host() end

--- Returns the number of the process (PID).
---
--- ```lua
--- assert(avips.system.pid() > 0)
--- ```
---@return integer # integer
function avips.system.pid() end

--- Reads a variable of the environment.
---
--- ```lua
--- assert(avips.system.environment "PATH")
--- ```
---@param name string # the variable
---@return string # string; nil where it is not set
function avips.system.environment(name) end

--- Waits; an interruption ends it.
---
--- ```lua
--- avips.system.sleep(0.001)
--- ```
---@param seconds number # how long (in s; 0 to 1e6)
function avips.system.sleep(seconds) end

---@class avips.json.encode.options
---@field indent? integer # spaces a level; 0 for one line (0 to 16; default: 0)

--- Turns a value into JSON: tables with the keys 1 to n, and empty ones, into arrays, others into objects with sorted keys; objects of avips by their fields, nan and infinite numbers as null.
---
--- ```lua
--- assert(avips.json.encode{ b = {1, 2.5}, a = true } == '{"a":true,"b":[1,2.5]}')
--- ```
---@param value any # tables, strings, numbers, booleans, any object of avips, avips.json.null
---@param options? avips.json.encode.options # options by name
---@return string # string
function avips.json.encode(value, options) end

--- Turns JSON into a value; `null` becomes avips.json.null.
---
--- ```lua
--- local value = avips.json.decode '{"a": [1, null]}'
--- assert(value.a[1] == 1 and value.a[2] == avips.json.null)
--- ```
---@param text string # the JSON
---@return table # table, string, number, boolean or avips.json.null
function avips.json.decode(text) end

---@class avips.json.write.options
---@field indent? integer # spaces a level; 0 for one line (0 to 16; default: 0)

--- Writes a value to a file as JSON; on failure the old file is kept.
---
--- ```lua
--- local path = os.tmpname()
--- avips.json.write(path, { answer = 42 })
--- assert(avips.json.read(path).answer == 42)
--- os.remove(path)
--- ```
---@param path string # the file
---@param value any # what avips.json.encode takes
---@param options? avips.json.write.options # options by name
---@return string # string, the path
function avips.json.write(path, value, options) end

--- Reads a file of JSON.
---
--- ```lua
--- local path = os.tmpname()
--- avips.json.write(path, { 1, 2, 3 }, { indent = 2 })
--- assert(#avips.json.read(path) == 3)
--- os.remove(path)
--- ```
---@param path string # the file
---@return any # what avips.json.decode gives
function avips.json.read(path) end

---@class avips.csv.read.options
---@field header? boolean # whether the first line names the columns (default: true)
---@field separator? string # one character, in ASCII and no quotation mark (default: ",")

--- Reads a file of comma-separated values; fields that are numbers, inf and nan among them, become numbers.
---
--- ```lua
--- local path = os.tmpname()
--- avips.csv.write(path, { { x = 1, name = "a" }, { x = 2.5, name = "b" } })
--- assert(avips.csv.read(path)[2].x == 2.5)
--- os.remove(path)
--- ```
---@param path string # the file
---@param options? avips.csv.read.options # options by name
---@return table[] # list of tables by column name, of columns with one name the second as name_2; without a header a list of lists
function avips.csv.read(path, options) end

---@class avips.csv.write.options
---@field columns? string[] # the header; of tables and objects, the fields to write (default: all fields that occur, in the order in which they do)
---@field separator? string # one character, in ASCII and no quotation mark (default: ",")

--- Writes rows, columns or an object as comma-separated values, numbers in the shortest form that reads back as the same; on failure the old file is kept.
---
--- ```lua
--- local path = os.tmpname()
--- avips.csv.write(path, avips.matrix{ {1, 2}, {3, 4} }, { columns = {"x", "y"} })
--- assert(avips.csv.read(path)[2].y == 4)
--- os.remove(path)
--- ```
---@param path string # the file
---@param rows Matrix|number[][]|table[]|any|table|userdata # what to write: rows, columns by their names, or Solutions, Tracks, Logs, Evaluations, Mixtures, Poses and what else has rows, or a list of such
---@param options? avips.csv.write.options # options by name
---@return string # string, the path
function avips.csv.write(path, rows, options) end

--- Explains a function, an object or a name: signature, units, defaults, an example.
---
--- ```lua
--- print(avips.help "robot")
--- print(avips.help(avips.pose))
--- ```
---@param x? function|table|userdata|string # what to explain; without it an overview
---@return string # string
function avips.help(x) end

--- Lists the functions, methods and fields whose names or descriptions contain all words of a search, or synonyms of them.
---
--- ```lua
--- print(avips.apropos "inverse kinematics")
--- ```
---@param words string # what to search for, a word or several
---@return string # string, a line for each
function avips.apropos(words) end

--- Shows values as the prompt does: tables sorted and cut to the screen, numbers in full.
---
--- ```lua
--- local first, second = avips.show({ b = 2, a = { 1, 2, 3 } }, 0.1)
--- assert(second == 0.1)
--- ```
---@param ... any # what to show
---@return any # the values
function avips.show(...) end

--- Shows the example in the help of a function, and runs it.
---
--- ```lua
--- avips.example(avips.pose)
--- ```
---@param f function|string # a function of avips, or its name
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

---@class avips.bench.options
---@field seconds? number # how long to go on, at least one call (in s; 0.001 to 3600; default: 1)

--- Calls a function again and again and says how long a call takes; the first call is not counted.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local q = panda:random()
--- print(avips.bench(function() return panda:fk(q) end, { seconds = 0.05 }))
--- ```
---@param f function # what to call, without arguments
---@param options? avips.bench.options # options by name
---@return Timing # Timing
function avips.bench(f, options) end

--- Runs a script or a module again: what `require` has loaded before is forgotten first.
---
--- ```lua
--- local path = os.tmpname() .. ".lua"
--- local file = io.open(path, "w")
--- file:write "return 42"
--- file:close()
--- assert(avips.reload(path) == 42)
--- os.remove(path)
--- ```
---@param name string # a path that ends in .lua, or the name of a module
---@return any # what the script or the module returns
function avips.reload(name) end

--- Opens $VISUAL or $EDITOR on what was entered last, on the entry or the file that a function was written in, or on a file; what was changed is run afterwards.
---
--- ```lua
--- print(avips.help(avips.edit))  -- edit(f), edit "script.lua" or edit at the prompt
--- ```
---@param what? function|string # a function written in Lua, or the path of a file
function avips.edit(what) end

--- Tells or changes whether the prompt shows texts that are longer than the screen page by page; PAGER=cat in the environment turns it off, too.
---
--- ```lua
--- assert(avips.pager(false) == false)
--- assert(avips.pager(true))
--- ```
---@param on? boolean # true or false, to change it
---@return boolean # boolean, whether it does so now
function avips.pager(on) end

--- Opens the debugger at the next line, to inspect variables, step line by line and run code there; without a terminal the script goes on. `%debug script.lua` at the prompt stops at a script's first line, `%debug` alone shows the calls that led to the last error.
---
--- ```lua
--- for i = 1, 3 do avips.breakpoint(i > 5) end
--- ```
---@param condition? any # stops only where it is neither false nor nil
function avips.breakpoint(condition) end

---@class avips.demo.options
---@field pause? boolean # whether to wait for Enter at each step; only a terminal can (default: true)

--- Steps through an annotated demo: Enter runs what is shown, q leaves. Each ends in SVG files in the working directory.
---
--- ```lua
--- print(avips.demo())
--- ```
---@param name? string # the demo; without it the demos are listed
---@param options? avips.demo.options # options by name
---@return table # table, the demo's variables; without a name the list, a string
function avips.demo(name, options) end

---@class avips.teach.options
---@field start? number[] # the configuration to begin with (in rad, m; default: the middle of the limits)
---@field degrees? boolean # whether the angles in this call are in degrees, distances between configurations too; results are in rad (default: false)
---@field keys? string # keys to press instead of a person: names such as "down right s q" between blanks (default: none)

--- Opens a teach pendant in the terminal: arrow keys choose and move a joint, a number and Enter set it, x y z a b c move and turn the tip along and about the base frame's axes, s stores, q returns.
---
--- ```lua
--- local panda = avips.robot "panda"
--- local q, stored = avips.teach(panda, { keys = "right right s down left q" })
--- assert(#q == 7 and stored.rows == 1)
--- ```
---@param robot Robot|string # the robot, or its name
---@param options? avips.teach.options # options by name
---@return number[] # list of numbers, the configuration at the end; and a Matrix of those stored or nil
---@return Matrix|nil # see above
function avips.teach(robot, options) end

--- Writes what was entered at the prompt so far as a script with seed and version; `avips --check` runs it again and shows differences.
---
--- ```lua
--- local path = os.tmpname() .. ".lua"
--- avips.session.save(path)
--- os.remove(path)
--- ```
---@param path string # a name that ends in .lua
---@return string # string, the path
function avips.session.save(path) end

---@class avips.session.start.options
---@field version? string # the version of avips that the transcript is of
---@field seed? integer # the seed that the session began with (default: 0)

--- Begins a transcript: seeds all random streams, and keeps results as `_`, `_1` and so forth from then on.
---
--- ```lua
--- avips.session.start{ version = avips.version, seed = 0 }
--- ```
---@param options avips.session.start.options # options by name
function avips.session.start(options) end

--- Runs text as the prompt does: shows its values, or the message of the error that it ends in.
---
--- ```lua
--- avips.session.run "1 + 1"
--- avips.session.run "error 'told, not raised'"
--- ```
---@param text string # an expression, or statements
function avips.session.run(text) end

--- Keeps a value as `_` and `_1`, as the prompt does, without showing it.
---
--- ```lua
--- avips.session.keep(42)
--- assert(_ == 42)
--- _, _1 = nil
--- ```
---@param value any # what to keep
function avips.session.keep(value) end
