// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that what measures never reaches those who import the library.

/// The root package's settings but `InternalImportsByDefault`, which concerns libraries.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"), .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"), .treatAllWarnings(as: .error),
    .treatWarning("DeprecatedDeclaration", as: .warning),
]

func dryport(_ names: String...) -> [Target.Dependency] {
    names.map { .product(name: $0, package: "dryport") }
}

let package = Package(
    name: "dryport-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "dryport", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
        // Without its traits it replaces neither malloc nor the runtime's reference counting, which would be measured.
        .package(url: "https://github.com/ordo-one/benchmark.git", from: "1.38.1", traits: []),
    ],
    targets: [
        // A plain program, since it starts processes. That it depends on the executable makes SwiftPM put a release
        // build of it beside the program.
        .executableTarget(
            name: "dryport-figures",
            dependencies: dryport(
                "dryport", "DryportControlPlane", "DryportControlPlaneCore", "DryportCredentials", "DryportMessages",
                "DryportModel", "DryportRuntime", "DryportRuntimeDocker", "DryportRuntimeProcess", "DryportServer",
                "DryportStoreSQLite", "DryportTransport", "DryportTransportHTTP") + [
                    "CAllocator",
                    .product(name: "ArgumentParser", package: "swift-argument-parser"),
                    .product(name: "Logging", package: "swift-log"),
                ],
            path: "Sources/DryportFigures",
            swiftSettings: settings),
        // What the allocator says; its header is not part of Swift's module of the C library.
        .target(name: "CAllocator"),
        // What is placed, and where: shared by the two that follow.
        .target(
            name: "PlacementWorkloads", dependencies: dryport("DryportModel", "DryportPlacement"),
            swiftSettings: settings + [.enableUpcomingFeature("InternalImportsByDefault")]),
        .executableTarget(
            name: "Placement",
            dependencies: dryport("DryportModel", "DryportPlacement")
                + ["CAllocator", "PlacementWorkloads", .product(name: "Benchmark", package: "benchmark")],
            path: "Benchmarks/Placement",
            swiftSettings: settings,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
        // Counts only, which are the same on every machine; their thresholds are in Thresholds/.
        .executableTarget(
            name: "PlacementWork",
            dependencies: dryport("DryportModel", "DryportPlacement")
                + ["PlacementWorkloads", .product(name: "Benchmark", package: "benchmark")],
            path: "Benchmarks/PlacementWork",
            swiftSettings: settings,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
        .executableTarget(
            name: "ControlPlane",
            dependencies: dryport(
                "DryportControlPlaneCore", "DryportCredentials", "DryportMessages", "DryportModel")
                + [.product(name: "Benchmark", package: "benchmark")],
            path: "Benchmarks/ControlPlane",
            swiftSettings: settings,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    ]
)
