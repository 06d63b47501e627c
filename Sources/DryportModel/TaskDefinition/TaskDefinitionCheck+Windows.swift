// SPDX-License-Identifier: Apache-2.0

// What Windows containers do not have (`ecs-control-plane.md` §3.1, §3.2). Empty lists and switches that are off ask
// for nothing.

extension TaskDefinitionCheck {
    /// Whether the definition says that it is for Windows.
    private var isWindows: Bool {
        definition.runtimePlatform?.operatingSystemFamily?.hasPrefix("WINDOWS") == true
    }

    mutating func windowsTask() {
        let task = MemberPlace.task
        if isWindows, let mode = definition.networkMode, mode == "host" || mode == "none" {
            add(.windows, at: task.networkMode, "'networkMode' \(mode) is not supported for Windows containers.")
        }
        refuse(definition.pidMode != nil, at: task.pidMode)
        refuse(definition.ipcMode != nil, at: task.ipcMode)
    }

    mutating func windowsContainer(_ container: ContainerDefinition, at place: MemberPlace) {
        refuse(container.links?.isEmpty == false, at: place.links)
        refuse(container.environmentFiles?.isEmpty == false, at: place.environmentFiles)
        refuse(container.linuxParameters.map { $0 != LinuxParameters() } ?? false, at: place.linuxParameters)
        refuse(container.user?.isEmpty == false, at: place.user)
        refuse(container.disableNetworking == true, at: place.disableNetworking)
        refuse(container.dnsServers?.isEmpty == false, at: place.dnsServers)
        refuse(container.dnsSearchDomains?.isEmpty == false, at: place.dnsSearchDomains)
        refuse(container.extraHosts?.isEmpty == false, at: place.extraHosts)
        refuse(container.systemControls?.isEmpty == false, at: place.systemControls)
    }

    private mutating func refuse(_ isGiven: Bool, at place: MemberPlace) {
        guard isWindows, isGiven else { return }
        add(.windows, at: place, "'\(place.member)' is not supported for Windows containers.")
    }
}
