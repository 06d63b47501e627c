// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "dryport-examples",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "dryport", path: ".."),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
    ],
    targets: [
        .executableTarget(
            name: "EmbeddedControlPlane",
            dependencies: [
                .product(name: "Dryport", package: "dryport"),
                .product(name: "DryportInMemory", package: "dryport"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .executableTarget(
            name: "CustomStrategy",
            dependencies: [
                .product(name: "DryportModel", package: "dryport"),
                .product(name: "DryportPlacement", package: "dryport"),
            ]),
    ]
)
