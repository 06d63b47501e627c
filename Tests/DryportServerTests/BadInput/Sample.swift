// SPDX-License-Identifier: Apache-2.0

import DryportMessages

/// A request of the corpus: what a caller may ask for in the prepared world, and what is known of its members.
struct Sample: Sendable {
    /// Who makes the call.
    enum Caller: Sendable {
        case administrator
        case node
        case nodeKey
        case task
        case nobody
    }

    /// What a member can hold at most.
    enum Limit: Sendable {
        /// A list of so many elements.
        case count(Int)
        /// A number in this range.
        case number(ClosedRange<Int>)
        /// A text of so many characters.
        case length(Int)
    }

    let service: APIService
    let operation: String
    let caller: Caller
    private(set) var body: JSONTree
    /// The code of the error with which the request as it stands is refused; nil if it succeeds.
    let error: String?
    /// Members without which there is nothing to do (`ecs-control-plane.md` §1).
    let required: Set<String>
    /// Members that can only be one of a few words.
    let enumerated: Set<String>
    let limits: [String: Limit]
    /// All values of the body.
    private(set) var nodes: [JSONTree.Node]

    /// - Parameters:
    ///   - name: The operation, with `SSM.` or `Dryport.` before it if it is not one of ECS.
    ///   - body: JSON.
    ///   - required: Names, with spaces between them.
    ///   - enumerated: Places such as `settings[].name`, with spaces between them.
    init(
        _ name: String, _ body: String, by caller: Caller = .administrator, error: String? = nil,
        required: String = "", enumerated: String = "", limits: [String: Limit] = [:]
    ) {
        let parts = name.split(separator: ".")
        service = parts.count == 1 ? .ecs : parts[0] == "SSM" ? .ssm : .dryport
        operation = String(parts[parts.count - 1])
        self.caller = caller
        self.body = JSONTree(body)
        self.error = error
        self.required = Set(required.split(separator: " ").map(String.init))
        self.enumerated = Set(enumerated.split(separator: " ").map(String.init))
        self.limits = limits
        nodes = self.body.nodes
    }

    /// The request about a world of which `names` is known.
    func named(_ names: [String: String]) -> Sample {
        var result = self
        result.body = body.named(names)
        result.nodes = result.body.nodes
        return result
    }

    var target: String { "\(service.targetPrefix).\(operation)" }

    /// Whether it only looks.
    var isReadOnly: Bool { ["Describe", "List", "Get", "Discover"].contains { operation.hasPrefix($0) } }

    /// Whether the operation does not even look at its input.
    var ignoresInput: Bool { error != nil && required.isEmpty }

    /// Whether the operation knows the member, or what contains it.
    func isKnown(_ place: String) -> Bool { !ignoresInput && !place.hasPrefix("unknown") || place.isEmpty }

    /// Whether the list must not be empty. A change by an empty list of tags is none, and of capacity providers there
    /// must be no more than that.
    func isNeeded(_ place: String) -> Bool {
        required.contains(place) && !["apacityProvider", "tags", "agKeys"].contains { place.contains($0) }
    }

    func place(of member: JSONTree.Member, in node: JSONTree.Node) -> String {
        node.place.isEmpty ? member.name : "\(node.place).\(member.name)"
    }

    mutating func replaceBody(_ tree: JSONTree) { body = tree }

    /// Members whose numbers may have a fraction.
    static let fractions: Set = [
        "scale.value", "createdAt.after", "createdAt.before", "pullStartedAt", "pullStoppedAt", "executionStoppedAt",
        "ExpirationDate", "totalResources[].doubleValue",
    ]

    /// Objects whose members have names of the caller's own.
    static let maps = ["dockerLabels", "options", "driverOpts", "labels"]

    /// The places that the notes above name.
    var notedPlaces: Set<String> { required.union(enumerated).union(limits.keys) }
}
