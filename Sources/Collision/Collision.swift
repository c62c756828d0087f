// Whoever checks collisions has chains, poses and descriptions too.
@_exported import Kinematics
