// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportMessages
import DryportModel
import Foundation

/// `wrk`, one thread, with requests that were signed beforehand: a client that costs little beside the server.
struct LoadClient {
    /// What one load came to.
    struct Result: Decodable {
        var requests: Int
        var seconds: Double
        /// Answers that were not of the 200s or 300s, and failures of the connection.
        var failures: Int
        /// Milliseconds.
        var p50: Double
        var p99: Double

        var rate: Double { Double(requests) / seconds }
    }

    private let program: String
    private let directory: URL

    /// - Returns: nil if `wrk` is not installed.
    init?(directory: URL) {
        guard let program = Self.program("wrk") else { return nil }
        self.program = program
        self.directory = directory
    }

    /// The path of a program that is installed.
    static func program(_ name: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Sends requests again and again for some seconds, each of those given in turn.
    func load(
        _ url: String, _ requests: [SignedRequest], connections: Int, seconds: Int
    ) async throws -> Result {
        let list = directory.appending(path: "requests-\(UUID().uuidString.prefix(8))")
        let script = directory.appending(path: "load.lua")
        try Data(requests.map(\.line).joined(separator: "\n").utf8).write(to: list)
        try Data(Self.script.utf8).write(to: script)
        defer { try? FileManager.default.removeItem(at: list) }
        let output = try await run(
            program,
            [
                "-t1", "-c\(connections)", "-d\(seconds)s", "--timeout", "30s", "-s",
                script.path(percentEncoded: false), url, "--", list.path(percentEncoded: false),
            ])
        guard let line = output.split(separator: "\n").last(where: { $0.hasPrefix("{") }) else {
            throw FigureError("wrk said: \(output)")
        }
        return try JSONDecoder().decode(Result.self, from: Data(line.utf8))
    }

    private static let script = """
        local requests = {}
        local index = 0
        function init(arguments)
            for line in io.lines(arguments[1]) do
                local method, path, target, date, authorization, body =
                    line:match("([^\\t]*)\\t([^\\t]*)\\t([^\\t]*)\\t([^\\t]*)\\t([^\\t]*)\\t(.*)")
                local headers = { ["Content-Type"] = "application/x-amz-json-1.1", ["X-Amz-Target"] = target,
                    ["X-Amz-Date"] = date, ["Authorization"] = authorization }
                requests[#requests + 1] = wrk.format(method, path, headers, body)
            end
        end
        function request()
            index = index % #requests + 1
            return requests[index]
        end
        function done(summary, latency)
            local e = summary.errors
            io.write(string.format(
                '{"requests":%d,"seconds":%f,"failures":%d,"p50":%f,"p99":%f}\\n', summary.requests,
                summary.duration / 1e6, e.status + e.connect + e.read + e.write + e.timeout,
                latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
        end
        """
}

/// A request with its signature, as one line for the client's script.
struct SignedRequest {
    let line: String

    /// Signs a call.
    init<Request: APIRequest>(_ request: Request, to url: String, with credentials: Credentials) throws {
        let body = try JSONCoding.encode(request)
        let headers = [
            HTTPField(name: "Content-Type", value: "application/x-amz-json-1.1"),
            HTTPField(name: "X-Amz-Target", value: Request.target),
        ]
        let added = SignatureV4.sign(
            SignableRequest(
                method: "POST", host: String(url.dropFirst("http://".count)), path: "/", headers: headers,
                bodySHA256: SignableRequest.sha256Hex(body)),
            with: credentials, region: "us-east-1", service: Request.service.signingName,
            at: Timestamp(millisecondsSinceEpoch: Int64(Date().timeIntervalSince1970 * 1000)))
        func value(_ name: String) -> String { added.first { $0.name == name }?.value ?? "" }
        line = [
            "POST", "/", Request.target, value("X-Amz-Date"), value("Authorization"),
            String(decoding: body, as: UTF8.self),
        ].joined(separator: "\t")
    }

    /// A GET that needs no signature.
    init(get path: String) { line = ["GET", path, "", "", "", ""].joined(separator: "\t") }
}

/// Runs a program to its end and gives what it printed.
func run(_ program: String, _ arguments: [String], environment: [String: String] = [:]) async throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("AWS_") }
        .merging(environment) { $1 }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    // Small outputs: the pipe holds them.
    while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
    let output = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
    guard process.terminationStatus == 0 else { throw FigureError("\(program) \(arguments): \(output)") }
    return output
}
