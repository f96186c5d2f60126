using System.Collections.Frozen;

namespace Paddock.Packaging;

/// <summary>What the operator trusts, and what a package is checked against. Trusts nobody by default.</summary>
public sealed record PackageTrust
{
    /// <summary>Trusts nobody and requires nothing.</summary>
    public static PackageTrust None { get; } = new();

    /// <summary>Keys of publishers.</summary>
    public IReadOnlyList<TrustedKey> Keys { get; init; } = [];

    /// <summary>Digests of packages that must not run any more.</summary>
    public IReadOnlySet<string> RevokedDigests { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Whether a package without a signature of one of <see cref="Keys"/> is refused. A dialect's own signature does not do. Default false.</summary>
    public bool RequireSignatures { get; init; }

    /// <summary>Version of the host, for <c>minHostVersion</c>. Default: this library's.</summary>
    public string HostVersion { get; init; } = typeof(PackageTrust).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>Whether a GoatKit plugin that asks for no permissions gets those of the GoatKit default policy (db read of everything, cache). A named weakening. Default false.</summary>
    public bool GoatKitDefaults { get; init; }

    /// <summary>Keys whose <c>FILE.sig</c> is accepted for GoatKit plugins. None: such files are not checked.</summary>
    public IReadOnlyList<TrustedKey> GoatKitKeys { get; init; } = [];

    /// <summary>Key of the AI-SWA manifests' HMAC (PLUGIN_SIGNING_KEY). Null: not checked. Set: every AI-SWA plugin needs it.</summary>
    public ReadOnlyMemory<byte>? PluginSigningKey { get; init; }

    /// <summary>Text of the AI-SWA policy file, as UTF-8 JSON. Null: no AI-SWA plugin is checked against one; policy's own review is all there is.</summary>
    public ReadOnlyMemory<byte>? PluginPolicy { get; init; }

    /// <summary>Where the time comes from that keys expire by.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
