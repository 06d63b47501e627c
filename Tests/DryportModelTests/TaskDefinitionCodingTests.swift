// SPDX-License-Identifier: Apache-2.0

import DryportModel
import Foundation
import Testing

/// Task definitions on the wire: clients notice each member that is lost.
@Suite struct TaskDefinitionCodingTests {
    private func definition(_ text: String) throws -> TaskDefinition {
        try JSONDecoder().decode(TaskDefinition.self, from: Data(text.utf8))
    }

    private func text(_ definition: TaskDefinition) throws -> String {
        String(decoding: try JSONEncoder().encode(definition), as: UTF8.self)
    }

    @Test func everyMemberSurvives() throws {
        let decoded = try definition(everyMember)
        let encoded = try text(decoded)
        #expect(try JSONTree(encoded) == JSONTree(everyMember))
        #expect(try definition(encoded) == decoded)
    }

    @Test func registrationFillsInAndDropsNothing() throws {
        // What normalisation computes anew, or writes in another way, is all that may differ.
        var given = try definition(everyMember)
        var normalised = given.normalised()
        #expect(normalised.compatibilities != given.compatibilities)
        #expect(normalised.requiresAttributes != given.requiresAttributes)
        (given.compatibilities, given.requiresAttributes) = (nil, nil)
        (normalised.compatibilities, normalised.requiresAttributes) = (nil, nil)
        #expect(normalised == given)
    }

    @Test func whatIsAbsentStaysAbsent() throws {
        let bare = try definition(#"{"family": "f", "containerDefinitions": [{"name": "a"}], "volumes": null}"#)
        #expect(bare == TaskDefinition(family: "f", containerDefinitions: [ContainerDefinition(name: "a")]))
        let encoded = try JSONTree(text(bare))
        let container = JSONTree.object(["name": .string("a")])
        #expect(
            encoded
                == .object([
                    "family": .string("f"), "revision": .number(0), "containerDefinitions": .list([container]),
                ]))
    }

    @Test func unknownMembersAreIgnored() throws {
        let text = #"{"family": "f", "moon": {"phase": 1}, "containerDefinitions": [{"name": "a", "tide": [2]}]}"#
        #expect(try definition(text).containerDefinitions.map(\.name) == ["a"])
    }
}
