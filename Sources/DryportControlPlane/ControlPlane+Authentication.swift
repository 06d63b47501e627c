// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
public import DryportCredentials
public import DryportMessages
public import DryportModel
import Synchronization

extension ControlPlane {
    /// Finds out who signed a request.
    ///
    /// - Parameters:
    ///   - request: The request as it came over the wire.
    ///   - service: The service that it is for.
    /// - Returns: ``Principal/anonymous`` if there is no signature at all; else whoever signed.
    /// - Throws: AWS's own error for what is wrong with the signature (`ecs-control-plane.md` §0).
    public func authenticate(_ request: SignableRequest, for service: APIService) throws(APIError) -> Principal {
        guard request.headers.contains(where: { $0.name.lowercased() == "authorization" }) else { return .anonymous }
        do throws(SignatureError) {
            return try principal(of: request, service: service)
        } catch {
            throw APIError(APIError.Code(error.code), error.message)
        }
    }

    private func principal(of request: SignableRequest, service: APIService) throws(SignatureError) -> Principal {
        let claim = try SignatureV4.parse(request)
        let time = now().wall
        let scope = SignatureV4.Scope(region: configuration.scope.region, services: [service.signingName])
        if claim.isManagedInstanceKey {
            let stored = state.withLock { $0.machine.publicKey(ofManagedInstance: claim.accessKeyID) }
            guard let stored, let key = try? ManagedInstancePublicKey(base64: stored) else {
                throw .unrecognizedClient
            }
            try SignatureV4.verifyManagedInstance(request, claim: claim, publicKey: key, at: time, scope: scope)
            return .managedInstanceKey(id: claim.accessKeyID)
        }
        let (principal, secrets) = try secrets(of: claim, at: time)
        var failure = SignatureError.signatureDoesNotMatch
        for secret in secrets {
            do throws(SignatureError) {
                let key = signingKeys.key(for: claim, secret: secret)
                try SignatureV4.verify(request, claim: claim, signingKey: key, at: time, scope: scope)
                return principal
            } catch {
                failure = error
            }
        }
        throw failure
    }

    /// The secrets that a claim can have been signed with: several while the master key is being rotated.
    private func secrets(
        of claim: SignatureV4.Claim, at time: Timestamp
    ) throws(SignatureError) -> (Principal, [Redacted<String>]) {
        if let token = claim.sessionToken {
            let resolved = try issuer.resolve(accessKeyID: claim.accessKeyID, sessionToken: token, at: time)
            // Tokens need no table, so what they stand for must be looked up: a node that was deregistered is nobody.
            switch resolved.principal {
            case .managedInstance(let id):
                guard state.withLock({ $0.machine.publicKey(ofManagedInstance: id) }) != nil else {
                    throw .unrecognizedClient
                }
            case .task: break
            // Nobody issues such tokens.
            case .managedInstanceKey, .administrator, .anonymous: throw .unrecognizedClient
            }
            return (resolved.principal, [resolved.secret])
        }
        let principal = Principal.administrator(accessKeyID: claim.accessKeyID)
        if let bootstrap = administrators.first(where: { $0.id == claim.accessKeyID }) {
            return (principal, [bootstrap.secret])
        }
        try state.withLock { state throws(SignatureError) in
            try state.machine.requireAccessKey(claim.accessKeyID, at: time)
        }
        return (principal, issuer.secrets(ofAccessKey: claim.accessKeyID))
    }
}

/// Derived signing keys, which stay the same for a day: deriving one costs four of the five hashes of a
/// verification.
final class SigningKeyCache: Sendable {
    private struct Key: Hashable {
        var accessKeyID: String
        var date: String
        var region: String
        var service: String
    }

    private let keys = Mutex<[Key: (secret: Redacted<String>, key: SigningKey)]>([:])

    /// Bounded: when it is full it starts anew, which costs one derivation per caller.
    private static let capacity = 4096

    func key(for claim: SignatureV4.Claim, secret: Redacted<String>) -> SigningKey {
        let name = Key(accessKeyID: claim.accessKeyID, date: claim.date, region: claim.region, service: claim.service)
        return keys.withLock { keys in
            if let cached = keys[name], cached.secret == secret { return cached.key }
            let key = SignatureV4.signingKey(
                secret: secret, date: claim.date, region: claim.region, service: claim.service)
            if keys.count >= Self.capacity { keys.removeAll(keepingCapacity: true) }
            keys[name] = (secret, key)
            return key
        }
    }
}
