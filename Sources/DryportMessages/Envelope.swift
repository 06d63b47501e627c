// SPDX-License-Identifier: Apache-2.0

/// The members of the envelope that every session message travels in: `{"type": …, "message": {…}}`.
enum EnvelopeKey: String, CodingKey {
    case type
    case message
}

/// The content of an error message.
struct EnvelopeText: Codable {
    var message: String?
}

/// A member with any name.
private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

/// An envelope being read.
struct EnvelopeReader {
    /// The message's type.
    let type: String
    /// With the short form of errors, `{"<type>": "text"}`, the text.
    let shortErrorText: String?
    private let container: KeyedDecodingContainer<EnvelopeKey>

    /// Reads the type.
    /// - Throws: `DecodingError` if there is neither a type nor the short form of an error.
    init(from decoder: any Decoder) throws {
        container = try decoder.container(keyedBy: EnvelopeKey.self)
        if let type = try container.decodeIfPresent(String.self, forKey: .type) {
            self.type = type
            shortErrorText = nil
            return
        }
        let members = try decoder.container(keyedBy: AnyKey.self)
        guard members.allKeys.count == 1, let name = members.allKeys.first,
            let text = try? members.decode(String.self, forKey: name)
        else {
            throw DecodingError.keyNotFound(
                EnvelopeKey.type,
                .init(codingPath: decoder.codingPath, debugDescription: "the message has no type"))
        }
        type = name.stringValue
        shortErrorText = text
    }

    /// Decodes the message itself.
    func message<Message: Decodable>(_: Message.Type = Message.self) throws -> Message {
        try container.decode(Message.self, forKey: .message)
    }

    /// The text of an error message; nil if it says nothing.
    func errorText() throws -> String? {
        if let shortErrorText { return shortErrorText }
        return try container.decodeIfPresent(EnvelopeText.self, forKey: .message)?.message
    }
}

/// Writes an envelope.
func encodeEnvelope(_ type: String, _ message: some Encodable, to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: EnvelopeKey.self)
    try container.encode(type, forKey: .type)
    try container.encode(message, forKey: .message)
}
