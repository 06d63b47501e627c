// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import DryportControlPlaneCore

/// The arithmetic of rolling updates (`ecs-control-plane.md` §7.3), over every world that is small enough.
@Suite struct RolloutPlanTests {
    /// Every step from every world: both promises hold, as much happens as may, and nothing is left without a reason.
    @Test func everyStepKeepsItsPromises() {
        for bounds in Bounds.all(desired: 0...4) {
            for members in RolloutWorld.allMembers where members.count(where: \.isKept) <= bounds.desired {
                for world in [members, members.reversed()].map({ RolloutWorld(bounds: bounds, members: $0) }) {
                    for mayStart in [true, false] {
                        if let problem = world.problem(ofStep: world.plan(mayStart: mayStart), mayStart: mayStart) {
                            Issue.record("\(problem): \(world)")
                            return
                        }
                    }
                }
            }
        }
    }

    /// Where what is started becomes healthy and what is stopped goes, every service gets what it wants, unless tasks
    /// are protected, or the percentages round to the desired count on both sides while old healthy tasks are left.
    @Test func friendlyWorldsComeToAnEnd() {
        for bounds in Bounds.all(desired: 0...4) {
            for members in RolloutWorld.allMembers
            where members.count < 5 && members.count(where: \.isKept) <= bounds.desired {
                var world = RolloutWorld(bounds: bounds, members: members)
                guard world.settle() else {
                    Issue.record("no end: \(bounds) \(members)")
                    return
                }
                let replaced = world.members.filter { !$0.isKept }
                let plan = world.plan()
                if replaced.isEmpty {
                    let isDone = world.members.count == bounds.desired && world.members.allSatisfy(\.isHealthy)
                    #expect(isDone && !plan.isBlocked && !plan.isHeldByProtection, "\(bounds) \(members)")
                } else if replaced.allSatisfy(\.isProtected) {
                    #expect(plan.isHeldByProtection && !plan.isBlocked, "\(bounds) \(members)")
                } else {
                    let forbids = bounds.lower == bounds.desired && bounds.upper == bounds.desired
                    let isProtected = replaced.contains(where: \.isProtected)
                    #expect(plan.isBlocked && !plan.isHeldByProtection, "\(bounds) \(members)")
                    #expect(forbids || isProtected, "\(bounds) \(members)")
                }
            }
        }
    }

    /// The table of §7.3: what the first pass of an update does to a service that has what it wants.
    @Test(arguments: [
        (4, 50, 200, stops: 2, starts: 4), (4, 100, 200, stops: 0, starts: 4), (2, 75, 200, stops: 0, starts: 2),
        (3, 100, 125, stops: 0, starts: 0), (1, 100, 200, stops: 0, starts: 1), (1, 0, 100, stops: 1, starts: 1),
        (10, 90, 110, stops: 1, starts: 2), (5, 50, 150, stops: 2, starts: 4), (0, 100, 200, stops: 0, starts: 0),
        (4, 100, 100, stops: 0, starts: 0), (1, 100, 100, stops: 0, starts: 0),
    ])
    func theDocumentedTable(desired: Int, minimum: Int, maximum: Int, stops: Int, starts: Int) {
        let bounds = Bounds(desired: desired, minimum: minimum, maximum: maximum)
        let old = RolloutPlan.Member(.healthy, isKept: false)
        let world = RolloutWorld(bounds: bounds, members: Array(repeating: old, count: desired))
        let plan = world.plan()
        #expect(plan.stops.count == stops)
        #expect(plan.starts == starts)
        #expect(plan.isBlocked == (desired > 0 && stops == 0 && starts == 0))
        #expect(!plan.isHeldByProtection)
    }

    /// Unhealthy tasks where there is no room beside them: one at a time, and only if another may be started.
    @Test func unhealthyTasksGoOneAtATimeWhereThereIsNoRoom() {
        let ill = RolloutPlan.Member(.unhealthy, isKept: false)
        let bounds = Bounds(desired: 3, minimum: 100, maximum: 100)
        var world = RolloutWorld(bounds: bounds, members: [ill, ill, ill])
        #expect(world.plan(mayStart: false).stops.isEmpty)
        #expect(world.plan().stops.count == 1)
        world.members = [ill, ill, RolloutPlan.Member(.pending, isKept: true)].numbered()
        #expect(world.plan().stops.isEmpty)
        world.members = [ill, ill, RolloutPlan.Member(.healthy, isKept: true)].numbered()
        #expect(world.plan().stops.count == 1)
        world = RolloutWorld(
            bounds: Bounds(desired: 3, minimum: 100, maximum: 200), members: [ill, ill, ill])
        #expect(world.plan().stops.isEmpty && world.plan().starts == 3)
    }
}

/// The bounds of a service.
struct Bounds: Hashable {
    var desired: Int
    var lower: Int
    var upper: Int

    init(desired: Int, minimum: Int, maximum: Int) {
        let rollout = ServiceRecord.Rollout(
            minimumHealthyPercent: minimum, maximumPercent: maximum, isBreakerEnabled: false, isRollbackEnabled: false)
        self.desired = desired
        lower = rollout.lowerBound(of: desired)
        upper = rollout.upperBound(of: desired)
    }

    /// Those of the document's table (§7.3) and of others, each once.
    static func all(desired: ClosedRange<Int>) -> [Bounds] {
        let percentages = [
            (50, 200), (100, 200), (75, 200), (100, 125), (0, 100), (90, 110), (50, 150), (100, 100), (0, 200),
            (50, 100), (100, 150), (34, 167), (1, 1000),
        ]
        let all = desired.flatMap { desired in
            percentages.map { Bounds(desired: desired, minimum: $0.0, maximum: $0.1) }
        }
        return all.uniqued()
    }
}

extension RolloutPlan.Member {
    enum State: CaseIterable {
        case pending
        /// RUNNING, and not known to be healthy yet.
        case fresh
        case healthy
        case unhealthy
    }

    init(_ state: State, isKept: Bool, isProtected: Bool = false) {
        self.init(
            id: "", instance: "", isKept: isKept, isRunning: state != .pending, isHealthy: state == .healthy,
            isUnhealthy: state == .unhealthy, isProtected: isProtected)
    }

    /// Every member that there can be: what is unhealthy is neither kept nor protected, and protection means nothing
    /// to what is kept.
    static let all: [RolloutPlan.Member] = State.allCases.flatMap { state in
        let replaced = RolloutPlan.Member(state, isKept: false)
        guard state != .unhealthy else { return [replaced] }
        let protected = RolloutPlan.Member(state, isKept: false, isProtected: true)
        return [RolloutPlan.Member(state, isKept: true), replaced, protected]
    }

    /// It may yet turn out healthy or not.
    var isOpen: Bool { !isHealthy && !isUnhealthy }
}

extension [RolloutPlan.Member] {
    /// With ids in their order.
    func numbered() -> [RolloutPlan.Member] {
        enumerated().map { number, member in
            var member = member
            member.id = "\(number)"
            return member
        }
    }
}

/// A service in a world where everything goes well.
struct RolloutWorld {
    var bounds: Bounds
    var members: [RolloutPlan.Member]

    init(bounds: Bounds, members: [RolloutPlan.Member]) {
        self.bounds = bounds
        self.members = members.numbered()
    }

    /// Everything that up to five members can be together.
    static let allMembers: [[RolloutPlan.Member]] = (0...5).flatMap { RolloutPlan.Member.all.multisets(of: $0) }

    func plan(mayStart: Bool = true) -> RolloutPlan {
        RolloutPlan(
            desired: bounds.desired, lower: bounds.lower, upper: bounds.upper, members: members, mayStart: mayStart)
    }

    /// Applies plans until they change nothing.
    /// - Returns: Whether that took fewer steps than there could be with any progress.
    mutating func settle() -> Bool {
        for _ in 0..<30 {
            let plan = plan()
            let before = members
            members.removeAll { plan.stops.contains($0.id) }
            members += Array(repeating: RolloutPlan.Member(.pending, isKept: true), count: plan.starts)
            for index in members.indices where members[index].isOpen {
                members[index] = RolloutPlan.Member(
                    .healthy, isKept: members[index].isKept, isProtected: members[index].isProtected)
            }
            members = members.numbered()
            if members == before { return true }
        }
        return false
    }

    /// What is wrong with a step; nil if nothing is.
    func problem(ofStep plan: RolloutPlan, mayStart: Bool) -> String? {
        let stopped = members.filter { plan.stops.contains($0.id) }
        let kept = members.filter(\.isKept)
        let alive = members.count - stopped.count
        let healthy = members.count(where: \.isHealthy) - stopped.count(where: \.isHealthy)
        let healthyKept = kept.count(where: \.isHealthy)
        let missing = max(0, bounds.desired - kept.count)
        let ill = stopped.count(where: \.isUnhealthy)
        let rest = members.filter { !$0.isKept && !plan.stops.contains($0.id) }

        if stopped.map(\.id) != plan.stops { return "stops are not members in their order: \(plan)" }
        if stopped.contains(where: { $0.isKept || $0.isProtected }) { return "what stays is stopped: \(plan)" }
        if stopped.contains(where: { $0.isRunning && !$0.isUnhealthy }), healthy < bounds.lower {
            return "too few healthy ones are left: \(plan)"
        }
        if ill > 0, healthyKept < bounds.desired {
            let isRoomNeeded = mayStart && members.count >= bounds.upper && healthyKept == kept.count
            if ill > 1 || !isRoomNeeded { return "unhealthy ones go for nothing: \(plan)" }
        }
        if plan.starts > 0, !mayStart || alive + plan.starts > bounds.upper { return "too many start: \(plan)" }
        if plan.starts != (mayStart ? min(missing, max(0, bounds.upper - alive)) : 0) {
            return "not as many start as may: \(plan)"
        }
        if rest.contains(where: { !$0.isProtected && (!$0.isRunning || ($0.isHealthy && healthy > bounds.lower)) }) {
            return "not as many stop as may: \(plan)"
        }
        let isComplete = healthyKept == bounds.desired && members.count == bounds.desired
        if plan.isComplete != isComplete { return "it is complete, or is not: \(plan)" }
        let isIdle = plan.stops.isEmpty && plan.starts == 0
        let isLeft = missing > 0 || !rest.isEmpty
        if plan.isBlocked || plan.isHeldByProtection {
            if !isIdle || !isLeft || !mayStart { return "a reason for nothing: \(plan)" }
            if plan.isBlocked == plan.isHeldByProtection { return "two reasons: \(plan)" }
            if plan.isHeldByProtection != (!rest.isEmpty && rest.allSatisfy(\.isProtected)) {
                return "the wrong reason: \(plan)"
            }
            if plan.isBlocked, members.contains(where: \.isOpen) { return "it may yet go on: \(plan)" }
        } else if isIdle, isLeft, mayStart, !members.contains(where: \.isOpen) {
            return "stuck without a reason: \(plan)"
        }
        return nil
    }
}

extension Array {
    /// Every choice of `count` elements with repetitions, whose order does not matter.
    func multisets(of count: Int) -> [[Element]] {
        guard count > 0 else { return [[]] }
        return indices.flatMap { first in
            Array(self[first...]).multisets(of: count - 1).map { [self[first]] + $0 }
        }
    }
}
