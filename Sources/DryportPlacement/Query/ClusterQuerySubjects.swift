// SPDX-License-Identifier: Apache-2.0

public import DryportModel

/// What a ``ClusterQuery`` asks of a container instance.
///
/// Answers must not change while one query is evaluated. A query asks only for what it reads
/// (``ClusterQuery/subjects``), possibly more than once.
public protocol ClusterQuerySubjects {
    /// Whether the agent is connected.
    var isAgentConnected: Bool { get }
    /// The agent's version, such as `1.14.5`; nil if it is not known.
    var agentVersion: String? { get }
    /// The machine's id: `mi-…` for an external instance; nil if it has none.
    var ec2InstanceID: String? { get }
    /// When the instance registered; nil if that is not known.
    var registeredAt: Timestamp? { get }
    /// How many of its tasks are RUNNING.
    var runningTasksCount: Int { get }

    /// What the instance has under an attribute's name.
    /// - Parameter name: The name without `attribute:`, compared case-sensitively.
    func attribute(_ name: String) -> ClusterQuery.AttributeValue

    /// Whether any task that lives on the instance has a group of the kind that is asked for.
    /// - Parameter matches: Whether a group, such as `service:web`, is of that kind.
    func hasTask(inGroup matches: (String) -> Bool) -> Bool
}

extension ClusterQuery {
    /// What an instance has under an attribute's name.
    public enum AttributeValue: Sendable, Hashable {
        /// It does not have the attribute.
        case missing
        /// It has the attribute, without a value, as most capabilities are. Comparisons take it for the empty text.
        case nameOnly
        /// It has the attribute, with this value.
        case value(String)

        /// Creates an answer from a look-up in a dictionary whose values are nil for attributes without a value.
        /// - Parameter entry: What `attributes[name]` gives for `attributes` of the type `[String: String?]`.
        public init(_ entry: String??) {
            switch entry {
            case .none: self = .missing
            case .some(.none): self = .nameOnly
            case .some(.some(let value)): self = .value(value)
            }
        }
    }
}
