// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import DryportServer
import DryportStore

/// Decides whether a prepared plane has answered a request as it should, and puts it back where it has changed.
struct Judge {
    let plane: PreparedPlane
    private let secrets: [String]
    private var revision: StoreRevision

    init(_ plane: PreparedPlane) {
        self.plane = plane
        secrets = plane.secrets
        revision = plane.revision
    }

    /// An answer, and what is wrong with it.
    struct Verdict {
        var response: APIFront.Response
        var findings: [String] = []

        var isSuccess: Bool { response.status == 200 }
    }

    /// Answers a request, and looks at the answer and at the state behind it.
    /// - Parameter isThorough: Whether to find out, too, if what a success has stored can be read again, and what
    ///   becomes of it.
    mutating func verdict(
        on request: APIFront.Request, of sample: Sample, _ expectation: Mutant.Expectation, isThorough: Bool = false
    ) async throws -> Verdict {
        let response = await plane.front.respond(to: request)
        var verdict = Verdict(response: response)
        let error = response.error
        verdict.findings += formFindings(of: response, error)
        switch expectation {
        case .anything: break
        case .refusal where verdict.isSuccess: verdict.findings.append("it succeeds, but must be refused")
        case .noDifference where error?.code.name != sample.error:
            verdict.findings.append("it is answered with \(error?.description ?? "success"), which makes a difference")
        default: break
        }
        verdict.findings += try await stateFindings(of: sample, response, isThorough: isThorough)
        return verdict
    }

    // MARK: The answer

    private func formFindings(of response: APIFront.Response, _ error: APIError?) -> [String] {
        var findings: [String] = []
        if ![200, 400, 404, 405, 413, 426].contains(response.status) {
            findings.append("status \(response.status): \(error?.description ?? "")")
        }
        if response.header("x-amzn-RequestId")?.utf8.count != 36 { findings.append("it has no id") }
        guard response.status != 200 else {
            if (try? JSONCoding.decode(AnyObject.self, from: response.body)) == nil {
                findings.append("the body is no JSON object")
            }
            if response.body.count > 4 << 20 { findings.append("the body has \(response.body.count) bytes") }
            return findings
        }
        guard let error, !error.code.name.isEmpty, !error.message.isEmpty else {
            return findings + ["the error has no type or no message"]
        }
        if error.message.utf8.count > Self.longestMessage || response.body.count > 10_000 {
            findings.append("the error has \(response.body.count) bytes: \(error.message.prefix(100))")
        }
        if secrets.contains(where: { error.message.contains($0) }) { findings.append("the error shows a secret") }
        return findings
    }

    /// In bytes. A message that is longer repeats what the caller has sent.
    private static let longestMessage = 4096

    /// An object, whatever its members.
    private struct AnyObject: Decodable {
        private enum NoKey: CodingKey {}

        init(from decoder: any Decoder) throws { _ = try decoder.container(keyedBy: NoKey.self) }
    }

    // MARK: The state

    private mutating func stateFindings(
        of sample: Sample, _ response: APIFront.Response, isThorough: Bool
    ) async throws -> [String] {
        var findings: [String] = []
        if response.status == 200, !sample.isReadOnly {
            await plane.waitUntilAtRest()
            if isThorough {
                if !(await plane.isStoreReadable()) { findings.append("what it stored cannot be read") }
                var aftermath = Aftermath(plane.machineNow, in: plane.world)
                _ = try aftermath.goOn(after: response)
            }
            try await plane.restore()
            revision = plane.revision
            return findings
        }
        let residue = plane.takeResidue()
        if residue > 0 { findings.append("\(residue) changes are left in memory") }
        if plane.revision != revision { findings.append("it has changed what is stored") }
        if !findings.isEmpty {
            try await plane.restore()
            revision = plane.revision
        }
        return findings
    }
}
