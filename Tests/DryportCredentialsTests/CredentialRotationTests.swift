// SPDX-License-Identifier: Apache-2.0

import DryportModel
import Testing

@testable import DryportCredentials

/// The rotation's schedule, action by action (`ssm-agent.md` §3.3).
@Suite struct CredentialRotationTests {
    typealias Output = CredentialRotation.Output
    typealias Observation = CredentialRotation.Observation

    /// A rotation with its clocks. Jitter is the smallest possible, so that waits are exact.
    struct World {
        var rotation: CredentialRotation
        var now = Instant(monotonic: .zero, wall: .newYear)
        var random = LowestGenerator()

        init(_ rotation: CredentialRotation = CredentialRotation()) { self.rotation = rotation }

        mutating func step(_ event: CredentialRotation.Event) -> Output {
            rotation.step(event, at: now, using: &random)
        }

        mutating func advance(_ duration: Duration) { now = now.advanced(by: duration) }

        /// Lets time pass to the moment that the rotation asked for.
        mutating func sleep(_ output: Output) throws {
            advance(now.monotonic.duration(to: try #require(output.wakeAt)))
        }

        func after(_ duration: Duration) -> MonotonicTime { now.monotonic.advanced(by: duration) }

        func credentials(_ name: String, _ lifetime: Duration = .seconds(3600)) -> Credentials {
            Credentials(
                accessKeyID: name, secretAccessKey: Redacted("s"), sessionToken: Redacted("t"),
                expiration: now.wall.advanced(by: lifetime))
        }

        /// Started, and in possession of credentials for an hour.
        static func running() -> World {
            var world = World()
            _ = world.step(.start)
            _ = world.step(.received(world.credentials("A")))
            return world
        }
    }

    static func output(
        publish: Credentials? = nil, request: Bool = false, wakeAt: MonotonicTime? = nil, _ observations: Observation...
    ) -> Output {
        var output = Output()
        output.publish = publish
        output.requestToken = request
        output.wakeAt = wakeAt
        output.observations = observations
        return output
    }

    @Test func renewsAtHalfOfTheLifetime() throws {
        var world = World()
        #expect(world.step(.start) == Self.output(request: true, .requested(.missing)))
        #expect(world.rotation.current(at: world.now) == nil)

        let first = world.credentials("A")
        var output = world.step(.received(first))
        #expect(
            output
                == Self.output(
                    publish: first, wakeAt: world.after(.seconds(1800)),
                    .rotated(accessKeyID: "A", expiration: first.expiration)))
        #expect(world.rotation.current(at: world.now) == first)

        try world.sleep(output)
        output = world.step(.wake)
        // The old ones serve while the request runs; the timer is for their end, a minute early.
        #expect(output == Self.output(request: true, wakeAt: world.after(.seconds(1740)), .requested(.halfLife)))
        #expect(world.rotation.current(at: world.now) == first)

        world.advance(.seconds(2))
        let second = world.credentials("B")
        output = world.step(.received(second))
        #expect(output.publish == second && output.wakeAt == world.after(.seconds(1800)))
        #expect(world.rotation.current(at: world.now.wall) == second)
    }

    /// 30 s for a token of 60 s, as the SSM agent does.
    @Test func shortTokensRenewAtHalfToo() {
        var world = World()
        _ = world.step(.start)
        let output = world.step(.received(world.credentials("A", .seconds(60))))
        #expect(output.wakeAt == world.after(.seconds(30)))
        world.advance(.seconds(44))
        #expect(world.rotation.current(at: world.now) != nil)
        world.advance(.seconds(1))
        #expect(world.rotation.current(at: world.now) == nil, "a quarter of the lifetime is margin")
    }

    @Test func oneRequestAtATime() {
        var world = World.running()
        world.advance(.seconds(1800))
        #expect(world.step(.wake).requestToken)
        for event in [CredentialRotation.Event.wake, .start, .linkRestored, .wake] {
            let output = world.step(event)
            #expect(!output.requestToken && output.observations.isEmpty)
            #expect(output.wakeAt == world.after(.seconds(1740)))
        }
    }

    @Test func anEarlyWakeOnlySetsTheTimerAgain() {
        var world = World.running()
        world.advance(.seconds(1799))
        #expect(world.step(.wake) == Self.output(wakeAt: world.after(.seconds(1))))
    }

    @Test func retriesBackOffAndSayWhenCredentialsEnd() throws {
        var world = World.running()
        world.advance(.seconds(1800))
        var output = world.step(.wake)
        var waits: [Duration] = []
        var sawExpiry = false
        for attempt in 1...12 {
            output = world.step(.failed(code: nil, isTransport: true))
            guard case .failed(nil, attempt, let retryIn)? = output.observations.first else {
                Issue.record("attempt \(attempt): \(output.observations)")
                return
            }
            waits.append(retryIn)
            let retryAt = world.after(retryIn)
            repeat {
                try world.sleep(output)
                output = world.step(.wake)
                if output.observations.contains(.expired(accessKeyID: "A")) {
                    #expect(!sawExpiry, "said once")
                    sawExpiry = true
                    #expect(world.now.wall == Timestamp.newYear.advanced(by: .seconds(3540)))
                    #expect(world.rotation.current(at: world.now) == nil)
                }
            } while !output.requestToken
            #expect(world.now.monotonic == retryAt)
            #expect(output.observations.contains(.requested(.retry)))
        }
        #expect(sawExpiry)
        let expected = [11, 12, 14, 18, 26, 42, 74, 138, 266, 522, 1034, 1800].map { Duration.seconds($0) }
        #expect(waits == expected)
        // Success starts over.
        output = world.step(.received(world.credentials("B")))
        #expect(output.wakeAt == world.after(.seconds(1800)))
        world.advance(.seconds(1800))
        _ = world.step(.wake)
        #expect(
            world.step(.failed(code: "ThrottlingException", isTransport: false)).observations
                == [.failed(code: "ThrottlingException", attempt: 1, retryIn: .seconds(11))])
    }

    @Test(arguments: ["AccessDeniedException", "MachineFingerprintDoesNotMatch"])
    func aRefusalIsFollowedByALongSleep(_ code: String) throws {
        var world = World()
        _ = world.step(.start)
        let output = world.step(.failed(code: code, isTransport: false))
        #expect(
            output
                == Self.output(
                    wakeAt: world.after(.seconds(1500)), .failed(code: code, attempt: 1, retryIn: .seconds(1500))))
        world.advance(.seconds(1499))
        #expect(!world.step(.wake).requestToken)
        world.advance(.seconds(1))
        #expect(world.step(.wake).requestToken)
    }

    @Test func aReturningLinkCausesAnAttemptAtOnce() {
        var world = World.running()
        world.advance(.seconds(1800))
        _ = world.step(.wake)
        _ = world.step(.failed(code: nil, isTransport: true))
        world.advance(.seconds(5))
        #expect(
            world.step(.linkRestored)
                == Self.output(request: true, wakeAt: world.after(.seconds(1735)), .requested(.linkRestored)))
        #expect(!world.step(.linkRestored).requestToken, "single flight")
    }

    @Test func aReturningLinkAfterTheEndCausesAnAttemptAtOnce() {
        var world = World.running()
        world.advance(.seconds(1800))
        _ = world.step(.wake)
        _ = world.step(.failed(code: "AccessDeniedException", isTransport: false))
        world.advance(.seconds(7200))
        let output = world.step(.linkRestored)
        #expect(output == Self.output(request: true, .requested(.linkRestored), .expired(accessKeyID: "A")))
    }

    @Test func aReturningLinkChangesNothingForFreshCredentials() {
        var world = World.running()
        world.advance(.seconds(60))
        #expect(world.step(.linkRestored) == Self.output(wakeAt: world.after(.seconds(1740))))
    }

    @Test func aFlappingLinkCausesAtMostOneAttemptPerSecond() throws {
        var world = World()
        var requests = world.step(.start).requestToken ? 1 : 0
        for _ in 0..<100 {
            _ = world.step(.failed(code: "InternalServerError", isTransport: false))
            world.advance(.milliseconds(100))
            var output = world.step(.linkRestored)
            if !output.requestToken {
                #expect(output.wakeAt == world.after(.milliseconds(900)))
                try world.sleep(output)
                output = world.step(.wake)
            }
            #expect(output.requestToken)
            requests += 1
        }
        #expect(requests == 101)
        #expect(world.now.monotonic == MonotonicTime(sinceStart: .seconds(100)))
    }

    /// The outage ended while the request was hanging in it: no backoff for that.
    @Test func aLinkThatReturnsDuringARequestShortensTheNextWait() {
        var world = World()
        _ = world.step(.start)
        _ = world.step(.linkRestored)
        world.advance(.seconds(20))
        #expect(world.step(.failed(code: nil, isTransport: true)).wakeAt == world.after(.seconds(1)))
        world.advance(.seconds(1))
        #expect(world.step(.wake).requestToken)
        #expect(world.step(.failed(code: nil, isTransport: true)).wakeAt == world.after(.seconds(12)), "but once only")
        world.advance(.seconds(12))
        _ = world.step(.wake)
        _ = world.step(.linkRestored)
        #expect(
            world.step(.failed(code: "AccessDeniedException", isTransport: false)).wakeAt
                == world.after(.seconds(1500)),
            "a refusal is an answer")
    }

    @Test func restoredCredentialsServeUntilHalfTime() throws {
        let restored = World().credentials("R", .seconds(3000))
        let retrieved = Timestamp.newYear.advanced(by: .seconds(-600))
        var world = World(CredentialRotation(restored: restored, retrievedAt: retrieved))
        #expect(world.rotation.current(at: world.now) == restored)
        let output = world.step(.start)
        #expect(output == Self.output(publish: restored, wakeAt: world.after(.seconds(1200))))
        try world.sleep(output)
        #expect(world.step(.wake).observations == [.requested(.halfLife)])
    }

    @Test func oldRestoredCredentialsServeWhileOthersAreFetched() {
        let restored = World().credentials("R", .seconds(600))
        var world = World(
            CredentialRotation(restored: restored, retrievedAt: Timestamp.newYear.advanced(by: .seconds(-3000))))
        #expect(
            world.step(.start)
                == Self.output(
                    publish: restored, request: true, wakeAt: world.after(.seconds(540)), .requested(.halfLife)))
    }

    @Test func endedRestoredCredentialsAreNotPublished() {
        let restored = World().credentials("R", .seconds(30))
        var world = World(
            CredentialRotation(restored: restored, retrievedAt: Timestamp.newYear.advanced(by: .seconds(-3570))))
        #expect(
            world.step(.start) == Self.output(request: true, .requested(.missing), .expired(accessKeyID: "R")))
    }

    /// A host without a battery for its clock starts in the past: its credentials would seem good for decades.
    @Test func aClockBeforeTheReceiptIsNotBelieved() {
        let restored = World().credentials("R")
        var world = World(CredentialRotation(restored: restored, retrievedAt: .newYear))
        world.now.wall = Timestamp(millisecondsSinceEpoch: 0)
        #expect(world.step(.start).requestToken)
    }

    @Test func aClockThatJumpsAheadIsNoticed() {
        var world = World.running()
        world.advance(.seconds(10))
        world.now.wall = world.now.wall.advanced(by: .seconds(86400))
        #expect(world.step(.wake).observations == [.requested(.missing), .expired(accessKeyID: "A")])
    }

    @Test func aClockThatGoesBackALittleDoesNotPutRenewalOff() {
        let restored = World().credentials("R")
        let retrieved = Timestamp.newYear.advanced(by: .seconds(200))
        var rotation = CredentialRotation(restored: restored, retrievedAt: retrieved)
        var random = LowestGenerator()
        let now = Instant(monotonic: .zero, wall: .newYear)
        let output = rotation.step(.start, at: now, using: &random)
        // Half of the 3400 s between receipt and end, though the clock says that the receipt is yet to come.
        #expect(output == Self.output(publish: restored, wakeAt: MonotonicTime(sinceStart: .seconds(1700))))
        let due = rotation.step(.wake, at: now.advanced(by: .seconds(1700)), using: &random)
        #expect(due.observations == [.requested(.halfLife)])
    }

    @Test func credentialsThatHaveEndedOnArrivalCountAsAFailure() {
        var world = World()
        _ = world.step(.start)
        let ended = world.credentials("X", .zero)
        let output = world.step(.received(ended))
        #expect(
            output
                == Self.output(
                    wakeAt: world.after(.seconds(1)), .unusable(expiration: world.now.wall, now: world.now.wall),
                    .failed(code: nil, attempt: 1, retryIn: .seconds(1))))
        #expect(world.rotation.current(at: world.now) == nil)
    }

    @Test func tinyLifetimesDoNotMakeALoop() {
        var world = World()
        _ = world.step(.start)
        let output = world.step(.received(world.credentials("A", .milliseconds(4))))
        #expect(output.publish != nil && output.wakeAt == world.after(.milliseconds(3)), "for the end")
        world.advance(.milliseconds(3))
        let expired = world.step(.wake)
        #expect(!expired.requestToken && expired.observations == [.expired(accessKeyID: "A")])
        #expect(expired.wakeAt == world.after(.milliseconds(997)))
    }

    @Test func permanentCredentialsAreNeverRenewed() {
        var world = World()
        _ = world.step(.start)
        let output = world.step(.received(.example))
        #expect(output.publish == .example && output.wakeAt == nil)
        world.advance(.seconds(1_000_000_000))
        #expect(world.step(.wake) == Output())
        #expect(world.step(.linkRestored) == Output())
        #expect(world.rotation.current(at: world.now) == .example)
    }

    @Test func answersThatNobodyAskedForAreIgnored() {
        var world = World.running()
        let before = world.rotation
        let timer = Self.output(wakeAt: world.after(.seconds(1800)))
        #expect(world.step(.received(world.credentials("Z", .seconds(9999)))) == timer)
        #expect(world.step(.failed(code: "X", isTransport: false)) == timer)
        #expect(world.rotation == before)
    }

    @Test func nothingHappensBeforeTheStart() {
        var world = World()
        for event in [
            CredentialRotation.Event.wake, .linkRestored, .failed(code: nil, isTransport: true),
            .received(world.credentials("A")),
        ] {
            #expect(world.step(event) == Output())
        }
    }

    /// Whatever happens, there is a request under way or a timer, and no second request; equal seeds, equal runs.
    @Test(arguments: 0..<50) func neverStallsAndNeverAsksTwice(_ seed: Int) {
        func run() -> [Output] {
            var random = SeededGenerator(seed: UInt64(seed))
            var jitter = SeededGenerator(seed: UInt64(seed) + 1000)
            var world = World()
            var isRequesting = false
            var outputs: [Output] = []
            func take(_ event: CredentialRotation.Event) {
                let output = world.rotation.step(event, at: world.now, using: &jitter)
                #expect(!(isRequesting && output.requestToken))
                if output.requestToken { isRequesting = true }
                #expect(isRequesting || output.wakeAt != nil)
                if let current = world.rotation.current(at: world.now), let end = current.expiration {
                    #expect(end > world.now.wall)
                }
                outputs.append(output)
            }
            take(.start)
            for _ in 0..<200 {
                world.advance(.milliseconds(Int64.random(in: 0..<900_000, using: &random)))
                switch (Int.random(in: 0..<5, using: &random), isRequesting) {
                case (0, true):
                    isRequesting = false
                    take(.received(world.credentials("C", .seconds(Int64.random(in: 0..<4000, using: &random)))))
                case (1, true):
                    isRequesting = false
                    take(.failed(code: nil, isTransport: true))
                case (2, true):
                    isRequesting = false
                    take(.failed(code: "AccessDeniedException", isTransport: false))
                case (3, _): take(.linkRestored)
                default: take(.wake)
                }
            }
            return outputs
        }
        #expect(run() == run())
    }
}
