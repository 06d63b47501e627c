// SPDX-License-Identifier: Apache-2.0

public import DryportAgentCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Finds out what the agent tells of its host.
public enum HostProbe: Sendable {
    /// The host's size and names, as its operating system shows them to this process.
    public static func facts() -> HostFacts {
        let release = osRelease(text("/etc/os-release") ?? "")
        let system = release["ID"].map { id in release["VERSION_ID"].map { "\(id)_\($0)" } ?? id }
        return HostFacts(
            logicalCPUs: max(1, ProcessInfo.processInfo.activeProcessorCount), memory: memory(),
            architecture: architecture, operatingSystem: system, platformName: release["NAME"],
            platformVersion: release["VERSION_ID"], hostName: ProcessInfo.processInfo.hostName,
            address: address() ?? "")
    }

    /// The facts that identify the machine (`ssm-agent.md` §2.2), as far as they can be had without privileges or
    /// other programs; the others are empty, as where AWS's agent cannot gather them.
    static func hardware(_ host: HostFacts) -> [String: String] {
        var facts: [String: String] = [:]
        for name in ["processor-hash", "memory-hash", "bios-hash", "system-hash", "disk-info", "macaddr-info"] {
            facts[name] = ""
        }
        facts["machine-id"] = text("/etc/machine-id") ?? text("/var/lib/dbus/machine-id") ?? ""
        facts["hostname-info"] = host.hostName
        facts["ipaddress-info"] = host.address
        return facts
    }

    private static var architecture: String {
        #if arch(arm64)
        "arm64"
        #else
        "x86_64"
        #endif
    }

    private static func memory() -> Int {
        // Not the limit of this process's control group: tasks are not in it.
        for line in (text("/proc/meminfo") ?? "").split(separator: "\n") where line.hasPrefix("MemTotal:") {
            if let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) {
                return kilobytes / 1024
            }
        }
        return Int(ProcessInfo.processInfo.physicalMemory >> 20)
    }

    static func osRelease(_ text: String) -> [String: String] {
        var values: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { continue }
            values[String(parts[0])] = parts[1].filter { $0 != "\"" && $0 != "'" }
        }
        return values
    }

    private static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The first IPv4 address that is not the loopback's.
    private static func address() -> String? {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return nil }
        defer { freeifaddrs(list) }
        var next = list
        while let entry = next {
            next = entry.pointee.ifa_next
            guard let address = entry.pointee.ifa_addr, Int32(address.pointee.sa_family) == AF_INET else { continue }
            let bytes = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { internet in
                withUnsafeBytes(of: internet.pointee.sin_addr.s_addr, Array.init)
            }
            if bytes.first != 127 { return bytes.map(String.init).joined(separator: ".") }
        }
        return nil
    }
}
