// SPDX-License-Identifier: Apache-2.0

extension InstanceTables {
    /// GPUs and ports, for the instances that have any.
    struct Devices: Sendable {
        /// In the order in which the instance registered them.
        var gpus: [String]
        var takenGPUs: Set<String>
        var hostTCP: [Int]
        var hostUDP: [Int]
        /// Taken by tasks.
        var tcp: Set<Int>
        /// Taken by tasks.
        var udp: Set<Int>

        init(_ instance: PlacementInstance, tasks: Devices?) {
            gpus = instance.gpus
            takenGPUs = tasks?.takenGPUs ?? []
            hostTCP = instance.tcpPorts
            hostUDP = instance.udpPorts
            tcp = tasks?.tcp ?? []
            udp = tasks?.udp ?? []
        }

        static let none = Devices(PlacementInstance(id: "", cpu: 0, memory: 0), tasks: nil)

        var freeGPUs: [String] { gpus.filter { !takenGPUs.contains($0) } }

        var isEmpty: Bool {
            gpus.isEmpty && takenGPUs.isEmpty && hostTCP.isEmpty && hostUDP.isEmpty && tcp.isEmpty && udp.isEmpty
        }

        func isTCPTaken(_ port: Int) -> Bool { tcp.contains(port) || hostTCP.contains(port) }

        func isUDPTaken(_ port: Int) -> Bool { udp.contains(port) || hostUDP.contains(port) }
    }

    func arePortsFree(_ tcp: [Int], _ udp: [Int], on slot: Slot) -> Bool {
        guard !tcp.isEmpty || !udp.isEmpty, let devices = devices[slot] else { return true }
        return !tcp.contains(where: devices.isTCPTaken) && !udp.contains(where: devices.isUDPTaken)
    }
}
