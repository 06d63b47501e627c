// SPDX-License-Identifier: Apache-2.0

import DryportCredentials
import DryportModel
import DryportServer

/// Damage to what stands around the body: the target, the headers, the signature.
struct RequestDamage: Sendable {
    var label: String
    var expectation: Mutant.Expectation
    /// Before the request is signed, or afterwards.
    var isSigned: Bool
    var apply: @Sendable (inout APIFront.Request, inout SeededGenerator) -> Void

    private init(
        _ label: String, _ expectation: Mutant.Expectation, isSigned: Bool = false,
        _ apply: @escaping @Sendable (inout APIFront.Request, inout SeededGenerator) -> Void
    ) {
        (self.label, self.expectation, self.isSigned, self.apply) = (label, expectation, isSigned, apply)
    }

    static let all = targets + addresses + signatures + harmless

    // MARK: Targets

    private static let targets: [RequestDamage] =
        [
            "", ".", "ListClusters", "AmazonSSM.", "AmazonEC2ContainerServiceV20141113", "\0", "\u{202E}",
            "AmazonEC2ContainerServiceV20141113.NoSuchOperation", "AmazonEC2ContainerServiceV20141113.",
            "AmazonSSM.RunTask", "Dryport_20261126.RunTask", String(repeating: "x", count: 65_536),
        ].map { target in
            RequestDamage("target '\(target.prefix(60))'", .refusal) { request, _ in
                set(&request, "X-Amz-Target", target)
            }
        } + [
            RequestDamage("no target", .refusal) { request, _ in remove(&request, "X-Amz-Target") },
            RequestDamage("target in lower case", .refusal) { request, _ in
                set(&request, "X-Amz-Target", value(&request, "X-Amz-Target").lowercased())
            },
            RequestDamage("target with spaces", .refusal) { request, _ in
                set(&request, "X-Amz-Target", " \(value(&request, "X-Amz-Target")) ")
            },
            RequestDamage("target twice", .anything) { request, _ in
                request.headers.append(HTTPField(name: "x-amz-target", value: value(&request, "X-Amz-Target")))
            },
            RequestDamage("another target behind it", .anything) { request, _ in
                request.headers.append(
                    HTTPField(name: "X-AMZ-TARGET", value: "AmazonEC2ContainerServiceV20141113.DeleteCluster"))
            },
            RequestDamage("another target, not signed", .refusal, isSigned: true) { request, _ in
                let other = "AmazonEC2ContainerServiceV20141113.DeleteCluster"
                let isOther = value(&request, "X-Amz-Target") == other
                set(&request, "X-Amz-Target", isOther ? "AmazonSSM.DeleteActivation" : other)
            },
        ]

    // MARK: Methods, paths, hosts

    private static let addresses: [RequestDamage] =
        ["GET", "PUT", "", "post", "\0"].map { method in
            RequestDamage("method '\(method)'", .refusal) { request, _ in request.method = method }
        }
        + ["/x", "//", "/../", "/%00", "/acs/ws", "/tcs/ws", "/?", String(repeating: "/a", count: 10_000)].map { path in
            RequestDamage("path \(path.prefix(20))", .refusal) { request, _ in request.path = path }
        }
        + [
            "", " ", "a b", "[::", "[", "]", ":", "a:", "a:0", "a:99999999999999999999", "a/b", "a@b", "\0",
            String(repeating: "a", count: 300),
        ].map { host in
            RequestDamage("host '\(host.prefix(30))'", .refusal) { request, _ in request.host = host }
        }
        + [
            "a=b", "%", "&=&", "X-Amz-Algorithm=AWS4-HMAC-SHA256", "%zz=%00", String(repeating: "&a=1", count: 5000),
        ].map { query in
            RequestDamage("query \(query.prefix(20)), not signed", .refusal, isSigned: true) { request, _ in
                request.query = query
            }
        }

    // MARK: Signatures

    private static let signatures: [RequestDamage] =
        [
            "", " ", "Basic YTpi", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA256 Credential=",
            "AWS4-HMAC-SHA256 Credential=////,SignedHeaders=host,Signature=0", "AWS4-HMAC-SHA256 =,=,=", "\0",
            "AWS4-HMAC-SHA256 Credential=mi-0/20270115/us-east-1/ssm/aws4_request,SignedHeaders=host,Signature=AA==",
            "AWS4-HMAC-SHA256 Credential=A/99999999/us-east-1/ecs/aws4_request,SignedHeaders=;;;;,Signature=zz",
            "AWS4-ECDSA-P256-SHA256 Credential=A/20270115/ecs/aws4_request,SignedHeaders=host,Signature=00",
            "AWS4-HMAC-SHA256 " + String(repeating: "Credential=a,", count: 5000),
        ].map { text in
            RequestDamage("authorization '\(text.prefix(40))'", .refusal, isSigned: true) { request, _ in
                set(&request, "Authorization", text)
            }
        }
        + [
            "", "20270115", "20270115T", "99999999T999999Z", "00000000T000000Z", "-9999999T000000Z",
            "20270115T080000Z", String(repeating: "9", count: 5000), "Thu, 01 Jan 1970 00:00:00 GMT",
        ].map { text in
            RequestDamage("date '\(text.prefix(20))'", .refusal, isSigned: true) { request, _ in
                set(&request, "X-Amz-Date", text)
            }
        } + [
            RequestDamage("no signature", .refusal, isSigned: true) { request, _ in remove(&request, "Authorization") },
            RequestDamage("no date", .refusal, isSigned: true) { request, _ in remove(&request, "X-Amz-Date") },
            RequestDamage("two signatures", .refusal, isSigned: true) { request, _ in
                request.headers.append(HTTPField(name: "Authorization", value: value(&request, "Authorization")))
            },
            RequestDamage("a token that nobody issued", .refusal, isSigned: true) { request, random in
                let token = ["", "x", "AQ==", String(repeating: "QUFB", count: 5000)].randomElement(using: &random)!
                set(&request, "X-Amz-Security-Token", token)
            },
            RequestDamage("one character of the signature changed", .refusal, isSigned: true) { request, random in
                var bytes = Array(value(&request, "Authorization").utf8)
                let place = bytes.count - 1 - Int.random(in: 0..<60, using: &random)
                bytes[place] = bytes[place] == UInt8(ascii: "0") ? UInt8(ascii: "1") : UInt8(ascii: "0")
                set(&request, "Authorization", String(decoding: bytes, as: UTF8.self))
            },
            RequestDamage("another body than signed", .refusal, isSigned: true) { request, _ in
                request.body.append(UInt8(ascii: " "))
            },
            RequestDamage("another digest than the body's", .refusal, isSigned: true) { request, _ in
                set(&request, "X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
            },
        ]

    // MARK: Nothing that matters

    private static let harmless: [RequestDamage] = [
        RequestDamage("names of headers in upper case", .noDifference, isSigned: true) { request, _ in
            request.headers = request.headers.map { HTTPField(name: $0.name.uppercased(), value: $0.value) }
        },
        RequestDamage("headers in another order", .noDifference, isSigned: true) { request, random in
            request.headers.shuffle(using: &random)
        },
        RequestDamage("a thousand more headers", .noDifference, isSigned: true) { request, _ in
            request.headers += (0..<1000).map { HTTPField(name: "x-\($0)", value: "\u{1}\u{7F}") }
        },
        RequestDamage("headers without names", .noDifference, isSigned: true) { request, _ in
            request.headers += ["", " ", "\0", ":", "é"].map { HTTPField(name: $0, value: "") }
        },
        RequestDamage("another content type", .noDifference) { request, _ in
            set(&request, "Content-Type", "text/plain; charset=utf-16")
        },
    ]

    // MARK: Headers

    private static func value(_ request: inout APIFront.Request, _ name: String) -> String {
        request.headers.first { $0.name.lowercased() == name.lowercased() }?.value ?? ""
    }

    private static func remove(_ request: inout APIFront.Request, _ name: String) {
        request.headers.removeAll { $0.name.lowercased() == name.lowercased() }
    }

    private static func set(_ request: inout APIFront.Request, _ name: String, _ value: String) {
        remove(&request, name)
        request.headers.append(HTTPField(name: name, value: value))
    }
}
