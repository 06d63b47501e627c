// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import Testing

/// The messages of the telemetry session against the examples of `ecs-agent.md` §7.
@Suite struct TCSMessageTests {
    static let counter =
        #"{"min":0,"max":90,"sampleCount":20,"sum":900,"overflowMin":0,"overflowMax":0,"overflowSum":0}"#

    static let metrics = #"""
        {"type":"PublishMetricsRequest","message":{"metadata":{"cluster":"default","containerInstance":"arn:i",
          "idle":false,"fin":true,"messageId":"4fefd6d1"},"timestamp":1795313126.672,
         "taskMetrics":[{"taskArn":"arn:t","taskDefinitionFamily":"web","taskDefinitionVersion":"3",
          "containerMetrics":[{"containerName":"web",
           "cpuStatsSet":{"min":0.046,"max":1.404,"sampleCount":20,"sum":8.83},
           "memoryStatsSet":{"min":0,"max":1,"sampleCount":20,"sum":2},
           "networkStatsSet":{"rxBytes":COUNTER,"txBytes":COUNTER,"rxPackets":COUNTER,"txPackets":COUNTER,
             "rxErrors":COUNTER,"txErrors":COUNTER,"rxDropped":COUNTER,"txDropped":COUNTER,
             "rxBytesPerSecond":{"min":0,"max":4.5,"sampleCount":20,"sum":31},
             "txBytesPerSecond":{"min":0,"max":4.5,"sampleCount":20,"sum":31}},
           "storageStatsSet":{"readSizeBytes":COUNTER,"writeSizeBytes":COUNTER},
           "restartStatsSet":{"restartCount":2}}]}]}}
        """#.split(separator: "COUNTER").joined(separator: counter)

    @Test(arguments: [
        metrics,
        #"{"type":"PublishMetricsRequest","message":{"metadata":{"cluster":"default","containerInstance":"arn:i","idle":true,"fin":true,"messageId":"408762ad"},"timestamp":1795313086.688}}"#,
        #"{"type":"PublishHealthRequest","message":{"metadata":{"cluster":"default","containerInstance":"arn:i","fin":true,"messageId":"0fca5893"},"timestamp":1795313126.672,"tasks":[{"taskArn":"arn:t","taskDefinitionFamily":"web","taskDefinitionVersion":"3","containers":[{"containerName":"web","healthStatus":"HEALTHY","statusSince":1795313104.045}]}]}}"#,
        #"{"type":"PublishInstanceStatusRequest","message":{"metadata":{"cluster":"default","containerInstance":"arn:i","requestId":"92fdc497"},"timestamp":1795313126.688,"statuses":[{"type":"ContainerRuntime","status":"OK","lastUpdated":1795313101.69,"lastStatusChange":1795313101.69}]}}"#,
    ])
    func agentMessagesSurvive(text: String) throws {
        let message = try expectRoundTrip(text, as: TCS.AgentMessage.self)
        if case .unknown = message { Issue.record("not recognised: \(text)") }
    }

    @Test(arguments: [
        #"{"type":"AckPublishMetric","message":{"message":"OK"}}"#,
        #"{"type":"AckPublishHealth","message":{"message":"OK"}}"#,
        #"{"type":"AckPublishInstanceStatus","message":{"message":"OK"}}"#,
        #"{"type":"HeartbeatMessage","message":{"healthy":true}}"#,
        #"{"type":"StopTelemetrySessionMessage","message":{"message":"bye"}}"#,
        #"{"type":"ResourceValidationException","message":{"message":"no"}}"#,
    ])
    func serverMessagesSurvive(text: String) throws {
        let message = try expectRoundTrip(text, as: TCS.ServerMessage.self)
        if case .unknown = message { Issue.record("not recognised: \(text)") }
    }

    @Test func unknownMembersOfMetricsAreIgnored() throws {
        let text = #"""
            {"type":"PublishMetricsRequest","message":{"metadata":{"fin":true,"new":[1]},"instanceMetrics":{"x":"y"},
             "taskMetrics":[{"containerMetrics":[{"networkStatsSet":{"txBytes":{"…":0}}}],"serviceConnect":[]}]}}
            """#
        guard case .publishMetrics(let request) = try decode(text, as: TCS.AgentMessage.self) else {
            Issue.record("not recognised")
            return
        }
        #expect(request.metadata?.fin == true)
        #expect(request.taskMetrics?.first?.containerMetrics?.first?.networkStatsSet?.txBytes == .init())
    }

    @Test func framesAreSplitAtTheFirstEmptyLine() {
        let json = "{\"type\":\"x\",\r\n\r\n\"message\":{}}"
        let text = "Authorization: AWS4-HMAC-SHA256 Credential=A:b\r\nHost:  cp.example \r\nnonsense\r\n\r\n" + json
        let frame = TCS.Frame(parsing: Array(text.utf8))
        #expect(frame.body == Array(json.utf8))
        #expect(frame.headers.map(\.name) == ["Authorization", "Host"])
        #expect(frame.header("authorization") == "AWS4-HMAC-SHA256 Credential=A:b")
        #expect(frame.header("HOST") == "cp.example")
        #expect(frame.header("X-Amz-Date") == nil)
        #expect(TCS.Frame(parsing: frame.bytes) == frame)
    }

    @Test(arguments: ["{\"a\":1,\r\n\r\n\"b\":2}", "  {}", "", "no empty line", "\r\n\r\n"])
    func framesWithoutHeadersAreBodies(text: String) {
        let frame = TCS.Frame(parsing: Array(text.utf8))
        #expect(frame.headers.isEmpty)
        #expect(frame.body == (text == "\r\n\r\n" ? [] : Array(text.utf8)))
        #expect(frame.bytes == frame.body)
    }
}
