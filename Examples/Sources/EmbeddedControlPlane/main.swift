// SPDX-License-Identifier: Apache-2.0

import Dryport
import DryportInMemory
import Logging

// An ECS control plane inside this process: no socket, no daemon, no AWS account.
let logger = Logger(label: "example")
try await withControlPlane(store: InMemoryStore(), logger: logger) { controlPlane in
    let me = CallContext(principal: .administrator(accessKeyID: "me"), endpoint: "http://localhost")
    var container = ContainerDefinition(name: "web", image: "nginx:1.27")
    container.memory = 128
    let request = ECS.RegisterTaskDefinitionRequest(family: "web", containerDefinitions: [container])
    let answer = try await controlPlane.perform(request, in: me)
    print("registered", answer.taskDefinition?.taskDefinitionArn ?? "nothing")
}
