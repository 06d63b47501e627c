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
        let first = followers.map { follower in
            ServiceConfiguration(service: follower, successTerminationBehavior: .ignore)
        }
        self.init(services: first + services.map { ServiceConfiguration(service: $0) }, logger: logger)
    }
}
