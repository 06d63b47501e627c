// SPDX-License-Identifier: Apache-2.0

import DryportMessages
import DryportModel
import DryportRuntime
import Synchronization

/// Shows what happens to the task: lines of text, with a live line on a terminal, or JSON.
final class RunReporter: Sendable {
    private struct State {
        /// Whether the cursor is on a live line that has to go before anything else is printed.
        var hasLiveLine = false
        var frame = 0
        /// Output of containers that has no end of line yet.
        var partial: [String: [UInt8]] = [:]
    }

    private let format: OutputFormat
    private let family: String
    private let start = ContinuousClock.now
    private let isLive: Bool
    private let state = Mutex(State())

    init(output: OutputFormat, family: String) {
        self.format = output
        self.family = family
        self.isLive = output == .text && isTerminal
    }

    private var elapsed: Double { Double((ContinuousClock.now - start).wholeMilliseconds) / 1000 }

    private struct Line: Encodable {
        var event: String
        var elapsedSeconds: Double
        var task: String?
        var status: String?
        var reason: String?
        var runtime: String?
        var url: String?
        var container: String?
        var stream: String?
        var text: String?
        var exitCode: Int?
    }

    private func emit(_ line: Line, text: String) {
        state.withLock { state in
            if state.hasLiveLine {
                print("\r\u{1B}[K", terminator: "")
                state.hasLiveLine = false
            }
            switch format {
            case .text: printNow(text)
            case .json:
                guard let bytes = try? JSONCoding.encode(line) else { return }
                printNow(String(decoding: bytes, as: UTF8.self))
            }
        }
    }

    private func stamp(_ elapsed: Double) -> String {
        let tenths = Int((elapsed * 10).rounded())
        let text = "\(tenths / 10).\(tenths % 10) s"
        return String(repeating: " ", count: max(0, 7 - text.count)) + text
    }

    /// The control plane answers and the runtime is known.
    func started(runtime: String, url: String) {
        emit(
            Line(event: "started", elapsedSeconds: elapsed, runtime: runtime, url: url),
            text: "\(stamp(elapsed))  control plane at \(url), runtime: \(runtime)")
    }

    /// Something that takes a moment has begun.
    func waiting(for what: String) {
        emit(Line(event: "waiting", elapsedSeconds: elapsed, text: what), text: "\(stamp(elapsed))  \(what)")
    }

    /// The task's status changed.
    func changed(_ task: ECS.Task) {
        let status = task.lastStatus ?? ""
        let reason = task.lastStatus == "STOPPED" ? task.stoppedReason : nil
        emit(
            Line(event: "task", elapsedSeconds: elapsed, task: task.taskArn, status: status, reason: reason),
            text: "\(stamp(elapsed))  \(family)  \(status)" + (reason.map { "  (\($0))" } ?? ""))
    }

    /// A container wrote something. Lines are kept together.
    func wrote(_ chunk: LogChunk, container: String) {
        let key = "\(container)/\(chunk.source.rawValue)"
        let lines = state.withLock { state in
            var bytes = state.partial[key, default: []]
            bytes += chunk.bytes
            var parts = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            state.partial[key] = Array(parts.removeLast())
            return parts.map { String(decoding: $0, as: UTF8.self) }
        }
        for line in lines { show(line, container: container, stream: chunk.source) }
    }

    /// A container's output is over.
    func closed(container: String) {
        for source in [LogChunk.Source.standardOutput, .standardError] {
            let rest = state.withLock { $0.partial.removeValue(forKey: "\(container)/\(source.rawValue)") } ?? []
            if !rest.isEmpty { show(String(decoding: rest, as: UTF8.self), container: container, stream: source) }
        }
    }

    private func show(_ text: String, container: String, stream: LogChunk.Source) {
        emit(
            Line(event: "output", elapsedSeconds: elapsed, container: container, stream: stream.rawValue, text: text),
            text: "\(container) | \(text)")
    }

    /// The task is over.
    func finished(container: String?, exitCode: Int32) {
        let subject = container.map { "container \($0) ended with" } ?? "no container ran;"
        emit(
            Line(event: "finished", elapsedSeconds: elapsed, container: container, exitCode: Int(exitCode)),
            text: "\(stamp(elapsed))  \(subject) exit code \(exitCode)")
    }

    /// Redraws the live line, on a terminal.
    func tick(_ status: String) {
        guard isLive else { return }
        state.withLock { state in
            let frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]
            state.frame = (state.frame + 1) % frames.count
            print("\r\u{1B}[K\(stamp(elapsed))  \(frames[state.frame]) \(family)  \(status)", terminator: "")
            flushOutput()
            state.hasLiveLine = true
        }
    }
}
