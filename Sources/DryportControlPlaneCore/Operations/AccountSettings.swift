// SPDX-License-Identifier: Apache-2.0

public import DryportMessages
public import DryportModel
import OrderedCollections

// Account settings (`ecs-control-plane.md` §1.1, §2.6). Administrators act as the root user, whose settings hold for
// all who have none of their own.

extension ECS.ListAccountSettingsRequest: ControlPlaneRequest {
    /// Lists what a principal has set or, as effective settings, what holds for it.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.ListAccountSettingsResponse {
        let principal = try plane.settingPrincipal(principalArn)
        if let name { _ = try AccountSetting.named(name) }
        guard value == nil || name != nil else {
            throw APIError(.invalidParameter, "Settings can be filtered by value only together with a name.")
        }
        let settings = plane.account.settings
        let isEffective = effectiveSettings ?? false
        let found = AccountSetting.all.keys.elements.filter { key in
            guard name == nil || name == key else { return false }
            let current =
                isEffective
                ? settings.effectiveValue(key, of: principal, root: plane.scope.rootUser)
                : settings.record(key, of: principal)?.value
            return current != nil && (value == nil || value == current)
        }
        let page = try Page.cut(found, after: nextToken, size: maxResults, maximum: 10) { token in
            AccountSetting.all[token] != nil
        }
        return ECS.ListAccountSettingsResponse(
            settings: page.items.map { plane.setting($0, of: principal) }, nextToken: page.next)
    }
}

extension ECS.PutAccountSettingRequest: ControlPlaneRequest {
    /// Sets what holds for one principal, or for all if that is the root user.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.PutAccountSettingResponse {
        let principal = try plane.settingPrincipal(principalArn)
        return ECS.PutAccountSettingResponse(setting: try plane.putSetting(name, value, of: principal))
    }
}

extension ECS.PutAccountSettingDefaultRequest: ControlPlaneRequest {
    /// Sets what holds for all who have no setting of their own.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.PutAccountSettingDefaultResponse {
        ECS.PutAccountSettingDefaultResponse(setting: try plane.putSetting(name, value, of: plane.scope.rootUser))
    }
}

extension ECS.DeleteAccountSettingRequest: ControlPlaneRequest {
    /// Removes what one principal has set. What was not set cannot be removed, which is no error.
    public func perform(
        on plane: inout ControlPlaneMachine, in context: CallContext, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) throws(APIError) -> ECS.DeleteAccountSettingResponse {
        let name = try AccountSetting.named(try Check.required(name, "name")).name
        let principal = try plane.settingPrincipal(principalArn)
        let setting = plane.setting(name, of: principal)
        if let record = plane.account.settings.record(name, of: principal) {
            plane.account.settings.remove(record)
            plane.account.changes.append(.delete(key: ControlPlaneRecord.accountSetting(record).key))
            plane.applySettings()
        }
        return ECS.DeleteAccountSettingResponse(setting: setting)
    }
}

extension AccountSetting {
    fileprivate static func named(_ name: String) throws(APIError) -> AccountSetting {
        guard let setting = all[name] else {
            throw APIError(.invalidParameter, "\(name) should be one of [\(all.keys.joined(separator: ","))]")
        }
        return setting
    }
}

extension ControlPlaneMachine {
    /// What holds for callers of the API, who are administrators and act as the root user.
    func effectiveSetting(_ name: String) -> String? {
        account.settings.effectiveValue(name, of: scope.rootUser, root: scope.rootUser)
    }

    /// Passes on what settings decide about tasks.
    mutating func applySettings() {
        account.definitions.defaultLogMode = effectiveSetting("defaultLogDriverMode") ?? "non-blocking"
    }

    /// The ARN of a user, a role or the root user of this account; the caller's if none is given.
    fileprivate func settingPrincipal(_ text: String?) throws(APIError) -> String {
        guard let text, !text.isEmpty else { return scope.rootUser }
        let invalid = APIError(
            .invalidParameter, "principalArn must name a user, a role or the root user of account \(scope.account).")
        // IAM's paths have 512 characters at most, its names 64.
        guard text.utf8.count <= 640, text.utf8.allSatisfy({ (33...126).contains($0) }) else { throw invalid }
        guard let arn = ARN(text), arn.partition == scope.partition, arn.service == "iam", arn.region.isEmpty,
            arn.account == scope.account
        else { throw invalid }
        let name = arn.resource.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        switch (name[0], name.count > 1 && !name[1].isEmpty) {
        case ("root", false) where name.count == 1, ("user", true), ("role", true): return text
        default: throw invalid
        }
    }

    fileprivate mutating func putSetting(
        _ name: String?, _ value: String?, of principal: String
    ) throws(APIError) -> ECS.Setting {
        let setting = try AccountSetting.named(try Check.required(name, "name"))
        let value = try Check.required(value, "value")
        guard !setting.values.isEmpty else {
            throw APIError(.invalidParameter, "\(setting.name) is read-only.")
        }
        guard !setting.name.hasSuffix("LongArnFormat") || value != "disabled" else {
            // Terraform's provider looks for these words when it takes such a setting back.
            throw APIError(.invalidParameter, "You can no longer disable Long Arn settings")
        }
        guard setting.values.contains(value) else {
            throw APIError(
                .invalidParameter, "\(setting.name) can be set to \(setting.values.joined(separator: ", ")) only.")
        }
        let record = AccountSettingRecord(name: setting.name, value: value, principalArn: principal)
        account.settings.restore(record)
        account.changes.append(.put(.accountSetting(record)))
        applySettings()
        return self.setting(setting.name, of: principal)
    }

    /// A setting as callers see it, with the value that holds for the principal.
    fileprivate func setting(_ name: String, of principal: String) -> ECS.Setting {
        let isManaged = AccountSetting.all[name]?.values.isEmpty ?? false
        return ECS.Setting(
            name: name, value: account.settings.effectiveValue(name, of: principal, root: scope.rootUser),
            principalArn: principal, type: isManaged ? "aws_managed" : "user")
    }
}
