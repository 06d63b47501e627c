// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportReconciler
import OrderedCollections

extension TaskEngine {
    /// How often a pull is tried (`ecs-agent.md` §10.3), and a stop (§10.5).
    private static var maximumAttempts: Int { 5 }

    /// Takes the result of an operation. Results of operations that were given up are ignored.
    mutating func operationFinished(
        _ id: OperationID, _ result: Result<OperationResult, OperationFailure>, at now: Instant,
        using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) {
        switch targets.removeValue(forKey: id) {
        case nil: return
        case .survey: surveyFinished(id, result, at: now, using: &random, &effects)
        case .stray(let runtimeID): strayFinished(runtimeID, id, result, at: now, &effects)
        case .container(let arn, let index):
            guard let operation = tasks[arn]?.work[index].operation, operation.id == id else { return }
            tasks[arn]?.work[index].operation = nil
            mark(arn)
            if link.survey != nil, let record = tasks[arn]?.record {
                link.changedSinceSurvey.insert(record.key(of: index))
            }
            if case .failure(let failure) = result, failure.isUnavailable {
                return runtimeLost(failure.message, at: now, using: &random, &effects)
            }
            switch operation.kind {
            case .pull, .localImage:
                imageFinished(operation.kind, result, index, of: arn, at: now, using: &random, &effects)
            case .create: createFinished(result, index, of: arn, at: now, &effects)
            case .start:
                guard !operation.isSuperseded else { return }
                startFinished(result, index, of: arn, at: now, using: &random, &effects)
            case .stop, .inspect:
                stopFinished(operation.kind, result, index, of: arn, at: now, using: &random, &effects)
            case .remove: removeFinished(result, index, of: arn, at: now, using: &random, &effects)
            }
        }
    }

    /// Gives up operations that took too long.
    mutating func expireOperations(
        at now: Instant, using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) {
        for (arn, task) in tasks {
            for work in task.work {
                guard let operation = work.operation, operation.deadline <= now.monotonic else { continue }
                let failure = OperationFailure(
                    name: "DockerTimeoutError",
                    message: "Could not transition to \(operation.kind.goal); the runtime did not answer in time")
                effects.cancel(operation.id)
                precondition(targets[operation.id] != nil, "task \(arn) has an operation without a target")
                operationFinished(operation.id, .failure(failure), at: now, using: &random, &effects)
            }
        }
        for (_, stray) in strays where stray.deadline <= now.monotonic {
            effects.cancel(stray.operation)
            let failure = OperationFailure(name: "DockerTimeoutError", message: "the runtime did not answer in time")
            operationFinished(stray.operation, .failure(failure), at: now, using: &random, &effects)
        }
    }

    // MARK: Images

    private mutating func imageFinished(
        _ kind: RunningOperation.Kind, _ result: Result<OperationResult, OperationFailure>, _ index: Int,
        of arn: String, at now: Instant, using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) {
        guard let record = tasks[arn]?.record, record.containers[index].phase == .none else { return }
        switch (kind, result) {
        case (.pull, .success(let answer)):
            notePulled(record.plan.containers[index].plan.image)
            imageReady(answer, index, of: arn, at: now, &effects)
        case (.pull, .failure(let failure)):
            // A host without a network has its images all the same; looking is cheaper than trying again.
            if configuration.imagePullBehavior == .default || configuration.imagePullBehavior == .preferCached {
                begin(.localImage(after: failure), index, of: arn, at: now, &effects)
            } else {
                retryPull(failure, index, of: arn, at: now, using: &random, &effects)
            }
        case (.localImage(let failure), .success(.image(let digest))):
            if let failure { setReason(failure.reason, index, of: arn) }
            imageReady(.image(digest: digest), index, of: arn, at: now, &effects)
        case (.localImage(let failure?), _):
            retryPull(failure, index, of: arn, at: now, using: &random, &effects)
        case (.localImage(nil), _):
            begin(.pull, index, of: arn, at: now, &effects)
        default: preconditionFailure("only operations on images come here")
        }
    }

    private mutating func imageReady(
        _ answer: OperationResult, _ index: Int, of arn: String, at now: Instant, _ effects: inout Effects
    ) {
        guard var record = tasks[arn]?.record else { return }
        if case .image(let digest) = answer { record.containers[index].imageDigest = digest }
        record.containers[index].phase = .pulled
        record.pullStoppedAt = now.wall
        // §6.2: the first report, if there is something to say.
        if !record.reports.hasBegun, record.containers[index].imageDigest != nil {
            report(.pending, index, in: &record)
            Self.seal(.pending, in: &record, &effects)
        }
        tasks[arn]?.record = record
        tasks[arn]?.work[index].failures = 0
    }

    private mutating func retryPull(
        _ failure: OperationFailure, _ index: Int, of arn: String, at now: Instant,
        using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) {
        let failures = (tasks[arn]?.work[index].failures ?? 0) + 1
        tasks[arn]?.work[index].failures = failures
        guard failures < Self.maximumAttempts else {
            tasks[arn]?.record.pullStoppedAt = now.wall
            return finish(index, of: arn, exit: nil, reason: failure.reason, at: now, &effects)
        }
        let pause = configuration.timing.pull.delay(afterFailures: failures, using: &random)
        tasks[arn]?.work[index].notBefore = now.monotonic.advanced(by: pause)
    }

    // MARK: Containers

    private mutating func createFinished(
        _ result: Result<OperationResult, OperationFailure>, _ index: Int, of arn: String, at now: Instant,
        _ effects: inout Effects
    ) {
        guard let phase = tasks[arn]?.record.containers[index].phase, phase == .pulled || phase == .none else { return }
        switch result {
        case .success(.created(let runtimeID)):
            tasks[arn]?.record.containers[index].runtimeID = runtimeID
            tasks[arn]?.record.containers[index].phase = .created
        case .success:
            let reason = "CannotCreateContainerError: the runtime did not say which container it made"
            finish(index, of: arn, exit: nil, reason: reason, at: now, &effects)
        case .failure(let failure):
            finish(index, of: arn, exit: nil, reason: failure.reason, at: now, &effects)
        }
    }

    private mutating func startFinished(
        _ result: Result<OperationResult, OperationFailure>, _ index: Int, of arn: String, at now: Instant,
        using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) {
        guard tasks[arn]?.record.containers[index].phase == .created else { return }
        switch result {
        case .success(.container(let seen)):
            apply(seen, to: index, of: arn, isAuthoritative: true, at: now, using: &random, &effects)
            if seen.state == .created {
                // It did not start and nobody says why: not without a pause.
                let pause = configuration.timing.stopRetry
                tasks[arn]?.work[index].notBefore = now.monotonic.advanced(by: pause)
            }
        case .success:
            if var task = tasks[arn] {
                becomeRunning(index, in: &task, startedAt: now.wall, &effects)
                tasks[arn] = task
            }
        case .failure(let failure):
            let exit = tasks[arn]?.record.containers[index].exit
            finish(index, of: arn, exit: exit, reason: failure.reason, at: now, &effects)
        }
    }

    private mutating func stopFinished(
        _ kind: RunningOperation.Kind, _ result: Result<OperationResult, OperationFailure>, _ index: Int,
        of arn: String, at now: Instant, using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) {
        // The notice of its end may have come first.
        guard tasks[arn]?.record.containers[index].phase == .running else { return }
        switch (kind, result) {
        case (.stop, .success): begin(.inspect, index, of: arn, at: now, &effects)
        case (_, .success(.container(let seen))):
            apply(seen, to: index, of: arn, isAuthoritative: true, at: now, using: &random, &effects)
            if tasks[arn]?.record.containers[index].phase == .running {
                retryStop("it still runs", index, of: arn, at: now, using: &random, &effects)
            }
        case (_, .success): finish(index, of: arn, exit: nil, at: now, &effects)
        case (_, .failure(let failure)):
            retryStop(failure.message, index, of: arn, at: now, using: &random, &effects)
        }
    }

    private mutating func retryStop(
        _ problem: String, _ index: Int, of arn: String, at now: Instant,
        using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) {
        let failures = (tasks[arn]?.work[index].failures ?? 0) + 1
        tasks[arn]?.work[index].failures = failures
        guard failures < Self.maximumAttempts else {
            // The runtime answers and does not stop it: §10.5 has it declared stopped.
            let reason = "CannotStopContainerError: \(problem)"
            return finish(index, of: arn, exit: nil, reason: reason, at: now, &effects)
        }
        let pause = configuration.timing.stopRetry
        tasks[arn]?.work[index].notBefore = now.monotonic.advanced(by: pause + random.duration(upTo: pause * 4))
    }

    private mutating func removeFinished(
        _ result: Result<OperationResult, OperationFailure>, _ index: Int, of arn: String, at now: Instant,
        using random: inout some RandomNumberGenerator, _ effects: inout Effects
    ) {
        if case .failure = result {
            let failures = (tasks[arn]?.work[index].failures ?? 0) + 1
            tasks[arn]?.work[index].failures = failures
            if failures < Self.maximumAttempts {
                let pause = configuration.timing.runtime.delay(afterFailures: failures, using: &random)
                tasks[arn]?.work[index].notBefore = now.monotonic.advanced(by: pause)
                return
            }
            // The next survey finds it as a stray.
        }
        tasks[arn]?.work[index].failures = 0
        tasks[arn]?.record.containers[index].isRemoved = true
    }
}

extension RunningOperation.Kind {
    /// The state that the operation leads to, as reasons name it.
    fileprivate var goal: String {
        switch self {
        case .pull, .localImage: "pulled"
        case .create: "created"
        case .start: "running"
        case .stop, .inspect: "stopped"
        case .remove: "removed"
        }
    }
}
