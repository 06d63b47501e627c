// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import Testing

/// The messages of the control session against the examples of `ecs-agent.md` §4 and §5.
@Suite struct ACSMessageTests {
    static let minimalPayload = #"""
        {"type":"PayloadMessage","message":{
          "messageId":"m-1","seqNum":5,"generatedAt":1795313086,
          "clusterArn":"arn:aws:ecs:us-east-1:123456789012:cluster/default",
          "containerInstanceArn":"arn:aws:ecs:us-east-1:123456789012:container-instance/default/0123456789abcdef",
          "tasks":[{
            "arn":"arn:aws:ecs:us-east-1:123456789012:task/default/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1",
            "family":"web","version":"3","desiredStatus":"RUNNING","networkMode":"bridge","launchType":"EXTERNAL",
            "containers":[{
              "name":"nginx","image":"nginx:1.27","cpu":128,"memory":256,"essential":true,"overrides":"{}",
              "portMappings":[{"containerPort":80,"hostPort":0,"protocol":"tcp"}],
              "environment":{"AWS_EXECUTION_ENV":"AWS_ECS_EXTERNAL"},
              "dockerConfig":{"version":"1.18","config":"{}","hostConfig":"{\"NetworkMode\":\"bridge\"}"}}]}]}}
        """#

    static let fullTask = #"""
        {"arn":"arn:aws:ecs:us-east-1:123456789012:task/default/a1","taskClusterArn":"arn:aws:ecs:us-east-1:1:cluster/d",
         "family":"web","version":"3","desiredStatus":"RUNNING","launchType":"EXTERNAL","networkMode":"bridge",
         "taskDefinitionAccountId":"123456789012","group":"service:web","serviceName":"web","overrides":"{}","cpu":0.5,
         "memory":128,
         "roleCredentials":{"credentialsId":"11111111-2222-3333-4444-555555555555",
           "roleArn":"arn:aws:iam::123456789012:role/app","accessKeyId":"ASIAAPP","secretAccessKey":"app-secret",
           "sessionToken":"app-token","expiration":"2026-12-01T00:00:00Z"},
         "executionRoleCredentials":{"credentialsId":"99999999-2222-3333-4444-555555555555",
           "roleArn":"arn:aws:iam::123456789012:role/exec","accessKeyId":"ASIAEXEC","secretAccessKey":"exec-secret",
           "sessionToken":"exec-token","expiration":"2026-12-01T00:00:00Z"},
         "associations":[{"name":"GPU-1","type":"gpu","containers":["web"],
           "content":{"encoding":"base64","value":"e30="}}],
         "volumes":[{"name":"data","type":"docker","dockerVolumeConfiguration":{"scope":"task","autoprovision":false,
             "driver":"local"}},
           {"name":"scratch","host":{}},{"name":"src","host":{"sourcePath":"/srv/www"}}],
         "containers":[
          {"name":"init","containerArn":"arn:aws:ecs:us-east-1:123456789012:container/default/a/c0",
           "image":"busybox:latest","cpu":10,"memory":64,"essential":false,"entryPoint":["sh","-c"],
           "command":["sleep 2"],"environment":{},"portMappings":[],"mountPoints":[],"volumesFrom":[],"links":[],
           "overrides":"{}","dockerConfig":{"version":"1.18","config":"{}","hostConfig":"{}"}},
          {"name":"web","containerArn":"arn:aws:ecs:us-east-1:123456789012:container/default/a/c1",
           "image":"busybox:latest","cpu":10,"memory":64,"essential":true,"entryPoint":["sh","-c"],
           "command":["exec httpd -f -p 80"],"environment":{"FOO":"bar"},
           "environmentFiles":[{"value":"arn:aws:s3:::b/a.env","type":"s3"}],
           "secrets":[{"name":"S","valueFrom":"p","type":"ENVIRONMENT_VARIABLE","provider":"ssm",
             "region":"us-east-1","target":"CONTAINER"}],
           "portMappings":[{"containerPort":80,"hostPort":0,"protocol":"tcp"},
             {"containerPortRange":"8000-8009","protocol":"udp"}],
           "mountPoints":[{"sourceVolume":"data","containerPath":"/d","readOnly":false}],
           "volumesFrom":[{"sourceContainer":"init","readOnly":true}],"links":["init:i"],
           "overrides":"{\"command\":[\"exec httpd -f -p 80 -h /d\"]}",
           "dependsOn":[{"containerName":"init","condition":"SUCCESS"}],"stopTimeout":10,"startTimeout":60,
           "restartPolicy":{"enabled":true,"ignoredExitCodes":[3],"restartAttemptPeriod":60},
           "healthCheckType":"docker","logsAuthStrategy":"ExecutionRole",
           "registryAuthentication":{"type":"ecr","ecrAuthData":{"registryId":"123456789012","region":"us-east-1",
             "endpointOverride":"e","useExecutionRole":true},"asmAuthData":{"credentialsParameter":"c","region":"r"}},
           "firelensConfiguration":{"type":"fluentbit","options":{"a":"b"}},
           "managedAgents":[{"name":"ExecuteCommandAgent","properties":{"sessionLimit":"2"}}],
           "dockerConfig":{"version":"1.18","config":"{\"Labels\":{\"a\":\"b\"}}","hostConfig":"{}"}}]}
        """#

    @Test func theMinimalPayloadSurvives() throws {
        let message = try expectRoundTrip(Self.minimalPayload, as: ACS.ServerMessage.self)
        guard case .payload(let payload) = message else {
            Issue.record("decoded as \(message)")
            return
        }
        let container = payload.tasks?.first?.containers?.first
        #expect(container?.portMappings == [.init(containerPort: 80, hostPort: 0, protocol: "tcp")])
        #expect(container?.environment == ["AWS_EXECUTION_ENV": "AWS_ECS_EXTERNAL"])
    }

    @Test func theFullTaskSurvives() throws {
        let task = try expectRoundTrip(Self.fullTask, as: ACS.Task.self)
        #expect(task.cpu == 0.5)
        #expect(task.volumes?[1].host == ACS.HostVolumeProperties())
        #expect(task.roleCredentials?.secretAccessKey == "app-secret")
    }

    @Test(arguments: [
        #"{"type":"HeartbeatMessage","message":{"healthy":true,"messageId":"h"}}"#,
        #"{"type":"IAMRoleCredentialsMessage","message":{"messageId":"cr-1","taskArn":"t","taskClusterArn":"c","roleType":"TaskApplication","roleCredentials":{"credentialsId":"i","roleArn":"r","accessKeyId":"a","secretAccessKey":"s","sessionToken":"t","expiration":"2026-12-02T00:00:00Z"}}}"#,
        #"{"type":"TaskManifestMessage","message":{"messageId":"man-1","clusterArn":"c","containerInstanceArn":"i","timeline":8,"generatedAt":1795313086,"tasks":[{"taskArn":"t","taskClusterArn":"c","desiredStatus":"RUNNING"}]}}"#,
        #"{"type":"TaskStopVerificationAck","message":{"messageId":"man-1","generatedAt":1795313087,"stopTasks":[{"taskArn":"t","taskClusterArn":"c","desiredStatus":"STOPPED"}]}}"#,
        #"{"type":"CloseMessage","message":{"message":"bye"}}"#,
        #"{"type":"InactiveInstanceException","message":{"message":"gone"}}"#,
    ])
    func serverMessagesSurvive(text: String) throws {
        let message = try expectRoundTrip(text, as: ACS.ServerMessage.self)
        if case .unknown = message { Issue.record("not recognised: \(text)") }
    }

    @Test(arguments: [
        #"{"type":"AckRequest","message":{"cluster":"c","containerInstance":"i","messageId":"m-1"}}"#,
        #"{"type":"NackRequest","message":{"cluster":"c","containerInstance":"i","messageId":"m-1","reason":"r"}}"#,
        #"{"type":"HeartbeatAckRequest","message":{"messageId":"h"}}"#,
        #"{"type":"IAMRoleCredentialsAckRequest","message":{"credentialsId":"i","expiration":"2026-12-01T00:00:00Z","messageId":"m-1"}}"#,
        #"{"type":"TaskStopVerificationMessage","message":{"messageId":"man-1","stopCandidates":[{"desiredStatus":"STOPPED","taskArn":"t","taskClusterArn":"c"}]}}"#,
    ])
    func agentMessagesSurvive(text: String) throws {
        let message = try expectRoundTrip(text, as: ACS.AgentMessage.self)
        if case .unknown = message { Issue.record("not recognised: \(text)") }
        #expect(message.messageId != nil)
    }

    @Test func unknownTypesAreNotErrors() throws {
        let text = #"{"type":"StageUpdateMessage","message":{"messageId":7}}"#
        #expect(try decode(text, as: ACS.ServerMessage.self) == .unknown(type: "StageUpdateMessage"))
        #expect(try decode(text, as: ACS.AgentMessage.self) == .unknown(type: "StageUpdateMessage"))
    }

    @Test(arguments: [
        #"{"type":"PayloadMessage","message":{"tasks":[{"containers":[{"cpu":"10"}]}]}}"#,
        #"{"type":"PayloadMessage"}"#, #"{"message":{}}"#, #"{"a":"b","c":"d"}"#, #"{"type":3,"message":{}}"#, "[]",
    ])
    func whatStockAgentsWouldDropFails(text: String) {
        #expect(throws: APIError.self) { try decode(text, as: ACS.ServerMessage.self) }
    }

    @Test func theShortFormOfErrorsIsRead() throws {
        let message = try decode(#"{"InactiveInstanceException":"gone"}"#, as: ACS.ServerMessage.self)
        #expect(message == .error(.init(type: ACS.ErrorMessage.inactiveInstance, message: "gone")))
    }

    @Test func secretsAreNeverShown() throws {
        let task = try decode(Self.fullTask, as: ACS.Task.self)
        let message = ACS.ServerMessage.payload(.init(messageId: "m-1", tasks: [task]))
        #expect("\(message)" == "PayloadMessage(m-1)")
        var dumped = "\(task) \(String(reflecting: task)) \(message) \(String(reflecting: message))"
        dump(task, to: &dumped)
        dump(message, to: &dumped)
        for secret in ["app-secret", "app-token", "exec-secret", "exec-token"] { #expect(!dumped.contains(secret)) }
        #expect(dumped.contains("ASIAAPP"))
        #expect(dumped.contains("redacted"))
    }
}
