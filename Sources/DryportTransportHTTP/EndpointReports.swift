// SPDX-License-Identifier: Apache-2.0

import DryportTransport
import Synchronization

/// The last verdict on each endpoint, in the order of first use.
final class EndpointReports: Sendable {
    /// Control planes may hand out new session endpoints again and again; the oldest are forgotten.
    private static let limit = 32
    private let reports = Mutex<[EndpointReport]>([])

    var all: [EndpointReport] { reports.withLock { $0 } }

    func record(name: String, url: String, origin: String, failure: TransportError?) {
        let report = EndpointReport(name: name, url: url, origin: origin, lastFailure: failure?.description)
        reports.withLock { reports in
            if let index = reports.firstIndex(where: { $0.name == name && $0.url == url }) {
                reports[index] = report
                return
            }
            if reports.count == Self.limit { reports.removeFirst() }
            reports.append(report)
        }
    }
}
