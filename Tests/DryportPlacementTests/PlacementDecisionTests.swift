// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportPlacement
import Testing

@Suite struct PlacementDecisionTests {
    private let instances = (0..<4).map { index in
        PlacementInstance(
            id: "i-\(index)", attributes: ["zone": index < 3 ? "a" : "b"], cpu: 1024 * (index + 1), memory: 4096)
    }

    private func place(
        _ request: PlacementRequest, count: Int, seed: UInt64 = 1
    ) -> (placed: [String], refused: [PlacementDecision.Refusal]) {
        var random = SeededGenerator(seed: seed)
        var instances = instances
        var placed: [String] = []
        for _ in 0..<count {
            switch PlacementDecision.decide(request, among: instances, using: &random) {
            case .place(let id):
                placed.append(id)
                instances[instances.firstIndex { $0.id == id }!].charge(request)
            case .refuse(let refusals): return (placed, refusals)
            }
        }
        return (placed, [])
    }

    @Test func binpackFillsTheFullestFirst() {
        let result = place(PlacementRequest(cpu: 512, group: "g", strategies: [.binpackCPU]), count: 4)
        #expect(result.placed == ["i-0", "i-0", "i-1", "i-1"])
    }

    @Test func spreadCountsTheGroupPerBucketThenPerInstance() {
        let request = PlacementRequest(
            cpu: 1, group: "g", strategies: [.spread(.attribute("zone")), .spread(.instance)])
        let result = place(request, count: 8)
        #expect(result.placed.filter { $0 == "i-3" }.count == 4)
        #expect(Set(result.placed).count == 4)
    }

    @Test func distinctInstanceTakesEachOnce() {
        let result = place(PlacementRequest(cpu: 1, group: "g", isDistinct: true), count: 5)
        #expect(Set(result.placed).count == 4)
        #expect(result.refused.map(\.reason) == Array(repeating: .distinctInstance, count: 4))
    }

    @Test func theFirstReasonInOrderIsGiven() {
        var instance = instances[0]
        var request = PlacementRequest(
            cpu: 5000, memory: 5000, tcpPorts: [80], requiredAttributes: ["gpu": nil], group: "g")
        instance.tcpPorts = [80]
        instance.isConnected = false
        instance.status = .draining
        #expect(instance.refusal(of: request) == .inactive)
        instance.status = .active
        #expect(instance.refusal(of: request) == .agent)
        instance.isConnected = true
        #expect(instance.refusal(of: request) == .attribute)
        request.requiredAttributes = ["zone": "b"]
        #expect(instance.refusal(of: request) == .attribute)
        request.requiredAttributes = ["zone": "a"]
        #expect(instance.refusal(of: request) == .cpu)
        request.cpu = 1
        #expect(instance.refusal(of: request) == .memory)
        request.memory = 1
        #expect(instance.refusal(of: request) == .ports)
        request.tcpPorts = []
        #expect(instance.refusal(of: request) == nil)
    }

    @Test func releaseUndoesCharge() {
        var instance = PlacementInstance(id: "i", cpu: 1024, memory: 1024, gpus: ["g1", "g2"], tcpPorts: [22])
        let before = instance
        let request = PlacementRequest(cpu: 100, memory: 200, tcpPorts: [80], udpPorts: [53], gpus: 1, group: "g")
        let gpus = instance.charge(request)
        #expect(gpus == ["g1"])
        #expect(instance.remainingCPU == 924)
        instance.release(request, gpus: gpus)
        #expect(Set(instance.remainingGPUs) == Set(before.remainingGPUs))
        instance.remainingGPUs = before.remainingGPUs
        #expect(instance == before)
    }
}
