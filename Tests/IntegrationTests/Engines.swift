// SPDX-License-Identifier: Apache-2.0

import DryportRuntimeDocker
import Foundation

/// What this machine offers, and what must not be skipped.
enum Engines {
    /// Names in DRYPORT_REQUIRE: a test whose need is named there fails rather than being skipped.
    static let required = Set(
        (ProcessInfo.processInfo.environment["DRYPORT_REQUIRE"] ?? "").split(separator: ",").map(String.init))

    static let hasDocker = FileManager.default.isReadableFile(atPath: "/var/run/docker.sock")

    /// Where the AWS CLI is; nil if it is not installed.
    static let aws = program("aws")

    /// Where Terraform is; nil if it is not installed.
    static let terraform = program("terraform")

    /// A folder with Terraform's providers (a filesystem mirror), for machines that reach no registry.
    static let terraformPlugins = ProcessInfo.processInfo.environment["DRYPORT_TERRAFORM_PLUGINS"]

    /// Where a program is; nil if it is not on the PATH.
    static func program(_ name: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// The runtimes to test with.
    static var available: [String] {
        if hasDocker || required.contains("docker") { return ["process", "docker"] }
        print("skipped: tests with Docker, as /var/run/docker.sock is not there")
        return ["process"]
    }

    /// Whether tests with Terraform run.
    static var runsTerraform: Bool {
        if terraform != nil && terraformPlugins != nil || required.contains("terraform") { return true }
        print("skipped: tests with Terraform, as it is not on the PATH or DRYPORT_TERRAFORM_PLUGINS is not set")
        return false
    }

    /// Whether tests with the AWS CLI run.
    static var runsAWS: Bool {
        if aws != nil || required.contains("aws") { return true }
        print("skipped: tests with the AWS CLI, as aws is not on the PATH")
        return false
    }
}
