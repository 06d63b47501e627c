// SPDX-License-Identifier: Apache-2.0

/// Lets calls through one at a time. Whoever waits here gives its thread to other work; at a lock that is held for as
/// long as the machine takes for a step, threads would be blocked or spin.
actor Turnstile {
    func pass<Result: Sendable>(_ step: @Sendable () -> Result) -> Result { step() }
}
