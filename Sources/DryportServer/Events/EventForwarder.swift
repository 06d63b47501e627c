// SPDX-License-Identifier: Apache-2.0

public import DryportControlPlane
import DryportControlPlaneCore
import DryportMessages
public import DryportModel
public import Logging
public import ServiceLifecycle

/// A place outside the process that takes events.
public protocol EventDestination: Sendable {
    /// Takes one event.
    /// - Parameter event: JSON in the shape of EventBridge, without line breaks.
    /// - Throws: ``EventDestinationError``; whether the same event is tried again depends on it.
    func take(_ event: [UInt8]) async throws(EventDestinationError)
}

/// Why a destination did not take an event.
public struct EventDestinationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Whether the same event may be taken later. One that may not is skipped.
    public var isRetryable: Bool
    /// What happened, for operators.
    public var message: String

    /// Creates an error.
    public init(isRetryable: Bool, message: String) {
        self.isRetryable = isRetryable
        self.message = message
    }

    /// The text form.
    public var description: String { message }
}

/// Carries the events of a control plane to a destination, one by one and in order, each at least once.
///
/// While the destination fails, the same event is tried again after longer and longer pauses, from one second to one
/// minute. Meanwhile events wait in their subscription, which is bounded: the oldest are dropped, and the destination
/// gets an event `Dryport Events Lost` with their number in the place where they are missing. The control plane is
/// never held up.
public struct EventForwarder: Service {
    private let events: EventSubscription
    private let destination: any EventDestination
    private let scope: AccountScope
    private let logger: Logger
    private let now: @Sendable () -> Instant

    /// Creates a forwarder.
    /// - Parameters:
    ///   - events: What to carry; the forwarder is its one consumer.
    ///   - destination: Where to.
    ///   - scope: The account and region that a notice of lost events names.
    ///   - logger: Takes failures of the destination.
    ///   - now: The clock of such notices.
    public init(
        events: EventSubscription, to destination: any EventDestination, scope: AccountScope, logger: Logger,
        now: @escaping @Sendable () -> Instant = HostClock().now
    ) {
        self.events = events
        self.destination = destination
        self.scope = scope
        self.logger = logger
        self.now = now
    }

    /// Carries events until the control plane ends, or the task is cancelled.
    public func run() async throws {
        for await delivery in events {
            switch delivery {
            case .event(let envelope): await carry(envelope.json())
            case .lost(let count): await carry(notice(ofLost: count))
            }
            if Task.isCancelled { return }
        }
    }

    private func carry(_ event: [UInt8]) async {
        var pause = Duration.seconds(1)
        while !Task.isCancelled {
            do throws(EventDestinationError) {
                return try await destination.take(event)
            } catch {
                guard error.isRetryable else {
                    return logger.error("an event was refused and is skipped", metadata: ["error": "\(error)"])
                }
                logger.error(
                    "an event could not be delivered", metadata: ["error": "\(error)", "next-try": "\(pause)"])
            }
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(60))
        }
    }

    private func notice(ofLost count: Int) -> [UInt8] {
        logger.warning("events were lost", metadata: ["count": "\(count)"])
        var random = SystemRandomNumberGenerator()
        let notice = LossNotice(
            id: random.uuid(), account: scope.account, time: now().wall.internetDateTime, region: scope.region,
            detail: LossNotice.Detail(count: count))
        // It holds nothing that JSON cannot express.
        return (try? JSONCoding.encode(notice)) ?? []
    }
}

/// Says in the stream of events that some are missing.
private struct LossNotice: Encodable {
    struct Detail: Encodable { var count: Int }

    var version = "0"
    var id: String
    var detailType = "Dryport Events Lost"
    var source = "dryport"
    var account: String
    var time: String
    var region: String
    var resources: [String] = []
    var detail: Detail

    enum CodingKeys: String, CodingKey {
        case version, id, source, account, time, region, resources, detail
        case detailType = "detail-type"
    }
}
