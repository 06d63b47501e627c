// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import Testing

/// The operations that AWS does not have.
@Suite struct DryportAPITests {
    private let key = DryportAPI.AccessKey(
        accessKeyId: "AKIA1", name: "anna", status: "ACTIVE", isBootstrap: false,
        createdAt: Timestamp(millisecondsSinceEpoch: 1_795_313_095_644), rotatedFrom: "AKIA0")

    private func text(_ value: some Encodable) throws -> String {
        String(decoding: try JSONCoding.encode(value), as: UTF8.self)
    }

    @Test func shapesAreSpelledAsThoseOfECS() throws {
        let described =
            #"{"accessKeyId":"AKIA1","createdAt":1795313095.644,"isBootstrap":false,"name":"anna","rotatedFrom":"AKIA0","#
            + #""status":"ACTIVE"}"#
        let created = DryportAPI.CreateAccessKeyResponse(accessKey: key, secretAccessKey: "s")
        #expect(try text(created) == #"{"accessKey":\#(described),"secretAccessKey":"s"}"#)
        let rotation = DryportAPI.RotateAccessKeyRequest(accessKeyId: "AKIA1", gracePeriodSeconds: 60)
        #expect(try text(rotation) == #"{"accessKeyId":"AKIA1","gracePeriodSeconds":60}"#)
        #expect(try text(DryportAPI.CreateAccessKeyRequest(name: "anna")) == #"{"name":"anna"}"#)
        #expect(try text(DryportAPI.RevokeAccessKeyRequest(accessKeyId: "AKIA1")) == #"{"accessKeyId":"AKIA1"}"#)
        let page = DryportAPI.ListAccessKeysResponse(accessKeys: [key], nextToken: "AKIA1")
        #expect(try text(page) == #"{"accessKeys":[\#(described)],"nextToken":"AKIA1"}"#)
        #expect(try JSONCoding.decode(DryportAPI.ListAccessKeysResponse.self, from: Array(text(page).utf8)) == page)
    }

    @Test func operationsHaveAPrefixOfTheirOwn() {
        let operations: [any APIRequest.Type] = [
            DryportAPI.CreateAccessKeyRequest.self, DryportAPI.ListAccessKeysRequest.self,
            DryportAPI.RotateAccessKeyRequest.self, DryportAPI.RevokeAccessKeyRequest.self,
        ]
        for operation in operations {
            #expect(String(describing: operation) == "\(operation.operation)Request")
            #expect(operation.target == "Dryport_20261126.\(operation.operation)")
            #expect(operation.service.signingName == "dryport")
        }
    }

    @Test func secretsAreNeverShown() {
        let values: [any CustomStringConvertible & CustomDebugStringConvertible] = [
            DryportAPI.CreateAccessKeyResponse(accessKey: key, secretAccessKey: "sesame"),
            DryportAPI.RotateAccessKeyResponse(accessKey: key, secretAccessKey: "sesame", rotatedAccessKey: key),
        ]
        for value in values {
            var shown = "\(value) \(value.debugDescription) \([value])"
            dump(value, to: &shown)
            #expect(!shown.contains("sesame"))
            #expect(shown.contains("redacted") && shown.contains("AKIA1"))
        }
    }
}
