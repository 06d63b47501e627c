// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportPlacement
import Foundation
import Testing

/// What queries mean: each row is a query and whether it holds.
@Suite struct ClusterQueryTests {
    private let instance: QueriedInstance = {
        var instance = QueriedInstance()
        instance.agentVersion = "1.14.5"
        instance.ec2InstanceID = "mi-0123"
        // 2018-06-18T22:28:28.750Z
        instance.registeredAt = Timestamp(millisecondsSinceEpoch: 1_529_360_908_750)
        instance.runningTasksCount = 2
        instance.attributes = [
            "stack": "prod", "ecs.capability.external": nil, "ecs.instance-type": "t2.small", "rack": "12",
            "a/b\\c_d": "x", "temperature": "-0.50", "big": "9007199254740993", "label": "a b",
        ]
        instance.groups = ["service:web", "database"]
        return instance
    }()

    private func holds(_ text: String, on instance: QueriedInstance? = nil) throws -> Bool {
        try ClusterQuery(parsing: text).matches(instance ?? self.instance)
    }

    // MARK: Every subject with every operator in both spellings

    static let table: [(subject: String, value: String, operators: String, results: String)] = [
        ("agentConnected", "true", "== != in !in =~ !~", "+-+-+-"),
        ("agentConnected", "false", "== != in !in =~ !~", "-+-+-+"),
        ("agentVersion", "1.14.5", "== != > >= < <=", "+--+-+"),
        ("agentVersion", "1.9.0", "== != > >= < <=", "-+++--"),
        ("agentVersion", "1.14.10", "== != > >= < <=", "-+--++"),
        ("agentVersion", "1.14", "== != > >= < <=", "-+++--"),
        ("agentVersion", "1.14.5.0", "== != > >= < <=", "+--+-+"),
        ("agentVersion", "2", "== != > >= < <=", "-+--++"),
        ("ec2InstanceId", "mi-0123", "== != in !in =~ !~", "+-+-+-"),
        ("ec2InstanceId", "mi-", "== != in !in =~ !~", "-+-+-+"),
        ("registeredAt", "2018-06-18T22:28:28Z", "== != > >= < <=", "+--+-+"),
        ("registeredAt", "2018-06-18", "== != > >= < <=", "-+++--"),
        ("registeredAt", "2018-06-19T00:28:29+02:00", "== != > >= < <=", "-+--++"),
        ("runningTasksCount", "2", "== != > >= < <=", "+--+-+"),
        ("runningTasksCount", "1", "== != > >= < <=", "-+++--"),
        ("runningTasksCount", "10", "== != > >= < <=", "-+--++"),
        ("task:group", "service:web", "== != in !in =~ !~", "+-+-+-"),
        ("task:group", "database", "== != in !in =~ !~", "+-+-+-"),
        ("task:group", "service", "== != in !in =~ !~", "-+-+-+"),
        ("attribute:stack", "prod", "== != in !in =~ !~ > >= < <=", "+-+-+--+-+"),
        ("attribute:stack", "Prod", "== != in !in =~ !~ > >= < <=", "-+-+-+++--"),
        ("attribute:rack", "12", "== != in !in =~ !~ > >= < <=", "+-+-+--+-+"),
        ("attribute:rack", "9", "== != in !in =~ !~ > >= < <=", "-+-+-+++--"),
        ("attribute:rack", "12.0", "== != in !in =~ !~ > >= < <=", "-+-+-+-+-+"),
        ("attribute:rack", "9x", "== != in !in =~ !~ > >= < <=", "-+-+-+--++"),
        ("attribute:missing", "x", "== != in !in =~ !~ > >= < <=", "----------"),
        ("attribute:missing", "''", "== != in !in =~ !~ > >= < <=", "----------"),
        ("attribute:ecs.capability.external", "''", "== != in !in =~ !~ > >= < <=", "+-+-+--+-+"),
        ("attribute:ecs.capability.external", "x", "== != in !in =~ !~ > >= < <=", "-+-+-+--++"),
    ]

    @Test(arguments: table)
    func everyOperatorInBothSpellings(row: (subject: String, value: String, operators: String, results: String)) throws
    {
        let symbols = row.operators.split(separator: " ").map(String.init)
        let results = row.results.map { $0 == "+" }
        #expect(symbols.count == results.count)
        for (symbol, result) in zip(symbols, results) {
            let operation = try #require(ClusterQuery.Operator(rawValue: symbol))
            let isList = operation == .isIn || operation == .isNotIn
            let operand = isList ? "[\(row.value), \(row.value)]" : row.value
            for spelling in [symbol, operation.word] {
                let text = "\(row.subject) \(spelling) \(operand)"
                #expect(try holds(text) == result, "\(text)")
            }
        }
    }

    @Test func existence() throws {
        for (name, exists) in [
            ("stack", true), ("ecs.capability.external", true), ("missing", false), ("Stack", false),
        ] {
            #expect(try holds("attribute:\(name) exists") == exists)
            #expect(try holds("attribute:\(name) !exists") == !exists)
            #expect(try holds("attribute:\(name)!exists") == !exists)
            #expect(try holds("attribute:\(name) not_exists") == !exists)
        }
    }

    @Test func whatAnInstanceLacksComparesFalse() throws {
        var bare = QueriedInstance()
        for text in [
            "agentVersion == 1", "agentVersion != 1", "agentVersion < 1", "ec2InstanceId == x", "ec2InstanceId != x",
            "ec2InstanceId !in [x]", "ec2InstanceId !~ x", "registeredAt != 2018-06-18", "registeredAt < 2018-06-18",
            "task:group == x", "task:group in [x]", "task:group =~ .*",
        ] {
            #expect(try !holds(text, on: bare), "\(text)")
            #expect(try holds("not(\(text))", on: bare), "\(text)")
        }
        for text in ["task:group != x", "task:group !in [x]", "task:group !~ .*"] {
            #expect(try holds(text, on: bare), "\(text)")
        }
        for version in ["", "v1.14.5", "1..2", ".1", "1.", "99999999999999999999"] {
            bare.agentVersion = version
            #expect(try !holds("agentVersion >= 0 or agentVersion < 0", on: bare), "\(version)")
        }
        for version in ["1.14.5-dev", "1.14.5+g1", "1.14.5 (x)", "01.014.5"] {
            bare.agentVersion = version
            #expect(try holds("agentVersion == 1.14.5", on: bare), "\(version)")
        }
    }

    @Test func negatedGroupsAskAllTasks() throws {
        #expect(try !holds("task:group != database"))
        #expect(try holds("task:group == database"))
        #expect(try !holds("task:group !in [database, x]"))
        #expect(try !holds("task:group !~ data.*"))
        #expect(try holds("task:group !~ data"))
    }

    @Test func numbersCompareExactly() throws {
        for (text, result) in [
            ("attribute:big > 9007199254740992", true), ("attribute:big < 9007199254740994", true),
            ("attribute:big >= 0009007199254740993.000", true), ("attribute:temperature > -0.6", true),
            ("attribute:temperature < -0.5", false), ("attribute:temperature <= -0.5", true),
            ("attribute:temperature < 0", true), ("attribute:temperature < -0", true),
            ("attribute:temperature < +0.1", true), ("attribute:temperature > -10", true),
            ("attribute:rack < 100", true), ("attribute:rack < 12.01", true), ("attribute:rack > 1e9", false),
            ("attribute:rack < .5", false), ("attribute:rack > 12.", false), ("attribute:rack > 0x1", true),
        ] {
            #expect(try holds(text) == result, "\(text)")
        }
    }

    // MARK: The guide's examples

    @Test func examplesOfTheGuide() throws {
        var other = QueriedInstance()
        other.agentVersion = "1.9.0"
        other.ec2InstanceID = "i-abcd1234"
        other.registeredAt = Timestamp(millisecondsSinceEpoch: 1_500_000_000_000)
        other.runningTasksCount = 1
        other.attributes = ["ecs.instance-type": "g2.2xlarge", "ecs.availability-zone": "us-east-1a"]
        other.groups = ["service:production"]
        for (text, onThis, onOther) in [
            ("attribute:ecs.capability.external exists", true, false),
            ("attribute:ecs.instance-type == t2.small", true, false),
            ("attribute:ecs.availability-zone in [us-east-1a, us-east-1b]", false, true),
            ("attribute:ecs.instance-type =~ g2.* and attribute:ecs.availability-zone != us-east-1d", false, true),
            ("attribute:stack != prod", false, false), ("attribute:stack exists", true, false),
            ("task:group == service:production", false, true), ("not(task:group == database)", false, true),
            ("runningTasksCount == 1", false, true), ("agentVersion < 1.14.5", false, true),
            ("registeredAt < 2018-02-13", false, true),
            ("ec2InstanceId in ['i-abcd1234', 'i-wxyx7890']", false, true),
            ("agentConnected == true && !(attribute:ecs.instance-type =~ 't2\\..*')", false, true),
        ] {
            #expect(try holds(text) == onThis, "\(text)")
            #expect(try holds(text, on: other) == onOther, "\(text)")
        }
    }

    // MARK: Structure

    @Test(arguments: [
        // true or false and false; (true or false) and false
        ("attribute:a exists or attribute:b exists and attribute:c exists", "a or (b and c)"),
        ("attribute:a exists and attribute:b exists or attribute:c exists", "(a and b) or c"),
        ("(attribute:a exists or attribute:b exists) and attribute:c exists", "(a or b) and c"),
        ("not attribute:a exists and attribute:b exists", "(not a) and b"),
        ("! attribute:a exists || attribute:b exists && ! attribute:c exists", "(not a) or (b and not c)"),
        ("not(attribute:a exists or attribute:b exists) and attribute:c exists", "(not (a or b)) and c"),
        ("!not!(attribute:a exists)and not not attribute:b exists or(attribute:c exists)", "((not a) and b) or c"),
    ])
    func precedence(text: String, meaning: String) throws {
        let query = try ClusterQuery(parsing: text)
        for bits in 0..<8 {
            let (a, b, c) = (bits & 1 != 0, bits & 2 != 0, bits & 4 != 0)
            var instance = QueriedInstance()
            if a { instance.attributes.updateValue(nil, forKey: "a") }
            if b { instance.attributes["b"] = "x" }
            if c { instance.attributes["c"] = "" }
            let expected =
                switch meaning {
                case "a or (b and c)": a || (b && c)
                case "(a and b) or c": (a && b) || c
                case "(a or b) and c": (a || b) && c
                case "(not a) and b": !a && b
                case "(not a) or (b and not c)": !a || (b && !c)
                case "(not (a or b)) and c": !(a || b) && c
                default: (!a && b) || c
                }
            #expect(query.matches(instance) == expected, "\(a) \(b) \(c)")
        }
    }

    @Test func spellingsAreEqual() throws {
        let canonical = try ClusterQuery(
            parsing: "not(attribute:stack == prod) and task:group in [a, 'b c'] or agentConnected == true")
        #expect(
            canonical.description
                == "not(attribute:stack == prod) and task:group in [a, 'b c'] or agentConnected == true")
        for text in [
            "!attribute:stack==prod&&task:group in['a',\"b c\"]||agentConnected=='true'",
            "  ((not (attribute:stack equals \"prod\")) and (task:group\tin [ a , 'b c' ]))\n or agentConnected equals true ",
        ] {
            let query = try ClusterQuery(parsing: text)
            #expect(query == canonical)
            #expect(query.hashValue == canonical.hashValue)
            #expect(query.text == text)
            #expect(query.description == canonical.description)
            #expect(ClusterQuery(query.description) == canonical)
        }
        #expect(try canonical != ClusterQuery(parsing: "agentConnected == true"))
        #expect(ClusterQuery("nonsense") == nil)
    }

    @Test func nestedConnectivesAreFlattened() throws {
        let query = try ClusterQuery(
            parsing: "attribute:a exists or (attribute:b exists or (attribute:c exists)) or attribute:d exists")
        guard case .anyOf(let parts) = query.expression else {
            Issue.record("\(query.expression)")
            return
        }
        #expect(parts.count == 4)
        #expect(!query.description.contains("("))
    }

    @Test func subjectsInOrderOfAppearance() throws {
        let query = try ClusterQuery(
            parsing: """
                attribute:b exists and (runningTasksCount > 1 or not attribute:a == 1) and attribute:b != 2
                and task:group == x and agentVersion > 1 and registeredAt > 2018-01-01 and ec2InstanceId == y
                and agentConnected == true and runningTasksCount < 7
                """)
        #expect(
            query.subjects == [
                .attribute("b"), .runningTasksCount, .attribute("a"), .taskGroup, .agentVersion, .registeredAt,
                .ec2InstanceId, .agentConnected,
            ])
    }

    @Test func bareAndQuotedValues() throws {
        for (text, values) in [
            ("attribute:x == us-east-1a", ["us-east-1a"]), ("attribute:x == 'a \"b\" (c) && d'", ["a \"b\" (c) && d"]),
            ("attribute:x == \"it's\"", ["it's"]), ("attribute:x == in", ["in"]), ("attribute:x == 'and'", ["and"]),
            ("attribute:x == ''", [""]), ("attribute:x == a\\b{c}*?+^$#;%~", ["a\\b{c}*?+^$#;%~"]),
            ("attribute:x =~ [a-c]{1,2}|d.*", ["[a-c]{1,2}|d.*"]), ("attribute:x =~ 'a b\\.c'", ["a b\\.c"]),
            ("attribute:x in [a,'b, c' , \"]\"]", ["a", "b, c", "]"]), ("attribute:x == grün", ["grün"]),
            ("(attribute:x == a)", ["a"]),
        ] {
            guard case .comparison(let comparison) = try ClusterQuery(parsing: text).expression else {
                Issue.record("\(text)")
                continue
            }
            #expect(comparison.values == values, "\(text)")
        }
        #expect(try holds("attribute:label == 'a b'"))
        #expect(try holds("attribute:a/b\\c_d == x"))
    }

    // MARK: Codable

    @Test func codingKeepsTheText() throws {
        let query = try ClusterQuery(parsing: " !attribute:a==1 ")
        let coded = try JSONEncoder().encode([query])
        #expect(String(decoding: coded, as: UTF8.self) == "[\" !attribute:a==1 \"]")
        let decoded = try JSONDecoder().decode([ClusterQuery].self, from: coded)
        #expect(decoded == [query])
        #expect(decoded.first?.text == query.text)
        #expect {
            try JSONDecoder().decode([ClusterQuery].self, from: Data("[\"attribute:a ==\"]".utf8))
        } throws: { error in
            guard case DecodingError.dataCorrupted(let context)? = error as? DecodingError else { return false }
            return context.debugDescription.contains("column 15")
        }
    }
}
