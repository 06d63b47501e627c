// SPDX-License-Identifier: Apache-2.0

public import DryportRuntime

/// What the conformance suite must know about a runtime under test.
public struct RuntimeConformanceFixture: Sendable {
    /// The image of every container. It needs `sh`, `sleep`, `head` and `tr`, and no entry point.
    public var image: String
    /// Whether ``image`` can be pulled here. If not, it must be on the host already.
    public var canPull: Bool
    /// How long a check waits for anything before it fails.
    public var patience: Duration
    /// Last touches to every specification, such as limits that the host requires. It must keep identity,
    /// command, environment and working directory.
    public var adjust: @Sendable (inout ContainerSpec) -> Void

    /// Creates a fixture.
    /// - Parameters:
    ///   - image: See ``image``.
    ///   - canPull: See ``canPull``.
    ///   - patience: See ``patience``.
    ///   - adjust: See ``adjust``.
    public init(
        image: String, canPull: Bool = true, patience: Duration = .seconds(60),
        adjust: @escaping @Sendable (inout ContainerSpec) -> Void = { _ in }
    ) {
        self.image = image
        self.canPull = canPull
        self.patience = patience
        self.adjust = adjust
    }
}
