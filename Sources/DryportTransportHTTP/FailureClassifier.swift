// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import DryportTransport
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Turns the errors of the HTTP client, of NIO and of TLS into the port's one error, so that an agent decides by
/// code and a person reads the endpoint and the remedy.
enum FailureClassifier {
    /// The port's error for any error.
    /// - Parameter address: The endpoint, which the message names.
    static func classify(_ error: any Error, at address: ServiceAddress) -> TransportError {
        switch error {
        case let error as TransportError: error
        case is CancellationError: make(.closed, "the exchange with \(address.url) was cancelled", error)
        case let error as HTTPClientError: classify(error, at: address)
        case let error as NIOConnectionError: classify(error, at: address)
        case let error as IOError: classify(error, at: address)
        case let error as ChannelError: classify(error, at: address)
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: classifyTLS(error, at: address)
        case is HTTPParserError, is NIOHTTPClientUpgradeError, is NIOTooManyBytesError:
            make(.protocolViolation, "\(address.url) does not answer as an HTTP service does", error)
        default: make(.closed, "the exchange with \(address.url) failed", error)
        }
    }

    private static func make(_ code: TransportError.Code, _ message: String, _ cause: any Error) -> TransportError {
        TransportError(code: code, message: message, closeCode: code == .closed ? 1006 : nil, cause: cause)
    }

    private static func classify(_ error: HTTPClientError, at address: ServiceAddress) -> TransportError {
        switch error {
        case .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout:
            make(.unreachable, "no connection to \(address.url) in time; is a firewall or proxy in between?", error)
        case .readTimeout, .writeTimeout, .deadlineExceeded:
            make(.timedOut, "\(address.url) did not answer in time", error)
        case .cancelled:
            make(.closed, "the exchange with \(address.url) was cancelled", error)
        case .remoteConnectionClosed, .uncleanShutdown:
            make(.closed, "\(address.url) closed the connection before it answered", error)
        case .invalidURL, .emptyHost, .emptyScheme:
            make(.invalidEndpoint, "the endpoint '\(address.url)' cannot be used", error)
        default:
            make(.protocolViolation, "\(address.url) does not answer as an HTTP service does", error)
        }
    }

    private static func classify(_ error: NIOConnectionError, at address: ServiceAddress) -> TransportError {
        if error.connectionErrors.isEmpty, error.dnsAError != nil || error.dnsAAAAError != nil {
            return make(
                .unreachable, "the name '\(address.host)' of \(address.url) does not resolve; check it, and DNS", error)
        }
        if error.connectionErrors.contains(where: { ($0.error as? IOError)?.errnoCode == ECONNREFUSED }) {
            return make(.unreachable, "nobody listens at \(address.url)", error)
        }
        return make(.unreachable, "no connection to \(address.url)", error)
    }

    private static func classify(_ error: IOError, at address: ServiceAddress) -> TransportError {
        switch error.errnoCode {
        case ECONNREFUSED: make(.unreachable, "nobody listens at \(address.url)", error)
        case ENETUNREACH, EHOSTUNREACH, ENETDOWN, ETIMEDOUT, EADDRNOTAVAIL:
            make(.unreachable, "no connection to \(address.url)", error)
        default: make(.closed, "the connection to \(address.url) broke", error)
        }
    }

    private static func classify(_ error: ChannelError, at address: ServiceAddress) -> TransportError {
        switch error {
        case .connectTimeout: make(.unreachable, "no connection to \(address.url) in time", error)
        default: make(.closed, "\(address.url) closed the connection", error)
        }
    }

    private static func classifyTLS(_ error: any Error, at address: ServiceAddress) -> TransportError {
        if case NIOSSLError.uncleanShutdown = error {
            return make(.closed, "\(address.url) closed the connection", error)
        }
        let isNameWrong = (error as? NIOSSLExtraError) == .failedToValidateHostname
        if isNameWrong {
            return make(.untrusted, "the certificate of \(address.url) is not for '\(address.host)'", error)
        }
        // BoringSSL's reasons are only to be had as text.
        if String(describing: error).contains("CERTIFICATE_VERIFY_FAILED") || isCertificateMissing(error) {
            return make(
                .untrusted,
                "the certificate of \(address.url) is not trusted; if its authority is yours, add it as a trust root",
                error)
        }
        return make(.protocolViolation, "\(address.url) does not speak TLS as expected; is it an http endpoint?", error)
    }

    private static func isCertificateMissing(_ error: any Error) -> Bool {
        switch error {
        case NIOSSLError.noCertificateToValidate, NIOSSLError.unableToValidateCertificate: true
        default: false
        }
    }
}
