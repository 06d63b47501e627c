// SPDX-License-Identifier: Apache-2.0

/// An expression of ECS's cluster query language, such as
/// `attribute:ecs.instance-type =~ g2.* and runningTasksCount == 1`: the constraint `memberOf`, and the filter of
/// `ListContainerInstances` (`ecs-control-plane.md` §6.4).
///
/// Everything is checked while parsing, so that ``matches(_:)`` cannot fail: a query that exists can be asked.
/// Where AWS's guide says nothing, the following holds.
///
/// - Values compare case-sensitively. A quoted value is taken as it stands: there are no escapes in it, so it
///   contains any character but its own quote and control characters. A bare value contains no white space and none
///   of `( ) ' " ! = < > & | [ ] ,`, except that a pattern which is not in quotes may contain `[ ] ,` and a `|`
///   between two of its characters. The words `and`, `or`, `not` are values only in quotes.
/// - A comparison with what the instance lacks is false, also with `!=`, `!in` and `!~`: an attribute, an agent
///   version, an instance id, a time of registration. `not(attribute:x == y)` is the complement. An attribute
///   without a value exists, and compares as the empty text.
/// - `task:group` is about the tasks that live on the instance: `==`, `in` and `=~` hold if any of them is meant,
///   `!=`, `!in` and `!~` hold if none is. So the negated forms hold on an instance without tasks.
/// - `>`, `>=`, `<`, `<=` compare attributes as decimal numbers if both sides are numbers such as `-12.50`, exactly
///   and at any length; otherwise as text, in the order of Swift's strings.
/// - `agentVersion` compares number by number, absent ones being 0, and ignores from the instance's version what
///   follows the numbers, such as `-dev`. A version that begins with no number counts as absent.
/// - `registeredAt` compares in whole seconds, since times are written in whole seconds.
/// - `=~` and `!~` match the whole text. Which part of Java's syntax they know is said at `LinearPattern`; they
///   take time linear in the text's length, whatever the pattern.
///
/// Two queries are equal if their expressions are: the spelling of operators, quotes and white space do not count.
public struct ClusterQuery: Sendable {
    /// How many characters (Unicode scalars) a query has at most.
    public static let maximumLength = 2000

    /// How deep negations and parentheses nest at most. A negation and the parenthesis right after it are one
    /// level. Parsing, evaluating, printing and hashing recurse by at most a few small frames a level, which 64
    /// levels keep far from the end of any thread's stack; queries written by people stay below ten.
    public static let maximumDepth = 64

    /// The query as written.
    public let text: String
    /// What it says.
    public let expression: Expression
    /// What it asks of an instance, in order of first appearance, each once. A query that does not read
    /// ``Subject/taskGroup`` or ``Subject/runningTasksCount`` does not depend on tasks.
    public let subjects: [Subject]

    /// The same as ``expression``, with values and patterns parsed.
    private let condition: Condition
    /// The hash of ``expression``: queries are looked up at every placement.
    private let digest: Int

    /// Parses a query.
    /// - Parameter text: The text of the query.
    /// - Throws: ``ClusterQueryError``, with the column and what was found there or what to write instead.
    /// - Complexity: O(*n*) in the length of the text, and linear in the size of its patterns' programs.
    public init(parsing text: String) throws(ClusterQueryError) {
        var parser = try Parser(text)
        let parsed = try parser.parse()
        self.text = text
        expression = parsed.expression
        condition = parsed.condition
        subjects = parsed.expression.subjects
        digest = parsed.expression.hashValue
    }

    /// Whether the instance is a member of what the query describes.
    ///
    /// Short circuits: the right side of `and` is not asked if the left one is false.
    /// - Parameter instance: What to ask.
    /// - Complexity: One question to the instance for each comparison evaluated; each takes time linear in the
    ///   length of what the instance answers. Comparing an attribute for equality allocates nothing.
    public func matches(_ instance: some ClusterQuerySubjects) -> Bool {
        condition.holds(for: instance)
    }
}

extension ClusterQuery: Hashable {
    /// Whether both say the same in the same order, however they are spelled.
    public static func == (left: ClusterQuery, right: ClusterQuery) -> Bool {
        left.digest == right.digest && (left.text == right.text || left.expression == right.expression)
    }

    /// Hashes the expression.
    public func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}

extension ClusterQuery: LosslessStringConvertible {
    /// Parses a query.
    /// - Returns: nil if the text is not one; ``init(parsing:)`` says why.
    public init?(_ description: String) {
        do { try self.init(parsing: description) } catch { return nil }
    }

    /// The query in one spelling, such as `not(attribute:stack == prod) and agentConnected == true`; parsing it
    /// gives an equal query.
    ///
    /// This spelling has spaces around operators. For a query written without them it may be longer than
    /// ``maximumLength``; then this is ``text``.
    public var description: String {
        let canonical = expression.description
        return canonical.unicodeScalars.count > Self.maximumLength ? text : canonical
    }
}

extension ClusterQuery: Codable {
    /// Decodes a string and parses it.
    /// - Throws: `DecodingError.dataCorrupted`, which describes the ``ClusterQueryError``, if it is not a query.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do {
            try self.init(parsing: text)
        } catch {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
        }
    }

    /// Encodes ``text``.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
