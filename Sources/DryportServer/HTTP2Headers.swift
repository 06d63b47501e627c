// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import NIOHPACK

extension APIFront.Request {
    /// The request that the headers of a stream describe, without its body. `:authority` is the host (RFC 9113
    /// §8.3.1); a `Host` header takes its place if there is none, and two different hosts count as none.
    init(_ headers: HPACKHeaders) {
        self.init(method: "", host: "", path: "")
        var hosts: [String] = []
        self.headers.reserveCapacity(headers.count)
        for (name, value, _) in headers {
            switch name {
            case ":method": method = value
            case ":path":
                let target = value[...].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
                path = target.first.map(String.init) ?? ""
                query = target.count > 1 ? String(target[1]) : ""
            case ":authority", "host": if hosts != [value] { hosts.append(value) }
            case ":scheme": break
            default: self.headers.append(HTTPField(name: name, value: value))
            }
        }
        if hosts.count == 1 { host = hosts[0] }
    }
}

extension HPACKHeaders {
    /// The headers of an answer: names in lower case, and nothing that concerns an HTTP/1.1 connection (RFC 9113
    /// §8.2.2).
    init(_ response: APIFront.Response) {
        self.init()
        reserveCapacity(response.headers.count + 1)
        add(name: ":status", value: String(response.status))
        for field in response.headers {
            let name = field.name.lowercased()
            switch name {
            case "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade": break
            default: add(name: name, value: field.value)
            }
        }
    }
}
