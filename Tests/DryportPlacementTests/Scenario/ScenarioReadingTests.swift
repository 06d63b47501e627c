// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportPlacement
import Testing

@Suite struct ScenarioReadingTests {
    private func read(_ json: String) throws(PlacementScenarioError) -> PlacementScenario {
        try PlacementScenario(json: json.utf8)
    }

    private let full = """
        {"name": "all", "cluster": {"instances": [
          {"id": "a", "cpu": 4096, "memory": 8192, "gpus": ["g1", "g2"], "attributes": {"zone": "z", "empty": null},
           "status": "DRAINING", "agentConnected": false, "tcpPorts": [22], "udpPorts": [53],
           "reserved": {"cpu": 96, "gpus": ["g2"]}, "agentVersion": "1.2.3", "ec2InstanceId": "mi-1",
           "registeredAt": "2026-12-01T09:30:00.250+01:00"},
          {"id": "b-{index:2}", "count": 3, "shapes": [{"cpu": 1, "memory": 2}, {"cpu": 3, "memory": 4, "gpus": 1}],
           "attributes": {"disk": ["ssd", null], "rack": "r{index/2}"}}],
         "tasks": [{"instance": "a", "count": 2, "group": "service:web", "cpu": 8, "memory": 16},
                   {"instance": "b-01", "group": "train", "gpus": 1, "tcpPorts": [80]}]},
         "workload": [
          {"name": "one", "cpu": 100, "memory": 200, "gpus": 1, "tcpPorts": [80], "udpPorts": [81],
           "requiredAttributes": {"disk": "ssd", "empty": null},
           "constraints": [{"type": "memberOf", "expression": "attribute:zone == z"}, {"type": "distinctInstance"}],
           "strategies": [{"type": "spread", "field": "host"}, {"type": "binpack", "field": "MEMORY"},
                          {"type": "random"}]},
          {"name": "many", "count": 5, "service": "s{index%2}", "shapes": [{"cpu": 1}, {"memory": 2}],
           "order": "single"}],
         "policies": [{"name": "p", "strategies": [{"type": "spread", "field": "attribute:zone"}]}]}
        """

    @Test func everyMemberIsRead() throws {
        let scenario = try read(full)
        #expect(scenario.name == "all")
        var single = PlacementScenario.InstanceGroup(
            id: "a", shapes: [.init(cpu: 4096, memory: 8192, gpus: ["g1", "g2"])],
            attributes: ["zone": ["z"], "empty": [nil]], status: .draining, agentConnected: false, tcpPorts: [22],
            udpPorts: [53], reserved: .init(cpu: 96, memory: 0, gpus: ["g2"]), agentVersion: "1.2.3",
            ec2InstanceID: "mi-1")
        single.registeredAt = Timestamp(millisecondsSinceEpoch: 1_796_113_800_000)
        #expect(scenario.cluster.instances[0] == single)
        #expect(
            scenario.cluster.instances[1]
                == PlacementScenario.InstanceGroup(
                    id: "b-{index:2}", count: 3,
                    shapes: [.init(cpu: 1, memory: 2), .init(cpu: 3, memory: 4, gpus: ["GPU-0"])],
                    attributes: ["disk": ["ssd", nil], "rack": ["r{index/2}"]]))
        #expect(
            scenario.cluster.tasks == [
                .init(
                    instance: "a", count: 2, resources: TaskResources(cpu: 8, memory: 16), scope: .service("web")),
                .init(
                    instance: "b-01", resources: TaskResources(tcpPorts: [80], gpus: 1), scope: .taskGroup("train")),
            ])
        #expect(
            scenario.workload[0]
                == PlacementScenario.Workload(
                    name: "one",
                    shapes: [TaskResources(cpu: 100, memory: 200, tcpPorts: [80], udpPorts: [81], gpus: 1)],
                    scope: .taskGroup("family:one"), requiredAttributes: ["disk": "ssd", "empty": nil],
                    constraints: [.memberOf(try ClusterQuery(parsing: "attribute:zone == z")), .distinctInstance],
                    strategies: [.spread(.instanceID), .binpack(.memory), .random]))
        #expect(
            scenario.workload[1]
                == PlacementScenario.Workload(
                    name: "many", count: 5, shapes: [TaskResources(cpu: 1), TaskResources(memory: 2)],
                    scope: .service("s{index%2}"), order: .single))
        #expect(scenario.policies == [.init(name: "p", strategies: [.spread(.attribute("zone"))])])
    }

    @Test func whatIsWrittenReadsTheSame() throws {
        let scenario = try read(full)
        let json = try scenario.json()
        #expect(try PlacementScenario(json: json) == scenario)
        #expect(try PlacementScenario(json: json).json() == json)
    }

    @Test func numbersMayBeWrittenInAnyWay() throws {
        let scenario = try read(#"{"cluster": {"instances": [{"id": "a", "cpu": 1e3, "memory": 2.0}]}}"#)
        #expect(scenario.cluster.instances[0].shapes == [.init(cpu: 1000, memory: 2)])
    }

    @Test func policiesCanBeWrittenInOneLine() throws {
        let policy = try PlacementScenario.Policy(parsing: "spread(attribute:zone), binpack(memory),random")
        #expect(policy.strategies == [.spread(.attribute("zone")), .binpack(.memory), .random])
        for text in ["", "spread", "spread(attribute:)", "binpack(disk)", "random(cpu)", "spread(host", "pack,"] {
            #expect(throws: PlacementScenarioError.self, "\(text)") { try PlacementScenario.Policy(parsing: text) }
        }
    }

    // MARK: Mistakes

    @Test(arguments: ScenarioMistake.all)
    func mistakesNameTheirPlace(mistake: ScenarioMistake) throws {
        let error = #expect(throws: PlacementScenarioError.self) { try read(mistake.json) }
        #expect(error?.description == mistake.expected)
        #expect(error?.code == mistake.code)
    }

    @Test func strategiesSayWhatTheyAre() throws {
        let mistake = ScenarioMistake(
            task: #""name": "t", "strategies": [{"type": "spread", "field": "zone"}]"#, code: .invalidValue,
            expected: "")
        let error = #expect(throws: PlacementScenarioError.self) { try read(mistake.json) }
        #expect(error?.path == "workload[1].strategies[0]")
        #expect(error?.message.contains("spread by instanceId, host or attribute:<name>") == true)
    }

    @Test func whatIsNoJSONSaysWhere() throws {
        let cases = [
            ("", "line 1, column 1: expected a value, found the end of the text"),
            ("{", "line 1, column 2: expected a member's name in double quotes, found the end of the text"),
            ("[1, ", "line 1, column 5: expected a value, found the end of the text"),
            (#"{"cluster": NaN}"#, "line 1, column 13: expected a value, found 'N'"),
            ("{\n \"é\": 1\n \"b\": 2}", "line 3, column 2: expected a comma or }, found '\"'"),
            (#"{"é": 1 x}"#, "line 1, column 9: expected a comma or }, found 'x'"),
            (#"{"a": 1,}"#, "line 1, column 9: expected a member's name in double quotes, found '}'"),
            ("[1 2]", "line 1, column 4: expected a comma or ], found '2'"),
            ("[01]", "line 1, column 3: expected a comma or ], found '1'"),
            ("[1.]", "line 1, column 4: expected a digit, found ']'"),
            (#"["\x"]"#, "line 1, column 4: expected one of \" \\ / b f n r t u after a backslash, found 'x'"),
            (#"["\u12g4"]"#, "line 1, column 7: expected four hexadecimal digits, found 'g'"),
            ("[\"a\nb\"]", "line 1, column 4: expected no control character in a string, found the end of the line"),
            (#"["a]"#, "line 1, column 2: the string has no end"),
            ("{} {}", "line 1, column 4: expected the end of the text, found '{'"),
            (#"{"a": 1, "b": 2, "a": 3}"#, #"line 1, column 18: "a" is given twice"#),
            (String(repeating: "[", count: 100_000), "line 1, column 65: nested deeper than 64 levels"),
        ]
        for (text, expected) in cases {
            let error = #expect(throws: PlacementScenarioError.self, "\(text.prefix(40))") { try read(text) }
            #expect(error?.description == expected)
            #expect(error?.code == (expected.hasSuffix("twice") ? .duplicate : .invalidJSON))
        }
        let error = #expect(throws: PlacementScenarioError.self) { try PlacementScenario(json: [0x22, 0xFF, 0x22]) }
        #expect(error?.description == "the text is not UTF-8")
    }

    @Test func allOfJSONIsRead() throws {
        let json =
            "\u{FEFF} {\"name\" : \"\\u00e9\\\"\\\\\\/\\n\",\r\n\t\"cluster\":{\"instances\":[ ]},\"workload\":[]} "
        #expect(try read(json).name == "é\"\\/\n")
        let numbers = #"{"cluster": {"instances": [{"id": "a", "cpu": 0, "memory": 1.5E+1, "count": 10e-1}]}}"#
        #expect(try read(numbers).cluster.instances[0].shapes == [.init(cpu: 0, memory: 15)])
    }

    @Test func wrongShapesOfTheWholeSaySo() throws {
        let cases = [
            ("[]", "expected an object, found a list"), ("{}", "cluster: it is missing"),
            (#"{"cluster": 3}"#, "cluster: expected an object, found 3"),
            (#"{"cluster": {}}"#, "cluster.instances: it is missing, and so are containerInstances"),
        ]
        for (text, expected) in cases {
            let error = #expect(throws: PlacementScenarioError.self) { try read(text) }
            #expect(error?.description == expected)
        }
    }

    @Test func scenariosMadeInSwiftAreCheckedToo() throws {
        let group = PlacementScenario.InstanceGroup(id: "a", shapes: [.init(cpu: 1, memory: -1)])
        let scenario = PlacementScenario(cluster: .init(instances: [group]), workload: [])
        let error = #expect(throws: PlacementScenarioError.self) { try scenario.run() }
        #expect(error?.path == "cluster.instances[0].memory")
    }
}
