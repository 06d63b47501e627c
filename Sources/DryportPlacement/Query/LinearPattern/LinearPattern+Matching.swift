// SPDX-License-Identifier: Apache-2.0

extension LinearPattern {
    /// The outcome of running a program.
    struct Run: Hashable {
        var isMatch: Bool
        /// How many instructions entered a set or read a character: what the promise of linear time counts.
        var steps: Int
    }

    /// Runs the program, without shortcuts.
    func run(on text: String) -> Run {
        var matcher = Matcher(pattern: self, text: Array(text.unicodeScalars))
        return matcher.run()
    }

    /// The sets of one run. All memory is taken at its start.
    private struct Matcher {
        let pattern: LinearPattern
        let text: [Unicode.Scalar]
        /// The instructions that read the character at the position.
        private var current: [Int] = []
        /// The same for the position after it.
        private var following: [Int] = []
        /// For each instruction, the last position for which it entered a set.
        private var marks: [Int]
        /// Instructions about to enter. Each that enters adds at most two, so it holds at most two for each.
        private var pending: [Int] = []
        private var isMatch = false
        private var steps = 0

        init(pattern: LinearPattern, text: [Unicode.Scalar]) {
            self.pattern = pattern
            self.text = text
            let count = pattern.program.count
            marks = Array(repeating: -1, count: count)
            current.reserveCapacity(count)
            following.reserveCapacity(count)
            pending.reserveCapacity(2 * count)
        }

        mutating func run() -> Run {
            enter(0, at: 0)
            swap(&current, &following)
            for position in text.indices where !current.isEmpty {
                let scalar = text[position]
                following.removeAll(keepingCapacity: true)
                for instruction in current where reads(instruction, scalar) {
                    enter(instruction + 1, at: position + 1)
                }
                swap(&current, &following)
            }
            return Run(isMatch: isMatch, steps: steps)
        }

        private mutating func reads(_ instruction: Int, _ scalar: Unicode.Scalar) -> Bool {
            steps += 1
            switch pattern.program[instruction] {
            case .scalar(let expected): return scalar == expected
            case .set(let index): return pattern.sets[index].contains(scalar)
            case .assertion, .split, .jump, .match: return false
            }
        }

        /// Adds to `following` what is reached from an instruction without reading.
        private mutating func enter(_ instruction: Int, at position: Int) {
            pending.append(instruction)
            while let instruction = pending.popLast() {
                guard marks[instruction] != position else { continue }
                marks[instruction] = position
                steps += 1
                switch pattern.program[instruction] {
                case .scalar, .set:
                    following.append(instruction)
                case .assertion(let assertion):
                    if holds(assertion, at: position) { pending.append(instruction + 1) }
                case .split(let first, let second):
                    pending.append(second)
                    pending.append(first)
                case .jump(let target):
                    pending.append(target)
                case .match:
                    // Positions only grow, so only the last one can set this.
                    isMatch = position == text.count
                }
            }
        }

        private func holds(_ assertion: Assertion, at position: Int) -> Bool {
            switch assertion {
            case .start: return position == 0
            case .end: return position == text.count
            case .finalEnd: return isFinalEnd(position)
            case .wordBoundary: return isWord(position - 1) != isWord(position)
            case .noWordBoundary: return isWord(position - 1) == isWord(position)
            }
        }

        /// A carriage return with a line feed is one line terminator.
        private func isFinalEnd(_ position: Int) -> Bool {
            switch text.count - position {
            case 0: return true
            case 1:
                guard text[position].isLineTerminator else { return false }
                return !(text[position] == "\n" && position > 0 && text[position - 1] == "\r")
            case 2: return text[position] == "\r" && text[position + 1] == "\n"
            default: return false
            }
        }

        private func isWord(_ position: Int) -> Bool {
            text.indices.contains(position) && ScalarSet.word.contains(text[position])
        }
    }
}
