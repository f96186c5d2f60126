using System.Security.Cryptography;
using System.Text.Json;

namespace Paddock.Replay;

/// <summary>What ran, as it is kept beside its recordings.</summary>
internal sealed record RecordedSpec
{
    public required string Digest { get; init; }

    public required PluginRuntime Runtime { get; init; }

    public string? RuntimeVersion { get; init; }

    // What a recording does not say is taken for the stronger.
    public IsolationLevel Isolation { get; init; } = IsolationLevel.Process;

    public IReadOnlyDictionary<string, string> Dependencies { get; init; } = new Dictionary<string, string>();

    public bool Approved { get; init; }

    public required IReadOnlyDictionary<string, byte[]> Files { get; init; }

    public required string Entry { get; init; }

    public string? EntryPoint { get; init; }

    public string Dialect { get; init; } = "paddock";

    public required Limits Limits { get; init; }

    public required string TimeZone { get; init; }

    /// <summary>The spec as bytes, and their SHA-256 in lower-case hex.</summary>
    public static (byte[] Json, string Hash) Write(SandboxSpec spec)
    {
        var recorded = new RecordedSpec
        {
            Digest = spec.Digest,
            Runtime = spec.Runtime,
            RuntimeVersion = spec.RuntimeVersion,
            Isolation = spec.Isolation,
            Dependencies = spec.Dependencies.OrderBy(d => d.Key, StringComparer.Ordinal).ToDictionary(d => d.Key, d => d.Value, StringComparer.Ordinal),
            Approved = spec.Approved,
            Files = spec.Files.OrderBy(f => f.Key, StringComparer.Ordinal).ToDictionary(f => f.Key, f => f.Value.ToArray(), StringComparer.Ordinal),
            Entry = spec.Entry,
            EntryPoint = spec.EntryPoint,
            Dialect = spec.Dialect,
            Limits = spec.Limits,
            TimeZone = spec.TimeZone.ToSerializedString(),
        };
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(recorded);
        return (json, Convert.ToHexStringLower(SHA256.HashData(json)));
    }

    public static SandboxSpec Read(byte[] json)
    {
        var recorded = JsonSerializer.Deserialize<RecordedSpec>(json)!;
        return new SandboxSpec
        {
            Digest = recorded.Digest,
            Runtime = recorded.Runtime,
            RuntimeVersion = recorded.RuntimeVersion,
            Isolation = recorded.Isolation,
            Dependencies = recorded.Dependencies,
            Approved = recorded.Approved,
            Files = recorded.Files.ToDictionary(f => f.Key, f => (ReadOnlyMemory<byte>)f.Value, StringComparer.Ordinal),
            Entry = recorded.Entry,
            EntryPoint = recorded.EntryPoint,
            Dialect = recorded.Dialect,
            Limits = recorded.Limits,
            TimeZone = TimeZoneInfo.FromSerializedString(recorded.TimeZone),
        };
    }
}
