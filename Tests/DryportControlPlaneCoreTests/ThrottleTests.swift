// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel
import Testing

/// Who calls too often is told so, and nobody else is (`ecs-control-plane.md` §0).
@Suite struct ThrottleTests {
    private let node = Principal.managedInstance(id: "mi-1")
    private let start = MonotonicTime(sinceStart: .seconds(1000))

    private func throttle(_ change: (inout ThrottlingConfiguration) -> Void = { _ in }) -> RequestThrottle {
        var configuration = ThrottlingConfiguration()
        change(&configuration)
        return RequestThrottle(configuration: configuration)
    }

    /// How many of so many calls at once are admitted.
    private func admitted(
        _ count: Int, of principal: Principal, at time: MonotonicTime, by throttle: inout RequestThrottle
    ) -> Int {
        (0..<count).count { _ in (try? throttle.admit(principal, at: time)) != nil }
    }

    @Test func defaultsAreThoseOfTheDocumentation() {
        var throttle = throttle()
        let task = Principal.task(arn: "arn:t")
        #expect(admitted(1000, of: node, at: start, by: &throttle) == 200)
        #expect(admitted(1000, of: task, at: start, by: &throttle) == 50)
        #expect(admitted(1000, of: .anonymous, at: start, by: &throttle) == 50)
        #expect(admitted(1000, of: .administrator(accessKeyID: "AKIA"), at: start, by: &throttle) == 1000)
        let later = start.advanced(by: .seconds(1))
        #expect(admitted(1000, of: node, at: later, by: &throttle) == 50)
        #expect(admitted(1000, of: task, at: later, by: &throttle) == 10)
        #expect(admitted(1000, of: .anonymous, at: later, by: &throttle) == 5)
    }

    @Test func theErrorIsAWSs() {
        var throttle = throttle { $0.nodes = .init(burst: 1, rate: 1) }
        #expect(throws: Never.self) { try throttle.admit(node, at: start) }
        let error = #expect(throws: APIError.self) { try throttle.admit(node, at: start) }
        #expect(error == APIError(.throttling, "Rate exceeded"))
        #expect(error?.httpStatus == 400 && error?.isRetryable == true)
    }

    @Test func eachCallerHasABucketAndANodeHasOneForBothSignatures() {
        var throttle = throttle {
            $0.nodes = .init(burst: 3, rate: 1)
            $0.administrators = .init(burst: 2, rate: 1)
        }
        #expect(admitted(2, of: .managedInstanceKey(id: "mi-1"), at: start, by: &throttle) == 2)
        #expect(admitted(2, of: node, at: start, by: &throttle) == 1)
        #expect(admitted(9, of: .managedInstance(id: "mi-2"), at: start, by: &throttle) == 3)
        #expect(admitted(9, of: .administrator(accessKeyID: "AKIA1"), at: start, by: &throttle) == 2)
        #expect(admitted(9, of: .administrator(accessKeyID: "AKIA2"), at: start, by: &throttle) == 2)
    }

    /// A bucket that is really filled drop by drop, in whole attoseconds.
    private struct ReferenceBucket {
        let limit: ThrottlingConfiguration.Limit
        var level: Duration
        var last: MonotonicTime

        init(_ limit: ThrottlingConfiguration.Limit, at time: MonotonicTime) {
            (self.limit, level, last) = (limit, .seconds(1) / limit.rate * limit.burst, time)
        }

        mutating func admit(at time: MonotonicTime) -> Bool {
            let price = Duration.seconds(1) / limit.rate
            level = min(price * limit.burst, level + last.duration(to: time))
            last = time
            guard level >= price else { return false }
            level -= price
            return true
        }
    }

    @Test(arguments: 0..<20) func itAgreesWithABucketThatIsFilled(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let limit = ThrottlingConfiguration.Limit(
            burst: Int.random(in: 1...30, using: &random), rate: Int.random(in: 1...70, using: &random))
        var throttle = throttle { $0.nodes = limit }
        var reference = ReferenceBucket(limit, at: start)
        var now = start
        var refusals = 0
        for call in 0..<2000 {
            if Int.random(in: 0..<3, using: &random) == 0 {
                now = now.advanced(by: .microseconds(Int.random(in: 0...3_000_000 / limit.rate, using: &random)))
            }
            let isAdmitted = admitted(1, of: node, at: now, by: &throttle) == 1
            #expect(isAdmitted == reference.admit(at: now), "call \(call)")
            if !isAdmitted { refusals += 1 }
        }
        #expect((1..<2000).contains(refusals))
    }

    /// Buckets that are full again are forgotten, so that callers who have gone leave nothing behind.
    @Test func whatIsKeptIsBounded() {
        var throttle = throttle()
        var now = start
        var most = 0
        for number in 0..<100_000 {
            #expect(throws: Never.self) { try throttle.admit(.task(arn: "arn:\(number)"), at: now) }
            now = now.advanced(by: .milliseconds(1))
            most = max(most, throttle.count)
        }
        // A call fills up again in a tenth of a second, in which a hundred callers come.
        #expect(most <= 2 * 101)
    }

    // MARK: In the control plane

    private func bench(_ change: (inout ThrottlingConfiguration) -> Void) -> Bench {
        var configuration = ControlPlaneConfiguration()
        change(&configuration.throttling)
        return Bench(configuration: configuration)
    }

    @Test func callsAreThrottledBeforeAnythingElseHappens() throws {
        var bench = bench { $0.nodes = .init(burst: 2, rate: 1) }
        // Refused calls count.
        for _ in 0..<2 { #expect(bench.refusal(of: ECS.ListClustersRequest(), as: node) == .accessDenied) }
        let random = bench.random
        #expect(bench.refusal(of: ECS.ListClustersRequest(), as: node) == .throttling)
        #expect(bench.refusal(of: ECS.RegisterContainerInstanceRequest(), as: node) == .throttling)
        #expect(bench.random == random)
        try bench.call(ECS.ListClustersRequest())
        bench.pass(.seconds(1))
        try bench.call(ECS.RegisterContainerInstanceRequest(), as: node)
    }

    @Test func sessionsCountAsCalls() throws {
        var bench = bench { $0.nodes = .init(burst: 2, rate: 1) }
        let instance = try bench.registerInstance(principal: node)
        try bench.connect(instance, principal: node)
        let error = #expect(throws: APIError.self) { try bench.connect(instance, principal: node) }
        #expect(error?.code == .throttling)
        bench.pass(.seconds(1))
        try bench.connect(instance, principal: node)
    }

    /// Guessing at activations is slow, and does not keep operators from working.
    @Test func strangersShareOneBucket() throws {
        var bench = bench { $0.anonymous = .init(burst: 3, rate: 1) }
        let guess = SSM.RegisterManagedInstanceRequest(activationCode: "x", activationId: "y")
        for _ in 0..<3 { #expect(bench.refusal(of: guess, as: .anonymous) == .invalidActivation) }
        #expect(bench.refusal(of: guess, as: .anonymous) == .throttling)
        try bench.call(SSM.CreateActivationRequest(iamRole: "role"))
    }
}
