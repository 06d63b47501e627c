// SPDX-License-Identifier: Apache-2.0

import DryportModel
import DryportPlacement
import Testing

/// Properties over many drawn queries. A failure prints the seed and the query.
@Suite struct ClusterQueryPropertyTests {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func printingAndParsingGoRoundAndMeanTheSame(seed: UInt64) throws {
        var generator = ClusterQueryGenerator(seed: seed)
        let instances = (0..<40).map { _ in generator.instance() }
        var held = 0
        var count = 0
        for round in 0..<800 {
            let expression = generator.expression(size: Int.random(in: 1...9, using: &generator.random))
            let printed = try ClusterQuery(parsing: expression.description)
            #expect(printed.expression == expression, "seed \(seed), round \(round)")
            #expect(printed.description == expression.description, "seed \(seed), round \(round)")
            let text = generator.spelled(expression)
            let spelled = try ClusterQuery(parsing: text)
            #expect(spelled == printed, "seed \(seed), round \(round): \(text)")
            for _ in 0..<6 {
                let instance = instances.drawn(&generator.random)
                let expected = generator.naively(expression, instance)
                #expect(printed.matches(instance) == expected, "seed \(seed), round \(round): \(text) on \(instance)")
                #expect(spelled.matches(instance) == expected, "seed \(seed), round \(round): \(text) on \(instance)")
                held += expected ? 1 : 0
                count += 1
            }
        }
        // The draw tests both outcomes.
        #expect(held > count / 5 && held < count * 4 / 5, "\(held) of \(count)")
    }

    /// Single comparisons, against many instances each: the compounds above hide differences.
    @Test func comparisonsMeanWhatTheirTextSays() throws {
        var generator = ClusterQueryGenerator(seed: 4)
        let instances = (0..<60).map { _ in generator.instance() }
        for _ in 0..<600 {
            let expression = ClusterQuery.Expression.comparison(generator.comparison())
            let query = try ClusterQuery(parsing: expression.description)
            for _ in 0..<10 {
                let instance = instances.drawn(&generator.random)
                #expect(query.matches(instance) == generator.naively(expression, instance), "\(query) on \(instance)")
            }
        }
    }

    private static let pieces = [
        "attribute:a", "attribute:", "task:group", "task:", "agentConnected", "agentVersion", "ec2InstanceId",
        "registeredAt", "runningTasksCount", "==", "!=", ">", ">=", "<", "<=", "=~", "!~", "in", "!in", "not_in",
        "exists", "!exists", "equals", "matches", "and", "or", "not", "&&", "||", "!", "(", ")", "[", "]", ",", "'",
        "\"",
        "'x y'", "true", "1", "1.14.5", "2018-06-18", "2018-06-18T22:28:28Z", "a.*", "[a-z]+", "(a|b)*", "a{2,3}", "\\",
        "\\Q", "(?i)", " ", " ", " ", " ", "\n", "é", "\u{301}", "\u{0}", "\u{2028}", "🚢",
    ]

    /// Whatever the text, there is a query that goes round, or an error whose column is in the text.
    private func check(_ text: String, _ instance: QueriedInstance) throws -> Bool {
        do {
            let query = try ClusterQuery(parsing: text)
            _ = query.matches(instance)
            #expect(try ClusterQuery(parsing: query.description) == query, "\(text.debugDescription)")
            return true
        } catch {
            let isSound =
                (1...(text.unicodeScalars.count + 1)).contains(error.column)
                && error.message.contains(" at column \(error.column)")
            #expect(isSound, "\(text.debugDescription): \(error)")
            return false
        }
    }

    @Test func soupsOfTokensNeverTrap() throws {
        var generator = ClusterQueryGenerator(seed: 5)
        let instance = generator.instance()
        var parsed = 0
        for _ in 0..<10_000 {
            let count = Int.random(in: 1...9, using: &generator.random)
            var text = (0..<count).map { _ in Self.pieces.drawn(&generator.random) }.joined()
            if Bool.random(using: &generator.random) { text = "attribute:a =~ '" + text + "'" }
            if try check(text, instance) { parsed += 1 }
        }
        #expect(parsed > 500 && parsed < 9500, "\(parsed)")
    }

    @Test func soupsOfBytesNeverTrap() throws {
        var generator = ClusterQueryGenerator(seed: 6)
        let instance = generator.instance()
        for round in 0..<10_000 {
            let count = Int.random(in: 0...20, using: &generator.random)
            let bytes = (0..<count).map { _ in
                UInt8.random(in: round % 2 == 0 ? 0...255 : 32...126, using: &generator.random)
            }
            let text = String(decoding: bytes, as: UTF8.self)
            _ = try check(round % 3 == 0 ? "attribute:a !~ \"" + text : text, instance)
        }
    }

    /// Valid queries with one character removed, doubled or replaced come closest to every branch.
    @Test func damagedQueriesNeverTrap() throws {
        var generator = ClusterQueryGenerator(seed: 7)
        let instance = generator.instance()
        for _ in 0..<2000 {
            let expression = generator.expression(size: Int.random(in: 1...5, using: &generator.random))
            var scalars = Array(generator.spelled(expression).unicodeScalars)
            let index = Int.random(in: scalars.indices, using: &generator.random)
            switch Int.random(in: 0..<3, using: &generator.random) {
            case 0: scalars.remove(at: index)
            case 1: scalars.insert(scalars[index], at: index)
            default: scalars[index] = Array("()[]'\"!=<>&|,\\ a1:\u{0}".unicodeScalars).drawn(&generator.random)
            }
            _ = try check(String(String.UnicodeScalarView(scalars)), instance)
        }
    }
}
