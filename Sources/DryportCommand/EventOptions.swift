// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import DryportControlPlane
import DryportControlPlaneCore
import DryportServer
import Logging

/// Where events go.
struct EventOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Append every event to this file, one line of JSON each.", valueName: "PATH"))
    var eventFile: String?

    @Option(help: ArgumentHelp("POST every event to this URL.", valueName: "URL"))
    var eventWebhook: String?

    /// The services that carry events, in addition to the control plane. They end when it ends.
    func forwarders(
        _ settings: Settings, from controlPlane: ControlPlane, logger: Logger
    ) throws -> [EventForwarder] {
        var destinations: [any EventDestination] = []
        if let path = settings.value("event-file", eventFile) {
            let file = EventFile(path: path)
            do {
                try file.open()
            } catch {
                throw UsageError("--event-file \(error)")
            }
            destinations.append(file)
        }
        if let url = settings.value("event-webhook", eventWebhook) {
            guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
                throw UsageError("--event-webhook \(url): not an http or https URL")
            }
            destinations.append(EventWebhook(url: url))
        }
        return destinations.map { destination in
            EventForwarder(
                events: controlPlane.events(), to: destination, scope: controlPlane.configuration.scope,
                logger: logger)
        }
    }
}
