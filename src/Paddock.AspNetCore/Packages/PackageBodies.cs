using System.Runtime.InteropServices;
using System.Text.Json;
using Paddock.Policy;

namespace Paddock.AspNetCore;

/// <summary>The policy of a package as a whole, and the digest of the version that was reviewed.</summary>
internal sealed record PolicyBody(JsonElement Policy, string ReviewedDigest)
{
    public static (PluginPolicy Policy, string ReviewedDigest) Read(JsonElement body)
    {
        var reader = new BodyReader(body);
        var given = reader.Any("policy");
        string? reviewed = reader.Text("reviewedDigest", required: true);
        if (given is not { ValueKind: JsonValueKind.Object }) reader.Report("policy", "policy is no object.");
        reader.Finish();
        var reading = PolicyJson.Read(JsonMarshal.GetRawUtf8Value(given!.Value).ToArray());
        return (reading.Policy ?? throw ApiErrors.BodyInvalid(reading.Findings).AsException(), reviewed!);
    }
}

/// <summary>Which version to bring back; the one before the active one where none is named.</summary>
internal sealed record RollbackBody(string? Digest);

/// <summary>A secret.</summary>
internal sealed record SecretBody(string Value)
{
    private const int Longest = 16 << 10;

    public static string Read(JsonElement body)
    {
        var reader = new BodyReader(body);
        // Any characters but none: a key in PEM has line ends.
        var value = reader.Any("value");
        if (value is not { ValueKind: JsonValueKind.String } text || JsonMarshal.GetRawUtf8Value(text).Length is <= 2 or > Longest)
            reader.Report("value", $"value is no text of 1 to {Longest} bytes.");
        reader.Finish();
        return value!.Value.GetString()!;
    }
}

/// <summary>A key to trust.</summary>
internal sealed record KeyBody(string PublicKey, string Publisher, DateTimeOffset? ValidUntil);

/// <summary>What is revoked, and why.</summary>
internal sealed record RevocationBody(string Digest, string Reason);
