// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import DryportCredentials
import DryportMessages
import DryportModel
import Testing

/// Registration: the calls in their order, and each row of `ecs-agent.md` §2.4.
@Suite struct RegistrationTests {
    private static func terminal(_ world: World) -> String? { world.machine.status.terminalReason }

    private static func count(_ world: World, _ name: String) -> Int {
        world.backend.calls.count { $0.request.name == name }
    }

    @Test func callsInOrder() {
        let world = World()
        world.start()
        #expect(world.run { world.machine.status.isConnected })
        let names = world.backend.calls.map(\.request.name)
        #expect(
            names.prefix(4) == [
                "RegisterManagedInstance", "RequestManagedInstanceRoleToken", "UpdateInstanceInformation",
                "RegisterContainerInstance",
            ])
        #expect(names.contains("DiscoverPollEndpoint"))
        #expect(world.backend.calls[0].authentication == .anonymous)
        #expect(world.backend.calls[1].authentication == .managedInstanceKey(id: "mi-0123456789abcdef0"))
        guard case .credentials(let credentials) = world.backend.calls[3].authentication else {
            Issue.record("RegisterContainerInstance is not signed with the role's credentials")
            return
        }
        #expect(credentials.accessKeyID == "ASIAEXAMPLE")
        #expect(world.machine.status.containerInstanceARN == FakeBackend.instance)
        #expect(world.machine.status.managedInstanceID == "mi-0123456789abcdef0")
    }

    @Test func tellsResourcesAndAttributes() throws {
        let world = World {
            $0.reservedMemory = 96
            $0.attributes = [(name: "rack", value: "7")]
        }
        world.start()
        world.run { world.machine.status.isRegistered }
        let call = try #require(world.backend.calls.first { $0.request.name == "RegisterContainerInstance" })
        guard case .registerContainerInstance(let request) = call.request else { return }
        let resources = request.totalResources ?? []
        #expect(resources.map(\.name) == ["CPU", "MEMORY", "PORTS", "PORTS_UDP"])
        #expect(resources[0].integerValue == 2048)
        #expect(resources[1].integerValue == 4000)
        #expect(resources[2].stringSetValue == ["22", "2375", "2376", "51678", "51679"])
        let attributes = request.attributes ?? []
        #expect(attributes.first == Attribute(name: "rack", value: "7"))
        let names = attributes.map { $0.name ?? "" }
        #expect(names.contains("ecs.capability.external"))
        #expect(names.contains("com.amazonaws.ecs.capability.docker-remote-api.1.17"))
        #expect(names.contains("com.amazonaws.ecs.capability.docker-remote-api.1.32"))
        #expect(!names.contains("com.amazonaws.ecs.capability.docker-remote-api.1.26"), "never reported")
        #expect(!names.contains("ecs.capability.secrets.ssm.environment-variables"), "not supported, so not said")
        #expect(attributes.contains(Attribute(name: "ecs.os-type", value: "linux")))
        #expect(attributes.contains(Attribute(name: "ecs.cpu-architecture", value: "x86_64")))
        #expect(request.instanceIdentityDocument == "")
        #expect(request.containerInstanceArn == nil)
    }

    @Test func withoutActivationNothingIsCalled() {
        let world = World { $0.activation = nil }
        world.start()
        world.run(for: .seconds(60))
        #expect(Self.terminal(world)?.contains("--activation-id") == true)
        #expect(world.backend.calls.isEmpty)
    }

    @Test(arguments: ["InvalidActivation", "ActivationExpired", "RegistrationLimitExceeded"])
    func refusedActivationIsTerminal(code: String) {
        let world = World()
        world.backend.errors["RegisterManagedInstance"] = [APIError(.init(code), "no")]
        world.start()
        world.run(for: .seconds(60))
        #expect(Self.terminal(world)?.contains(code) == true)
        #expect(world.backend.calls.count == 1)
    }

    @Test func busyRegistrationOfTheNodeIsRepeated() {
        let world = World()
        world.backend.errors["RegisterManagedInstance"] = [APIError("TooManyUpdates", "later")]
        world.start()
        #expect(world.run { world.machine.status.isRegistered })
        #expect(Self.count(world, "RegisterManagedInstance") == 2)
    }

    @Test(arguments: ["InvalidParameterException", "ClientException"])
    func refusedInstanceIsTerminal(code: String) {
        let world = World()
        world.backend.errors["RegisterContainerInstance"] = [APIError(.init(code), "no")]
        world.start()
        world.run(for: .seconds(60))
        #expect(Self.terminal(world)?.contains(code) == true)
        #expect(Self.count(world, "RegisterContainerInstance") == 1)
    }

    @Test func missingEchoIsTerminal() {
        let world = World()
        world.backend.echoesAttributes = false
        world.start()
        world.run(for: .seconds(60))
        #expect(Self.terminal(world)?.hasPrefix("AttributeError") == true)
    }

    @Test(arguments: [
        ("ThrottlingException", 3.0, 3.6), ("ServerException", 3.0, 3.6), ("LimitExceededException", 3.0, 3.6),
        ("AccessDeniedException", 0.5, 0.55), ("ClusterNotFoundException", 0.5, 0.55),
    ])
    func transientErrorsAreRepeated(code: String, least: Double, most: Double) {
        let world = World()
        world.backend.errors["RegisterContainerInstance"] = [APIError(.init(code), "later")]
        world.start()
        #expect(world.run { world.machine.status.isRegistered })
        let pauses = world.observations.compactMap { observation -> Duration? in
            if case .registrationFailed(_, _, let pause) = observation { pause } else { nil }
        }
        #expect(pauses.count == 1)
        #expect(pauses[0] >= .seconds(least) && pauses[0] <= .seconds(most), "\(pauses[0])")
    }

    @Test(arguments: [
        APIError(.clusterNotFound, "Cluster not found."), APIError(.client, "Cluster not found."),
    ])
    func defaultClusterIsMade(error: APIError) {
        let world = World { $0.cluster = nil }
        world.backend.errors["RegisterContainerInstance"] = [error]
        world.start()
        #expect(world.run { world.machine.status.isRegistered })
        let names = world.backend.calls.map(\.request.name).filter {
            $0.hasSuffix("Instance") || $0.hasSuffix("Cluster")
        }
        #expect(
            names == [
                "RegisterManagedInstance", "RegisterContainerInstance", "CreateCluster", "RegisterContainerInstance",
            ])
    }

    @Test func registersAgainWithTheSavedARN() throws {
        let world = World { $0.attributes = [(name: "rack", value: "7")] }
        world.start()
        world.run { world.machine.status.isConnected }
        let before = world.backend.calls.count
        world.restart { $0.activation = nil }
        #expect(world.run { world.machine.status.isConnected })
        let calls = world.backend.calls[before...]
        #expect(!calls.contains { $0.request.name == "RegisterManagedInstance" })
        let call = try #require(calls.first { $0.request.name == "RegisterContainerInstance" })
        guard case .registerContainerInstance(let request) = call.request else { return }
        #expect(request.containerInstanceArn == FakeBackend.instance)
        #expect(!(request.attributes ?? []).contains { $0.name == "rack" }, "custom ones only on first registration")
    }

    @Test func anotherClusterIsRefused() {
        let world = World()
        world.start()
        world.run { world.machine.status.isRegistered }
        let before = world.backend.calls.count
        world.restart { $0.cluster = "other" }
        world.run(for: .seconds(60))
        #expect(Self.terminal(world)?.contains("default") == true)
        #expect(world.backend.calls.count == before)
    }

    @Test func pingsAndRotates() {
        let world = World()
        world.start()
        world.run(for: .seconds(3600)) { false }
        #expect(Self.count(world, "UpdateInstanceInformation") >= 12)
        // At half of one hour, and again half an hour later.
        #expect((2...3).contains(Self.count(world, "RequestManagedInstanceRoleToken")))
    }

    @Test func offlineStartTriesEveryFewSeconds() {
        let world = World()
        world.start()
        world.run { world.machine.status.isConnected }
        world.endProcess()
        world.isOnline = false
        world.restart()
        world.run(for: .seconds(300))
        #expect(!world.machine.status.isRegistered)
        world.isOnline = true
        let back = world.now
        #expect(world.run { world.machine.status.isRegistered })
        #expect(back.monotonic.duration(to: world.now.monotonic) <= .seconds(6), "soon after the link is back")
    }
}
