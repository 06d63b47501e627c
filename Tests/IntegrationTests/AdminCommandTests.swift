// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `dryport admin` against a real server.
@Suite(.serialized) struct AdminCommandTests {
    private func admin(
        _ installation: Installation, _ arguments: [String], credentials: [String: String]? = nil
    ) async throws -> (status: Int32, output: String, errors: String) {
        let data = installation.directory.appending(path: "server").path(percentEncoded: false)
        let place = ["--endpoint", installation.url] + (credentials == nil ? ["--data", data] : [])
        return try await run(["admin"] + arguments + place, environment: credentials ?? [:])
    }

    private func run(
        _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> (status: Int32, output: String, errors: String) {
        let process = try Executable(arguments, environment: environment)
        let status = try await process.wait(seconds: 60)
        return (status, process.output, process.errors)
    }

    /// The profile in what was printed, as the environment of another command.
    private func profile(_ name: String, in text: String) throws -> [String: String] {
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.contains("[\(name)]"), "\(text)")
        func value(_ key: String) throws -> String {
            let line = try #require(lines.first { $0.hasPrefix("\(key) = ") }, "\(text)")
            return String(line.dropFirst(key.count + 3))
        }
        return [
            "AWS_ACCESS_KEY_ID": try value("aws_access_key_id"),
            "AWS_SECRET_ACCESS_KEY": try value("aws_secret_access_key"),
        ]
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func aKeyFromItsCreationToItsEnd() async throws {
        try await Installation.with { installation in
            let created = try await admin(installation, ["create", "anna"])
            #expect(created.status == 0, "\(created.errors)")
            let anna = try profile("anna", in: created.output)
            let id = try #require(anna["AWS_ACCESS_KEY_ID"])
            let secret = try #require(anna["AWS_SECRET_ACCESS_KEY"])

            // The new key is an administrator's.
            let listed = try await admin(installation, ["list"], credentials: anna)
            #expect(listed.status == 0, "\(listed.errors)")
            let lines = listed.output.split(separator: "\n")
            #expect(lines.count == 3 && lines[0].hasPrefix("ACCESS KEY"), "\(listed.output)")
            #expect(lines[1].contains("(the server's own)") && lines[2].hasPrefix("\(id)  anna"), "\(listed.output)")
            #expect(!listed.output.contains(secret))

            let rotated = try await admin(installation, ["rotate", id, "--grace", "1h", "--output", "json"])
            #expect(rotated.status == 0, "\(rotated.errors)")
            let answer = try object(rotated.output)
            let new = try #require((answer["accessKey"] as? [String: Any])?["accessKeyId"] as? String)
            let newSecret = try #require(answer["secretAccessKey"] as? String)
            #expect((answer["rotatedAccessKey"] as? [String: Any])?["status"] as? String == "ACTIVE")
            #expect(try await admin(installation, ["list"], credentials: anna).status == 0)

            let revoked = try await admin(installation, ["revoke", id])
            #expect(revoked.status == 0 && revoked.output == "\(id) (anna) has ended\n", "\(revoked.errors)")
            let refused = try await admin(installation, ["list"], credentials: anna)
            #expect(refused.status == 64)
            #expect(refused.errors.contains("does not accept the access key \(id)"), "\(refused.errors)")

            // Keys outlive the server.
            installation.server.signal(SIGTERM)
            try await installation.server.wait()
            try await installation.restartServer()
            let other = ["AWS_ACCESS_KEY_ID": new, "AWS_SECRET_ACCESS_KEY": newSecret]
            let again = try await admin(installation, ["list", "--output", "json"], credentials: other)
            #expect(again.status == 0, "\(again.errors)")
            let keys = try #require(try object(again.output)["accessKeys"] as? [[String: Any]])
            #expect(keys.map { $0["status"] as? String } == ["ACTIVE", "INACTIVE", "ACTIVE"])

            // The database is what could be leaked; the log is what is.
            let files = try FileManager.default.contentsOfDirectory(
                at: installation.directory.appending(path: "server"), includingPropertiesForKeys: nil)
            for file in files where file.lastPathComponent.contains("sqlite") {
                let bytes = try Data(contentsOf: file)
                for secret in [secret, newSecret] { #expect(bytes.range(of: Data(secret.utf8)) == nil) }
            }
            for text in [installation.server.errors, refused.errors, listed.errors, again.errors] {
                #expect(!text.contains(secret) && !text.contains(newSecret))
            }
        }
    }

    /// What is printed can be appended to the file that AWS's tools read.
    @Test(.enabled(if: Engines.runsAWS)) func aProfileForTheAWSCLI() async throws {
        try await Installation.with { installation in
            let created = try await admin(installation, ["create", "bert@example.com"])
            let rotated = try await admin(
                installation,
                ["rotate", try #require(try profile("bert@example.com", in: created.output)["AWS_ACCESS_KEY_ID"])])
            let file = installation.directory.appending(path: "profiles")
            try Data(("[default]\nregion = us-east-1\n" + rotated.output).utf8).write(to: file)
            let aws = AWS(installation)
            let (status, errors) = try await aws.fail(
                ["ecs", "list-clusters", "--profile", "bert@example.com"],
                environment: ["AWS_SHARED_CREDENTIALS_FILE": file.path(percentEncoded: false)])
            #expect(status == 0, "\(errors)")
        }
    }

    @Test func mistakesAreOneLineWithTheirRemedy() async throws {
        func expect(
            _ result: (status: Int32, output: String, errors: String), _ status: Int32, _ texts: String...,
            sourceLocation: SourceLocation = #_sourceLocation
        ) {
            #expect(result.status == status, "\(result.errors)", sourceLocation: sourceLocation)
            #expect(result.output.isEmpty, sourceLocation: sourceLocation)
            #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)", sourceLocation: sourceLocation)
            for text in ["dryport: "] + texts {
                #expect(result.errors.contains(text), "\(result.errors)", sourceLocation: sourceLocation)
            }
        }
        let key = ["AWS_ACCESS_KEY_ID": "AKIAAAAAAAAAAAAAAAAA", "AWS_SECRET_ACCESS_KEY": "open-sesame"]
        let nobody = try await run(["admin", "list", "--endpoint", "http://127.0.0.1:9"], environment: key)
        expect(nobody, 1, "nobody listens at http://127.0.0.1:9", "--endpoint")
        expect(try await run(["admin", "list", "--endpoint", "nowhere"], environment: key), 64, "nowhere")
        expect(try await run(["admin", "list", "--data", "/nonexistent"]), 64, "/nonexistent/credentials")
        let homeless = try await run(["admin", "list"], environment: ["XDG_STATE_HOME": "/nonexistent"])
        expect(homeless, 64, "/nonexistent/dryport/credentials does not exist", "--data", "AWS_ACCESS_KEY_ID")
        let grace = try await run(["admin", "rotate", "AKIA", "--grace", "soon"], environment: key)
        expect(grace, 64, "--grace soon")
        for arguments in [
            ["--throttle-nodes", "many"], ["--throttle-administrators", "0/1"], ["--throttle-nodes", "5"],
        ] {
            expect(try await run(["server", "--listen", "127.0.0.1:0"] + arguments), 64, arguments[0])
        }
        try await Installation.with { installation in
            let wrong = try await admin(installation, ["list"], credentials: key)
            expect(wrong, 64, "does not accept the access key AKIAAAAAAAAAAAAAAAAA", "--data")
            #expect(!wrong.errors.contains("open-sesame"))
            expect(try await admin(installation, ["list", "--region", "eu-north-1"]), 64, "--region")
            expect(try await admin(installation, ["revoke", "AKIANOBODY"]), 64, "dryport admin list")
            expect(try await admin(installation, ["create", "two words"]), 64, "Names of access keys")
            let listed = try await admin(installation, ["list", "--output", "json"])
            let keys = try #require(try object(listed.output)["accessKeys"] as? [[String: Any]])
            let own = try #require(keys.first?["accessKeyId"] as? String)
            expect(try await admin(installation, ["revoke", own]), 64, "bootstrap key")
        }
    }
}
