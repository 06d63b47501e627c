// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import DryportModel

/// What is under way outside the machine, so that it can be ended one by one. Each task here is awaited by a child
/// of the agent's task group, and ends with it.
struct Lanes {
    private var operations: [OperationID: Task<Void, Never>] = [:]
    private var sessions: [SessionID: AsyncStream<Performer.Outgoing>.Continuation] = [:]
    private var watch: Task<Void, Never>?
    private var timer: (task: Task<Void, Never>, at: MonotonicTime)?
    private var finished = FinishedOperations()

    /// Performs an output whose changes are durable.
    mutating func perform(
        _ output: AgentOutput, _ performer: Performer, _ clock: AgentClock,
        in group: inout ThrowingDiscardingTaskGroup<any Error>
    ) {
        for id in finished.take() { operations[id] = nil }
        for message in output.messages { perform(message, performer, in: &group) }
        for call in output.calls { group.addTask { await performer.make(call) } }
        for command in output.commands { perform(command, performer, in: &group) }
        arm(output.wakeAt, performer, clock, in: &group)
    }

    private mutating func perform(
        _ command: SessionCommand, _ performer: Performer, in group: inout ThrowingDiscardingTaskGroup<any Error>
    ) {
        switch command {
        case .open(let id, let target):
            // One session at a time is open; lanes of earlier ones lead nowhere.
            for lane in sessions.values { lane.finish() }
            // What the agent says answers what it was told, one by one: a peer that reads never meets this bound.
            let (stream, continuation) = AsyncStream.makeStream(
                of: Performer.Outgoing.self, bufferingPolicy: .bufferingOldest(4096))
            sessions = [id: continuation]
            group.addTask { await performer.runSession(id, target, outgoing: stream) }
        case .send(let id, let message):
            if case .dropped? = sessions[id]?.yield(.message(message)) { sessions[id]?.finish() }
        case .close(let id, let code, let reason): sessions[id]?.yield(.close(code: code, reason: reason))
        }
    }

    private mutating func perform(
        _ command: RuntimeCommand, _ performer: Performer, in group: inout ThrowingDiscardingTaskGroup<any Error>
    ) {
        switch command {
        case .watch(let id, let owner):
            watch?.cancel()
            let task = Task { await performer.watch(id, owner: owner) }
            watch = task
            Self.follow(task, in: &group)
        case .perform(let id, let operation):
            let finished = finished
            let task = Task {
                let result = await performer.execute(operation)
                finished.note(id)
                performer.inbox.post(.operationFinished(id, result))
            }
            operations[id] = task
            Self.follow(task, in: &group)
        case .cancel(let id): operations.removeValue(forKey: id)?.cancel()
        }
    }

    /// One wish for a wake-up counts: the last.
    private mutating func arm(
        _ wakeAt: MonotonicTime?, _ performer: Performer, _ clock: AgentClock,
        in group: inout ThrowingDiscardingTaskGroup<any Error>
    ) {
        guard wakeAt != timer?.at || timer?.task.isCancelled == true else { return }
        timer?.task.cancel()
        timer = nil
        guard let wakeAt else { return }
        let task = Task {
            do {
                try await clock.sleep(max(.zero, clock.now().monotonic.duration(to: wakeAt)))
                performer.inbox.post(.wake)
            } catch {}
        }
        timer = (task, wakeAt)
        Self.follow(task, in: &group)
    }

    private static func follow(
        _ task: Task<Void, Never>, in group: inout ThrowingDiscardingTaskGroup<any Error>
    ) {
        group.addTask {
            await withTaskCancellationHandler {
                await task.value
            } onCancel: {
                task.cancel()
            }
        }
    }

    /// Ends everything.
    mutating func cancelAll() {
        for task in operations.values { task.cancel() }
        for lane in sessions.values { lane.finish() }
        watch?.cancel()
        timer?.task.cancel()
        operations = [:]
        sessions = [:]
    }
}
