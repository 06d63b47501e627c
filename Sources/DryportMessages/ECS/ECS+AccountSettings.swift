// SPDX-License-Identifier: Apache-2.0

extension ECS {
    /// Lists account settings, a caller's own or those in force (`ecs-control-plane.md` §2.6).
    public struct ListAccountSettingsRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.ListAccountSettingsResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "ListAccountSettings"

        /// Only this setting.
        public var name: String?
        /// Only settings of this value; needs a name.
        public var value: String?
        /// Whose settings; absent means the caller's.
        public var principalArn: String?
        /// Whether to list what is in force instead of what was set.
        public var effectiveSettings: Bool?
        /// Where the page before ended.
        public var nextToken: String?
        /// The size of a page, 1 to 10; absent means 10.
        public var maxResults: Int?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(
            name: String? = nil, value: String? = nil, principalArn: String? = nil, effectiveSettings: Bool? = nil,
            nextToken: String? = nil, maxResults: Int? = nil
        ) {
            self.name = name
            self.value = value
            self.principalArn = principalArn
            self.effectiveSettings = effectiveSettings
            self.nextToken = nextToken
            self.maxResults = maxResults
        }
    }

    /// The answer of ListAccountSettings.
    public struct ListAccountSettingsResponse: Codable, Sendable, Hashable {
        /// The settings of this page.
        public var settings: [Setting]?
        /// Where the next page starts; absent on the last page.
        public var nextToken: String?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(settings: [Setting]? = nil, nextToken: String? = nil) {
            self.settings = settings
            self.nextToken = nextToken
        }
    }

    /// Sets an account setting of one principal.
    public struct PutAccountSettingRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.PutAccountSettingResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "PutAccountSetting"

        /// The setting.
        public var name: String?
        /// The value.
        public var value: String?
        /// A user, a role, or the account's root for all that have no setting of their own; absent means the caller.
        public var principalArn: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(name: String? = nil, value: String? = nil, principalArn: String? = nil) {
            self.name = name
            self.value = value
            self.principalArn = principalArn
        }
    }

    /// The answer of PutAccountSetting.
    public struct PutAccountSettingResponse: Codable, Sendable, Hashable {
        /// The setting.
        public var setting: Setting?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(setting: Setting? = nil) {
            self.setting = setting
        }
    }

    /// Sets an account setting for all principals that have none of their own.
    public struct PutAccountSettingDefaultRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.PutAccountSettingDefaultResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "PutAccountSettingDefault"

        /// The setting.
        public var name: String?
        /// The value.
        public var value: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(name: String? = nil, value: String? = nil) {
            self.name = name
            self.value = value
        }
    }

    /// The answer of PutAccountSettingDefault.
    public struct PutAccountSettingDefaultResponse: Codable, Sendable, Hashable {
        /// The setting.
        public var setting: Setting?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(setting: Setting? = nil) {
            self.setting = setting
        }
    }

    /// Removes an account setting of one principal.
    public struct DeleteAccountSettingRequest: APIRequest {
        /// The answer.
        public typealias Response = ECS.DeleteAccountSettingResponse
        /// The service that has the operation.
        public static let service = APIService.ecs
        /// The operation's name.
        public static let operation = "DeleteAccountSetting"

        /// The setting.
        public var name: String?
        /// Whose setting; absent means the caller's.
        public var principalArn: String?

        /// Creates a request; a member that is not given is absent on the wire.
        public init(name: String? = nil, principalArn: String? = nil) {
            self.name = name
            self.principalArn = principalArn
        }
    }

    /// The answer of DeleteAccountSetting.
    public struct DeleteAccountSettingResponse: Codable, Sendable, Hashable {
        /// The setting that was removed.
        public var setting: Setting?

        /// Creates an answer; a member that is not given is absent on the wire.
        public init(setting: Setting? = nil) {
            self.setting = setting
        }
    }
}
