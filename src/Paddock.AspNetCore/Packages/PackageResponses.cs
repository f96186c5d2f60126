using System.Text.Json;
using Paddock.Packaging;
using Paddock.Policy;

namespace Paddock.AspNetCore;

/// <summary>An installed package.</summary>
internal sealed record PackageResponse(
    string Id, string Name, string Description, string Status, bool Enabled, bool Loaded, string? Quarantine, VersionResponse? Active, VersionResponse? Waiting,
    IReadOnlyList<VersionResponse> Former, IReadOnlyList<string> SecretsSet, IReadOnlyList<FindingResponse> Findings, DateTimeOffset InstalledAt, DateTimeOffset UpdatedAt)
{
    public static PackageResponse From(PackageRecord p) => new(
        p.Id, p.Name, p.Description, PackageNames.Of(p.Status), p.Enabled, p.Loaded, p.Quarantine, VersionResponse.From(p.Active), VersionResponse.From(p.Waiting),
        [.. p.Former.Select(v => VersionResponse.From(v)!)], p.SecretsSet, FindingResponse.FromAll(p.Findings), p.InstalledAt, p.UpdatedAt);
}

/// <summary>A version of a package: what a reviewer has to see of it.</summary>
internal sealed record VersionResponse(
    string Digest, string Version, string? Publisher, string Signature, string Runtime, string Dialect, string Author, string License, string Homepage,
    IReadOnlyList<AskedPermission> Permissions, IReadOnlyList<string> Capabilities, IReadOnlyList<string> OptionalCapabilities, IReadOnlyList<string> Secrets,
    ContributesResponse Contributes, long Size, string InstalledBy, DateTimeOffset InstalledAt)
{
    public static VersionResponse? From(PackageVersion? version)
    {
        if (version is null) return null;
        var m = version.Manifest;
        return new(
            version.Digest, version.Version, version.Publisher, PackageNames.Of(version.Signature), Names.Of(m.Runtime), m.Dialect, m.Author, m.License, m.Homepage,
            [.. m.Permissions.Select(AskedPermission.From)], m.Capabilities.Required, m.Capabilities.Optional, m.Secrets,
            ContributesResponse.From(version.Registration), version.Size, version.InstalledBy, version.InstalledAt);
    }
}

/// <summary>An effect that is asked for.</summary>
internal sealed record AskedPermission(string Type, IReadOnlyList<string> Access, IReadOnlyList<string> Scope)
{
    public static AskedPermission From(Permission permission) => new(Names.Of(permission.Type), Names.Of(permission.Access), permission.Scope);
}

/// <summary>What a version contributes, in short.</summary>
internal sealed record ContributesResponse(
    IReadOnlyList<string> Routes, IReadOnlyList<string> Widgets, IReadOnlyList<string> MenuItems, IReadOnlyList<string> Jobs, IReadOnlyList<string> Templates, IReadOnlyList<string> Languages,
    IReadOnlyList<string> ErrorCodes, IReadOnlyList<string> Tools, IReadOnlyList<string> Commands, IReadOnlyList<string> Channels, IReadOnlyList<string> Services, IReadOnlyList<string> Hooks,
    IReadOnlyList<string> Exports, IReadOnlyList<string> HiddenMenuItems, string? LandingPage)
{
    public static ContributesResponse From(Registration r) => new(
        [.. r.Routes.Select(x => $"{x.Method} {x.Path} [{string.Join(", ", x.Middleware)}]")], [.. r.Widgets.Select(x => $"{x.Id} at {x.Location}")], [.. r.MenuItems.Select(x => $"{x.Id} at {x.Location}")],
        [.. r.Jobs.Select(x => $"{x.Id} {x.Schedule} {x.TimeZone}")], [.. r.Templates.Select(x => x.Override ? x.Name + " (override)" : x.Name)], [.. r.Translations?.Texts.Keys ?? []],
        [.. r.ErrorCodes.Select(x => x.Code)], [.. r.Tools.Select(x => x.Name)], [.. r.Commands.Select(x => x.Name)], [.. r.Channels.Select(x => x.Id)], [.. r.Services.Select(x => x.Id)],
        [.. r.Hooks.Select(x => x.Event)], r.Exports, r.HideMenuItems, r.LandingPage);
}

/// <summary>What came of installing.</summary>
internal sealed record InstallResponse(PackageResponse Package, string Digest, bool Active, IReadOnlyList<FindingResponse> Findings)
{
    public static InstallResponse From(InstallOutcome o) => new(PackageResponse.From(o.Package), o.Digest, o.Active, FindingResponse.FromAll(o.Findings));
}

/// <summary>A policy, the digest of the version it is explained for (to be sent back as reviewedDigest), and what it comes to.</summary>
internal sealed record PolicyResponse(JsonElement Policy, string Digest, IReadOnlyList<ExplanationResponse> Lines)
{
    public static PolicyResponse From(PolicyReport report) => new(JsonElement.Parse(PolicyJson.Write(report.Policy)), report.Digest, [.. report.Lines.Select(ExplanationResponse.From)]);
}

/// <summary>Who asked, who granted, and why not.</summary>
internal sealed record ExplanationResponse(string Kind, string Subject, string? AskedBy, string? Asked, string? GrantedBy, string? Granted, string? Effective, FindingResponse? WhyNot)
{
    public static ExplanationResponse From(Explanation e) => new(
        PackageNames.Of(e.Kind), e.Subject, e.AskedBy, e.Asked, e.GrantedBy, e.Granted, e.Effective, e.WhyNot is { } why ? FindingResponse.From(why) : null);
}

/// <summary>The least policy that covers what was used.</summary>
internal sealed record ProposalResponse(JsonElement Policy);

/// <summary>The config in force, with defaults, and the package's schema.</summary>
internal sealed record ConfigResponse(JsonElement? Config, JsonElement? Schema);

/// <summary>What came of a call by name.</summary>
internal sealed record FunctionResponse(string ExecutionId, string Status, JsonElement? Result, CallErrorResponse? Error, IReadOnlyList<LogEntryResponse> Logs, double DurationMs, int HostCalls)
{
    public static FunctionResponse From(ExecutionOutcome o) => new(
        o.ExecutionId, Names.Of(o.Result.Status), CallValue.Json(o.Result), CallErrorResponse.From(o.Result.Error), [.. o.Result.Logs.Select(LogEntryResponse.From)], o.Result.Duration.TotalMilliseconds, o.Result.HostCalls);
}
