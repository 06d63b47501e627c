// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The part of a container's `dockerConfig` that means something to every runtime (`ecs-agent.md` §5.6).
struct EngineSettings {
    /// Docker's `Config`.
    struct Config: Codable {
        var User: String?
        var WorkingDir: String?
        var Labels: [String: String]?
    }

    /// Docker's `HostConfig`.
    struct HostConfig: Codable {
        struct Ulimit: Codable {
            var Name: String?
            var Soft: Int64?
            var Hard: Int64?
        }

        var NetworkMode: String?
        var Ulimits: [Ulimit]?
        /// Bytes.
        var MemoryReservation: Int64?
        var Privileged: Bool?
        var NanoCpus: Int64?
    }

    var config = Config()
    var hostConfig = HostConfig()

    /// Reads both texts; absent or empty ones say nothing.
    /// - Throws: ``TaskPlanningError`` if one is not the JSON object it should be.
    init(config: String?, hostConfig: String?, container: String) throws(TaskPlanningError) {
        if let config, !config.isEmpty {
            self.config = try Self.decode(Config.self, from: config, named: "config", container: container)
        }
        if let hostConfig, !hostConfig.isEmpty {
            self.hostConfig = try Self.decode(
                HostConfig.self, from: hostConfig, named: "hostConfig", container: container)
        }
    }

    private static func decode<Value: Decodable>(
        _ type: Value.Type, from text: String, named name: String, container: String
    ) throws(TaskPlanningError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw .impossible(
                "DockerClientConfigError: \(name) of container \(container) is not the JSON object that "
                    + "Docker's API expects")
        }
    }
}
