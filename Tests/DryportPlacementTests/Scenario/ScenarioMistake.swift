// SPDX-License-Identifier: Apache-2.0

import DryportPlacement

/// A mistake in a scenario, and what is said about it.
struct ScenarioMistake: CustomStringConvertible, Sendable {
    /// The second instance.
    var instance = #""id": "a", "cpu": 1, "memory": 1"#
    /// The tasks that run.
    var running = ""
    /// The second entry of the workload.
    var task = #""name": "t""#
    var policies = ""
    let code: PlacementScenarioError.Code
    let expected: String

    var description: String { expected }

    var json: String {
        """
        {"cluster": {"instances": [{"id": "first", "cpu": 1, "memory": 1, "gpus": ["g"]}, {\(instance)}], \
        "tasks": [\(running)]}, "workload": [{"name": "first"}, {\(task)}], "policies": [\(policies)]}
        """
    }

    static let all = ofInstances + ofTasks + others

    private static func instance(
        _ json: String, _ code: PlacementScenarioError.Code, _ expected: String
    ) -> ScenarioMistake {
        ScenarioMistake(instance: json, code: code, expected: "cluster.instances[1].\(expected)")
    }

    private static func task(
        _ json: String, _ code: PlacementScenarioError.Code, _ expected: String
    ) -> ScenarioMistake {
        ScenarioMistake(task: json, code: code, expected: "workload[1].\(expected)")
    }

    private static let ofInstances: [ScenarioMistake] = [
        instance(
            #""id": "a", "cpu": -5, "memory": 1"#, .invalidValue,
            "cpu: -5 is out of range; it must be 0 to 1099511627775"),
        instance(
            #""id": "a", "cpu": 12.5, "memory": 1"#, .wrongType,
            "cpu: expected a whole number, found 12.5"),
        instance(
            #""id": "a", "cpu": 1e999, "memory": 1"#, .wrongType,
            "cpu: expected a whole number, found a number that is too large"),
        instance(
            #""id": "a", "cpu": null, "memory": 1"#, .wrongType,
            "cpu: expected a whole number, found null"),
        instance(
            #""id": "a", "cpu": "4", "memory": 1"#, .wrongType,
            "cpu: expected a whole number, found the string '4'"),
        instance(
            #""id": "a", "cpu": [4], "memory": 1"#, .wrongType,
            "cpu: expected a whole number, found a list"),
        instance(
            #""id": "a", "memory": 1"#, .missingMember,
            "cpu: it is missing"),
        instance(
            #""cpu": 1, "memory": 1"#, .missingMember,
            "id: it is missing"),
        instance(
            #""id": "", "cpu": 1, "memory": 1"#, .invalidValue,
            "id: it is empty"),
        instance(
            #""id": "first", "cpu": 1, "memory": 1"#, .duplicate,
            "id: there are two instances 'first'"),
        instance(
            #""id": "a", "cpu": 1, "memory": 1, "count": 2"#, .invalidValue,
            "id: 'a' is the same for all 2; write {index} where the number goes"),
        instance(
            #""id": "a", "cpu": 1, "memory": 1, "memroy": 1"#, .unknownMember,
            "memroy: there is no such member; is it memory?"),
        instance(
            #""id": "a{index*2}", "cpu": 1, "memory": 1, "count": 2"#, .invalidValue,
            "id: 'a{index*2}': a place for the number is {index}, {index:3}, {index/3} or {index%3}"),
        instance(
            #""id": "a{index/0}", "cpu": 1, "memory": 1, "count": 2"#, .invalidValue,
            "id: 'a{index/0}': a place for the number is {index}, {index:3}, {index/3} or {index%3}"),
        instance(
            #""id": "a", "cpu": 1, "memory": 1, "count": -1"#, .invalidValue,
            "count: -1 is out of range; it must not be negative"),
        instance(
            #""id": "a{index}", "cpu": 1, "memory": 1, "count": 1000000"#, .tooLarge,
            "count: this makes 1000001 instances; a scenario has at most 1000000"),
        instance(
            #""id": "a", "cpu": 1, "memory": 1, "shapes": []"#, .invalidValue,
            "cpu: the shapes say this already"),
        instance(
            #""id": "a", "shapes": []"#, .invalidValue,
            "shapes: the list is empty"),
        instance(
            #""id": "a", "shapes": [{"cpu": 1, "memory": 1}, {"cpu": 1, "memory": 2}]"#, .invalidValue,
            "shapes: one instance has one shape; add a count for several instances"),
        instance(
            #""id": "{index}", "count": 2, "shapes": [{"cpu": 1, "memory": 1}, {"cpu": 1, "memory": -2}]"#,
            .invalidValue,
            "shapes[1].memory: -2 is out of range; it must be 0 to 1099511627775"),
        instance(
            #""id": "a", "cpu": 1, "memory": 1, "gpus": ["g", "g"]"#, .invalidValue,
            "gpus: a GPU is listed twice"),
        instance(
            #""id": "a", "cpu": 1, "memory": 1, "status": "active""#, .invalidValue,
            "status: 'active' is not one of ACTIVE, DRAINING, INACTIVE"),
        instance(
            #""id": "a", "cpu": 1, "memory": 1, "tcpPorts": [0]"#, .invalidValue,
            "tcpPorts: 0 is not a port; it must be 1 to 65535"),
        instance(
            #""id": "a", "cpu": 1, "memory": 1, "attributes": {"z": ["a", 3]}, "count": 1"#, .wrongType,
            "attributes.z[1]: expected a string or null, found 3"),
        instance(
            #""id": "a", "cpu": 1, "memory": 1, "attributes": {"z": ["a", "b"]}"#, .invalidValue,
            "attributes.z: an attribute of one instance has one value; add a count for several instances"),
        instance(
            #""id": "a", "cpu": 1, "memory": 1, "reserved": {"cpu": 2}"#, .invalidValue,
            "reserved.cpu: 2 is out of range; it must be 0 to 1"),
        instance(
            #""id": "a", "cpu": 1, "memory": 1, "registeredAt": "yesterday""#, .invalidValue,
            "registeredAt: 'yesterday' is no time, such as 2026-12-01T09:30:00Z"),
    ]

    private static let ofTasks: [ScenarioMistake] = [
        task(
            #""name": "first""#, .duplicate,
            "name: 'first' is the name of workload[0], too"),
        task(
            #""cpu": 1"#, .missingMember,
            "name: it is missing"),
        task(
            #""name": "t", "service": "a", "group": "b""#, .invalidValue,
            "group: the tasks belong to a service already"),
        task(
            #""name": "t", "gpus": -1"#, .invalidValue,
            "gpus: -1 is out of range; it must be 0 to 2147483647"),
        task(
            #""name": "t", "tcpPorts": [80, 80]"#, .invalidValue,
            "tcpPorts: a port is listed twice"),
        task(
            #""name": "t", "count": 1000000"#, .tooLarge,
            "count: this makes 1000001 tasks; a scenario has at most 1000000"),
        task(
            #""name": "t", "order": "random""#, .invalidValue,
            "order: 'random' is not one of grouped, single"),
        task(
            #""name": "t", "placementConstraints": []"#, .unknownMember,
            "placementConstraints: there is no such member; is it constraints?"),
        task(
            #""name": "t", "placementStrategy": []"#, .unknownMember,
            "placementStrategy: there is no such member; is it strategies?"),
        task(
            #""name": "t", "constraints": [{"type": "memberOf", "expression": "attribute:zone =="}]"#, .invalidValue,
            "constraints[0].expression: expected a value after `==` at column 18, found the end of the query"),
        task(
            #""name": "t", "constraints": [{"type": "memberof"}]"#, .invalidValue,
            "constraints[0].type: 'memberof' is not one of distinctInstance, memberOf"),
        task(
            #""name": "t", "constraints": [{"type": "memberOf"}]"#, .missingMember,
            "constraints[0].expression: it is missing"),
        task(
            #""name": "t", "constraints": [{"type": "distinctInstance", "expression": "x"}]"#, .invalidValue,
            "constraints[0].expression: distinctInstance has none"),
        task(
            #""name": "t", "strategies": [{"type": "random"}, {"type": "random", "feild": "x"}]"#, .unknownMember,
            "strategies[1].feild: there is no such member; is it field?"),
        task(
            #""name": "t", "strategies": "spread""#, .wrongType,
            "strategies: expected a list, found the string 'spread'"),
    ]

    private static let others: [ScenarioMistake] = [
        ScenarioMistake(
            running: #"{"instance": "c", "group": "g"}"#, code: .invalidValue,
            expected: "cluster.tasks[0].instance: there is no instance 'c'"),
        ScenarioMistake(
            running: #"{"instance": "a"}"#, code: .missingMember,
            expected: "cluster.tasks[0].service: it is missing, and so is group"),
        ScenarioMistake(
            running: #"{"instance": "a", "group": "g", "count": 2, "tcpPorts": [8]}"#, code: .invalidValue,
            expected: "cluster.tasks[0].tcpPorts: 8 is taken already on 'a'"),
        ScenarioMistake(
            running: #"{"instance": "first", "group": "g", "gpus": 2}"#, code: .invalidValue,
            expected: "cluster.tasks[0].gpus: 'first' has only 1 that are not taken"),
        ScenarioMistake(
            policies: #"{"name": "own", "strategies": []}"#, code: .invalidValue,
            expected: "policies[0].name: 'own' is what the tasks' own strategies are called"),
        ScenarioMistake(
            policies: #"{"name": "p", "strategies": []}, {"name": "p", "strategies": []}"#, code: .duplicate,
            expected: "policies[1].name: 'p' is the name of policies[0], too"),
        ScenarioMistake(
            policies: #"{"name": "p"}"#, code: .missingMember, expected: "policies[0].strategies: it is missing"),
    ]
}
