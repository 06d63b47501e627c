// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DryportControlPlaneCore

/// How many calls a control plane takes, from `--throttle-…`.
struct ThrottlingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How many calls each administrator's key may make: at once, and a second (default: off).",
            valueName: "BURST/RATE"))
    var throttleAdministrators: String?

    @Option(
        help: ArgumentHelp(
            "How many calls each node may make: at once, and a second; or off (default: 200/50).",
            valueName: "BURST/RATE"))
    var throttleNodes: String?

    func configuration(_ settings: Settings) throws -> ThrottlingConfiguration {
        var configuration = ThrottlingConfiguration()
        if let text = settings.value("throttle-administrators", throttleAdministrators) {
            configuration.administrators = try Self.limit(text, of: "--throttle-administrators")
        }
        if let text = settings.value("throttle-nodes", throttleNodes) {
            configuration.nodes = try Self.limit(text, of: "--throttle-nodes")
        }
        return configuration
    }

    private static func limit(_ text: String, of option: String) throws -> ThrottlingConfiguration.Limit? {
        if text == "off" { return nil }
        let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let burst = numbers[0], let rate = numbers[1], burst >= 1, rate >= 1 else {
            throw UsageError("\(option) \(text): not BURST/RATE, such as 200/50, or off")
        }
        return ThrottlingConfiguration.Limit(burst: burst, rate: rate)
    }
}
