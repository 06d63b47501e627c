// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import OrderedCollections

/// How names and ARNs in requests are resolved (`ecs-control-plane.md` §0, §2.1).
extension ControlPlaneMachine {
    var scope: AccountScope { configuration.scope }

    /// The name of an existing, active cluster: `default` if none is given, else a name or an ARN.
    func clusterName(_ reference: String?) throws(APIError) -> String {
        let name = try clusterName(of: reference)
        guard let cluster = clusters[name] else { throw APIError(.clusterNotFound, "Cluster not found.") }
        guard cluster.record.isActive else {
            throw APIError(.clusterNotFound, "The referenced cluster was inactive.")
        }
        return name
    }

    /// The name that a reference to a cluster means, whether or not there is one.
    func clusterName(of reference: String?) throws(APIError) -> String {
        guard let reference, !reference.isEmpty else { return "default" }
        guard reference.hasPrefix("arn:") else { return reference }
        guard let arn = ARN(reference), arn.service == "ecs", arn.resourceSegments.count == 2,
            arn.resourceSegments[0] == "cluster"
        else { throw APIError(.invalidParameter, "Identifier is not the ARN of a cluster: \(reference)") }
        try requireHere(reference)
        return String(arn.resourceSegments[1])
    }

    /// The id that a reference to a resource of a cluster means.
    /// - Parameters:
    ///   - reference: An id or an ARN.
    ///   - kind: `task`, `container-instance` or `service`.
    ///   - cluster: The cluster that the call is about.
    func resourceID(_ reference: String, kind: String, cluster: String) throws(APIError) -> String {
        guard reference.hasPrefix("arn:") else { return reference }
        // The old form of ARNs names no cluster.
        let segments = ARN(reference)?.resourceSegments ?? []
        guard ARN(reference)?.service == "ecs", segments.count == 2 || segments.count == 3, segments[0] == kind else {
            throw APIError(.invalidParameter, "Identifier is not the ARN of a \(kind): \(reference)")
        }
        try requireHere(reference)
        if segments.count == 3, segments[1] != cluster {
            throw APIError(.invalidParameter, "Identifier is for \(segments[1]). Your cluster is \(cluster)")
        }
        return String(segments[segments.count - 1])
    }

    /// Refuses the ARN of something in another account or region: what has that name here is not what is meant.
    /// References that are not ARNs pass.
    func requireHere(_ reference: String) throws(APIError) {
        guard let arn = ARN(reference) else { return }
        guard arn.account == scope.account else {
            throw APIError(
                .invalidParameter, "Identifier is for \(arn.account). Your accountId is \(scope.account)")
        }
        guard arn.region == scope.region, arn.partition == scope.partition else {
            throw APIError(
                .invalidParameter,
                "Identifier is for \(arn.partition) \(arn.region). Your region is \(scope.partition) \(scope.region)")
        }
    }

    func taskID(_ reference: String, cluster: String) throws(APIError) -> String {
        try resourceID(reference, kind: "task", cluster: cluster)
    }

    func instanceID(_ reference: String, cluster: String) throws(APIError) -> String {
        try resourceID(reference, kind: "container-instance", cluster: cluster)
    }
}

/// Checks of names, lengths and lists that many operations share.
enum Check {
    /// A required member.
    static func required<Value>(_ value: Value?, _ name: String) throws(APIError) -> Value {
        guard let value else { throw APIError(.invalidParameter, "\(name) is required.") }
        return value
    }

    /// A required list with a bounded number of elements.
    static func list<Element>(
        _ value: [Element]?, _ name: String, empty: APIError, maximum: Int
    ) throws(APIError) -> [Element] {
        guard let value, !value.isEmpty else { throw empty }
        guard value.count <= maximum else {
            throw APIError(.invalidParameter, "\(name) can have at most \(maximum) items.")
        }
        return value
    }

    /// 1–255 of letters, digits, hyphens, underscores (§2.2).
    static func isName(_ text: String) -> Bool {
        (1...255).contains(text.utf8.count) && text.utf8.allSatisfy { isNameByte($0) || $0 == UInt8(ascii: "_") }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// A mark of 1–`maximum` letters, digits, hyphens, underscores and slashes (§2.2); nil passes.
    static func startedBy(_ text: String?, maximum: Int) throws(APIError) {
        guard let text else { return }
        guard text.utf8.count <= maximum,
            text.utf8.allSatisfy({ isNameByte($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "/") })
        else {
            throw APIError(
                .invalidParameter,
                "startedBy can have at most \(maximum) letters, digits, hyphens, underscores and slashes.")
        }
    }

    /// What a description is to add; nil passes.
    static func include(_ values: [String]?, of allowed: [String]) throws(APIError) -> Set<String> {
        for value in values ?? [] where !allowed.contains(value) {
            throw APIError(
                .invalidParameter, "include can hold \(allowed.joined(separator: ", ")) only, not '\(value)'.")
        }
        return Set(values ?? [])
    }

    /// Tags as §2.3 allows them.
    /// ECS Exec works with the credentials of the task's own role (§9).
    static func executeCommandRole(_ role: String?) throws(APIError) {
        guard role != nil else {
            throw APIError(
                .invalidParameter,
                "enableExecuteCommand needs a task role, in the task definition or, for a task, as an override.")
        }
    }

    static func tags(_ tags: [Tag]?, quotas: Quotas = Quotas()) throws(APIError) -> [Tag] {
        guard let tags, !tags.isEmpty else { return [] }
        guard tags.count <= quotas.tagsPerResource else {
            throw APIError(.invalidParameter, "A resource can have at most \(quotas.tagsPerResource) tags.")
        }
        var keys: Set<String> = []
        for tag in tags {
            let (key, value) = (tag.key ?? "", tag.value ?? "")
            guard (1...128).contains(key.unicodeScalars.count) else {
                throw APIError(.invalidParameter, "A tag's key has 1 to 128 characters: '\(key)'.")
            }
            guard value.unicodeScalars.count <= 256 else {
                throw APIError(.invalidParameter, "The value of tag '\(key)' has more than 256 characters.")
            }
            guard (key + value).unicodeScalars.allSatisfy(isTagCharacter) else {
                throw APIError(
                    .invalidParameter,
                    "Tags are made of letters, digits, spaces and _ . : / = + - @, which tag '\(key)' is not.")
            }
            guard !isReservedTag(key), !isReservedTag(value) else {
                throw APIError(.invalidParameter, "Tag keys and values must not start with 'aws:': '\(key)'.")
            }
            guard keys.insert(key).inserted else {
                throw APIError(.invalidParameter, "Duplicate tag keys are not allowed: '\(key)'.")
            }
        }
        return tags.map { Tag(key: $0.key, value: $0.value ?? "") }
    }

    /// Whether a tag's key, or its value, is one that only the control plane gives.
    static func isReservedTag(_ text: String) -> Bool { text.prefix(4).lowercased() == "aws:" }

    private static func isTagCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .spaceSeparator,
            .lineSeparator, .paragraphSeparator, .decimalNumber, .letterNumber, .otherNumber:
            true
        default: "_.:/=+-@".unicodeScalars.contains(scalar)
        }
    }
}

/// Pages of sorted identifiers. A token is the last identifier of the page before it, so that a page stays
/// right while things come and go.
enum Page {
    /// Cuts one page out of a list.
    /// - Parameters:
    ///   - items: All identifiers, in ascending order.
    ///   - token: The token of the page before, nil for the first page.
    ///   - size: The number wanted, nil for `maximum`.
    ///   - maximum: The largest number allowed.
    ///   - fallback: The number if none is wanted, nil for `maximum`.
    ///   - code: The code of the error for what cannot be a token.
    ///   - isToken: Whether a text can be a token. What it stands for may be gone, so its form has to do.
    static func cut(
        _ items: [String], after token: String?, size: Int?, maximum: Int, fallback: Int? = nil,
        code: APIError.Code = .invalidParameter, isToken: (String) -> Bool = Check.isName
    ) throws(APIError) -> (items: [String], next: String?) {
        if let size, !(1...maximum).contains(size) {
            throw APIError(.invalidParameter, "maxResults must be between 1 and \(maximum).")
        }
        var start = 0
        if let token, !token.isEmpty {
            guard isToken(token) else { throw APIError(code, "Invalid token. Begin again without one.") }
            start = items.partitioningIndex { $0 > token }
        }
        let end = min(items.count, start + (size ?? fallback ?? maximum))
        let page = Array(items[start..<end])
        return (page, end < items.count ? page.last : nil)
    }

    /// Cuts one page out of a list in any order; a token is the id of the last item of the page before it.
    /// - Throws: `InvalidParameterException` if the item of the token is gone.
    static func cut<Item>(
        _ items: [Item], after token: String?, size: Int?, maximum: Int, fallback: Int, id: (Item) -> String
    ) throws(APIError) -> (items: [Item], next: String?) {
        if let size, !(1...maximum).contains(size) {
            throw APIError(.invalidParameter, "maxResults must be between 1 and \(maximum).")
        }
        var start = 0
        if let token, !token.isEmpty {
            guard let index = items.firstIndex(where: { id($0) == token }) else {
                throw APIError(.invalidParameter, "Invalid token. Begin again without nextToken.")
            }
            start = index + 1
        }
        let page = Array(items[start..<min(items.count, start + (size ?? fallback))])
        return (page, start + page.count < items.count ? page.last.map(id) : nil)
    }
}

extension Array {
    /// The index of the first element for which `belongs` holds, given that it holds for all after it.
    fileprivate func partitioningIndex(where belongs: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
