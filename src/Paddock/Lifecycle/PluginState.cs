using System.Collections.Frozen;
using Paddock.Packages;
using Paddock.Packaging;
using Paddock.Policy;

namespace Paddock.Lifecycle;

/// <summary>What an installed plugin is at one moment.</summary>
internal sealed record PluginState
{
    public static PluginState None { get; } = new();

    /// <summary>The version that serves; null while none was approved.</summary>
    public ActiveVersion? Active { get; init; }

    /// <summary>On what terms.</summary>
    public PluginTerms? Terms { get; init; }

    /// <summary>What an operator decided; null while none did.</summary>
    public PluginPolicy? Policy { get; init; }

    /// <summary>Whether an operator lets it run.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Why the host stopped it; null while it did not.</summary>
    public string? Quarantine { get; init; }

    /// <summary>Its config as UTF-8 JSON.</summary>
    public ReadOnlyMemory<byte>? Config { get; init; }

    /// <summary>Why it cannot run whatever an operator wants: revoked, or not what was verified.</summary>
    public ServiceError? Broken { get; init; }

    /// <summary>Why it does not answer; null when it does.</summary>
    public ServiceError? Refusal =>
        Broken
        ?? (Active is null || Terms is null or { MayRun: false } ? ServiceError.NotApproved : null)
        ?? (Quarantine is not null ? ServiceError.Quarantined(Quarantine) : null)
        ?? (Enabled ? null : ServiceError.PluginDisabled);
}

/// <summary>The version of a package that serves. Its bytes are with its sandbox and in the store, not here.</summary>
/// <param name="Subject">What was consented to: the manifest, the registration as the package says it, the digest and the key.</param>
/// <param name="Registration">What it contributes, as far as policy lets it.</param>
internal sealed record ActiveVersion(ConsentSubject Subject, Registration Registration)
{
    private readonly FrozenSet<string> _exports = Registration.Exports.ToFrozenSet(StringComparer.Ordinal);

    public string Digest => Subject.Digest;

    public PluginManifest Manifest => Subject.Manifest;

    public static ActiveVersion Of(StoredPackage version, Registration registration) => new(
        new ConsentSubject
        {
            Manifest = version.Package.Manifest,
            Registration = version.Registration,
            Digest = version.Package.Digest,
            TrustedKey = PublisherOf(version.Package),
        },
        registration);

    /// <summary>The key that what it keeps is bound to: a trusted one, or none.</summary>
    public static string? PublisherOf(VerifiedPackage package) => package.Signature == SignatureState.Trusted ? package.Publisher?.KeyId : null;

    public bool Exports(string function) => _exports.Contains(function);

    public string? Hook(string name) => Registration.Hooks.FirstOrDefault(h => h.Event == name)?.Handler;
}
