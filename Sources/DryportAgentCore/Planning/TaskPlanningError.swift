// SPDX-License-Identifier: Apache-2.0

/// Why a task of a payload does not become a plan.
enum TaskPlanningError: Error, Hashable {
    /// The task cannot even be read: it is reported stopped, and the payload is not acknowledged
    /// (`ecs-agent.md` §5.8).
    case unreadable(String)
    /// The task can be read and cannot run here: it is stored, acknowledged and reported stopped with this
    /// reason.
    case impossible(String)
}
