// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Error {
    /// What the operating system says about a file, without the decoration of Foundation's errors.
    var fileReason: String {
        guard let error = self as? CocoaError else { return "\(self)" }
        return switch error.code {
        case .fileReadNoSuchFile, .fileNoSuchFile: "no such file or directory"
        case .fileReadNoPermission, .fileWriteNoPermission: "permission denied"
        case .fileWriteFileExists: "a file of that name is in the way"
        case .fileWriteOutOfSpace: "no space left"
        case .fileWriteVolumeReadOnly: "the file system is read-only"
        default: "I/O error \(error.code.rawValue)"
        }
    }
}
