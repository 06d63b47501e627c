// SPDX-License-Identifier: Apache-2.0

/// Texts and numbers that were not expected, as they stand in JSON.
enum BadTexts {
    /// Texts that JSON can hold.
    static let valid: [String] = [
        "", "a", " ", "-", "$", "%s%n", "null", "true", "0", "-1", "1.5", "99999999999999999999", "1e9", "0x10", " 1 ",
        String(repeating: "a", count: 256), String(repeating: "A", count: 1025),
        // Characters that do not print, that combine, or that turn the line around.
        #"\u0000"#, #"a\u0000b"#, #"\u0001\u001f\u007f"#, #"\r\n\t\b\f"#, "\u{202E}abc\u{2066}", "\u{FEFF}a",
        "e" + String(repeating: "\u{301}", count: 1024), "\u{1F469}\u{200D}\u{1F467}", "\u{FFFF}\u{10FFFF}",
        "\u{0660}\u{0661}", "\u{212A}\u{130}\u{DF}", ":\u{301}/", #"\/\"\\"#, "'; DROP TABLE tasks; --",
        // Prefixes and paths.
        "aws:x", "AWS:x", "aWs\u{3A}", "service:replica", "service:", "family:web", "../../../etc/passwd", "/", "//",
        "a/b/c", ".", "..", "ecs-svc/1", "dryport:reschedule-after",
        // References.
        "web:0", "web:-1", "web:01", "web:+1", "web:9223372036854775807", "web:9223372036854775808", "web:", ":1",
        "web:1:2", ":", "default", "spare", "DEFAULT",
        "arn:", "arn:aws", "arn::::::", "arn:aws:ecs:us-east-1:123456789012:", "arn:aws:ecs:us-east-1:123456789012:/",
        "arn:aws:ecs:us-east-1:123456789012:cluster", "arn:aws:ecs:us-east-1:123456789012:cluster/",
        "arn:aws:ecs:us-east-1:123456789012:cluster/default/x", "arn:aws:ecs:us-east-1:123456789012:task/default",
        "arn:aws:ecs:us-east-1:123456789012:task/default/a/b", "arn:aws:ecs:us-east-1:123456789012:task//",
        "arn:aws:ecs:us-east-1:123456789012:service/default/replica/x",
        "arn:aws:ecs:us-east-1:123456789012:service/spare/replica",
        "arn:aws:ecs:us-east-1:123456789012:task-set/default/external/ecs-svc/",
        "arn:aws:ecs:us-east-1:123456789012:task-set/default/replica/ecs-svc/1",
        "arn:aws:ecs:us-east-1:123456789012:container-instance/default/",
        "arn:aws:ecs:us-east-1:123456789012:task-definition/web:999999999999999999999999",
        "arn:aws:ecs:us-east-1:123456789012:service-deployment/default/rolling/x",
        "arn:aws:ecs:us-east-1:123456789012:service-revision/default/rolling/x",
        "arn:aws:s3:::bucket", "arn:aws:iam::123456789012:role/", "arn:aws:iam::123456789012:user/x",
        "arn:aws:iam::210987654321:root", "arn:aws:ssm:us-east-1:123456789012:managed-instance/mi-0",
        "arn:aws:ecs:us-east-1:123456789012:cluster/" + String(repeating: "x", count: 4096),
        String(repeating: "arn:", count: 256), String(repeating: "/", count: 1024),
        // Expressions.
        String(repeating: "(", count: 1999), String(repeating: "!", count: 1999), "attribute:", "attribute: == 1",
        "attribute:stack =~ (((a{100}){100}){100})", "attribute:stack =~ (a*)*b", "attribute:stack =~ [",
        "attribute:stack =~ a{99999999999999999999}", "runningTasksCount > 99999999999999999999",
        "registeredAt > 9999-99-99", "registeredAt > 9999-12-31T23:59:59+99:99",
        "agentVersion < 1.99999999999999999999",
        "attribute:stack in []", "task:group == \\\"", "agentConnected == maybe", "not not not agentConnected == true",
        "attribute:stack in [" + Array(repeating: "a", count: 900).joined(separator: ",") + "]",
        // Sizes, ports, images, durations.
        "1 vCPU", ".5 vcpu", "1e400 GB", "0.0000001 GB", "99999999999999999999 GB", "1.2.3 vCPU", ". GB", "-1 GB",
        "65536-1", "1-65536", "1-", "-", "1-2-3", "CMD", "sha256:", "a@sha256:", "@", "9223372036854775807s", "-1s",
        "1000001h", "attribute:", "ATTRIBUTE:x", "instanceId", "HOST", "CPU",
    ]

    /// Texts so long that they are used seldom.
    static let long: [String] = [
        String(repeating: "a", count: 65_537), String(repeating: "\u{301}", count: 30_000),
        String(repeating: #"\u0000"#, count: 20_000),
        "arn:aws:ecs:us-east-1:123456789012:cluster/"
            + String(repeating: "x", count: 65_537), String(repeating: "x", count: (1 << 20) - 4096),
        String(repeating: "x", count: 1 << 20),
    ]

    /// Texts that JSON cannot hold.
    static let broken: [String] = [
        #"\x"#, #"\u12"#, #"\u"#, #"\"#, "\u{0}", "\u{1}", "\n", "a\tb", #"\uZZZZ"#, #"\U0041"#,
    ]

    /// Halves of surrogate pairs. JSON's grammar has them, Unicode does not.
    static let surrogates: [String] = [
        #"\ud800"#, #"\udc00\ud800"#, #"a\udfffb"#, #"\ud83d\ud83d"#, #"\ud800A"#,
    ]

    /// Numbers without a fraction, within 64 bits.
    static let integers: [String] = [
        "-1", "0", "1", "2", "-0", "11", "101", "1001", "5001", "65536", "2147483647", "2147483648", "-2147483648",
        "-2147483649", "4294967296", "1099511627775", "1099511627776", "1099511627777", "9007199254740992",
        "9007199254740993", "-9007199254740993", "9223372036854775807", "-9223372036854775808", "1E2", "1e0",
    ]

    /// Numbers that no integer of 64 bits is.
    static let otherNumbers: [String] = [
        "0.5", "-0.5", "1.5", "2.000000001", "9223372036854775808", "-9223372036854775809", "18446744073709551616",
        "1e308", "-1e308", "1e400", "-1e400", "1e99999999", "123456789012345678901234567890",
    ]

    /// What is no number of JSON.
    static let brokenNumbers: [String] = [
        "00", "01", "-01", "0x10", "NaN", "Infinity", "-Infinity", "+1", ".5", "1.", "1e", "1e+", "--1", "1,000", "1_0",
        "tru", "True", "nul", "undefined", "",
    ]
}
