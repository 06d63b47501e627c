// SPDX-License-Identifier: Apache-2.0

extension LinearPattern {
    /// Turns a parsed pattern into instructions.
    struct Compiler {
        private(set) var program: [Instruction] = []
        private(set) var sets: [ScalarSet] = []

        /// Appends the instructions of a node.
        mutating func emit(_ node: Node) {
            switch node {
            case .scalar(let scalar):
                program.append(.scalar(scalar))
            case .set(let set):
                let index = sets.firstIndex(of: set) ?? sets.count
                if index == sets.count { sets.append(set) }
                program.append(.set(index))
            case .assertion(let assertion):
                program.append(.assertion(assertion))
            case .sequence(let parts):
                for part in parts { emit(part) }
            case .choice(let parts):
                emit(choice: parts)
            case .repeated(let part, let least, let most):
                emit(part, least, most)
            }
        }

        private mutating func emit(choice parts: [Node]) {
            var jumps: [Int] = []
            for part in parts.dropLast() {
                let split = program.count
                program.append(.split(split + 1, 0))
                emit(part)
                jumps.append(program.count)
                program.append(.jump(0))
                program[split] = .split(split + 1, program.count)
            }
            if let last = parts.last { emit(last) }
            for jump in jumps { program[jump] = .jump(program.count) }
        }

        private mutating func emit(_ part: Node, _ least: Int, _ most: Int?) {
            for _ in 0..<(most == nil ? max(least - 1, 0) : least) { emit(part) }
            guard let most else {
                let split = program.count
                if least == 0 { program.append(.split(split + 1, 0)) }
                let start = program.count
                emit(part)
                program.append(.split(start, program.count + 1))
                if least == 0 { program[split] = .split(split + 1, program.count) }
                return
            }
            // Each further copy may be left out with all that follow it.
            var splits: [Int] = []
            for _ in least..<most {
                splits.append(program.count)
                program.append(.split(program.count + 1, 0))
                emit(part)
            }
            for split in splits { program[split] = .split(split + 1, program.count) }
        }
    }
}
