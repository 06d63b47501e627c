// SPDX-License-Identifier: Apache-2.0

import Crypto
public import DryportModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension SignatureV4 {
    /// Verifies that a request was signed with a secret, recently and for this server.
    ///
    /// Checked in this order: the scope's region, service and day; that `host` and, if present, `x-amz-target` are
    /// signed (else whoever relays a request could redirect it or turn it into another one); the clock; that
    /// `x-amz-content-sha256`, if present, agrees with the body; the signature, in constant time.
    /// - Parameters:
    ///   - claim: What ``parse(_:)`` read from this very request.
    ///   - secret: The secret access key of the claim's access key id. Whether that key is known, and whether a
    ///     session token belongs to it, is the caller's to decide beforehand.
    ///   - now: This server's time; its fraction of a second does not count.
    ///   - maximumSkew: How far the request's time may be from `now` in either direction, inclusive.
    ///   - scope: What the request must be meant for.
    /// - Throws: ``SignatureError`` with code `InvalidSignatureException`.
    /// - Complexity: O(size of the headers), and five HMACs.
    public static func verify(
        _ request: SignableRequest, claim: Claim, secret: Redacted<String>, at now: Timestamp,
        maximumSkew: Duration = .seconds(300), scope: Scope
    ) throws(SignatureError) {
        let key = SigningKey(secret: secret, date: claim.date, region: claim.region, service: claim.service)
        try verify(request, claim: claim, signingKey: key, at: now, maximumSkew: maximumSkew, scope: scope)
    }

    /// Verifies a request with a key that was derived before; otherwise as
    /// ``verify(_:claim:secret:at:maximumSkew:scope:)``.
    /// - Parameter signingKey: The key of the claim's access key id, day, region and service. One of another scope
    ///   verifies nothing.
    /// - Throws: ``SignatureError`` with code `InvalidSignatureException`.
    /// - Complexity: O(size of the headers), and one HMAC.
    public static func verify(
        _ request: SignableRequest, claim: Claim, signingKey: SigningKey, at now: Timestamp,
        maximumSkew: Duration = .seconds(300), scope: Scope
    ) throws(SignatureError) {
        try check(request, claim: claim, at: now, maximumSkew: maximumSkew, scope: scope)
        guard
            signingKey.date == claim.date, signingKey.region == claim.region, signingKey.service == claim.service,
            let code = ASCII.decodeLowerHex(claim.signature),
            HMAC<SHA256>.isValidAuthenticationCode(
                code, authenticating: stringToSign(request, claim), using: signingKey.key)
        else { throw .signatureDoesNotMatch }
    }

    /// Verifies that a managed node signed a request with the key of its registration (`ssm-agent.md` §3.2); the
    /// other checks are those of ``verify(_:claim:secret:at:maximumSkew:scope:)``.
    /// - Parameter publicKey: The key registered under the id that the claim has in place of an access key id.
    /// - Throws: ``SignatureError`` with code `InvalidSignatureException`.
    /// - Complexity: O(size of the headers), and one RSA verification.
    public static func verifyManagedInstance(
        _ request: SignableRequest, claim: Claim, publicKey: ManagedInstancePublicKey, at now: Timestamp,
        maximumSkew: Duration = .seconds(300), scope: Scope
    ) throws(SignatureError) {
        try check(request, claim: claim, at: now, maximumSkew: maximumSkew, scope: scope)
        guard let signature = Data(base64Encoded: claim.signature),
            publicKey.isValid(signature: signature, for: stringToSign(request, claim))
        else { throw .signatureDoesNotMatch }
    }

    private static func stringToSign(_ request: SignableRequest, _ claim: Claim) -> [UInt8] {
        Canonical.stringToSign(
            Canonical.request(request, signedHeaders: claim.signedHeaders),
            time: SignatureDate.format(claim.requestTime), date: claim.date, region: claim.region,
            service: claim.service)
    }

    /// Everything but the signature itself.
    private static func check(
        _ request: SignableRequest, claim: Claim, at now: Timestamp, maximumSkew: Duration, scope: Scope
    ) throws(SignatureError) {
        guard claim.region == scope.region else {
            throw .invalid("Credential should be scoped to a valid region.")
        }
        guard scope.services.contains(claim.service) else {
            let services = scope.services.map { "'\($0)'" }.joined(separator: ", ")
            throw .invalid("Credential should be scoped to correct service: \(services).")
        }
        let time = SignatureDate.format(claim.requestTime)
        guard time.utf8.starts(with: claim.date.utf8) else {
            throw .invalid(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
                    + "'\(claim.date)' != '\(time.prefix(8))', from '\(time)'.")
        }
        guard claim.signedHeaders.contains("host") else {
            throw .invalid("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
        }
        guard claim.signedHeaders.contains("x-amz-target") || request.header("x-amz-target") == nil else {
            throw .invalid("'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.")
        }
        try checkClock(claim.requestTime, time, at: now, maximumSkew: maximumSkew)
        if let digest = request.header("x-amz-content-sha256"), digest != request.bodySHA256 {
            throw .signatureDoesNotMatch
        }
    }

    private static func checkClock(
        _ requestTime: Timestamp, _ text: String, at now: Timestamp, maximumSkew: Duration
    ) throws(SignatureError) {
        // Requests carry whole seconds, and so does the answer: 300.4 s late is not "earlier than itself".
        let fraction = ((now.millisecondsSinceEpoch % 1000) + 1000) % 1000
        let now = now.advanced(by: .milliseconds(-fraction))
        let earliest = now.advanced(by: .zero - maximumSkew)
        let latest = now.advanced(by: maximumSkew)
        if requestTime < earliest {
            throw .invalid(
                "Signature expired: \(text) is now earlier than \(SignatureDate.format(earliest)) "
                    + "(\(SignatureDate.format(now)) - \(spelled(maximumSkew)).)")
        }
        if requestTime > latest {
            throw .invalid(
                "Signature not yet current: \(text) is still later than \(SignatureDate.format(latest)) "
                    + "(\(SignatureDate.format(now)) + \(spelled(maximumSkew)).)")
        }
    }

    private static func spelled(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        return seconds % 60 == 0 ? "\(seconds / 60) min" : "\(seconds) s"
    }
}
