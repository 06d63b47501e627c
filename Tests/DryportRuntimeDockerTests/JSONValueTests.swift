// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import DryportRuntimeDocker

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("JSON values")
struct JSONValueTests {
    private func value(_ json: String) throws -> JSONValue {
        try JSONDecoder().decode(JSONValue.self, from: Data(json.utf8))
    }

    private func text(_ value: JSONValue) throws -> String { String(decoding: try value.encoded(), as: UTF8.self) }

    @Test(
        "what is read is written again",
        arguments: [
            #"{"a":[1,-2,true,false,null,"x/y"],"b":{"c":{}},"d":1.5}"#, "[]", #"{"n":9223372036854775807}"#,
        ])
    func roundTrip(json: String) throws {
        #expect(try text(value(json)) == json)
    }

    @Test(
        "laying over",
        arguments: [
            // (base, over, result)
            (#"{"a":1,"b":2}"#, #"{"b":3,"c":4}"#, #"{"a":1,"b":3,"c":4}"#),
            (#"{"a":{"x":1,"y":2}}"#, #"{"a":{"y":3}}"#, #"{"a":{"x":1,"y":3}}"#),
            (#"{"a":[1,2]}"#, #"{"a":[3]}"#, #"{"a":[3]}"#),
            (#"{"a":[1,2],"b":"x","c":{"d":1}}"#, #"{"a":null,"b":null,"c":null}"#, #"{"a":null,"b":"x","c":null}"#),
            (#"{"a":1}"#, #"{"a":{"b":1}}"#, #"{"a":{"b":1}}"#),
            (#"{"a":{"b":1}}"#, #"{"a":false}"#, #"{"a":false}"#),
        ])
    func overlay(base: String, over: String, result: String) throws {
        #expect(try text(value(base).overlaid(with: value(over))) == result)
    }
}
