// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DryportMessages
import DryportModel

/// `dryport admin`
struct Admin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make, list, rotate and revoke the access keys of a control plane's administrators.",
        discussion: """
            It signs with the key in DIR/credentials if --data names DIR, else with AWS_ACCESS_KEY_ID and \
            AWS_SECRET_ACCESS_KEY, else with the key that dryport server has written. A secret is printed once, as a \
            profile for the file of credentials that AWS's tools read:

              dryport admin create anna >> ~/.aws/credentials
              aws --profile anna --region us-east-1 --endpoint-url URL ecs list-clusters

            The key that the server was started with cannot be revoked here.
            """,
        subcommands: [Create.self, List.self, Rotate.self, Revoke.self])

    /// `dryport admin create`
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make an access key and print its secret, once.")

        @Argument(help: "Whose key it is: 1 to 64 letters, digits and _+=,.@-")
        var name: String

        @OptionGroup var options: AdminOptions

        func run() async throws {
            let answer = try await options.call { _ in DryportAPI.CreateAccessKeyRequest(name: name) }
            try options.show(answer) {
                let key = answer.accessKey ?? .init()
                return ["# Access key \(key.accessKeyId ?? ""). Its secret is not shown again."]
                    + key.profile(secret: answer.secretAccessKey)
            }
        }
    }

    /// `dryport admin list`
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List access keys, with those that ended lately and without secrets.")

        @OptionGroup var options: AdminOptions

        func run() async throws {
            let keys = try await options.withClient { client, _ in
                var keys: [DryportAPI.AccessKey] = []
                var token: String?
                repeat {
                    let page = try await client.call(DryportAPI.ListAccessKeysRequest(nextToken: token))
                    keys += page.accessKeys ?? []
                    token = page.nextToken
                } while token != nil
                return keys
            }
            try options.show(DryportAPI.ListAccessKeysResponse(accessKeys: keys)) { keys.table }
        }
    }

    /// `dryport admin rotate`
    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make an access key in the place of another, and print its secret, once.")

        @Argument(help: ArgumentHelp("The key to end.", valueName: "KEY-ID"))
        var accessKeyID: String

        @Option(
            help: ArgumentHelp(
                "How long the old key goes on to be valid, such as 90s, 5m or 24h (default: not at all).",
                valueName: "DURATION"))
        var grace: String?

        @OptionGroup var options: AdminOptions

        func run() async throws {
            let answer = try await options.call { settings in
                let grace = try settings.value("grace", grace).map { try Run.duration($0, of: "--grace", from: 0) }
                return DryportAPI.RotateAccessKeyRequest(
                    accessKeyId: accessKeyID, gracePeriodSeconds: (grace ?? .zero).wholeSecondsRoundedUp)
            }
            try options.show(answer) {
                let (key, old) = (answer.accessKey ?? .init(), answer.rotatedAccessKey ?? .init())
                let end = old.status == "ACTIVE" ? "is valid until \(old.expiresAt.text)" : "has ended"
                return [
                    "# Access key \(key.accessKeyId ?? ""). Its secret is not shown again.",
                    "# Put it in the place of \(old.accessKeyId ?? ""), which \(end).",
                ] + key.profile(secret: answer.secretAccessKey)
            }
        }
    }

    /// `dryport admin revoke`
    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End an access key at once.")

        @Argument(help: ArgumentHelp("The key to end.", valueName: "KEY-ID"))
        var accessKeyID: String

        @OptionGroup var options: AdminOptions

        func run() async throws {
            let answer = try await options.call { _ in DryportAPI.RevokeAccessKeyRequest(accessKeyId: accessKeyID) }
            try options.show(answer) {
                ["\(answer.accessKey?.accessKeyId ?? "") (\(answer.accessKey?.name ?? "")) has ended"]
            }
        }
    }
}

extension DryportAPI.AccessKey {
    /// The key as a profile of AWS's file of credentials.
    fileprivate func profile(secret: String?) -> [String] {
        [
            "[\(name ?? "")]", "aws_access_key_id = \(accessKeyId ?? "")", "aws_secret_access_key = \(secret ?? "")",
        ]
    }
}

extension [DryportAPI.AccessKey] {
    /// The keys in columns.
    fileprivate var table: [String] {
        let head = ["ACCESS KEY", "NAME", "STATUS", "CREATED", "ENDS", "IN THE PLACE OF"]
        let rows =
            [head]
            + map { key in
                [
                    key.accessKeyId ?? "", key.isBootstrap == true ? "(the server's own)" : key.name ?? "",
                    key.status ?? "", key.createdAt.text, key.expiresAt.text, key.rotatedFrom ?? "-",
                ]
            }
        let widths = head.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).dropLast().map { $0 + String(repeating: " ", count: $1 - $0.count + 2) }
            return cells.joined() + (row.last ?? "")
        }
    }
}

extension Timestamp? {
    /// The time as text, a dash for none.
    fileprivate var text: String { self?.internetDateTime ?? "-" }
}

extension Duration {
    fileprivate var wholeSecondsRoundedUp: Int {
        Int(components.seconds) + (components.attoseconds > 0 ? 1 : 0)
    }
}
