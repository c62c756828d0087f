// swift-tools-version: 6.2
import PackageDescription

// CI turns every warning into an error; a user's newer compiler must not.
let strict: [SwiftSetting] = Context.environment["AVIPS_STRICT"] == nil ? [] : [.treatAllWarnings(as: .error)]

// The program is built where it runs, so the compiler may use all that this processor has: AVX-512 is
// worth a factor of two to four in the batched kinematics and in the densities. A processor without it passes
// wide vectors in other registers, of which the compiler warns; all that takes them is inlined.
let native: [SwiftSetting] = strict + [.unsafeFlags(["-Xcc", "-march=native", "-Xcc", "-Wno-psabi"])]
// Inner loops whose contracts are checked at their entry; nothing that a script passes reaches them unchecked.
let inner: [SwiftSetting] = Context.environment["AVIPS_CHECKED"] == nil
    ? native + [.unsafeFlags(["-Ounchecked"], .when(configuration: .release))] : native  // see scripts/check-sanitizers

let package = Package(
    name: "avips",

    // MARK: Products
    products: [
        .executable(name: "avips", targets: ["avips"]),
        .library(
            name: "AVIPS",
            targets: ["AVIPS"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [

        // MARK: Files
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "Files", dependencies: ["CZlib"], swiftSettings: strict),

        // MARK: Numerics
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CLanes"),
        .systemLibrary(name: "CThreads"),
        .target(name: "Numerics", dependencies: ["COpenBLAS", "CLanes", "CThreads"], swiftSettings: inner),

        .systemLibrary(name: "CLAPACK", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .target(name: "LinearAlgebra", dependencies: ["CLAPACK", "Numerics"], swiftSettings: native),

        // MARK: Robots
        .target(name: "Geometry", dependencies: ["Numerics"], swiftSettings: native),
        .target(name: "RobotFiles", dependencies: ["Numerics", "Geometry"], swiftSettings: native),
        .target(name: "Kinematics", dependencies: ["Numerics", "Geometry", "RobotFiles"], swiftSettings: inner),
        .target(name: "CCollision", cSettings: [.unsafeFlags(["-Wno-psabi"]), .unsafeFlags(["-march=native", "-O3"], .when(configuration: .release))]),
        .target(name: "Collision", dependencies: ["Numerics", "Kinematics", "CCollision"], swiftSettings: inner),
        .target(name: "Planning", dependencies: ["Numerics", "Collision"], swiftSettings: inner),
        .target(name: "Expressions", dependencies: ["Numerics", "CLanes"], swiftSettings: native),

        // MARK: Model
        .target(name: "Mixtures", dependencies: ["Numerics"], swiftSettings: inner),
        .target(name: "VariationalInference", dependencies: ["Numerics", "Mixtures"], swiftSettings: inner),
        .target(name: "Networks", dependencies: ["Numerics"], swiftSettings: inner),
        .target(name: "ConditionalModels", dependencies: ["Files", "Numerics", "Mixtures", "Networks"], swiftSettings: inner),
        .target(name: "ConditionalInference", dependencies: ["Numerics", "Mixtures", "Networks"], swiftSettings: inner),
        // Six densities with known answers, for tests and benchmarks.
        .target(name: "ConditionalSuite", dependencies: ["Numerics", "ConditionalInference"], swiftSettings: inner),
        .target(
            name: "ModelTraining", dependencies: ["Numerics", "Mixtures", "Networks", "ConditionalInference", "ConditionalModels"], swiftSettings: inner),

        // Flows and generator ensembles, beside the mixture.
        .target(
            name: "Baselines", dependencies: ["Numerics", "Networks", "ConditionalInference", "ConditionalModels", "ModelTraining"],
            swiftSettings: inner),

        // MARK: Robots
        .target(name: "SolutionSets", dependencies: ["Numerics", "Kinematics", "Mixtures"], swiftSettings: inner),
        .target(
            name: "RobotModels",
            dependencies: ["Files", "Numerics", "Kinematics", "Mixtures", "Networks", "SolutionSets", "ConditionalInference", "ConditionalModels", "ModelTraining"],
            swiftSettings: inner),
        // Reads strangers' files, so with all checks.
        .target(
            name: "ModelFiles",
            dependencies: [
                "Files", "Numerics", "Kinematics", "Mixtures", "VariationalInference", "Networks", "ConditionalModels", "ModelTraining", "Baselines", "RobotModels",
            ],
            swiftSettings: native),

        // MARK: Evaluation
        .target(
            name: "Evaluation", dependencies: ["Numerics", "Kinematics", "Mixtures", "SolutionSets", "ConditionalModels", "ModelTraining", "RobotModels"],
            swiftSettings: inner),

        // MARK: Figures
        // What an SVG of figures draws, as pixels and on paper.
        .target(name: "Pictures", dependencies: ["Files"], swiftSettings: native),
        .target(name: "Figures", dependencies: ["Files", "Numerics", "Kinematics", "Pictures"], swiftSettings: native),

        // MARK: Experiments
        .target(name: "Experiments", dependencies: ["Files"], swiftSettings: strict),
        // Robots in three dimensions, as pages for a browser.
        .target(name: "Views", dependencies: ["Files", "Geometry", "RobotFiles", "Kinematics"], swiftSettings: native),
        // All of the above under one name.
        .target(
            name: "AVIPS",
            dependencies: [
                "Files", "Numerics", "LinearAlgebra", "Expressions", "Kinematics", "Collision", "Planning", "Mixtures", "VariationalInference",
                "Networks", "ConditionalInference", "ConditionalModels", "ModelTraining", "Baselines", "SolutionSets", "RobotModels", "ModelFiles",
                "Evaluation", "Figures", "Views",
                "Experiments",
            ],
            swiftSettings: strict),

        // MARK: Scripting
        .systemLibrary(name: "CLua", pkgConfig: "lua5.4", providers: [.apt(["liblua5.4-dev"])]),
        .target(name: "CLuaSupport", dependencies: ["CLua"]),
        .target(name: "CLineEditor", linkerSettings: [.linkedLibrary("readline")]),
        .target(name: "LuaBridge", dependencies: ["CLua", "CLuaSupport"], swiftSettings: strict),
        .target(
            name: "Scripting",
            dependencies: [
                "LuaBridge", "Files", "Numerics", "LinearAlgebra", "Expressions", "Kinematics", "Collision", "Planning", "Mixtures", "VariationalInference",
                "Networks", "ConditionalInference", "ConditionalModels", "ModelTraining", "Baselines", "SolutionSets", "RobotModels", "ModelFiles",
                "Evaluation", "Figures", "Views",
                "Experiments",
            ],
            swiftSettings: native),
        .target(name: "Console", dependencies: ["CLineEditor", "Files", "Numerics", "LuaBridge", "Scripting",
            .product(name: "ArgumentParser", package: "swift-argument-parser")], swiftSettings: strict),

        // MARK: Executables
        .executableTarget(name: "avips", dependencies: ["Console"], swiftSettings: strict),
        .executableTarget(
            name: "suite", dependencies: ["Numerics", "Mixtures", "Networks", "ConditionalInference", "ConditionalSuite"], swiftSettings: inner),
        .executableTarget(
            name: "benchmark",
            dependencies: [
                "Numerics", "Expressions", "Kinematics", "Mixtures", "Networks", "ConditionalModels", "ModelTraining", "Baselines", "SolutionSets", "RobotModels",
                "ModelFiles", "Evaluation", "Scripting",
            ],
            swiftSettings: inner),

        // MARK: Tests
        .testTarget(name: "AVIPSTests", dependencies: ["AVIPS"], swiftSettings: native),
        .testTarget(name: "ExperimentsTests", dependencies: ["Experiments", "Files"], swiftSettings: strict),
        .testTarget(name: "FilesTests", dependencies: ["Files"], swiftSettings: strict),
        .testTarget(name: "NumericsTests", dependencies: ["Numerics"], swiftSettings: native),
        .testTarget(name: "LinearAlgebraTests", dependencies: ["LinearAlgebra"], swiftSettings: native),
        .target(name: "TestSupport", dependencies: ["RobotFiles"], path: "Tests/Support", swiftSettings: native),
        .testTarget(name: "GeometryTests", dependencies: ["Geometry", "TestSupport"], swiftSettings: native),
        .testTarget(name: "RobotFilesTests", dependencies: ["RobotFiles", "Kinematics", "TestSupport"], swiftSettings: native),
        .testTarget(name: "KinematicsTests", dependencies: ["Kinematics", "TestSupport"], exclude: ["Fixtures"], swiftSettings: native),
        .testTarget(name: "CollisionTests", dependencies: ["Collision", "TestSupport"], swiftSettings: native),
        .testTarget(name: "PlanningTests", dependencies: ["Planning", "TestSupport"], swiftSettings: native),
        .testTarget(name: "ExpressionsTests", dependencies: ["Expressions"], swiftSettings: native),
        .testTarget(name: "MixturesTests", dependencies: ["Mixtures"], swiftSettings: native),
        .testTarget(name: "VariationalInferenceTests", dependencies: ["Files", "ModelFiles", "VariationalInference"], swiftSettings: native),
        .testTarget(
            name: "ConditionalInferenceTests", dependencies: ["Numerics", "Mixtures", "Networks", "ConditionalInference", "ConditionalSuite"],
            swiftSettings: native),
        .testTarget(name: "NetworksTests", dependencies: ["Networks"], swiftSettings: native),
        .testTarget(name: "ModelTrainingTests", dependencies: ["ModelTraining"], swiftSettings: native),
        .testTarget(name: "BaselinesTests", dependencies: ["Baselines"], swiftSettings: native),
        .testTarget(name: "RobotModelsTests", dependencies: ["RobotModels", "ModelFiles", "TestSupport"], swiftSettings: native),
        .testTarget(name: "EvaluationTests", dependencies: ["Evaluation", "TestSupport"], swiftSettings: native),
        .testTarget(name: "FiguresTests", dependencies: ["Figures", "Pictures", "TestSupport"], exclude: ["Golden"], swiftSettings: native),
        .testTarget(name: "ViewsTests", dependencies: ["Views", "TestSupport"], swiftSettings: native),
        .testTarget(name: "LuaBridgeTests", dependencies: ["LuaBridge", "TestSupport"], swiftSettings: native),
        .testTarget(name: "ScriptingTests", dependencies: ["Scripting", "Experiments", "Files", "TestSupport"], swiftSettings: native),
        .testTarget(name: "ConsoleTests", dependencies: ["Console"], swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
