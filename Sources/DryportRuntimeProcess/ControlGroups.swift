// SPDX-License-Identifier: Apache-2.0

#if os(Linux)
#if canImport(Glibc)
import Glibc
#else
import Musl
#endif
import DryportRuntime

/// The kernel's control groups, in which containers get their limits: one group for each container, below a
/// directory of the runtime's. Both versions are known (cgroups(7)); where the agent may not make groups,
/// there are none and containers run without limits.
struct ControlGroups {
    /// Which hierarchy serves.
    private enum Hierarchy {
        /// Version 1: one hierarchy for each controller, by the paths of the runtime's groups in them.
        case first(memory: String?, cpu: String?)
        /// Version 2: one hierarchy for all.
        case second(String)
    }

    private let hierarchy: Hierarchy?
    /// Whether memory limits hold.
    let limitsMemory: Bool
    /// Whether CPU shares and limits hold.
    let limitsCPU: Bool

    /// Makes the runtime's group, and finds out what it can limit.
    /// - Parameters:
    ///   - root: Where control groups are mounted; nil to do without.
    ///   - name: The name of the runtime's group.
    init(root: String?, name: String) {
        guard let root else {
            (hierarchy, limitsMemory, limitsCPU) = (nil, false, false)
            return
        }
        if FileSystem.exists("\(root)/cgroup.controllers") {
            let group = "\(root)/\(name)"
            for path in [root, group] {
                if path == group { _ = mkdir(group, 0o755) }
                // One by one: a controller that is not there must not prevent the other.
                for controller in ["+memory", "+cpu"] { try? Self.set("\(path)/cgroup.subtree_control", controller) }
            }
            let text = FileSystem.contents(of: "\(group)/cgroup.subtree_control") ?? []
            let enabled = String(decoding: text, as: UTF8.self).split { $0 == " " || $0 == "\n" }
            limitsMemory = enabled.contains("memory")
            limitsCPU = enabled.contains("cpu")
            hierarchy = limitsMemory || limitsCPU ? .second(group) : nil
            return
        }
        func usable(_ controller: String, _ file: String) -> String? {
            guard FileSystem.exists("\(root)/\(controller)/cgroup.procs") else { return nil }
            let group = "\(root)/\(controller)/\(name)"
            _ = mkdir(group, 0o755)
            return access("\(group)/\(file)", W_OK) == 0 ? group : nil
        }
        let memory = usable("memory", "memory.limit_in_bytes")
        let cpu = usable("cpu", "cpu.shares")
        (limitsMemory, limitsCPU) = (memory != nil, cpu != nil)
        hierarchy = memory == nil && cpu == nil ? nil : .first(memory: memory, cpu: cpu)
    }

    /// Makes a container's groups with its limits. Groups of an earlier run are replaced, so that what the
    /// kernel counted in them does not count again.
    /// - Throws: ``SystemFailure``.
    func create(_ id: String, _ spec: ContainerSpec) throws(SystemFailure) {
        try remove(id)
        for path in paths(id) {
            guard mkdir(path, 0o755) == 0 else { throw SystemFailure("make control group", path) }
        }
        for (path, value) in settings(id, spec) { try Self.set(path, value) }
    }

    /// What is written where to limit a container, in this order.
    func settings(_ id: String, _ spec: ContainerSpec) -> [(path: String, value: String)] {
        var settings: [(path: String, value: String)] = []
        switch hierarchy {
        case nil: break
        case .first(let memory, let cpu):
            if let memory, let limit = spec.memoryLimit {
                settings.append(("\(memory)/\(id)/memory.limit_in_bytes", Self.bytes(limit)))
            }
            if let memory, let soft = spec.memoryReservation {
                settings.append(("\(memory)/\(id)/memory.soft_limit_in_bytes", Self.bytes(soft)))
            }
            if let cpu { settings.append(("\(cpu)/\(id)/cpu.shares", String(Self.shares(spec)))) }
            if let cpu, let limit = spec.cpuLimit {
                settings.append(("\(cpu)/\(id)/cpu.cfs_period_us", String(Self.period)))
                settings.append(("\(cpu)/\(id)/cpu.cfs_quota_us", String(Self.quota(limit))))
            }
        case .second(let group):
            if limitsMemory, let limit = spec.memoryLimit {
                settings.append(("\(group)/\(id)/memory.max", Self.bytes(limit)))
            }
            if limitsMemory, let soft = spec.memoryReservation {
                settings.append(("\(group)/\(id)/memory.low", Self.bytes(soft)))
            }
            // The usual mapping of 2…262,144 shares to a weight of 1…10,000.
            let weight = 1 + (Self.shares(spec) - 2) * 9999 / 262_142
            if limitsCPU { settings.append(("\(group)/\(id)/cpu.weight", String(weight))) }
            if limitsCPU, let limit = spec.cpuLimit {
                settings.append(("\(group)/\(id)/cpu.max", "\(Self.quota(limit)) \(Self.period)"))
            }
        }
        return settings
    }

    /// The files to which a process writes its number to join the container's groups.
    func processLists(_ id: String) -> [String] { paths(id).map { "\($0)/cgroup.procs" } }

    /// The file with the line `oom_kill N`, which counts processes killed for want of memory.
    func memoryEvents(_ id: String) -> String? {
        switch hierarchy {
        case .first(let memory?, _): "\(memory)/\(id)/memory.oom_control"
        case .second(let group) where limitsMemory: "\(group)/\(id)/memory.events"
        default: nil
        }
    }

    /// Kills every process of a container, also those that left its process group.
    func kill(_ id: String) {
        guard let list = processLists(id).first, let text = FileSystem.completeText(of: list) else { return }
        for line in text.split(separator: "\n") {
            if let pid = pid_t(line), pid > 1 { _ = Self.send(pid, SIGKILL) }
        }
    }

    /// Removes the groups of a container that has ended, and kills what its supervisor did not live to kill.
    /// - Throws: ``SystemFailure`` if processes do not end.
    func remove(_ id: String) throws(SystemFailure) {
        for path in paths(id) {
            // The kernel lets go of a group some time after its last process was killed.
            for attempt in 0... {
                if rmdir(path) == 0 || errno == ENOENT { break }
                guard errno == EBUSY, attempt < 100 else { throw SystemFailure("remove control group", path) }
                kill(id)
                usleep(5000)
            }
        }
    }

    private func paths(_ id: String) -> [String] {
        switch hierarchy {
        case nil: []
        case .first(let memory, let cpu): [memory, cpu].compactMap { $0.map { "\($0)/\(id)" } }
        case .second(let group): ["\(group)/\(id)"]
        }
    }

    private static let period = 100_000

    private static func bytes(_ mebibytes: Int) -> String { String(Int64(clamping: mebibytes) << 20) }

    private static func shares(_ spec: ContainerSpec) -> Int { min(max(spec.cpuShares, 2), 262_144) }

    /// Microseconds of each period; the kernel takes no less than one millisecond.
    private static func quota(_ units: Int) -> Int { max(min(units, 1 << 32) * period / 1024, 1000) }

    private static func send(_ pid: pid_t, _ signal: Int32) -> Int32 {
        #if canImport(Glibc)
        Glibc.kill(pid, signal)
        #else
        Musl.kill(pid, signal)
        #endif
    }

    /// Files of the kernel take a value in one write and have to exist.
    private static func set(_ path: String, _ value: String) throws(SystemFailure) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemFailure("write to", path) }
        defer { close(descriptor) }
        let bytes = Array(value.utf8)
        guard bytes.withUnsafeBytes({ write(descriptor, $0.baseAddress, $0.count) }) == bytes.count else {
            throw SystemFailure("write '\(value)' to", path)
        }
    }
}
#endif
