// SPDX-License-Identifier: Apache-2.0

extension ECS {
    /// How a deployment proceeds (`ecs-control-plane.md` §7.3).
    public struct DeploymentConfiguration: Codable, Sendable, Hashable {
        /// When a deployment is given up.
        public var deploymentCircuitBreaker: DeploymentCircuitBreaker?
        /// How many tasks there may be, in percent of the desired count.
        public var maximumPercent: Int?
        /// How many tasks must stay healthy, in percent of the desired count.
        public var minimumHealthyPercent: Int?
        /// Alarms that fail a deployment; external instances have none.
        public var alarms: DeploymentAlarms?
        /// `ROLLING`; others shift traffic, which needs a load balancer.
        public var strategy: String?
        /// How long both revisions run together; not with `ROLLING`.
        public var bakeTimeInMinutes: Int?
        /// What is asked between the stages of a deployment.
        public var lifecycleHooks: [DeploymentLifecycleHook]?
        /// With strategy `LINEAR`: the steps.
        public var linearConfiguration: LinearConfiguration?
        /// With strategy `CANARY`: the first step.
        public var canaryConfiguration: CanaryConfiguration?

        /// Creates the value.
        public init(
            deploymentCircuitBreaker: DeploymentCircuitBreaker? = nil, maximumPercent: Int? = nil,
            minimumHealthyPercent: Int? = nil, alarms: DeploymentAlarms? = nil, strategy: String? = nil,
            bakeTimeInMinutes: Int? = nil, lifecycleHooks: [DeploymentLifecycleHook]? = nil,
            linearConfiguration: LinearConfiguration? = nil, canaryConfiguration: CanaryConfiguration? = nil
        ) {
            self.deploymentCircuitBreaker = deploymentCircuitBreaker
            self.maximumPercent = maximumPercent
            self.minimumHealthyPercent = minimumHealthyPercent
            self.alarms = alarms
            self.strategy = strategy
            self.bakeTimeInMinutes = bakeTimeInMinutes
            self.lifecycleHooks = lifecycleHooks
            self.linearConfiguration = linearConfiguration
            self.canaryConfiguration = canaryConfiguration
        }
    }

    /// Whether and how a deployment whose tasks do not start is given up (`ecs-control-plane.md` §7.5).
    public struct DeploymentCircuitBreaker: Codable, Sendable, Hashable {
        /// Whether it is given up at all.
        public var enable: Bool?
        /// Whether the last revision that worked comes back.
        public var rollback: Bool?

        /// Creates the value.
        public init(enable: Bool? = nil, rollback: Bool? = nil) {
            self.enable = enable
            self.rollback = rollback
        }
    }

    /// Alarms of CloudWatch that fail a deployment.
    public struct DeploymentAlarms: Codable, Sendable, Hashable {
        /// The alarms.
        public var alarmNames: [String]?
        /// Whether the last revision that worked comes back.
        public var rollback: Bool?
        /// Whether they are watched.
        public var enable: Bool?

        /// Creates the value.
        public init(alarmNames: [String]? = nil, rollback: Bool? = nil, enable: Bool? = nil) {
            self.alarmNames = alarmNames
            self.rollback = rollback
            self.enable = enable
        }
    }

    /// What moves a service from one revision to the next.
    public struct DeploymentController: Codable, Sendable, Hashable {
        /// `ECS`, `CODE_DEPLOY` or `EXTERNAL`.
        public var type: String?

        /// Creates the value.
        public init(type: String? = nil) {
            self.type = type
        }
    }

    /// Someone who is asked between two stages of a deployment.
    public struct DeploymentLifecycleHook: Codable, Sendable, Hashable {
        /// `AWS_LAMBDA` or `PAUSE`.
        public var targetType: String?
        /// The function that is called.
        public var hookTargetArn: String?
        /// The role that calls it.
        public var roleArn: String?
        /// The stages at which it is called.
        public var lifecycleStages: [String]?
        /// What happens without an answer.
        public var timeoutConfiguration: DeploymentLifecycleHookTimeoutConfiguration?

        /// Creates the value.
        public init(
            targetType: String? = nil, hookTargetArn: String? = nil, roleArn: String? = nil,
            lifecycleStages: [String]? = nil, timeoutConfiguration: DeploymentLifecycleHookTimeoutConfiguration? = nil
        ) {
            self.targetType = targetType
            self.hookTargetArn = hookTargetArn
            self.roleArn = roleArn
            self.lifecycleStages = lifecycleStages
            self.timeoutConfiguration = timeoutConfiguration
        }
    }

    /// What happens when a hook does not answer.
    public struct DeploymentLifecycleHookTimeoutConfiguration: Codable, Sendable, Hashable {
        /// How long an answer may take.
        public var timeoutInMinutes: Int?
        /// `ROLLBACK` or `CONTINUE`.
        public var action: String?

        /// Creates the value.
        public init(timeoutInMinutes: Int? = nil, action: String? = nil) {
            self.timeoutInMinutes = timeoutInMinutes
            self.action = action
        }
    }

    /// A shift of traffic in equal steps.
    public struct LinearConfiguration: Codable, Sendable, Hashable {
        /// The size of a step.
        public var stepPercent: Double?
        /// The pause after a step.
        public var stepBakeTimeInMinutes: Int?

        /// Creates the value.
        public init(stepPercent: Double? = nil, stepBakeTimeInMinutes: Int? = nil) {
            self.stepPercent = stepPercent
            self.stepBakeTimeInMinutes = stepBakeTimeInMinutes
        }
    }

    /// A shift of traffic in a small step and the rest.
    public struct CanaryConfiguration: Codable, Sendable, Hashable {
        /// The size of the small step.
        public var canaryPercent: Double?
        /// The pause after it.
        public var canaryBakeTimeInMinutes: Int?

        /// Creates the value.
        public init(canaryPercent: Double? = nil, canaryBakeTimeInMinutes: Int? = nil) {
            self.canaryPercent = canaryPercent
            self.canaryBakeTimeInMinutes = canaryBakeTimeInMinutes
        }
    }
}
