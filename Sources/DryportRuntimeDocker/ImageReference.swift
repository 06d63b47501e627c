// SPDX-License-Identifier: Apache-2.0

/// An image's name, taken apart as the engine's calls want it.
struct ImageReference: Sendable, Hashable {
    /// The name without tag and digest, as it was spelled.
    let repository: String
    /// The tag, if one was spelled.
    let tag: String?
    /// The digest (`sha256:…`), if one was spelled.
    let digest: String?

    /// Takes a name apart. Never fails: the engine says what is wrong with a name better than we could.
    init(_ text: String) {
        var name = text[...]
        if let at = name.firstIndex(of: "@") {
            digest = String(name[name.index(after: at)...])
            name = name[..<at]
        } else {
            digest = nil
        }
        // A colon before the last slash belongs to the registry's port.
        let lastPart = name.lastIndex(of: "/").map { name.index(after: $0) } ?? name.startIndex
        if let colon = name[lastPart...].firstIndex(of: ":") {
            tag = String(name[name.index(after: colon)...])
            name = name[..<colon]
        } else {
            tag = nil
        }
        repository = String(name)
    }

    /// What to pull of ``repository``. Never empty, for without a tag the engine pulls every tag there is.
    var pullTag: String { digest ?? tag ?? "latest" }

    /// The registry's host, under the name by which logins for it are kept.
    var registry: String {
        guard let slash = repository.firstIndex(of: "/") else { return Self.dockerHub }
        let host = repository[..<slash]
        guard host.contains(".") || host.contains(":") || host == "localhost" else { return Self.dockerHub }
        return ["docker.io", "index.docker.io"].contains(host) ? Self.dockerHub : String(host)
    }

    private static let dockerHub = "https://index.docker.io/v1/"

    /// The repository without the parts that the engine leaves out when it shows it.
    private var familiarRepository: Substring {
        var name = repository[...]
        for prefix in ["docker.io/", "index.docker.io/"] where name.hasPrefix(prefix) {
            name = name.dropFirst(prefix.count)
        }
        let official = "library/"
        return name.hasPrefix(official) ? name.dropFirst(official.count) : name
    }

    /// The manifest digest of this image among those the engine keeps for it.
    /// - Parameter repositoryDigests: Texts such as `busybox@sha256:…`, one for each repository that the
    ///   image was pulled from.
    /// - Returns: The digest that was asked for, else the one of the same repository, else the first.
    func digest(among repositoryDigests: [String]) -> String? {
        if let digest { return digest }
        let candidates = repositoryDigests.map(ImageReference.init)
        let own = candidates.first { $0.familiarRepository == familiarRepository }
        return (own ?? candidates.first)?.digest
    }
}
