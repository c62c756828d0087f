import Kinematics

/// The Panda of the folder `robots`; the program runs in the repository's root.
func pandaChain() throws -> Chain { try RobotLibrary(directory: "robots").robot("panda").chain() }
