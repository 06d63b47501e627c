// SPDX-License-Identifier: Apache-2.0

import DryportModel
import OrderedCollections

/// A setting that an account can have (`ecs-control-plane.md` §2.6).
struct AccountSetting: Sendable {
    /// Its name.
    let name: String
    /// What it may be set to; empty if nobody can set it.
    let values: [String]
    /// What holds where nobody has set it.
    let fallback: String

    /// All settings, by name in ascending order. Those that are about networks and Fargate are stored and returned.
    static let all: OrderedDictionary<String, AccountSetting> = {
        let switches = ["enabled", "disabled"]
        let settings = [
            AccountSetting(name: "awsvpcTrunking", values: switches, fallback: "disabled"),
            AccountSetting(name: "containerInsights", values: ["enhanced"] + switches, fallback: "disabled"),
            // Long names are the only ones there are, so that they cannot be turned off.
            AccountSetting(name: "containerInstanceLongArnFormat", values: ["enabled"], fallback: "enabled"),
            AccountSetting(
                name: "defaultLogDriverMode", values: ["blocking", "non-blocking"], fallback: "non-blocking"),
            AccountSetting(name: "dualStackIPv6", values: switches, fallback: "enabled"),
            AccountSetting(name: "fargateEventWindows", values: switches, fallback: "disabled"),
            AccountSetting(name: "fargateFIPSMode", values: switches, fallback: "disabled"),
            AccountSetting(name: "fargateTaskRetirementWaitPeriod", values: ["0", "7", "14"], fallback: "7"),
            AccountSetting(name: "guardDutyActivate", values: [], fallback: "off"),
            AccountSetting(name: "serviceLongArnFormat", values: ["enabled"], fallback: "enabled"),
            AccountSetting(name: "tagResourceAuthorization", values: ["on", "off"], fallback: "on"),
            AccountSetting(name: "taskLongArnFormat", values: ["enabled"], fallback: "enabled"),
        ]
        return OrderedDictionary(uniqueKeysWithValues: settings.map { ($0.name, $0) })
    }()
}

/// What the account's principals have set.
struct AccountSettings: Sendable {
    /// By principal, then by name.
    private var records: [String: [String: AccountSettingRecord]] = [:]

    mutating func restore(_ record: AccountSettingRecord) {
        records[record.principalArn, default: [:]][record.name] = record
    }

    mutating func remove(_ record: AccountSettingRecord) {
        records[record.principalArn]?[record.name] = nil
        if records[record.principalArn]?.isEmpty == true { records[record.principalArn] = nil }
    }

    /// What a principal itself has set; nil if nothing.
    func record(_ name: String, of principal: String) -> AccountSettingRecord? { records[principal]?[name] }

    /// What holds for a principal: what it has set, else what holds for all, else the service's own choice.
    /// - Parameters:
    ///   - name: The setting's name.
    ///   - principal: The principal's ARN.
    ///   - root: The ARN of the root user, whose settings hold for all.
    /// - Returns: nil if there is no such setting.
    func effectiveValue(_ name: String, of principal: String, root: String) -> String? {
        record(name, of: principal)?.value ?? record(name, of: root)?.value ?? AccountSetting.all[name]?.fallback
    }
}

extension AccountScope {
    /// The ARN of the account's root user.
    var rootUser: String { "arn:\(partition):iam::\(account):root" }
}
