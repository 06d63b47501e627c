// SPDX-License-Identifier: Apache-2.0

/// Writes SVG, escaped and with short numbers.
struct SVGWriter {
    private(set) var text = ""

    /// How text stands to its place.
    enum Anchor: String {
        case start, middle, end
    }

    mutating func raw(_ line: String) { text += line + "\n" }

    /// - Parameters:
    ///   - attributes: Further attributes, well-formed.
    ///   - tooltip: What a viewer shows over it.
    mutating func rectangle(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double, fill: String, radius: Double = 0,
        attributes: String = "", tooltip: String? = nil
    ) {
        let corner = radius > 0 ? " rx=\"\(Self.number(radius))\"" : ""
        let more = attributes.isEmpty ? "" : " " + attributes
        let start =
            "<rect x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(max(0, width)))\" "
            + "height=\"\(Self.number(max(0, height)))\" fill=\"\(fill)\"\(corner)\(more)"
        if let tooltip {
            raw("\(start)><title>\(Self.escaped(tooltip))</title></rect>")
        } else {
            raw("\(start)/>")
        }
    }

    mutating func label(
        _ x: Double, _ y: Double, _ content: String, size: Double, fill: String = UtilisationPicture.Colour.text,
        anchor: Anchor = .start, isBold: Bool = false
    ) {
        let weight = isBold ? " font-weight=\"600\"" : ""
        let position = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
        raw(
            "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" font-size=\"\(Self.number(size))\" "
                + "fill=\"\(fill)\"\(position)\(weight)>\(Self.escaped(content))</text>")
    }

    mutating func path(_ data: String, fill: String) {
        if !data.isEmpty { raw("<path fill=\"\(fill)\" d=\"\(data)\"/>") }
    }

    /// A rectangle as a part of a path.
    static func box(_ x: Double, _ y: Double, _ width: Double, _ height: Double) -> String {
        "M\(number(x)) \(number(y))h\(number(width))v\(number(height))h\(number(-width))z"
    }

    /// With at most two decimals.
    static func number(_ value: Double) -> String {
        let hundredths = Int((value * 100).rounded())
        let sign = hundredths < 0 ? "-" : ""
        let whole = "\(sign)\(hundredths.magnitude / 100)"
        let rest = hundredths.magnitude % 100
        if rest == 0 { return whole }
        if rest % 10 == 0 { return "\(whole).\(rest / 10)" }
        return rest < 10 ? "\(whole).0\(rest)" : "\(whole).\(rest)"
    }

    /// Text as XML may contain it; characters that it may not contain are replaced.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\t", "\n", "\r": escaped += " "
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// Shortens text to about a width.
    static func fitted(_ text: String, width: Double, size: Double) -> String {
        let limit = max(1, Int(width / (size * 0.56)))
        return text.count <= limit ? text : text.prefix(limit - 1) + "…"
    }
}
