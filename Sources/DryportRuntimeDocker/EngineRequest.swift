// SPDX-License-Identifier: Apache-2.0

import DryportRuntime
import NIOHTTP1

/// One call of the Engine API, before a version and a socket are chosen for it.
struct EngineRequest: Sendable {
    /// The method.
    var method: HTTPMethod
    /// The path below the version, beginning with a slash; each part is encoded already.
    var path: String
    /// Parameters; encoded when the request is sent.
    var query: [(name: String, value: String)] = []
    /// Header fields beyond those that every call has.
    var headers: [(name: String, value: String)] = []
    /// The body.
    var body: JSONValue?
    /// What the container is to become, for the message when it takes too long (`ecs-agent.md` §6.5).
    var transition: String
    /// How long the whole call may take; for streams, how long until the answer begins.
    var limit: Duration

    init(
        _ method: HTTPMethod, _ path: String, query: [(name: String, value: String)] = [], body: JSONValue? = nil,
        transition: String, limit: Duration
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.body = body
        self.transition = transition
        self.limit = limit
    }

    /// The request's target: version, path and parameters.
    func target(version: EngineAPIVersion?) -> String {
        let prefix = version.map { "/v\($0)" } ?? ""
        guard !query.isEmpty else { return prefix + path }
        let parameters = query.map { "\($0.name)=\(Self.encoded($0.value))" }
        return "\(prefix)\(path)?\(parameters.joined(separator: "&"))"
    }

    /// Percent-encodes everything but unreserved characters and those in `allowed`.
    static func encoded(_ text: String, allowing allowed: String = "") -> String {
        var result = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            let isUnreserved =
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_", "~": true
                default: false
                }
            if isUnreserved || (scalar.isASCII && allowed.unicodeScalars.contains(scalar)) {
                result.unicodeScalars.append(scalar)
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                result += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return result
    }

}

/// How long the engine may take, by call. The values are those of AWS's agent.
struct EngineLimits: Sendable {
    var version = Duration.seconds(10)
    var list = Duration.seconds(120)
    var inspect = Duration.seconds(30)
    var create = Duration.seconds(240)
    var start = Duration.seconds(180)
    /// On top of the grace period.
    var stop = Duration.seconds(120)
    var remove = Duration.seconds(300)
    /// Until the first sign of life of a pull.
    var pullStart = Duration.seconds(300)
    /// Between two signs of life of a pull.
    var pullInactivity = Duration.seconds(60)
    var pull = Duration.seconds(7200)
    /// Events that wait for their reader, per stage.
    var eventBuffer = 1000
}
