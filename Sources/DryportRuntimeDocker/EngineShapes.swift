// SPDX-License-Identifier: Apache-2.0

// The members that this adapter reads of the Engine API's answers; everything else in them is skipped.
// Names on the wire begin with a capital letter, which is why each type spells its keys.

/// `GET /version`.
struct EngineVersionReply: Decodable {
    var version: String
    var apiVersion: String
    var minimumAPIVersion: String?

    enum CodingKeys: String, CodingKey {
        case version = "Version"
        case apiVersion = "ApiVersion"
        case minimumAPIVersion = "MinAPIVersion"
    }
}

/// `GET /info`.
struct EngineInfo: Decodable {
    struct Plugins: Decodable {
        var log: [String]?
        var network: [String]?

        enum CodingKeys: String, CodingKey {
            case log = "Log"
            case network = "Network"
        }
    }

    var plugins: Plugins?
    var memoryLimit: Bool?
    var cpuShares: Bool?
    var cpuQuota: Bool?
    var systemTime: String?

    enum CodingKeys: String, CodingKey {
        case plugins = "Plugins"
        case memoryLimit = "MemoryLimit"
        case cpuShares = "CPUShares"
        case cpuQuota = "CpuCfsQuota"
        case systemTime = "SystemTime"
    }
}

/// `GET /images/{name}/json`.
struct EngineImage: Decodable {
    var id: String
    var repositoryDigests: [String]?

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case repositoryDigests = "RepoDigests"
    }
}

/// One line of the answer to `POST /images/create`.
struct EnginePullLine: Decodable {
    struct Progress: Decodable {
        var current: Int64?
        var total: Int64?
    }

    struct Failure: Decodable { var message: String? }

    var id: String?
    var status: String?
    var progressDetail: Progress?
    var error: String?
    var errorDetail: Failure?
}

/// `POST /containers/create`.
struct EngineCreated: Decodable {
    var id: String
    var warnings: [String]?

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case warnings = "Warnings"
    }
}

/// One element of `GET /containers/json`.
struct EngineContainerSummary: Decodable {
    var id: String
    var labels: [String: String]?
    var state: String?

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case labels = "Labels"
        case state = "State"
    }
}

/// `GET /containers/{id}/json`.
struct EngineContainer: Decodable {
    struct State: Decodable {
        struct Health: Decodable {
            var status: String?
            enum CodingKeys: String, CodingKey { case status = "Status" }
        }

        var status: String
        var exitCode: Int?
        var isOutOfMemory: Bool?
        var error: String?
        var startedAt: String?
        var finishedAt: String?
        var health: Health?

        enum CodingKeys: String, CodingKey {
            case status = "Status"
            case exitCode = "ExitCode"
            case isOutOfMemory = "OOMKilled"
            case error = "Error"
            case startedAt = "StartedAt"
            case finishedAt = "FinishedAt"
            case health = "Health"
        }
    }

    struct Config: Decodable {
        var image: String?
        var labels: [String: String]?
        var hasTerminal: Bool?

        enum CodingKeys: String, CodingKey {
            case image = "Image"
            case labels = "Labels"
            case hasTerminal = "Tty"
        }
    }

    struct Network: Decodable {
        struct Binding: Decodable {
            var hostIP: String?
            var hostPort: String?

            enum CodingKeys: String, CodingKey {
                case hostIP = "HostIp"
                case hostPort = "HostPort"
            }
        }

        var ports: [String: [Binding]?]?
        enum CodingKeys: String, CodingKey { case ports = "Ports" }
    }

    var id: String
    var created: String?
    var state: State
    var image: String?
    var config: Config
    var network: Network?

    enum CodingKeys: String, CodingKey {
        case id = "Id"
        case created = "Created"
        case state = "State"
        case image = "Image"
        case config = "Config"
        case network = "NetworkSettings"
    }
}

/// One line of `GET /events`.
struct EngineEvent: Decodable {
    struct Actor: Decodable {
        var id: String?
        /// The container's labels, and beside them what the action is about, such as `exitCode`.
        var attributes: [String: String]?

        enum CodingKeys: String, CodingKey {
            case id = "ID"
            case attributes = "Attributes"
        }
    }

    var action: String?
    var actor: Actor?
    var nanoseconds: Int64?

    enum CodingKeys: String, CodingKey {
        case action = "Action"
        case actor = "Actor"
        case nanoseconds = "timeNano"
    }
}

/// The body of every answer that says no.
struct EngineFailure: Decodable {
    var message: String?
}
