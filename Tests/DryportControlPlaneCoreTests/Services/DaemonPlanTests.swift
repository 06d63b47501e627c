// SPDX-License-Identifier: Apache-2.0

import DryportModel
import OrderedCollections
import Testing

@testable import DryportControlPlaneCore

/// The arithmetic of daemons (`ecs-control-plane.md` §7.9), over every world that is small enough.
@Suite struct DaemonPlanTests {
    /// Every step from every world with up to two instances and two tasks on each: the bounds hold, as much happens as
    /// may, and nothing is left without a reason.
    @Test func everyStepKeepsItsPromises() {
        let choices = (0...2).flatMap { RolloutPlan.Member.all.multisets(of: $0) }
        for (number, first) in choices.enumerated() {
            for second in choices[...number] {
                for world in DaemonWorld.all([first, second]) {
                    if let problem = world.problem() {
                        Issue.record("\(problem): \(world)")
                        return
                    }
                }
            }
        }
    }

    /// The same with three instances, one task on each, one of them perhaps out of reach, and one elsewhere.
    @Test func everyStepWithThreeInstances() {
        let choices = (0...1).flatMap { RolloutPlan.Member.all.multisets(of: $0) }
        for members in choices.multisets(of: 3) {
            for unreachable in [nil, 0, 1, 2] {
                for world in DaemonWorld.all(
                    members, unreachable: unreachable, elsewhere: [.init(.healthy, isKept: true)])
                {
                    if let problem = world.problem() {
                        Issue.record("\(problem): \(world)")
                        return
                    }
                }
            }
        }
    }

    /// Where what is started becomes healthy and what is stopped goes, each instance gets its daemon, unless tasks are
    /// protected, or the percentages round to the number of instances on both sides while old healthy tasks are left.
    @Test func friendlyWorldsComeToAnEnd() {
        let choices = (0...2).flatMap { RolloutPlan.Member.all.multisets(of: $0) }
        for (number, first) in choices.enumerated() {
            for second in choices[...number] {
                for start in DaemonWorld.all([first, second]) where start.mayStart {
                    var world = start
                    guard world.settle() else {
                        Issue.record("no end: \(start)")
                        return
                    }
                    if let problem = world.problemOfEnd {
                        Issue.record("\(problem): \(start)")
                        return
                    }
                }
            }
        }
    }

    /// Two healthy tasks on one instance are one instance's worth: a third one cannot lean on them.
    @Test func anInstanceCountsOnce() {
        let (old, new) = (RolloutPlan.Member(.healthy, isKept: false), RolloutPlan.Member(.healthy, isKept: true))
        let world = DaemonWorld(sites: [[old], [old, new], []], lower: 2, upper: 3)
        #expect(world.plan.stops == ["1"])
        #expect(world.plan.starts == ["i-2"])
    }

    /// A host that is away does not use up what may be missing: the others are updated without it.
    @Test func whoIsAwayIsLeftAlone() {
        let old = RolloutPlan.Member(.healthy, isKept: false)
        var world = DaemonWorld(sites: [[old], [old], []], lower: 1, upper: 3)
        world.unreachable = [0, 2]
        // One is expected on the last, so that there is no room for two anywhere.
        #expect(world.plan.stops == ["1"])
        #expect(world.plan.starts == ["i-1"])
        world.unreachable = [0, 1, 2]
        #expect(world.plan.stops.isEmpty && world.plan.starts.isEmpty && !world.plan.isBlocked)
    }
}

/// A daemon in a world where everything goes well.
struct DaemonWorld {
    /// The tasks on each instance where the daemon belongs.
    var sites: [[RolloutPlan.Member]]
    var unreachable: Set<Int> = []
    /// Tasks on an instance where it does not belong.
    var elsewhere: [RolloutPlan.Member] = []
    var lower: Int
    var upper: Int
    var mayStart = true

    /// With all bounds that there can be.
    static func all(
        _ sites: [[RolloutPlan.Member]], unreachable: Int? = nil, elsewhere: [RolloutPlan.Member] = []
    ) -> [DaemonWorld] {
        let count = sites.count
        return (0...count).flatMap { lower in
            (count...2 * count).flatMap { upper in
                [true, false].map { mayStart in
                    DaemonWorld(
                        sites: sites, unreachable: Set([unreachable].compactMap(\.self)), elsewhere: elsewhere,
                        lower: lower, upper: upper, mayStart: mayStart)
                }
            }
        }
    }

    /// All tasks, those on one instance one after another.
    var members: [RolloutPlan.Member] {
        var members: [RolloutPlan.Member] = []
        for (site, tasks) in (sites + [elsewhere]).enumerated() {
            for var task in tasks {
                task.instance = "i-\(site)"
                members.append(task)
            }
        }
        return members.numbered()
    }

    var plan: DaemonPlan {
        DaemonPlan(
            members: members, eligible: OrderedSet(sites.indices.map { "i-\($0)" }),
            isReachable: { !unreachable.contains(Int($0.dropFirst(2))!) }, lower: lower, upper: upper,
            mayStart: mayStart)
    }

    /// The numbers of the instances that have a healthy task.
    private func served(_ members: [RolloutPlan.Member]) -> Set<String> {
        Set(members.filter { $0.isHealthy && $0.instance != "i-\(sites.count)" }.map(\.instance))
    }

    // MARK: Steps

    /// What is wrong with the next step; nil if nothing is.
    func problem() -> String? {
        let (plan, members) = (plan, members)
        let gone = Set(plan.misplaced + plan.stops)
        let left = members.filter { !gone.contains($0.id) }
        func reachable(_ member: RolloutPlan.Member) -> Bool {
            !unreachable.contains(Int(member.instance.dropFirst(2))!)
        }
        if gone.count != plan.misplaced.count + plan.stops.count { return "a task stops twice: \(plan)" }
        for (site, tasks) in sites.enumerated() {
            let kept = left.filter { $0.instance == "i-\(site)" && $0.isKept }
            if tasks.contains(where: \.isKept) != (kept.count == 1) { return "one is kept on each: \(plan)" }
            if kept.count + plan.starts.count(where: { $0 == "i-\(site)" }) > 1 { return "two on one: \(plan)" }
        }
        if left.contains(where: { $0.instance == "i-\(sites.count)" }) { return "one stays elsewhere: \(plan)" }
        if plan.starts.contains(where: { unreachable.contains(Int($0.dropFirst(2))!) }) {
            return "starts there: \(plan)"
        }
        if !plan.starts.isEmpty, !mayStart || left.count + plan.starts.count > upper {
            return "too many start: \(plan)"
        }

        let stopped = members.filter { plan.stops.contains($0.id) }
        if stopped.contains(where: { $0.isKept || $0.isProtected }) { return "what stays is stopped: \(plan)" }
        let (before, after) = (served(members), served(left))
        if before != after, after.count < lower { return "too few are served: \(plan)" }
        // Those that are not healthy, and whose instance has nothing else.
        let bare = stopped.filter { $0.isRunning && !$0.isHealthy && !after.contains($0.instance) }
        if bare.contains(where: { !reachable($0) }) { return "what cannot be replaced is stopped: \(plan)" }
        if after.count < lower {
            if bare.contains(where: { !$0.isUnhealthy }) { return "one that may be healthy soon is stopped: \(plan)" }
            if bare.count > 1 { return "unhealthy ones go together: \(plan)" }
        }
        if !mayStart, !bare.isEmpty || before != after { return "room is made for nothing: \(plan)" }
        let expected = unreachable.count { sites[$0].isEmpty }
        let empty = sites.indices.contains { site in
            sites[site].isEmpty && !unreachable.contains(site) && !plan.starts.contains("i-\(site)")
        }
        if mayStart, empty, left.count + plan.starts.count + expected < upper { return "one more may start: \(plan)" }
        return problem(ofReason: plan, left: left.filter { reachable($0) })
    }

    /// Whether what is left undone has its reason.
    private func problem(ofReason plan: DaemonPlan, left: [RolloutPlan.Member]) -> String? {
        let isIdle = plan.stops.isEmpty && plan.starts.isEmpty && plan.misplaced.isEmpty
        let replaced = left.filter { !$0.isKept }
        let missing = sites.indices.filter { site in
            !unreachable.contains(site) && !sites[site].contains(where: \.isKept)
        }
        let isLeft = !replaced.isEmpty || !missing.isEmpty
        if plan.isBlocked || plan.isHeldByProtection {
            if !isIdle || !isLeft || !mayStart { return "a reason for nothing: \(plan)" }
            if plan.isBlocked == plan.isHeldByProtection { return "two reasons: \(plan)" }
            let isHeld = !replaced.isEmpty && replaced.allSatisfy(\.isProtected)
            if plan.isHeldByProtection != isHeld { return "the wrong reason: \(plan)" }
            if plan.isBlocked, left.contains(where: \.isOpen) { return "it may yet go on: \(plan)" }
        } else if isIdle, isLeft, mayStart, !left.contains(where: \.isOpen) {
            return "stuck without a reason: \(plan)"
        }
        return nil
    }

    // MARK: The end

    /// Applies plans until they change nothing.
    /// - Returns: Whether that took fewer steps than there could be with any progress.
    mutating func settle() -> Bool {
        for _ in 0..<30 {
            let (plan, members) = (plan, members)
            let gone = Set(plan.misplaced + plan.stops)
            for site in sites.indices {
                sites[site] = members.filter { $0.instance == "i-\(site)" && !gone.contains($0.id) }
                if plan.starts.contains("i-\(site)") { sites[site].append(RolloutPlan.Member(.pending, isKept: true)) }
                for index in sites[site].indices where sites[site][index].isOpen {
                    let task = sites[site][index]
                    sites[site][index] = RolloutPlan.Member(
                        .healthy, isKept: task.isKept, isProtected: task.isProtected)
                }
            }
            elsewhere = []
            if self.members == members { return true }
        }
        return false
    }

    /// What is wrong with a world at rest; nil if nothing is.
    var problemOfEnd: String? {
        let (plan, members) = (plan, members)
        let replaced = members.filter { !$0.isKept }
        if replaced.isEmpty {
            let isDone = members.count == sites.count && served(members).count == sites.count
            return isDone && !plan.isBlocked && !plan.isHeldByProtection ? nil : "not done: \(plan)"
        }
        if replaced.allSatisfy(\.isProtected) {
            return plan.isHeldByProtection ? nil : "protection is not the reason: \(plan)"
        }
        guard plan.isBlocked else { return "stuck without a reason: \(plan)" }
        let forbids = lower == sites.count && upper == sites.count
        return forbids || replaced.contains(where: \.isProtected) ? nil : "nothing forbids it: \(plan)"
    }
}
