// SPDX-License-Identifier: Apache-2.0

import DryportControlPlane
import DryportCredentials
import DryportMessages
import DryportModel
import DryportServer

/// Requests as AWS's clients make them.
enum TestRequests {
    static let host = "127.0.0.1:7070"

    /// The current time; what the control plane under test goes by as well.
    static var now: Timestamp { HostClock().now().wall }

    static func unsigned(target: String?, body: [UInt8], host: String = host) -> APIFront.Request {
        var headers = [HTTPField(name: "Content-Type", value: "application/x-amz-json-1.1")]
        if let target { headers.append(HTTPField(name: "X-Amz-Target", value: target)) }
        return APIFront.Request(method: "POST", host: host, path: "/", headers: headers, body: body)
    }

    static func signed(
        _ operation: String, _ body: String, by credentials: Credentials, service: APIService = .ecs,
        signingService: String? = nil, host: String = host, at time: Timestamp = now
    ) -> APIFront.Request {
        var request = unsigned(target: "\(service.targetPrefix).\(operation)", body: Array(body.utf8), host: host)
        sign(&request, by: credentials, service: signingService ?? service.signingName, at: time)
        return request
    }

    static func sign(
        _ request: inout APIFront.Request, by credentials: Credentials, service: String, at time: Timestamp = now
    ) {
        let signable = SignableRequest(
            method: request.method, host: request.host, path: request.path,
            query: QueryItem.parse(request.query[...]), headers: request.headers,
            bodySHA256: SignableRequest.sha256Hex(request.body))
        request.headers += SignatureV4.sign(
            signable, with: credentials, region: "us-east-1", service: service, at: time)
    }

    /// The handshake of a session, signed.
    static func handshake(
        path: String, parameters: [String: String], by credentials: Credentials, host: String
    ) -> APIFront.Request {
        let query = QueryItem.encode(parameters.map { QueryItem(name: $0.key, value: $0.value) })
        var request = APIFront.Request(method: "GET", host: host, path: path, query: query)
        sign(&request, by: credentials, service: "ecs")
        request.headers += [
            HTTPField(name: "Connection", value: "Upgrade"), HTTPField(name: "Upgrade", value: "websocket"),
            HTTPField(name: "Sec-WebSocket-Version", value: "13"),
            HTTPField(name: "Sec-WebSocket-Key", value: "dGhlIHNhbXBsZSBub25jZQ=="),
        ]
        return request
    }
}

/// The body of a request as JSON.
func json(_ request: some APIRequest) throws -> String {
    String(decoding: try JSONCoding.encode(request), as: UTF8.self)
}

extension APIFront.Response {
    /// The error in the body; nil if there is none.
    var error: APIError? { try? JSONCoding.decode(APIError.self, from: body) }

    func decoded<Value: Decodable>(_: Value.Type = Value.self) throws -> Value {
        try JSONCoding.decode(Value.self, from: body)
    }
}
