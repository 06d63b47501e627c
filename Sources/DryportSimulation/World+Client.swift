// SPDX-License-Identifier: Apache-2.0

import DryportControlPlaneCore
import DryportMessages
import DryportModel
import OrderedCollections

extension World {
    private static let administrator = Principal.administrator(accessKeyID: "AKIASIMULATION")

    // MARK: Asking

    /// The client changes something.
    mutating func clientActed() {
        let choice = Int.random(in: 0..<100, using: &client.random)
        let instances = plane.instances.filter { $0.status != .inactive }
        if choice < 30, let task = client.tasks.randomElement(using: &client.random) {
            submit(.stopTask(task))
        } else if choice < 40, let instance = instances.randomElement(using: &client.random) {
            let status: ContainerInstanceStatus = client.random.happens(0.4) ? .draining : .active
            submit(
                .setState(
                    instance: plane.configuration.scope.containerInstance(instance.id, cluster: "default"), status))
        } else {
            let family = Workload.families.randomElement(using: &client.random)!
            runTask(family, count: Int.random(in: 1...3, using: &client.random))
        }
    }

    /// Asks for tasks.
    /// - Returns: The number of the call.
    @discardableResult
    mutating func runTask(_ family: String, count: Int = 1) -> Int {
        submit(
            .runTask(
                ECS.RunTaskRequest(
                    count: count, launchType: "EXTERNAL", taskDefinition: family,
                    clientToken: "token-\(client.lastCall + 1)")))
    }

    /// Makes a call and repeats it until it is answered.
    @discardableResult
    mutating func submit(_ request: ClientRequest) -> Int {
        client.lastCall += 1
        client.open[client.lastCall] = request
        send(client.lastCall, request)
        return client.lastCall
    }

    private mutating func send(_ number: Int, _ request: ClientRequest) {
        note("calls \(request.name) (\(number))", from: "client")
        transmit(Call(content: .client(number: number, request)), isRepeatable: true)
        add(.clientRepeats(call: number), after: client.random.duration(in: .seconds(2) ... .seconds(10)))
    }

    mutating func clientRepeated(_ number: Int) {
        guard let request = client.open[number] else { return }
        send(number, request)
    }

    /// The client looks at all its tasks; it does not insist on an answer.
    mutating func clientPolled() {
        add(.clientPolls, after: .seconds(15))
        guard !client.tasks.isEmpty else { return }
        client.lastCall += 1
        let request = ClientRequest.describeTasks(Array(client.tasks.suffix(100)))
        transmit(Call(content: .client(number: client.lastCall, request)), isRepeatable: true)
    }

    // MARK: Executing

    mutating func execute(_ request: ClientRequest) throws(APIError) -> (ClientAnswer, ControlPlaneOutput) {
        switch request {
        case .runTask(let request):
            let (answer, output) = try perform(request, as: Self.administrator)
            let arns = (answer.tasks ?? []).compactMap(\.taskArn)
            return (.started(arns, failures: (answer.failures ?? []).compactMap(\.reason)), output)
        case .stopTask(let arn):
            return (.done, try perform(ECS.StopTaskRequest(task: arn), as: Self.administrator).1)
        case .describeTasks(let arns):
            let (answer, output) = try perform(ECS.DescribeTasksRequest(tasks: arns), as: Self.administrator)
            return (.described(answer.tasks ?? [], missing: (answer.failures ?? []).compactMap(\.arn)), output)
        case .setState(let instance, let status):
            let request = ECS.UpdateContainerInstancesStateRequest(
                containerInstances: [instance], status: status.rawValue)
            return (.done, try perform(request, as: Self.administrator).1)
        case .deregister(let instance):
            let request = ECS.DeregisterContainerInstanceRequest(containerInstance: instance, force: true)
            let output = try perform(request, as: Self.administrator).1
            checker.deregistered.insert(instance)
            return (.done, output)
        }
    }

    // MARK: Listening

    mutating func clientAnswered(_ number: Int, order: Int, _ result: Result<ClientAnswer, ClientFailure>) {
        let request = client.open.removeValue(forKey: number)
        switch result {
        case .success(.started(let arns, let failures)):
            note("is told of \(arns.map(Self.short)) \(failures)", from: "client")
            for arn in arns where client.tasks.append(arn).inserted { checkAcknowledgement(of: arn) }
            if let told = client.told[number] {
                // What was forgotten in between is not in the second answer.
                let isSame =
                    arns.allSatisfy(told.contains)
                    && told.allSatisfy { arns.contains($0) || checker.forgotten.contains($0) }
                if !isSame { violate(.tokenIsIdempotent, "call \(number) meant \(told), and then \(arns)") }
            } else {
                client.told[number] = arns
            }
        case .success(.described(let tasks, let missing)):
            for task in tasks { checkDescription(task, order: order) }
            for arn in missing where !mayBeForgotten(arn) {
                violate(.acknowledgedTaskIsKept, "\(arn) was acknowledged, and is not described any more")
            }
        case .success(.done): break
        case .failure(.service(let error)):
            note("is refused call \(number): \(error)", from: "client")
            if case .stopTask(let arn)? = request, !mayBeForgotten(arn) {
                violate(.acknowledgedTaskIsKept, "\(arn) was acknowledged, and cannot be stopped: \(error)")
            }
        case .failure(.unanswered): client.open[number] = request
        }
    }
}
