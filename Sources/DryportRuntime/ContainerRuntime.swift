// SPDX-License-Identifier: Apache-2.0

/// What runs containers: an engine such as Docker or containerd, plain processes, or your own.
///
/// The agent decides everything (order, dependencies, restarts, timeouts, what to report); a runtime does
/// one thing to one container at a time and says what it sees. An implementation must hold the following.
///
/// - **Identity survives.** Everything in ``ContainerSpec/identity`` is kept with the container (labels,
///   files), so that ``inventory()`` of another process returns it and the container can be adopted.
///   A container outlives the agent: ending the agent must not end it.
/// - **Idempotence.** ``start(_:)`` of a running container, ``stop(_:signal:gracePeriod:)`` of one that has
///   exited and ``remove(_:volumes:)`` of one that is gone succeed and change nothing. Creating a container
///   whose identity exists already returns the handle of the existing one.
/// - **Truth.** ``ContainerObservation`` says what the engine says now. An exit that happened while nobody
///   was connected is still visible, with its exit code and its time, until the container is removed.
/// - **Errors** are ``RuntimeError`` with ECS's own names; the message is what a user reads in
///   DescribeTasks, so it names the image, the path or the number concerned.
/// - **Cancellation** of a call leaves the container in a state that ``inventory()`` can tell.
///
/// All calls may run concurrently for different containers. The agent does not call two at once for the
/// same container, except ``stop(_:signal:gracePeriod:)`` during ``start(_:)``.
///
/// The conformance suite `RuntimeConformance` of DryportTesting checks these.
public protocol ContainerRuntime: Sendable {
    /// What this runtime can do on this host. Called once when the agent starts, and again after the
    /// runtime was unavailable.
    /// - Throws: ``RuntimeError`` with code `unavailable` if the engine does not answer.
    func capabilities() async throws(RuntimeError) -> RuntimeCapabilities

    /// Makes an image available on the host.
    /// - Parameters:
    ///   - image: The image's name as the task definition spells it.
    ///   - credentials: What the registry wants to see, or nil.
    ///   - progress: Called from time to time, in order, while the pull goes on.
    /// - Returns: What was pulled.
    /// - Throws: ``RuntimeError`` with code `cannotPullContainer` or `unavailable`.
    func pull(
        _ image: String, credentials: RegistryCredentials?, progress: @Sendable (PullProgress) -> Void
    ) async throws(RuntimeError) -> PulledImage

    /// Looks for an image on the host, without any network.
    /// - Returns: nil if it is not there.
    /// - Throws: ``RuntimeError`` with code `unavailable`.
    func localImage(_ image: String) async throws(RuntimeError) -> PulledImage?

    /// Makes a container, not running yet.
    /// - Throws: ``RuntimeError`` with code `cannotCreateContainer`, `unsupported` or `unavailable`.
    func create(_ spec: ContainerSpec) async throws(RuntimeError) -> ContainerHandle

    /// Starts a container.
    /// - Returns: What the container looks like now; it may have exited already.
    /// - Throws: ``RuntimeError`` with code `cannotStartContainer`, `containerVanished` or `unavailable`.
    @discardableResult
    func start(_ handle: ContainerHandle) async throws(RuntimeError) -> ContainerObservation

    /// Asks a container to end, and ends it by force when the grace period is over. Returns when it ended.
    /// - Parameters:
    ///   - handle: The container.
    ///   - signal: The signal to ask with, as a name (`SIGTERM`); nil for the container's own, else SIGTERM.
    ///   - gracePeriod: The time between asking and killing; zero kills at once.
    /// - Throws: ``RuntimeError`` with code `cannotStopContainer` or `unavailable`.
    func stop(_ handle: ContainerHandle, signal: String?, gracePeriod: Duration) async throws(RuntimeError)

    /// Removes a container that has exited, its anonymous volumes, and the named volumes given.
    /// - Throws: ``RuntimeError`` with code `cannotRemoveContainer` or `unavailable`.
    func remove(_ handle: ContainerHandle, volumes: [String]) async throws(RuntimeError)

    /// What a container looks like now.
    /// - Returns: nil if it does not exist any more.
    /// - Throws: ``RuntimeError`` with code `unavailable`.
    func inspect(_ handle: ContainerHandle) async throws(RuntimeError) -> ContainerObservation?

    /// Every container, running or not, that carries this product's identity.
    /// - Parameter owner: The owner to look for, see ``ContainerIdentity/owner``.
    /// - Throws: ``RuntimeError`` with code `unavailable`.
    /// - Complexity: O(*n*) in the number of containers found.
    func inventory(owner: String) async throws(RuntimeError) -> [ContainerObservation]

    /// What happens to containers of one owner, from now on.
    ///
    /// The stream begins with ``RuntimeEvent/synchronised`` as soon as nothing that happens later can be
    /// missed: take an inventory then. Whenever events may have been lost (the engine restarted, a buffer
    /// overflowed) another ``RuntimeEvent/synchronised`` says so. It ends by throwing ``RuntimeError``
    /// with code `unavailable` when the engine goes away; the caller opens a new one.
    func events(owner: String) -> AsyncThrowingStream<RuntimeEvent, any Error>

    /// The output of a container, from its beginning.
    /// - Parameters:
    ///   - handle: The container.
    ///   - follow: Whether to go on until the container ends, rather than to what has been written so far.
    func logs(_ handle: ContainerHandle, follow: Bool) -> AsyncThrowingStream<LogChunk, any Error>
}
