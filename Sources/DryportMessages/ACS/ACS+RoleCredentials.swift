// SPDX-License-Identifier: Apache-2.0

extension ACS {
    /// Credentials of a task's role. The secret parts never appear in a description or a mirror.
    public struct RoleCredentials: Codable, Sendable, Hashable {
        /// The id under which containers ask for them; stable over the task's life.
        public var credentialsId: String?
        /// The role.
        public var roleArn: String?
        /// The access key id; not a secret.
        public var accessKeyId: String?
        /// The secret access key; described as `redacted`.
        public var secretAccessKey: String?
        /// The session token; described as `redacted`.
        public var sessionToken: String?
        /// When they end, in RFC 3339.
        public var expiration: String?

        /// Creates the value.
        public init(
            credentialsId: String? = nil, roleArn: String? = nil, accessKeyId: String? = nil,
            secretAccessKey: String? = nil, sessionToken: String? = nil, expiration: String? = nil
        ) {
            self.credentialsId = credentialsId
            self.roleArn = roleArn
            self.accessKeyId = accessKeyId
            self.secretAccessKey = secretAccessKey
            self.sessionToken = sessionToken
            self.expiration = expiration
        }
    }
}
