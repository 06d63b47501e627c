// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportRuntime
import Testing

@testable import DryportRuntimeDocker

@Suite("The body of a create request")
struct CreateBodyTests {
    private static let identity = ContainerIdentity(
        owner: "o", taskARN: "t", containerName: "web", family: "f", revision: "7", cluster: "c")
    private static let labels =
        #""com.amazonaws.ecs.cluster":"c","com.amazonaws.ecs.container-name":"web","com.amazonaws.ecs.task-arn":"t","#
        + #""com.amazonaws.ecs.task-definition-family":"f","com.amazonaws.ecs.task-definition-version":"7","#
        + #""com.dryport.owner":"o""#

    private func spec(_ change: (inout ContainerSpec) -> Void = { _ in }) -> ContainerSpec {
        var spec = ContainerSpec(identity: Self.identity, name: "ecs-f-7-web-1", image: "i:1")
        change(&spec)
        return spec
    }

    private func body(_ change: (inout ContainerSpec) -> Void = { _ in }) throws -> String {
        String(decoding: try CreateBody.make(for: spec(change)).encoded(), as: UTF8.self)
    }

    @Test("is small for a small container")
    func smallest() throws {
        #expect(
            try body() == #"{"Env":[],"HostConfig":{"CpuShares":2,"NetworkMode":"bridge"},"Image":"i:1","Labels":{"#
                + Self.labels + "}}")
    }

    @Test("holds everything that a container has")
    func largest() throws {
        let made = try body {
            $0.entryPoint = ["/entry"]
            $0.command = ["a", "b"]
            $0.environment = ["B": "2=3", "A": ""]
            $0.workingDirectory = "/w"
            $0.user = "1:2"
            $0.cpuShares = 512
            $0.cpuLimit = 1536
            $0.memoryLimit = 128
            $0.memoryReservation = 64
            $0.portMappings = [
                .init(containerPort: 80), .init(containerPort: 53, hostPort: 5353, transportProtocol: .udp),
                .init(containerPort: 80, hostPort: 8080),
            ]
            $0.mounts = [
                .init(source: .hostPath("/h"), containerPath: "/c"),
                .init(source: .volume("v"), containerPath: "/d", isReadOnly: true),
            ]
            $0.links = ["ecs-db:db"]
            $0.volumesFrom = ["ecs-data:ro"]
            $0.labels = ["team": "x"]
            $0.resourceLimits = [.init(name: "nofile", soft: 10, hard: -1)]
        }
        let expected =
            #"{"Cmd":["a","b"],"Entrypoint":["/entry"],"Env":["A=","B=2=3"],"ExposedPorts":{"53/udp":{},"80/tcp":{}},"#
            + #""HostConfig":{"Binds":["/h:/c","v:/d:ro"],"CpuShares":512,"Links":["ecs-db:db"],"Memory":134217728,"#
            + #""MemoryReservation":67108864,"NanoCpus":1500000000,"NetworkMode":"bridge","#
            + #""PortBindings":{"53/udp":[{"HostPort":"5353"}],"80/tcp":[{"HostPort":"0"},{"HostPort":"8080"}]},"#
            + #""Ulimits":[{"Hard":-1,"Name":"nofile","Soft":10}],"VolumesFrom":["ecs-data:ro"]},"#
            + #""Image":"i:1","Labels":{\#(Self.labels),"team":"x"},"User":"1:2","WorkingDir":"/w"}"#
        #expect(made == expected)
    }

    @Test("keeps numbers within what engines take")
    func limits() throws {
        let low = try CreateBody.make(
            for: spec {
                $0.cpuShares = 0
                $0.memoryLimit = 1
                $0.memoryReservation = 0
            }
        ).members?["HostConfig"]?.members
        #expect(low?["CpuShares"] == .integer(2))
        #expect(low?["Memory"] == .integer(4_194_304))
        #expect(low?["MemoryReservation"] == .integer(4_194_304))
        let high = try CreateBody.make(
            for: spec {
                $0.cpuShares = .max
                $0.cpuLimit = .max
                $0.memoryLimit = .max
            }
        ).members?["HostConfig"]?.members
        #expect(high?["CpuShares"] == .integer(262_144))
        #expect(high?["Memory"] == .integer(.max))
        #expect(high?["NanoCpus"] == .integer(.max / 2))
    }

    @Test("publishes ports only behind a bridge", arguments: [NetworkMode.host, .none])
    func ports(mode: NetworkMode) throws {
        let body = try CreateBody.make(
            for: spec {
                $0.networkMode = mode
                $0.portMappings = [.init(containerPort: 80)]
            }
        ).members
        #expect(body?["ExposedPorts"] == nil)
        #expect(body?["HostConfig"]?.members?["PortBindings"] == nil)
        #expect(body?["HostConfig"]?.members?["NetworkMode"] == .string(mode.rawValue))
    }

    @Test("takes the overlay: maps are joined, the rest is replaced")
    func overlay() throws {
        let body = try CreateBody.make(
            for: spec {
                $0.environment = ["A": "1"]
                $0.user = "derived"
                $0.labels = ["kept": "1", "changed": "1"]
                $0.memoryLimit = 64
                $0.engineConfig = #"{"User":"0","Env":["B=2"],"Labels":{"changed":"2"},"Healthcheck":{"Test":["CMD"]}}"#
                $0.engineHostConfig = #"{"NetworkMode":"host","LogConfig":{"Type":"none"},"Privileged":true}"#
            }
        ).members
        #expect(body?["User"] == .string("0"))
        #expect(body?["Env"] == .array([.string("B=2")]))
        #expect(body?["Labels"]?.members?["kept"] == .string("1"))
        #expect(body?["Labels"]?.members?["changed"] == .string("2"))
        #expect(body?["Healthcheck"] == .object(["Test": .array([.string("CMD")])]))
        let host = body?["HostConfig"]?.members
        #expect(host?["NetworkMode"] == .string("host"))
        #expect(host?["Privileged"] == .bool(true))
        #expect(host?["Memory"] == .integer(67_108_864))
    }

    @Test("lets nobody say who the container is")
    func identityWins() throws {
        let forged = Dictionary(uniqueKeysWithValues: ContainerLabels.labels(for: Self.identity).keys.map { ($0, "x") })
        for config in [
            #"{"Labels":{"com.dryport.owner":"x"}}"#, #"{"labels":{"com.dryport.owner":"x"}}"#, #"{"Labels":null}"#,
        ] {
            let body = try CreateBody.make(
                for: spec {
                    $0.labels = forged
                    $0.engineConfig = config
                }
            ).members
            var labels: [String: String] = [:]
            for case (let name, .string(let value)) in body?["Labels"]?.members ?? [:] { labels[name] = value }
            #expect(ContainerLabels.identity(from: labels) == Self.identity)
            #expect(body?["labels"] == nil)
        }
    }

    @Test("leaves restarts to the agent, and the request's other halves alone")
    func forbidden() throws {
        let body = try CreateBody.make(
            for: spec {
                $0.engineHostConfig = #"{"RestartPolicy":{"Name":"always"},"autoRemove":true,"restartpolicy":{}}"#
                $0.engineConfig = #"{"HostConfig":{"Privileged":true},"NetworkingConfig":{}}"#
            }
        ).members
        #expect(body?["HostConfig"] == .object(["CpuShares": .integer(2), "NetworkMode": .string("bridge")]))
        #expect(body?["NetworkingConfig"] == nil)
    }

    @Test("says each member once, however it is spelled")
    func spelling() throws {
        let body = try CreateBody.make(
            for: spec {
                $0.engineConfig = #"{"user":"5","hostname":"h","Hostname":"g"}"#
                $0.user = "1"
            }
        ).members
        #expect(body?["User"] == .string("5"))
        #expect(body?["user"] == nil)
        #expect(body?.keys.count { $0.lowercased() == "hostname" } == 1)
    }

    @Test("names the half that cannot be read", arguments: ["{", "[]", "1", #"{"a":}"#])
    func invalid(json: String) {
        #expect {
            try CreateBody.make(for: spec { $0.engineConfig = json })
        } throws: { error in
            let error = error as? RuntimeError
            return error?.code == .engineConfiguration && error?.message.contains("dockerConfig.config") == true
        }
        #expect {
            try CreateBody.make(for: spec { $0.engineHostConfig = json })
        } throws: { error in
            let error = error as? RuntimeError
            return error?.code == .hostConfiguration && error?.message.contains("dockerConfig.hostConfig") == true
        }
    }

    @Test("an identity is rebuilt from labels, if all of them are there")
    func labels() {
        let labels = ContainerLabels.labels(for: Self.identity)
        #expect(labels.count == 6)
        #expect(ContainerLabels.identity(from: labels) == Self.identity)
        for name in labels.keys {
            var fewer = labels
            fewer[name] = nil
            #expect(ContainerLabels.identity(from: fewer) == nil, "without \(name)")
        }
    }
}
