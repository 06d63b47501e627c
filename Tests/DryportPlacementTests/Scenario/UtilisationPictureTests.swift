// SPDX-License-Identifier: Apache-2.0

import DryportPlacement
import Foundation
import Testing

#if canImport(FoundationXML)
import FoundationXML
#endif

@Suite struct UtilisationPictureTests {
    /// The elements of an SVG document.
    private final class Elements: NSObject, XMLParserDelegate {
        var elements: [(name: String, attributes: [String: String])] = []
        var texts: [String] = []
        private var text = ""

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
            attributes: [String: String]
        ) {
            elements.append((name, attributes))
            text = ""
        }

        func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

        func parser(
            _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
        ) {
            if name == "text" || name == "title" { texts.append(text) }
            text = ""
        }

        func colours() -> Set<String> { Set(elements.compactMap { $0.attributes["fill"] }) }
    }

    private func parse(_ svg: String) throws -> Elements {
        let parser = XMLParser(data: Data(svg.utf8))
        let elements = Elements()
        parser.delegate = elements
        #expect(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "") at line \(parser.lineNumber)")
        return elements
    }

    private func report(instances: Int, zones: Int = 3, load: Int = 0) throws -> PlacementReport {
        try PlacementScenario(
            json: """
                {"name": "n", "cluster": {"instances": [{"id": "i{index}", "count": \(instances), "cpu": 100,
                  "memory": 1000, "attributes": {"zone": "z{index%\(zones)}"}}]},
                 "workload": [{"name": "t", "count": \(load), "cpu": 95, "memory": 350, "service": "t"}]}
                """.utf8
        ).run()
    }

    @Test(arguments: [0, 1, 10, 48, 49, 500, 2001])
    func everySizeIsValidAndDeterministic(instances: Int) throws {
        let report = try report(instances: instances, load: instances / 2)
        let svg = UtilisationPicture([report, report]).svg()
        #expect(svg == UtilisationPicture([report, report]).svg())
        let elements = try parse(svg)
        let root = try #require(elements.elements.first)
        #expect(root.name == "svg")
        let height = try #require(root.attributes["height"].flatMap { Double($0) })
        for (name, attributes) in elements.elements where name == "rect" || name == "text" {
            guard let y = attributes["y"].flatMap({ Double($0) }) else { continue }
            let bottom = y + (attributes["height"].flatMap { Double($0) } ?? 0)
            #expect(y >= 0 && bottom <= height, "\(name) \(attributes)")
        }
        #expect(!svg.contains("nan") && !svg.contains("inf"))
    }

    @Test func everyInstanceIsDrawnAndTold() throws {
        for count in [12, 60] {
            let elements = try parse(UtilisationPicture([try report(instances: count, load: 5)]).svg())
            for index in 0..<count {
                let told = elements.texts.contains { $0.hasPrefix("i\(index): CPU \(index < 5 ? 95 : 0) of 100") }
                #expect(told, "i\(index)")
            }
        }
    }

    @Test func theColourTellsTheUtilisation() throws {
        // 95 % and 35 % on one, nothing on the other.
        let full = try parse(UtilisationPicture([try report(instances: 2, load: 1)]).svg())
        let bars = full.elements.filter { $0.attributes["height"] == "12" && $0.attributes["rx"] == "2" }
        #expect(
            bars.map { $0.attributes["fill"] } == ["#e9edf1", "#131f57", "#e9edf1", "#72c5ba", "#e9edf1", "#e9edf1"])
    }

    @Test func squaresOfAColourAreOnePathOfAZone() throws {
        let elements = try parse(UtilisationPicture([try report(instances: 60, zones: 2, load: 60)]).svg())
        let paths = elements.elements.filter { $0.name == "path" }
        #expect(paths.count == 4)
        #expect(Set(paths.map { $0.attributes["fill"] }) == ["#131f57", "#72c5ba"])
        for path in paths { #expect(path.attributes["d"]?.filter { $0 == "M" }.count == 30) }
    }

    @Test func instancesThatTakeNoTasksAreHatched() throws {
        var report = try report(instances: 60)
        #expect(!(try parse(UtilisationPicture([report]).svg())).colours().contains("url(#closed)"))
        report.instances[3].status = "DRAINING"
        report.instanceCounts.available -= 1
        #expect((try parse(UtilisationPicture([report]).svg())).colours().contains("url(#closed)"))
    }

    @Test func namesAreEscaped() throws {
        let nasty = "<b>&\"'\u{1}]]>é😀"
        var report = try report(instances: 3)
        report.scenario = nasty
        report.policy = nasty
        report.strategies = [nasty]
        report.instances[0].id = nasty
        for index in report.instances.indices { report.instances[index].zone = "\(nasty)\(index)" }
        let elements = try parse(UtilisationPicture([report]).svg())
        let shown = "<b>&\"'\u{FFFD}]]>é😀"
        #expect(elements.texts.contains(shown))
        #expect(elements.texts.contains { $0.hasPrefix("\(shown): CPU 0 of 100") })
        #expect(!elements.elements.contains { $0.name == "b" })
    }
}
