import Foundation
import RobotFiles

/// The library of the package's own robots.
public let library = RobotLibrary(directory: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("robots").path)
