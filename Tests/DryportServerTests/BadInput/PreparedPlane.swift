// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportCredentials
import DryportInMemory
import DryportMessages
import DryportModel
import DryportStore
import Synchronization
import Testing

@testable import DryportControlPlane
@testable import DryportServer

/// A running control plane in a prepared world where time stands still, and its front.
struct PreparedPlane: Sendable {
    let world: PreparedWorld
    let controlPlane: ControlPlane
    let store: InMemoryStore
    let front: APIFront
    /// The corpus about this world.
    let samples: [Sample]
    /// What the requests that only look show at rest.
    private(set) var picture: [UInt8] = []

    private let node: Credentials
    private let task: Credentials
    private let machine: ControlPlaneMachine
    private let records: [StorePage.Entry]
    private let looks: [@Sendable () async -> [UInt8]]

    fileprivate init(_ world: PreparedWorld, _ controlPlane: ControlPlane, _ store: InMemoryStore) async throws {
        self.world = world
        self.controlPlane = controlPlane
        self.store = store
        let now = world.now
        front = try APIFront(controlPlane: controlPlane, logger: TestPlane.silent, now: { now })
        let samples = Corpus.samples.map { $0.named(world.names) }
        self.samples = samples
        var random = SystemRandomNumberGenerator()
        func issue(to principal: Principal) -> Credentials {
            world.issuer.issue(to: principal, lifetime: .seconds(3600), at: now.wall, using: &random)
        }
        node = issue(to: .managedInstance(id: world.names["node"] ?? ""))
        task = issue(to: .task(arn: world.names["serviceTaskArn"] ?? ""))
        let operations = OperationTable(APIFront.operations)
        let context = CallContext(
            principal: .administrator(accessKeyID: PreparedWorld.administrator.id), endpoint: "http://127.0.0.1")
        looks = samples.filter { $0.isReadOnly && $0.caller == .administrator }.compactMap { sample in
            guard let operation = operations[sample.target] else { return nil }
            let body = sample.body.bytes
            return {
                do throws(APIError) {
                    return try await operation.perform(body, controlPlane, context)
                } catch {
                    return Array(error.description.utf8)
                }
            }
        }
        await Self.waitUntilAtRest(controlPlane, at: now)
        machine = controlPlane.state.withLock { $0.machine }
        records = store.snapshot().entries
        picture = await look()
        #expect(
            Dictionary(uniqueKeysWithValues: records.map { ($0.key.text, $0.value.bytes) }) == world.stored,
            "the world was not at rest")
    }

    // MARK: Requests

    /// A request with a body, signed as the sample's caller signs.
    func request(_ sample: Sample, body: [UInt8]) throws -> APIFront.Request {
        var request = TestRequests.unsigned(target: sample.target, body: body)
        try sign(&request, of: sample)
        return request
    }

    func sign(_ request: inout APIFront.Request, of sample: Sample) throws {
        let credentials: Credentials
        switch sample.caller {
        case .nobody: return
        case .administrator: credentials = PreparedWorld.administrator.credentials
        case .node: credentials = node
        case .task: credentials = task
        case .nodeKey:
            let signable = request.signable(bodySHA256: SignableRequest.sha256Hex(request.body))
            request.headers += try SignatureV4.signManagedInstance(
                signable, id: world.names["node"] ?? "", key: world.nodeKey, region: "us-east-1", at: world.now.wall)
            return
        }
        TestRequests.sign(&request, by: credentials, service: sample.service.signingName, at: world.now.wall)
    }

    /// What no answer to a failed call may show.
    var secrets: [String] {
        [PreparedWorld.administrator.secret, node.secretAccessKey, task.secretAccessKey].map(\.exposed)
            + [world.names["code"] ?? "", node.sessionToken?.exposed ?? "", task.sessionToken?.exposed ?? ""]
    }

    // MARK: The state

    /// The control plane as it is now.
    var machineNow: ControlPlaneMachine { controlPlane.state.withLock { $0.machine } }

    /// What is stored, by a number that grows with each commit.
    var revision: StoreRevision { store.snapshot().revision }

    /// Whether the store holds what it held at first, byte by byte.
    var isStoreUntouched: Bool {
        store.snapshot().entries.elementsEqual(records) { $0.key == $1.key && $0.value.bytes == $1.value.bytes }
    }

    /// What the requests that only look show now.
    func look() async -> [UInt8] {
        var shown: [UInt8] = []
        for look in looks { shown += await look() }
        return shown
    }

    /// How many changes, messages and events the machine has made and not told.
    func takeResidue() -> Int {
        controlPlane.state.withLock { state in
            // There is no such session, so this changes nothing, and gives out what an earlier call has left.
            let output = state.machine.closeSession(AgentSessionID(.max), at: world.now)
            return output.changes.count + output.effects.count + output.events.count
        }
    }

    func waitUntilAtRest() async { await Self.waitUntilAtRest(controlPlane, at: world.now) }

    private static func waitUntilAtRest(_ controlPlane: ControlPlane, at now: Instant) async {
        while true {
            let isAtRest = controlPlane.state.withLock { state in
                state.isIdle && state.armedWake.map { $0 > now.monotonic } ?? true
            }
            if isAtRest { return }
            await Task.yield()
        }
    }

    /// Puts everything back, in memory and in the store, after what was decided is carried out.
    func restore() async throws {
        await waitUntilAtRest()
        controlPlane.state.withLock { $0.machine = machine }
        var wanted = Dictionary(uniqueKeysWithValues: records.map { ($0.key, $0.value.bytes) })
        var mutations: [StoreMutation] = []
        for entry in store.snapshot().entries {
            guard let bytes = wanted.removeValue(forKey: entry.key) else {
                mutations.append(.delete(entry.key))
                continue
            }
            if bytes != entry.value.bytes { mutations.append(.put(entry.key, bytes)) }
        }
        mutations += wanted.map { .put($0.key, $0.value) }
        try await store.commit(StoreBatch(mutations: mutations))
    }

    /// Whether a control plane could begin with what is stored now.
    func isStoreReadable() async -> Bool {
        let machine = try? await ControlPlane.load(
            configuration: world.configuration, issuer: world.issuer, store: store, at: world.now)
        return machine != nil
    }
}

/// Runs a body with a control plane in a world of its own.
func withPreparedPlane(
    isThrottled: Bool = false, _ body: sending (PreparedPlane) async throws -> Void
) async throws {
    let world = try PreparedWorld(isThrottled: isThrottled)
    let store = InMemoryStore(watchBuffer: 1, replay: 1)
    try await world.fill(store)
    let now = world.now
    let controlPlane = try await ControlPlane.open(
        configuration: world.configuration, administrators: [PreparedWorld.administrator], store: store,
        logger: TestPlane.silent, now: { now })
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await controlPlane.run() }
        try await body(try await PreparedPlane(world, controlPlane, store))
        group.cancelAll()
    }
}
