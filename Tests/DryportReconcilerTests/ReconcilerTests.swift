// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportReconciler
import Testing

/// Each situation ends up in its bucket. The last test generates situations, applies the result to a model of a
/// host, and demands that nothing is left to do.
@Suite struct ReconcilerTests {
    private static let key = ContainerKey(taskARN: "arn:task/a", containerName: "web")
    private static let early = Timestamp(millisecondsSinceEpoch: 1_000)
    private static let late = Timestamp(millisecondsSinceEpoch: 9_000)

    private static func desired(
        _ knowledge: DesiredContainer.Knowledge, _ wish: DesiredContainer.Wish, id: String? = nil,
        lastRun: DesiredContainer.Run? = nil
    ) -> DesiredContainer {
        DesiredContainer(key: key, runtimeID: id, wish: wish, knowledge: knowledge, lastRun: lastRun)
    }

    private static func observed(
        _ state: ObservedContainer.State, id: String = "c1", key: ContainerKey = key, startedAt: Timestamp? = early
    ) -> ObservedContainer {
        ObservedContainer(key: key, runtimeID: id, state: state, startedAt: startedAt)
    }

    private static func instance(_ id: String = "c1", key: ContainerKey = key) -> Reconciliation.Instance {
        Reconciliation.Instance(key: key, runtimeID: id)
    }

    @Test func adoptsWhatRunsAndIsNotKnownToRun() {
        let result = Reconciler.reconcile(
            desired: [Self.desired(.created, .run, id: "c1")], observed: [Self.observed(.running)])
        #expect(result.adopt == [Self.instance()])
        #expect(result.start.isEmpty && result.stop.isEmpty && result.report.isEmpty && result.forget.isEmpty)
    }

    @Test func keepsWhatRunsAsKnown() {
        let result = Reconciler.reconcile(
            desired: [Self.desired(.running, .run, id: "c1")], observed: [Self.observed(.running)])
        #expect(result.isSettled)
        #expect(result.keep == [Self.key])
    }

    @Test func startsWhatIsMissingOrWasOnlyMade() {
        let missing = Reconciler.reconcile(desired: [Self.desired(.absent, .run)], observed: [])
        #expect(missing.start == [Self.key])
        let made = Reconciler.reconcile(
            desired: [Self.desired(.absent, .run)], observed: [Self.observed(.created, startedAt: nil)])
        #expect(made.adopt == [Self.instance()])
        #expect(made.start == [Self.key])
    }

    @Test func reportsAnExitOnce() {
        let exit = Self.observed(.exited(finishedAt: Self.late))
        let first = Reconciler.reconcile(desired: [Self.desired(.running, .run, id: "c1")], observed: [exit])
        #expect(first.report == [.exited(Self.instance())])
        let second = Reconciler.reconcile(desired: [Self.desired(.finished, .stop, id: "c1")], observed: [exit])
        #expect(second.isSettled)
    }

    @Test func reportsWhatVanished() {
        for knowledge in [DesiredContainer.Knowledge.created, .running] {
            let result = Reconciler.reconcile(desired: [Self.desired(knowledge, .run, id: "c1")], observed: [])
            #expect(result.report == [.vanished(Self.key)])
            #expect(result.start.isEmpty, "a container that is gone is not made a second time")
        }
    }

    @Test func startsAgainWhereARestartWasInterrupted() {
        let run = DesiredContainer.Run(startedAt: Self.early, finishedAt: Self.late)
        let container = Self.desired(.created, .run, id: "c1", lastRun: run)
        let result = Reconciler.reconcile(
            desired: [container], observed: [Self.observed(.exited(finishedAt: Self.late))])
        #expect(result.start == [Self.key])
        #expect(result.report.isEmpty, "the exit has been dealt with")
        // An inventory that is older than the exit.
        #expect(Reconciler.reconcile(desired: [container], observed: [Self.observed(.running)]).isSettled)
    }

    @Test func stopsWhatShallNotRun() {
        let result = Reconciler.reconcile(
            desired: [Self.desired(.running, .stop, id: "c1")], observed: [Self.observed(.running)])
        #expect(result.stop == [Self.instance()])
        #expect(result.forget.isEmpty, "somebody still answers for it")
    }

    @Test func forgetsWhatNobodyAnswersFor() {
        let other = ContainerKey(taskARN: "arn:task/b", containerName: "old")
        let result = Reconciler.reconcile(
            desired: [],
            observed: [
                Self.observed(.running, id: "r", key: other), Self.observed(.created, id: "c", key: other),
            ])
        #expect(result.stop == [Self.instance("r", key: other)])
        #expect(result.forget == [Self.instance("c", key: other), Self.instance("r", key: other)])
    }

    @Test func goesOnWithOneOfTwoCopies() {
        let copies = [
            Self.observed(.running, id: "younger", startedAt: Self.late),
            Self.observed(.running, id: "older", startedAt: Self.early), Self.observed(.created, id: "made"),
        ]
        let unknown = Reconciler.reconcile(desired: [Self.desired(.absent, .run)], observed: copies)
        #expect(unknown.adopt == [Self.instance("older")])
        #expect(unknown.stop == [Self.instance("younger")])
        #expect(unknown.forget == [Self.instance("younger"), Self.instance("made")])
        let known = Reconciler.reconcile(desired: [Self.desired(.running, .run, id: "younger")], observed: copies)
        #expect(known.keep == [Self.key])
        #expect(known.stop == [Self.instance("older")])
    }

    @Test func doesNotDependOnTheOrderOfObservations() {
        var random = SeededGenerator(seed: 4)
        for _ in 0..<200 {
            let (desired, observed) = Self.situation(using: &random)
            let result = Reconciler.reconcile(desired: desired, observed: observed)
            #expect(result == Reconciler.reconcile(desired: desired, observed: observed.shuffled(using: &random)))
        }
    }

    @Test func leavesNothingToDo() {
        var random = SeededGenerator(seed: 20_261_123)
        for round in 0..<2_000 {
            let (desired, observed) = Self.situation(using: &random)
            let result = Reconciler.reconcile(desired: desired, observed: observed)
            let (newDesired, newObserved) = Self.apply(result, to: desired, observed)
            let again = Reconciler.reconcile(desired: newDesired, observed: newObserved)
            #expect(again.isSettled, "round \(round): \(desired) \(observed) \(result) then \(again)")
            let running = newObserved.filter { $0.state == .running }.map(\.key)
            #expect(Set(running).count == running.count, "round \(round): two containers for one key")
        }
    }

    // MARK: Generated situations

    private static func situation(
        using random: inout SeededGenerator
    ) -> (desired: [DesiredContainer], observed: [ObservedContainer]) {
        var desired: [DesiredContainer] = []
        var observed: [ObservedContainer] = []
        var number = 0
        for name in ["a", "b", "c"] {
            let key = ContainerKey(taskARN: "arn:task/1", containerName: name)
            var ids: [String] = []
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                number += 1
                ids.append("id\(number)")
                let state: ObservedContainer.State =
                    switch Int.random(in: 0...2, using: &random) {
                    case 0: .created
                    case 1: .running
                    default: .exited(finishedAt: late)
                    }
                observed.append(
                    ObservedContainer(
                        key: key, runtimeID: ids.last!, state: state, startedAt: state == .created ? nil : early))
            }
            guard Int.random(in: 0...3, using: &random) > 0 else { continue }
            let knowledge = DesiredContainer.Knowledge.allCases.randomElement(using: &random)!
            let mayHaveRun = knowledge == .created && Bool.random(using: &random)
            let id = knowledge == .absent ? nil : (ids.randomElement(using: &random) ?? "gone")
            desired.append(
                DesiredContainer(
                    key: key, runtimeID: knowledge == .finished && Bool.random(using: &random) ? nil : id,
                    wish: DesiredContainer.Wish.allCases.randomElement(using: &random)!, knowledge: knowledge,
                    lastRun: mayHaveRun ? .init(startedAt: early, finishedAt: late) : nil))
        }
        return (desired, observed)
    }

    /// What a host looks like after everything has been done.
    private static func apply(
        _ result: Reconciliation, to desired: [DesiredContainer], _ observed: [ObservedContainer]
    ) -> ([DesiredContainer], [ObservedContainer]) {
        var desired = desired
        var observed = observed
        func change(_ key: ContainerKey, _ body: (inout DesiredContainer) -> Void) {
            for index in desired.indices where desired[index].key == key { body(&desired[index]) }
        }
        for adopted in result.adopt {
            let state = observed.first { $0.runtimeID == adopted.runtimeID }!.state
            change(adopted.key) {
                $0.runtimeID = adopted.runtimeID
                guard $0.knowledge != .finished else { return }
                $0.knowledge = state == .running ? .running : .created
            }
        }
        for report in result.report { change(report.key) { $0.knowledge = .finished } }
        for key in result.start {
            let known = desired.first { $0.key == key }!
            let id = known.runtimeID ?? "new-\(key.containerName)"
            observed.removeAll { $0.runtimeID == id }
            observed.append(
                ObservedContainer(
                    key: key, runtimeID: id, state: .running, startedAt: Timestamp(millisecondsSinceEpoch: 10_000)))
            change(key) {
                $0.runtimeID = id
                $0.knowledge = .running
            }
        }
        for stopped in result.stop {
            for index in observed.indices where observed[index].runtimeID == stopped.runtimeID {
                observed[index].state = .exited(finishedAt: Timestamp(millisecondsSinceEpoch: 11_000))
            }
            change(stopped.key) { if $0.runtimeID == stopped.runtimeID { $0.knowledge = .finished } }
        }
        for forgotten in result.forget { observed.removeAll { $0.runtimeID == forgotten.runtimeID } }
        return (desired, observed)
    }
}
