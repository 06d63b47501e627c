// SPDX-License-Identifier: Apache-2.0

public import DryportCredentials

extension APIFront {
    /// A request as it came over the wire. Its description shows neither headers nor body.
    public struct Request: Sendable, Hashable {
        /// The method in upper case.
        public var method: String
        /// The `Host` header exactly as received; empty if there was none, or more than one.
        public var host: String
        /// The path as on the wire, percent-encoded and without the query.
        public var path: String
        /// The query as on the wire, without its `?`; empty if there is none.
        public var query: String
        /// The headers, several of one name in their order.
        public var headers: [HTTPField]
        /// The whole body.
        public var body: [UInt8]

        /// Creates a request.
        public init(
            method: String, host: String, path: String, query: String = "", headers: [HTTPField] = [],
            body: [UInt8] = []
        ) {
            self.method = method
            self.host = host
            self.path = path
            self.query = query
            self.headers = headers
            self.body = body
        }

        /// The first header of a name in lower case.
        func header(_ name: String) -> String? {
            headers.first { $0.name.utf8.count == name.utf8.count && $0.name.lowercased() == name }?.value
        }

        /// What the signature covers.
        func signable(bodySHA256: String) -> SignableRequest {
            SignableRequest(
                method: method, host: host, path: path, query: QueryItem.parse(query[...]), headers: headers,
                bodySHA256: bodySHA256)
        }
    }

    /// An answer. Its description shows the status only, since bodies carry credentials.
    public struct Response: Sendable, Hashable {
        /// The HTTP status.
        public var status: Int
        /// The headers; `Content-Length` is among them, what concerns the connection is not.
        public var headers: [HTTPField]
        /// The whole body. Not to be sent in answer to `HEAD`.
        public var body: [UInt8]

        /// Creates an answer.
        public init(status: Int, headers: [HTTPField], body: [UInt8]) {
            self.status = status
            self.headers = headers
            self.body = body
        }

        /// The value of the first header of a name, in any case.
        public func header(_ name: String) -> String? {
            let name = name.lowercased()
            return headers.first { $0.name.lowercased() == name }?.value
        }
    }
}

extension APIFront.Request: CustomStringConvertible, CustomReflectable {
    /// Method, path and size.
    public var description: String { "\(method) \(path) (\(body.count) bytes)" }
    /// Method, path and size.
    public var customMirror: Mirror {
        Mirror(self, children: ["method": method, "path": path, "bodySize": body.count], displayStyle: .struct)
    }
}

extension APIFront.Response: CustomStringConvertible, CustomReflectable {
    /// Status and size.
    public var description: String { "\(status) (\(body.count) bytes)" }
    /// Status and size.
    public var customMirror: Mirror {
        Mirror(self, children: ["status": status, "bodySize": body.count], displayStyle: .struct)
    }
}
