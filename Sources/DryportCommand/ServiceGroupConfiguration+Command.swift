// SPDX-License-Identifier: Apache-2.0

import Logging
import ServiceLifecycle
import UnixSignals

extension ServiceGroupConfiguration {
    /// Runs services until SIGTERM or SIGINT; a second signal, or five seconds, end them at once.
    static func command(
        _ services: [any Service], endingWith followers: [any Service] = [], logger: Logger
    ) -> ServiceGroupConfiguration {
        var configuration = ServiceGroupConfiguration(services, endingWith: followers, logger: logger)
        configuration.gracefulShutdownSignals = [.sigterm, .sigint]
        configuration.maximumGracefulShutdownDuration = .seconds(5)
        return configuration
    }

    /// Services, and others that end by themselves when those have ended.
    init(_ services: [any Service], endingWith followers: [any Service], logger: Logger) {
        // Services are shut down in the reverse order.
        self.init(services: followers.map(Follower.init) + services, logger: logger)
    }
}

/// A service that ends when others have ended, which its group would take for a failure if it came before its turn.
private struct Follower: Service {
    let service: any Service

    func run() async throws {
        try await service.run()
        try? await gracefulShutdown()
    }
}
