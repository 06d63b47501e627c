// SPDX-License-Identifier: Apache-2.0

import DryportAgentCore
import DryportControlPlaneCore
import DryportCredentials
import DryportMessages
import DryportModel

// Calls of the API. A request may get lost, be late, or arrive twice; an answer may get lost. Who calls learns only
// that there was no answer.
extension World {
    /// How long a message takes.
    mutating func delay() -> Duration {
        if network.happens(faults.spikes) { return network.duration(in: .milliseconds(10)...faults.spike) }
        return network.duration(in: .microseconds(200)...faults.delay)
    }

    func isUpBlocked(_ agent: Int?) -> Bool { agent.map { agents[$0].blockedUpUntil > now } ?? false }

    func isDownBlocked(_ agent: Int?) -> Bool { agent.map { agents[$0].blockedDownUntil > now } ?? false }

    // MARK: There

    /// Sends a call of an agent.
    mutating func send(_ call: AgentCall, from agent: Int) {
        note("calls \(call.request.name)", from: agents[agent].name)
        let life = agents[agent].life
        agents[agent].openCalls.insert(call.id)
        add(
            .answerArrives(.agent(agent, life: life, call.id, .failure(.unanswered("no answer in time")))),
            after: call.timeout)
        transmit(Call(content: .agent(agent, life: life, call)), isRepeatable: call.request.isRepeatable)
    }

    mutating func transmit(_ call: Call, isRepeatable: Bool) {
        guard !isUpBlocked(call.agent), !network.happens(faults.requestLoss) else {
            statistics.lostMessages += 1
            // Some losses are noticed at once, others by a timeout only.
            if !isUpBlocked(call.agent), network.happens(0.5) { fail(call) }
            return
        }
        add(.requestArrives(call), after: delay())
        if isRepeatable, network.happens(faults.duplication) {
            statistics.duplicates += 1
            add(.requestArrives(call), after: delay())
        }
    }

    /// The caller learns that the connection failed.
    private mutating func fail(_ call: Call) {
        guard case .agent(let agent, let life, let request) = call.content else { return }
        let failure = AgentCallFailure.unanswered("the connection was reset")
        add(.answerArrives(.agent(agent, life: life, request.id, .failure(failure))), after: delay())
    }

    mutating func requestArrived(_ call: Call) {
        guard !isUpBlocked(call.agent) else {
            statistics.lostMessages += 1
            return
        }
        guard plane.machine != nil else { return fail(call) }
        plane.order += 1
        switch call.content {
        case .agent(let agent, _, let request):
            let answer: PlaneAnswer
            var output: ControlPlaneOutput?
            do throws(APIError) {
                let principal = try self.principal(of: request.authentication)
                let (result, follows) = try execute(request.request, as: principal)
                output = follows
                answer = .agent(.success(result))
                count(request.request)
            } catch {
                note("refuses \(request.request.name) of \(agents[agent].name): \(error)", from: "control-plane")
                answer = .agent(.failure(.service(error)))
            }
            if let output { enqueue(output, .answer(call, answer)) } else { respond(to: call, with: answer) }
        case .client(_, let request):
            let order = plane.order
            do throws(APIError) {
                let (result, output) = try execute(request)
                enqueue(output, .answer(call, .client(order: order, .success(result))))
            } catch {
                note("refuses \(request.name): \(error)", from: "control-plane")
                respond(to: call, with: .client(order: order, .failure(.service(error))))
            }
        }
    }

    /// Who calls; the front of the control plane finds that out from the signature.
    func principal(of authentication: AgentCall.Authentication) throws(APIError) -> Principal {
        switch authentication {
        case .anonymous: return .anonymous
        case .managedInstanceKey(let id):
            guard plane.machine?.publicKey(ofManagedInstance: id) == AgentHost.publicKey else {
                throw APIError(.invalidInstanceID, "The managed node \(id) is not registered.")
            }
            return .managedInstanceKey(id: id)
        case .credentials(let credentials):
            do {
                return try plane.issuer.resolve(
                    accessKeyID: credentials.accessKeyID, sessionToken: credentials.sessionToken ?? Redacted(""),
                    at: planeNow.wall
                ).principal
            } catch {
                throw APIError(APIError.Code(error.code), error.message)
            }
        }
    }

    private mutating func execute(
        _ request: AgentCall.Request, as principal: Principal
    ) throws(APIError) -> (AgentAnswer, ControlPlaneOutput) {
        switch request {
        case .registerManagedInstance(let request):
            let (answer, output) = try perform(request, as: principal)
            return (.registerManagedInstance(answer), output)
        case .requestManagedInstanceRoleToken(let request):
            let (answer, output) = try perform(request, as: principal)
            if let secret = answer.secretAccessKey { remember(secret) }
            return (.requestManagedInstanceRoleToken(answer), output)
        case .updateInstanceInformation(let request): return (.done, try perform(request, as: principal).1)
        case .createCluster(let request): return (.done, try perform(request, as: principal).1)
        case .registerContainerInstance(let request):
            let (answer, output) = try perform(request, as: principal)
            return (.registerContainerInstance(answer), output)
        case .discoverPollEndpoint(let request):
            let (answer, output) = try perform(request, as: principal)
            return (.discoverPollEndpoint(answer), output)
        case .submitTaskStateChange(let request): return (.done, try perform(request, as: principal).1)
        }
    }

    /// The newest secrets are looked for in the end; more would cost more than they tell.
    private mutating func remember(_ secret: String) {
        if secrets.count > 8 { secrets.remove(at: 1) }
        secrets.append(secret)
    }

    private mutating func count(_ request: AgentCall.Request) {
        guard case .submitTaskStateChange(let report) = request, let arn = report.task else { return }
        note("takes \(report.status ?? "nothing") of \(Self.short(arn))", from: "control-plane")
        if report.status == TaskStatus.stopped.rawValue { plane.stopReports[arn, default: 0] += 1 }
    }

    // MARK: And back

    /// Sends an answer. What it says is durable, unless it is an error.
    mutating func respond(to call: Call, with answer: PlaneAnswer) {
        guard !isDownBlocked(call.agent), !network.happens(faults.answerLoss) else {
            statistics.lostMessages += 1
            if !isDownBlocked(call.agent), network.happens(0.5) { fail(call) }
            return
        }
        switch (call.content, answer) {
        case (.agent(let agent, let life, let request), .agent(let result)):
            add(.answerArrives(.agent(agent, life: life, request.id, result)), after: delay())
        case (.client(let number, _), .client(let order, let result)):
            add(.answerArrives(.client(number: number, order: order, result)), after: delay())
        default: preconditionFailure("agents and clients get answers of their own kind")
        }
    }

    mutating func answerArrived(_ answer: Answer) {
        switch answer {
        case .agent(let agent, let life, let id, let result):
            guard agents[agent].life == life, agents[agent].openCalls.contains(id) else { return }
            var isSilence = false
            if case .failure(.unanswered) = result { isSilence = true }
            guard isSilence || !isDownBlocked(agent) else {
                // The end of the call's time follows.
                statistics.lostMessages += 1
                return
            }
            agents[agent].openCalls.remove(id)
            give(.callFinished(id, result), to: agent)
        case .client(let number, let order, let result): clientAnswered(number, order: order, result)
        }
    }
}

extension AgentCall.Request {
    /// The operation's name.
    var name: String {
        switch self {
        case .registerManagedInstance: "RegisterManagedInstance"
        case .requestManagedInstanceRoleToken: "RequestManagedInstanceRoleToken"
        case .updateInstanceInformation: "UpdateInstanceInformation"
        case .createCluster: "CreateCluster"
        case .registerContainerInstance: "RegisterContainerInstance"
        case .discoverPollEndpoint: "DiscoverPollEndpoint"
        case .submitTaskStateChange(let report):
            "SubmitTaskStateChange \(report.status ?? "") \(World.short(report.task ?? ""))"
        }
    }

    /// Whether the network may repeat it: the protocol makes that harmless.
    var isRepeatable: Bool {
        switch self {
        case .submitTaskStateChange, .updateInstanceInformation, .discoverPollEndpoint, .registerContainerInstance: true
        case .registerManagedInstance, .requestManagedInstanceRoleToken, .createCluster: false
        }
    }
}
