// Whoever plans has worlds, robots' shapes and chains too.
@_exported import Collision
