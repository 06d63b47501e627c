// SPDX-License-Identifier: Apache-2.0

public import DryportModel

extension TCS {
    /// Resource usage of the instance's tasks, every 20 s (`ecs-agent.md` §7.3).
    public struct PublishMetricsRequest: Codable, Sendable, Hashable {
        /// Whose metrics, and which page of them.
        public var metadata: MetricsMetadata?
        /// At most 10 tasks; absent while no task runs.
        public var taskMetrics: [TaskMetric]?
        /// When the metrics were taken.
        public var timestamp: Timestamp?

        /// Creates the value.
        public init(metadata: MetricsMetadata? = nil, taskMetrics: [TaskMetric]? = nil, timestamp: Timestamp? = nil) {
            self.metadata = metadata
            self.taskMetrics = taskMetrics
            self.timestamp = timestamp
        }
    }

    /// Whose metrics, and which page of them.
    public struct MetricsMetadata: Codable, Sendable, Hashable {
        /// The configured cluster.
        public var cluster: String?
        /// The instance's ARN.
        public var containerInstance: String?
        /// Whether no task runs.
        public var idle: Bool?
        /// The same on all pages of one report.
        public var messageId: String?
        /// Whether this is the last page.
        public var fin: Bool?

        /// Creates the value.
        public init(
            cluster: String? = nil, containerInstance: String? = nil, idle: Bool? = nil, messageId: String? = nil,
            fin: Bool? = nil
        ) {
            self.cluster = cluster
            self.containerInstance = containerInstance
            self.idle = idle
            self.messageId = messageId
            self.fin = fin
        }
    }

    /// Resource usage of a task.
    public struct TaskMetric: Codable, Sendable, Hashable {
        /// The task.
        public var taskArn: String?
        /// The task's cluster; stock agents do not send it.
        public var clusterArn: String?
        /// The task definition's family.
        public var taskDefinitionFamily: String?
        /// The task definition's revision in decimal digits.
        public var taskDefinitionVersion: String?
        /// Usage of the containers.
        public var containerMetrics: [ContainerMetric]?

        /// Creates the value.
        public init(
            taskArn: String? = nil, clusterArn: String? = nil, taskDefinitionFamily: String? = nil,
            taskDefinitionVersion: String? = nil, containerMetrics: [ContainerMetric]? = nil
        ) {
            self.taskArn = taskArn
            self.clusterArn = clusterArn
            self.taskDefinitionFamily = taskDefinitionFamily
            self.taskDefinitionVersion = taskDefinitionVersion
            self.containerMetrics = containerMetrics
        }
    }

    /// Resource usage of a container.
    public struct ContainerMetric: Codable, Sendable, Hashable {
        /// The container's name.
        public var containerName: String?
        /// The container's ARN; stock agents do not send it.
        public var containerArn: String?
        /// Percent of the whole host's CPU time: all CPUs together are 100.
        public var cpuStatsSet: StatsSet?
        /// MiB used, without the page cache.
        public var memoryStatsSet: StatsSet?
        /// Network counters; only with mode `bridge` or `awsvpc`.
        public var networkStatsSet: NetworkStatsSet?
        /// Block device counters.
        public var storageStatsSet: StorageStatsSet?
        /// Restarts in place; only with a restart policy.
        public var restartStatsSet: RestartStatsSet?

        /// Creates the value.
        public init(
            containerName: String? = nil, containerArn: String? = nil, cpuStatsSet: StatsSet? = nil,
            memoryStatsSet: StatsSet? = nil, networkStatsSet: NetworkStatsSet? = nil,
            storageStatsSet: StorageStatsSet? = nil, restartStatsSet: RestartStatsSet? = nil
        ) {
            self.containerName = containerName
            self.containerArn = containerArn
            self.cpuStatsSet = cpuStatsSet
            self.memoryStatsSet = memoryStatsSet
            self.networkStatsSet = networkStatsSet
            self.storageStatsSet = storageStatsSet
            self.restartStatsSet = restartStatsSet
        }
    }

    /// A summary of samples.
    public struct StatsSet: Codable, Sendable, Hashable {
        /// The least.
        public var min: Double?
        /// The greatest.
        public var max: Double?
        /// How many.
        public var sampleCount: Int?
        /// Their sum.
        public var sum: Double?

        /// Creates the value.
        public init(min: Double? = nil, max: Double? = nil, sampleCount: Int? = nil, sum: Double? = nil) {
            self.min = min
            self.max = max
            self.sampleCount = sampleCount
            self.sum = sum
        }
    }

    /// A summary of samples of a counter, which may exceed a signed 64-bit number.
    public struct CounterStatsSet: Codable, Sendable, Hashable {
        /// The least.
        public var min: Int?
        /// The greatest.
        public var max: Int?
        /// How many.
        public var sampleCount: Int?
        /// Their sum.
        public var sum: Int?
        /// What of ``min`` is beyond the signed 64-bit range.
        public var overflowMin: Int?
        /// What of ``max`` is beyond the signed 64-bit range.
        public var overflowMax: Int?
        /// What of ``sum`` is beyond the signed 64-bit range.
        public var overflowSum: Int?

        /// Creates the value.
        public init(
            min: Int? = nil, max: Int? = nil, sampleCount: Int? = nil, sum: Int? = nil, overflowMin: Int? = nil,
            overflowMax: Int? = nil, overflowSum: Int? = nil
        ) {
            self.min = min
            self.max = max
            self.sampleCount = sampleCount
            self.sum = sum
            self.overflowMin = overflowMin
            self.overflowMax = overflowMax
            self.overflowSum = overflowSum
        }
    }

    /// Network counters since the container's start, and two rates.
    public struct NetworkStatsSet: Codable, Sendable, Hashable {
        /// Bytes received.
        public var rxBytes: CounterStatsSet?
        /// Packets dropped on receipt.
        public var rxDropped: CounterStatsSet?
        /// Errors on receipt.
        public var rxErrors: CounterStatsSet?
        /// Packets received.
        public var rxPackets: CounterStatsSet?
        /// Bytes sent.
        public var txBytes: CounterStatsSet?
        /// Packets dropped on sending.
        public var txDropped: CounterStatsSet?
        /// Errors on sending.
        public var txErrors: CounterStatsSet?
        /// Packets sent.
        public var txPackets: CounterStatsSet?
        /// Bytes received per second.
        public var rxBytesPerSecond: StatsSet?
        /// Bytes sent per second.
        public var txBytesPerSecond: StatsSet?

        /// Creates the value.
        public init(
            rxBytes: CounterStatsSet? = nil, rxDropped: CounterStatsSet? = nil, rxErrors: CounterStatsSet? = nil,
            rxPackets: CounterStatsSet? = nil, txBytes: CounterStatsSet? = nil, txDropped: CounterStatsSet? = nil,
            txErrors: CounterStatsSet? = nil, txPackets: CounterStatsSet? = nil, rxBytesPerSecond: StatsSet? = nil,
            txBytesPerSecond: StatsSet? = nil
        ) {
            self.rxBytes = rxBytes
            self.rxDropped = rxDropped
            self.rxErrors = rxErrors
            self.rxPackets = rxPackets
            self.txBytes = txBytes
            self.txDropped = txDropped
            self.txErrors = txErrors
            self.txPackets = txPackets
            self.rxBytesPerSecond = rxBytesPerSecond
            self.txBytesPerSecond = txBytesPerSecond
        }
    }

    /// Block device counters since the container's start.
    public struct StorageStatsSet: Codable, Sendable, Hashable {
        /// Bytes read.
        public var readSizeBytes: CounterStatsSet?
        /// Bytes written.
        public var writeSizeBytes: CounterStatsSet?

        /// Creates the value.
        public init(readSizeBytes: CounterStatsSet? = nil, writeSizeBytes: CounterStatsSet? = nil) {
            self.readSizeBytes = readSizeBytes
            self.writeSizeBytes = writeSizeBytes
        }
    }

    /// Restarts in place.
    public struct RestartStatsSet: Codable, Sendable, Hashable {
        /// How often the container was restarted.
        public var restartCount: Int?

        /// Creates the value.
        public init(restartCount: Int? = nil) {
            self.restartCount = restartCount
        }
    }
}
