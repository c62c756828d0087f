import Foundation
import RobotFiles

/// The root of the package, which holds robots, scripts and share.
public let packageRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

/// The library of the package's own robots.
public let library = RobotLibrary(directory: packageRoot + "/robots")
