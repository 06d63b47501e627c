// SPDX-License-Identifier: Apache-2.0

/// Why a request's signature was not accepted, in AWS's words. ECS and SSM answer all of them with
/// HTTP status 400.
///
/// | Code | Meaning | Remedy |
/// |---|---|---|
/// | `MissingAuthenticationTokenException` | no `Authorization` at all | configure credentials |
/// | `IncompleteSignatureException` | an `Authorization` that cannot be read | repair the client |
/// | `InvalidSignatureException` | wrong secret, changed request, wrong scope or wrong clock | secret, region, clock |
/// | `UnrecognizedClientException` | unknown access key or session token | other credentials |
/// | `ExpiredTokenException` | the session token was valid once | refresh, then repeat |
///
/// Messages never contain a signature, a secret, a token, a canonical request or a string to sign.
public struct SignatureError: Error, Sendable, Hashable {
    /// AWS's name of the exception, such as `InvalidSignatureException`.
    public var code: String
    /// What is wrong, for the caller.
    public var message: String

    /// Creates an error.
    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }

    /// `MissingAuthenticationTokenException`.
    public static let missingAuthenticationToken = SignatureError(
        code: "MissingAuthenticationTokenException", message: "Missing Authentication Token")

    /// `UnrecognizedClientException`: an access key or session token that this control plane did not issue.
    public static let unrecognizedClient = SignatureError(
        code: "UnrecognizedClientException", message: "The security token included in the request is invalid.")

    /// `ExpiredTokenException`.
    public static let expiredToken = SignatureError(
        code: "ExpiredTokenException", message: "The security token included in the request is expired")

    /// `InvalidSignatureException` for a signature that is not the one calculated.
    public static let signatureDoesNotMatch = invalid(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
            + "Access Key and signing method. Consult the service documentation for details.")

    /// `InvalidSignatureException` with a message.
    public static func invalid(_ message: String) -> SignatureError {
        SignatureError(code: "InvalidSignatureException", message: message)
    }

    /// `IncompleteSignatureException` with a message.
    public static func incomplete(_ message: String) -> SignatureError {
        SignatureError(code: "IncompleteSignatureException", message: message)
    }
}

extension SignatureError: CustomStringConvertible {
    /// The text form.
    public var description: String { "\(code): \(message)" }
}
