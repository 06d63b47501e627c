// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import DryportPlacement

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A task definition in a file, as AWS's command line takes it or prints it.
struct TaskDefinitionInput {
    /// What to register.
    let request: ECS.RegisterTaskDefinitionRequest
    /// The members of the file that the API does not have, by name within each object.
    let unknownMembers: [String]

    /// Why there is no definition.
    struct Failure: Error {
        /// `file`, `json` or `type`.
        var rule: String
        /// The member that is of another type; empty if it is the file as a whole.
        var path = ""
        var message: String
    }

    /// What DescribeTaskDefinition answers.
    private struct Description: Decodable {
        var taskDefinition: ECS.RegisterTaskDefinitionRequest
        var tags: [Tag]?
    }

    /// What it tells besides what was registered.
    private static let computedMembers: Set = [
        "taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities", "registeredAt",
        "registeredBy", "deregisteredAt", "deleteRequestedAt",
    ]

    /// Reads a definition, or the description of one.
    /// - Parameter path: The path, or `-` for standard input.
    init(path: String) throws(Failure) {
        let json = try Self.bytes(path)
        do throws(PlacementScenarioError) {
            try JSONSyntax.check(json)
        } catch {
            throw Failure(rule: "json", message: error.description)
        }
        do {
            var given = try JSONCoding.decode(JSONTree.self, from: json)
            var request: ECS.RegisterTaskDefinitionRequest
            if let described = given["taskDefinition"] {
                let description = try JSONCoding.decode(Description.self, from: json)
                given = described
                request = description.taskDefinition
                request.tags = description.tags
            } else {
                request = try JSONCoding.decode(ECS.RegisterTaskDefinitionRequest.self, from: json)
            }
            let known = try JSONCoding.decode(JSONTree.self, from: try JSONCoding.encode(request))
            unknownMembers = given.members(missingIn: known).filter { !Self.computedMembers.contains($0) }
            self.request = request
        } catch {
            throw Self.typeFailure(error)
        }
    }

    private static func bytes(_ path: String) throws(Failure) -> [UInt8] {
        do {
            return Array(try path == "-" ? ScenarioFile.standardInput() : Data(contentsOf: URL(filePath: path)))
        } catch {
            throw Failure(rule: "file", message: "the file cannot be read: \(error.fileReason)")
        }
    }

    /// The decoder's messages begin with the place and a colon.
    private static func typeFailure(_ error: any Error) -> Failure {
        guard let error = error as? APIError else { return Failure(rule: "type", message: "\(error)") }
        guard let colon = error.message.firstRange(of: ": ") else {
            return Failure(rule: "type", message: error.message)
        }
        var path = error.message[..<colon.lowerBound]
        if path == "the body" { path = "" }
        if path.hasPrefix("taskDefinition.") { path = path.dropFirst("taskDefinition.".count) }
        return Failure(rule: "type", path: String(path), message: String(error.message[colon.upperBound...]))
    }
}

/// The objects and lists of a JSON text, to tell what the model of it has lost.
private enum JSONTree: Decodable {
    case object([String: JSONTree])
    case list([JSONTree])
    case null
    case scalar

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let members = try? container.decode([String: JSONTree].self) {
            self = .object(members)
        } else if let elements = try? container.decode([JSONTree].self) {
            self = .list(elements)
        } else {
            self = container.decodeNil() ? .null : .scalar
        }
    }

    /// The member of an object.
    subscript(name: String) -> JSONTree? {
        guard case .object(let members) = self else { return nil }
        return members[name]
    }

    /// The paths of members that are not in another tree of the same form. What is null counts as not given.
    func members(missingIn known: JSONTree, at path: String = "") -> [String] {
        switch (self, known) {
        case (.object(let members), .object(let knownMembers)):
            members.sorted { $0.key < $1.key }.flatMap { name, member in
                let path = path.isEmpty ? name : "\(path).\(name)"
                guard let known = knownMembers[name] else {
                    if case .null = member { return [String]() }
                    return [path]
                }
                return member.members(missingIn: known, at: path)
            }
        case (.list(let elements), .list(let knownElements)):
            zip(elements, knownElements).enumerated().flatMap { index, pair in
                pair.0.members(missingIn: pair.1, at: "\(path)[\(index)]")
            }
        default: []
        }
    }
}
