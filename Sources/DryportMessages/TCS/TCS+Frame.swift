// SPDX-License-Identifier: Apache-2.0

extension TCS {
    /// A text frame from agent to server: a block of signed headers, an empty line, then the JSON of an envelope
    /// (`ecs-agent.md` §7.2). Frames from server to agent are JSON alone.
    public struct Frame: Sendable, Hashable {
        /// One header.
        public struct Header: Sendable, Hashable {
            /// The name, such as `X-Amz-Date`.
            public var name: String
            /// The value, without surrounding spaces.
            public var value: String

            /// Creates a header.
            public init(name: String, value: String) {
                self.name = name
                self.value = value
            }
        }

        /// The headers, in order; empty if the frame is JSON alone.
        public var headers: [Header]
        /// The JSON.
        public var body: [UInt8]

        /// Creates a frame.
        public init(headers: [Header] = [], body: [UInt8]) {
            self.headers = headers
            self.body = body
        }

        /// Splits a frame at its first empty line. A frame that starts as JSON does, or that has no empty line, is
        /// taken for JSON alone; header lines without a colon are dropped.
        /// - Complexity: O(`bytes.count`).
        public init(parsing bytes: [UInt8]) {
            let firstVisible = bytes.first { $0 > UInt8(ascii: " ") }
            guard firstVisible != UInt8(ascii: "{"), let end = Self.headerBlockEnd(bytes) else {
                self.init(body: bytes)
                return
            }
            let lines = String(decoding: bytes[..<end], as: UTF8.self).split(separator: "\r\n")
            let headers = lines.compactMap { line -> Header? in
                guard let colon = line.firstIndex(of: ":") else { return nil }
                return Header(
                    name: String(line[..<colon]), value: Self.trimmed(line[line.index(after: colon)...]))
            }
            self.init(headers: headers, body: Array(bytes[(end + 4)...]))
        }

        /// The frame as it travels.
        public var bytes: [UInt8] {
            guard !headers.isEmpty else { return body }
            let block = headers.map { "\($0.name): \($0.value)\r\n" }.joined() + "\r\n"
            return Array(block.utf8) + body
        }

        /// The value of the first header of that name; case does not matter.
        public func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }

        private static func headerBlockEnd(_ bytes: [UInt8]) -> Int? {
            guard bytes.count >= 4 else { return nil }
            return (0...(bytes.count - 4)).first {
                bytes[$0] == 13 && bytes[$0 + 1] == 10 && bytes[$0 + 2] == 13 && bytes[$0 + 3] == 10
            }
        }

        private static func trimmed(_ text: Substring) -> String {
            let start = text.drop { $0 == " " || $0 == "\t" }
            guard let last = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
            return String(start[...last])
        }
    }
}
