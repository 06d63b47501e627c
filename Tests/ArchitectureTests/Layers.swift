// SPDX-License-Identifier: Apache-2.0

/// What a target may depend on: the table of the architecture, from the bottom up.
struct TargetRule: Sendable {
    let target: String
    let layer: String
    /// Names of modules, products and targets.
    let allowed: Set<String>
    /// Whether the whole of Foundation may be imported, or only as the substitute where FoundationEssentials
    /// is missing.
    let allowsFoundation: Bool
    /// Whether the target is pure, so that its code must not reach for clocks, randomness, logs or locks.
    let isCore: Bool

    /// Whether it is a library, which has a documentation catalog.
    var isLibrary: Bool { layer != "executable" }
}

enum Layers {
    static let model = "DryportModel"
    static let lowerCore = [model, "DryportPlacement", "DryportCredentials", "DryportReconciler", "DryportMessages"]
    static let upperCore = ["DryportControlPlaneCore", "DryportAgentCore"]
    static let ports = ["DryportRuntime", "DryportTransport", "DryportStore"]
    static let adapters = [
        "DryportWebSocket", "DryportRuntimeDocker", "DryportRuntimeProcess", "DryportTransportHTTP",
        "DryportStoreSQLite", "DryportInMemory",
    ]
    static let shells = ["DryportControlPlane", "DryportServer", "DryportAgent"]

    /// The executable, by either of its names.
    static let executables = ["DryportCommand", "dryport"]

    /// The folders of targets that have another name than their folder.
    static let targetsOfFolders = ["dryport-cli": "dryport"]

    /// The rule of the target in a folder of `Sources`.
    static func rule(ofFolder folder: String) -> TargetRule? { rules[targetsOfFolders[folder] ?? folder] }

    /// The rule of every target. A target that is not here is a breach.
    static let rules: [String: TargetRule] = {
        var rules: [String: TargetRule] = [:]
        for rule in coreRules + portRules + adapterRules + shellRules + supportRules { rules[rule.target] = rule }
        return rules
    }()

    // MARK: Modules from elsewhere

    private static let language = ["Swift", "_StringProcessing", "FoundationEssentials"]
    private static let collections = [
        "Collections", "OrderedCollections", "DequeModule", "HeapModule", "BitCollections", "HashTreeCollections",
    ]
    private static let system = ["Synchronization", "Dispatch", "Darwin", "Glibc", "Musl", "SystemPackage", "Logging"]
    private static let observability = ["Logging", "Metrics", "Tracing", "ServiceLifecycle", "UnixSignals"]
    private static let nio = [
        "NIO", "NIOCore", "NIOPosix", "NIOConcurrencyHelpers", "NIOFoundationCompat", "NIOHTTP1", "NIOWebSocket",
        "NIOSSL", "NIOTLS", "NIOTransportServices", "NIOEmbedded",
    ]

    // MARK: The layers

    private static var coreRules: [TargetRule] {
        let lower = lowerCore.map { target in
            let crypto = target == "DryportCredentials" ? ["Crypto", "CryptoExtras"] : []
            return core(target, [model] + crypto)
        }
        return lower + upperCore.map { core($0, lowerCore) }
    }

    private static func core(_ target: String, _ allowed: [String]) -> TargetRule {
        TargetRule(
            target: target, layer: "core", allowed: Set(language + collections + allowed).subtracting([target]),
            allowsFoundation: false, isCore: true)
    }

    private static var portRules: [TargetRule] {
        ports.map { port in
            TargetRule(
                target: port, layer: "ports",
                allowed: Set(language + collections + ["Synchronization"] + lowerCore + upperCore),
                allowsFoundation: false, isCore: false)
        }
    }

    private static var adapterRules: [TargetRule] {
        let libraries: [String: [String]] = [
            "DryportWebSocket": nio,
            "DryportRuntimeDocker": ["DryportRuntime", "AsyncHTTPClient"] + nio,
            "DryportRuntimeProcess": ["DryportRuntime", "Subprocess"],
            "DryportTransportHTTP": [
                "DryportTransport", "DryportWebSocket", "DryportCredentials", "DryportMessages", "AsyncHTTPClient",
            ] + nio,
            "DryportStoreSQLite": ["DryportStore", "GRDB"],
            "DryportInMemory": ports + ["DryportCredentials", "DryportMessages"],
        ]
        return adapters.map { adapter in
            TargetRule(
                target: adapter, layer: "adapters",
                allowed: Set(language + collections + system + [model] + (libraries[adapter] ?? [])),
                allowsFoundation: true, isCore: false)
        }
    }

    private static var shellRules: [TargetRule] {
        let below = language + collections + system + observability + lowerCore + upperCore + ports
        let server = ["DryportControlPlane", "DryportWebSocket", "AsyncHTTPClient", "NIOHTTP2", "NIOHPACK"]
        return [
            shell("DryportControlPlane", below),
            shell("DryportServer", below + server + nio),
            shell("DryportAgent", below),
            shell("Dryport", below + shells),
        ]
    }

    private static func shell(_ target: String, _ allowed: [String]) -> TargetRule {
        TargetRule(
            target: target, layer: "shells", allowed: Set(allowed), allowsFoundation: true, isCore: false)
    }

    private static var supportRules: [TargetRule] {
        let core = lowerCore + upperCore
        return [
            TargetRule(
                target: "DryportTesting", layer: "support",
                allowed: Set(
                    language + collections + ["Testing", "Synchronization", "DryportInMemory"] + core + ports),
                allowsFoundation: true, isCore: false),
            TargetRule(
                target: "DryportSimulation", layer: "support", allowed: Set(language + collections + core),
                allowsFoundation: false, isCore: false),
        ]
            + executables.map { executable in
                TargetRule(
                    target: executable, layer: "executable",
                    allowed: Set(
                        language + collections + system + observability + nio + core + ports + adapters + shells + [
                            "Dryport", "DryportSimulation", "ArgumentParser", "Configuration", "AsyncHTTPClient",
                            "Crypto",
                            "CryptoExtras", "Hummingbird", "Subprocess",
                        ]),
                    allowsFoundation: true, isCore: false)
            }
    }
}
