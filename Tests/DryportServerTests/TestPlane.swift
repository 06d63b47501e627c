// SPDX-License-Identifier: Apache-2.0

import DryportControlPlane
import DryportControlPlaneCore
import DryportCredentials
import DryportInMemory
import DryportMessages
import DryportModel
import DryportServer
import Logging
import ServiceLifecycle
import Synchronization

/// A running control plane on a store in memory, and its administrator.
struct TestPlane: Sendable {
    let controlPlane: ControlPlane
    let store: InMemoryStore
    let administrator: Credentials

    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    func front(
        isSecure: Bool = false, advertisedURL: String? = nil, logger: Logger = TestPlane.silent
    ) throws -> APIFront {
        try APIFront(controlPlane: controlPlane, isSecure: isSecure, advertisedURL: advertisedURL, logger: logger)
    }
}

/// Runs a body with a control plane that runs.
func withTestPlane(
    heartbeatInterval: Duration = .seconds(30), _ body: (TestPlane) async throws -> Void
) async throws {
    let store = InMemoryStore()
    let key = AccessKey(
        id: "AKIAIOSFODNN7EXAMPLE", secret: Redacted("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"))
    var configuration = ControlPlaneConfiguration()
    configuration.heartbeatInterval = heartbeatInterval
    // A busy machine answers short intervals late.
    configuration.toleratedHeartbeats = 1000
    let controlPlane = try await ControlPlane.open(
        configuration: configuration, administrators: [key], store: store, logger: TestPlane.silent)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await controlPlane.run() }
        try await body(TestPlane(controlPlane: controlPlane, store: store, administrator: key.credentials))
        group.cancelAll()
    }
}

/// A server that runs.
struct TestServer: Sendable {
    let plane: TestPlane
    let address: DryportServer.Address
    /// Begins the graceful shutdown.
    let shutDown: @Sendable () async -> Void
    /// Returns when the server has ended.
    let waitUntilEnded: @Sendable () async -> Void

    var host: String { "127.0.0.1:\(address.port)" }
}

/// Runs a body with a server on a free port of the loopback interface, in a service group of its own.
func withTestServer(
    heartbeatInterval: Duration = .seconds(30), configure: (inout DryportServer.Configuration) -> Void = { _ in },
    _ body: (TestServer) async throws -> Void
) async throws {
    var configuration = DryportServer.Configuration(port: 0)
    configure(&configuration)
    try await withTestPlane(heartbeatInterval: heartbeatInterval) { plane in
        let server = try DryportServer(
            controlPlane: plane.controlPlane, configuration: configuration, logger: TestPlane.silent)
        let services = ServiceGroup(
            configuration: .init(
                services: [.init(service: server, successTerminationBehavior: .gracefullyShutdownGroup)],
                logger: TestPlane.silent))
        let ended = Gate()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { ended.open() }
                try await services.run()
            }
            let test = TestServer(
                plane: plane, address: try await server.address,
                shutDown: { await services.triggerGracefulShutdown() }, waitUntilEnded: { await ended.wait() })
            try await body(test)
            group.cancelAll()
        }
    }
}

/// Lets tasks wait until it is opened.
final class Gate: Sendable {
    private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    var isOpen: Bool { state.withLock { $0.isOpen } }

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}
