// SPDX-License-Identifier: Apache-2.0

// The umbrella for applications: one import brings the control plane, the agent and what their APIs speak of.
// Libraries depend on the products they need instead.

@_exported public import DryportAgent
@_exported public import DryportAgentCore
@_exported public import DryportControlPlane
@_exported public import DryportControlPlaneCore
@_exported public import DryportCredentials
@_exported public import DryportMessages
@_exported public import DryportModel
@_exported public import DryportRuntime
@_exported public import DryportStore
@_exported public import DryportTransport
