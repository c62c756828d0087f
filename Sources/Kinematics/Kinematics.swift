/// Chains and bodies are built from robot descriptions and give poses; who imports them needs both.
@_exported import Geometry
@_exported import RobotFiles
