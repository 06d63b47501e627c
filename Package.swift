// swift-tools-version: 6.2
import PackageDescription

/// Settings of every target; the reasons are in CONTRIBUTING.md.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"), .enableUpcomingFeature("ImmutableWeakCaptures"),
    .treatAllWarnings(as: .error), .treatWarning("DeprecatedDeclaration", as: .warning),
    .treatWarning("ExplicitSendable", as: .error),
]

let collections = "swift-collections"
let nio = "swift-nio"
let nioHTTP2 = "swift-nio-http2"

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")

// Pure: no I/O, no clock, no randomness of their own.
let core: [Target] = [
    library("DryportModel"),
    library("DryportPlacement", ["DryportModel"]),
    library(
        "DryportCredentials",
        [
            "DryportModel", .product(name: "Crypto", package: "swift-crypto"),
            .product(name: "CryptoExtras", package: "swift-crypto"),
        ]),
    library("DryportReconciler", ["DryportModel"]),
    library("DryportMessages", ["DryportModel"]),
    library(
        "DryportControlPlaneCore",
        [
            "DryportModel", "DryportPlacement", "DryportCredentials", "DryportMessages",
            .product(name: "HeapModule", package: collections),
            .product(name: "OrderedCollections", package: collections),
        ]),
    library(
        "DryportAgentCore",
        [
            "DryportModel", "DryportCredentials", "DryportMessages", "DryportReconciler",
            .product(name: "OrderedCollections", package: collections),
        ]),
]

// Protocols that adapters implement.
let ports: [Target] = [
    library("DryportRuntime", ["DryportModel"]),
    library("DryportTransport", ["DryportModel", "DryportCredentials", "DryportMessages"]),
    library("DryportStore", ["DryportModel"]),
]

// One implementation each.
let adapters: [Target] = [
    library(
        "DryportWebSocket",
        [.product(name: "NIOCore", package: nio), .product(name: "NIOWebSocket", package: nio)]),
    library(
        "DryportRuntimeDocker",
        [
            "DryportModel", "DryportRuntime", logging,
            .product(name: "AsyncHTTPClient", package: "async-http-client"),
            .product(name: "NIOCore", package: nio), .product(name: "NIOHTTP1", package: nio),
        ]),
    library(
        "DryportRuntimeProcess",
        ["DryportModel", "DryportRuntime", logging]),
    library(
        "DryportTransportHTTP",
        [
            "DryportModel", "DryportCredentials", "DryportMessages", "DryportTransport", "DryportWebSocket", logging,
            .product(name: "AsyncHTTPClient", package: "async-http-client"),
            .product(name: "NIOCore", package: nio), .product(name: "NIOPosix", package: nio),
            .product(name: "NIOHTTP1", package: nio), .product(name: "NIOWebSocket", package: nio),
            .product(name: "NIOSSL", package: "swift-nio-ssl"),
        ]),
    library(
        "DryportStoreSQLite",
        ["DryportModel", "DryportStore", logging, .product(name: "GRDB", package: "GRDB.swift")]),
    library(
        "DryportInMemory",
        ["DryportModel", "DryportCredentials", "DryportMessages", "DryportRuntime", "DryportTransport", "DryportStore"]),
]

// They perform what the core decides.
let shells: [Target] = [
    library(
        "DryportControlPlane",
        [
            "DryportModel", "DryportCredentials", "DryportMessages", "DryportControlPlaneCore", "DryportStore", logging,
            lifecycle,
        ]),
    library(
        "DryportServer",
        [
            "DryportModel", "DryportCredentials", "DryportMessages", "DryportControlPlaneCore", "DryportControlPlane",
            "DryportWebSocket", logging, lifecycle, .product(name: "NIOCore", package: nio),
            .product(name: "NIOPosix", package: nio), .product(name: "NIOHTTP1", package: nio),
            .product(name: "NIOHTTP2", package: nioHTTP2), .product(name: "NIOHPACK", package: nioHTTP2),
            .product(name: "NIOWebSocket", package: nio), .product(name: "NIOSSL", package: "swift-nio-ssl"),
            .product(name: "AsyncHTTPClient", package: "async-http-client"),
            .product(name: "SystemPackage", package: "swift-system"),
        ]),
    library(
        "DryportAgent",
        [
            "DryportModel", "DryportCredentials", "DryportMessages", "DryportReconciler", "DryportAgentCore",
            "DryportRuntime", "DryportTransport", "DryportStore", logging, lifecycle,
        ]),
    // The umbrella.
    library(
        "Dryport",
        [
            "DryportModel", "DryportCredentials", "DryportMessages", "DryportControlPlaneCore", "DryportAgentCore",
            "DryportRuntime", "DryportTransport", "DryportStore", "DryportControlPlane", "DryportAgent",
        ]),
]

let support: [Target] = [
    library(
        "DryportSimulation",
        [
            "DryportModel", "DryportCredentials", "DryportMessages", "DryportReconciler", "DryportControlPlaneCore",
            "DryportAgentCore", .product(name: "HeapModule", package: collections),
            .product(name: "OrderedCollections", package: collections),
        ]),
    library(
        "DryportTesting",
        [
            "DryportModel", "DryportCredentials", "DryportMessages", "DryportRuntime", "DryportTransport",
            "DryportStore",
            "DryportInMemory",
        ]),
]

// Wiring and arguments. Its module is not called "dryport", since that and "Dryport" are one file name on some systems.
let executable = Target.executableTarget(
    name: "DryportCommand",
    dependencies: [
        "DryportModel", "DryportPlacement", "DryportCredentials", "DryportMessages", "DryportControlPlaneCore",
        "DryportControlPlane", "DryportServer", "DryportAgentCore", "DryportAgent", "DryportRuntime",
        "DryportRuntimeDocker", "DryportRuntimeProcess", "DryportTransport", "DryportTransportHTTP",
        "DryportStoreSQLite", logging, lifecycle,
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Configuration", package: "swift-configuration"),
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
    ],
    swiftSettings: settings)

let testTargets: [Target] = [
    tests("DryportModelTests", ["DryportModel"]),
    tests("DryportPlacementTests", ["DryportModel", "DryportPlacement"]),
    tests(
        "DryportControlPlaneCoreTests",
        ["DryportModel", "DryportPlacement", "DryportCredentials", "DryportMessages", "DryportControlPlaneCore"]),
    tests("DryportMessagesTests", ["DryportModel", "DryportMessages"]),
    tests("DryportCredentialsTests", ["DryportModel", "DryportCredentials"]),
    tests(
        "DryportRuntimeProcessTests",
        ["DryportModel", "DryportRuntime", "DryportRuntimeProcess", "DryportTesting", logging]),
    tests(
        "DryportRuntimeDockerTests",
        [
            "DryportModel", "DryportRuntime", "DryportRuntimeDocker", "DryportTesting", logging,
            .product(name: "AsyncHTTPClient", package: "async-http-client"),
            .product(name: "Crypto", package: "swift-crypto"), .product(name: "NIOCore", package: nio),
            .product(name: "NIOPosix", package: nio), .product(name: "NIOHTTP1", package: nio),
        ]),
    tests("DryportReconcilerTests", ["DryportModel", "DryportReconciler"]),
    tests(
        "DryportAgentCoreTests",
        [
            "DryportModel", "DryportCredentials", "DryportMessages", "DryportReconciler", "DryportAgentCore",
            .product(name: "OrderedCollections", package: collections),
        ]),
    tests(
        "DryportAgentTests",
        [
            "DryportModel", "DryportCredentials", "DryportMessages", "DryportAgentCore", "DryportAgent",
            "DryportRuntime", "DryportTransport", "DryportStore", "DryportInMemory", logging, lifecycle,
        ]),
    tests(
        "DryportWebSocketTests",
        [
            "DryportWebSocket", .product(name: "NIOCore", package: nio), .product(name: "NIOEmbedded", package: nio),
            .product(name: "NIOConcurrencyHelpers", package: nio), .product(name: "NIOWebSocket", package: nio),
        ]),
    tests(
        "DryportTransportHTTPTests",
        [
            "DryportModel", "DryportCredentials", "DryportMessages", "DryportTransport", "DryportTransportHTTP",
            "DryportWebSocket", "DryportTesting", logging, .product(name: "NIOCore", package: nio),
            .product(name: "NIOPosix", package: nio), .product(name: "NIOHTTP1", package: nio),
            .product(name: "NIOWebSocket", package: nio), .product(name: "NIOSSL", package: "swift-nio-ssl"),
        ]),
    tests(
        "DryportInMemoryTests",
        [
            "DryportModel", "DryportCredentials", "DryportMessages", "DryportRuntime", "DryportTransport",
            "DryportStore", "DryportInMemory", "DryportTesting",
        ]),
    tests(
        "DryportControlPlaneTests",
        [
            "DryportModel", "DryportMessages", "DryportControlPlaneCore", "DryportControlPlane", "DryportStore",
            "DryportInMemory", logging,
        ]),
    tests(
        "DryportStoreSQLiteTests",
        [
            "DryportStore", "DryportStoreSQLite", "DryportTesting", logging,
            .product(name: "GRDB", package: "GRDB.swift"),
        ]),
    tests(
        "DryportServerTests",
        [
            "DryportModel", "DryportCredentials", "DryportMessages", "DryportControlPlaneCore", "DryportControlPlane",
            "DryportServer", "DryportStore", "DryportInMemory", "DryportTransport", "DryportTransportHTTP",
            "DryportWebSocket", logging, lifecycle, .product(name: "NIOCore", package: nio),
            .product(name: "NIOPosix", package: nio), .product(name: "NIOHPACK", package: nioHTTP2),
            .product(name: "Subprocess", package: "swift-subprocess"),
        ]),
    tests(
        "DryportSimulationTests",
        [
            "DryportModel", "DryportCredentials", "DryportMessages", "DryportReconciler", "DryportControlPlaneCore",
            "DryportAgentCore", "DryportSimulation", .product(name: "OrderedCollections", package: collections),
        ]),
    tests("ArchitectureTests", []),
    // Real processes of the executable, driven as users drive them.
    tests(
        "IntegrationTests",
        [
            "DryportModel", "DryportCredentials", "DryportMessages", "DryportTransport", "DryportTransportHTTP",
            "DryportRuntimeDocker", "DryportCommand", logging,
        ], resources: [.copy("Differential"), .copy("Terraform")]),
]

let libraries = core + ports + adapters + shells + support

let package = Package(
    name: "dryport",
    platforms: [.macOS(.v15)],
    products: libraries.map { .library(name: $0.name, targets: [$0.name]) } + [
        .executable(name: "dryport", targets: ["DryportCommand"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-http2.git", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-configuration.git", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-system.git", from: "1.8.0"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.0"),
    ],
    targets: libraries + [executable] + testTargets
)
