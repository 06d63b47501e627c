// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
#if canImport(Glibc)
import Glibc
#else
import Musl
#endif
import DryportModel
import DryportRuntime
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The containers of a state directory.
final class ContainerStore: Sendable {
    /// What never changes about a container.
    private struct Constants: Sendable {
        var identity: ContainerIdentity
        var networkBindings: [ContainerObservation.NetworkBinding]
    }

    /// What `spec.json` holds. A later format gets another number.
    private struct StoredSpec: Codable {
        var format: Int
        var spec: ContainerSpec
    }

    /// Where each container has its directory.
    let containersPath: String
    /// Where directories are filled before they become containers, and emptied afterwards.
    private let stagingPath: String
    private let constants = Mutex<[String: Constants]>([:])

    /// Opens a state directory, and makes it if needed.
    /// - Throws: ``SystemFailure``.
    init(stateDirectory: String) throws(SystemFailure) {
        containersPath = stateDirectory + "/containers"
        stagingPath = stateDirectory + "/staging"
        try FileSystem.makeDirectories(containersPath)
        try FileSystem.makeDirectory(stagingPath)
        // What an agent that was killed left half made. Young ones may be another agent's.
        let limit = Timestamp.now.advanced(by: .seconds(-3600))
        for name in FileSystem.names(in: stagingPath) ?? [] {
            let path = "\(stagingPath)/\(name)"
            if let time = FileSystem.modificationTime(of: path), time < limit {
                try? FileSystem.deleteFlatDirectory(path)
            }
        }
    }

    func directory(_ id: String) -> ContainerDirectory { ContainerDirectory(path: "\(containersPath)/\(id)") }

    /// The identifiers of all containers.
    /// - Throws: ``SystemFailure`` if the state directory is gone.
    func ids() throws(SystemFailure) -> [String] {
        guard let names = FileSystem.names(in: containersPath) else { throw SystemFailure("read", containersPath) }
        return names.filter(Self.isID)
    }

    /// Whether a text can be the name of a container's directory: handles come from outside.
    static func isID(_ text: String) -> Bool {
        text.utf8.count == 32 && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    /// Whether there is such a container.
    func exists(_ id: String) -> Bool { Self.isID(id) && FileSystem.exists(directory(id).specPath) }

    /// What a container was made from; nil if it cannot be read.
    func spec(_ id: String) -> ContainerSpec? {
        guard Self.isID(id), let bytes = FileSystem.contents(of: directory(id).specPath) else { return nil }
        return (try? JSONDecoder().decode(StoredSpec.self, from: Data(bytes)))?.spec
    }

    /// Who a container is; nil if there is none, or its specification cannot be read.
    func identity(_ id: String) -> ContainerIdentity? { constants(id)?.identity }

    /// Makes a container's directory appear, complete.
    /// - Throws: ``SystemFailure``.
    func add(_ spec: ContainerSpec) throws(SystemFailure) -> String {
        var generator = SystemRandomNumberGenerator()
        let id = generator.hexadecimal(32)
        let staged = ContainerDirectory(path: "\(stagingPath)/\(id)")
        try FileSystem.makeDirectory(staged.path)
        do throws(SystemFailure) {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            // A specification is strings and numbers, which always encode.
            let data = (try? encoder.encode(StoredSpec(format: 1, spec: spec))) ?? Data()
            try FileSystem.save(Array(data), to: staged.specPath)
            try FileSystem.save([], to: staged.logPath(.standardOutput))
            try FileSystem.save([], to: staged.logPath(.standardError))
            guard mkfifo(staged.lifelinePath, 0o600) == 0 else {
                throw SystemFailure("make FIFO", staged.lifelinePath)
            }
            try FileSystem.move(staged.path, to: directory(id).path)
        } catch {
            try? FileSystem.deleteFlatDirectory(staged.path)
            throw error
        }
        return id
    }

    /// Makes a container's directory disappear, at once.
    /// - Throws: ``SystemFailure``.
    func remove(_ id: String) throws(SystemFailure) {
        let trash = "\(stagingPath)/\(id)"
        try FileSystem.move(directory(id).path, to: trash)
        _ = constants.withLock { $0.removeValue(forKey: id) }
        try FileSystem.deleteFlatDirectory(trash)
    }

    /// What a container looks like now; nil if there is none.
    func observe(_ id: String) -> ContainerObservation? {
        guard let constants = constants(id) else { return nil }
        let directory = directory(id)
        let state: ContainerObservation.State =
            switch directory.lookAndRecord() {
            case .created, .starting, .lost: .created
            case .running: .running
            case .exited(let exit): .exited(exit)
            }
        // The directory may have gone while it was read, and then looks like one that was never started.
        guard state != .created || exists(id) else { return nil }
        return ContainerObservation(
            handle: ContainerHandle(id: id), identity: constants.identity, state: state,
            startedAt: state == .created ? nil : directory.startedAt,
            networkBindings: state == .running ? constants.networkBindings : [])
    }

    private func constants(_ id: String) -> Constants? {
        if let known = constants.withLock({ $0[id] }) { return exists(id) ? known : nil }
        guard let spec = spec(id) else { return nil }
        let mappings = spec.networkMode == .bridge ? spec.portMappings : []
        let bindings = mappings.map { mapping in
            // Whatever the process listens on, it does so on the host.
            ContainerObservation.NetworkBinding(
                bindIP: "0.0.0.0", containerPort: mapping.containerPort, hostPort: mapping.containerPort,
                transportProtocol: mapping.transportProtocol)
        }
        let constants = Constants(identity: spec.identity, networkBindings: bindings)
        self.constants.withLock { $0[id] = constants }
        return constants
    }
}
#endif
