using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Paddock.HostApi;

/// <summary>Strict reading of a host call's arguments.</summary>
internal static class Arguments
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    internal static JsonDocument Parse(ReadOnlyMemory<byte> json, IReadOnlyList<string> members)
    {
        if (!Utf8.IsValid(json.Span)) throw Invalid("The arguments are no UTF-8.");
        JsonDocument? document = null;
        try
        {
            document = JsonDocument.Parse(json, Options);
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Object && HasOnly(root, members)) return document;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half of a surrogate pair in a member's name, at any depth.
            document?.Dispose();
            throw Invalid("The arguments are not one JSON object without repeated members.");
        }

        document.Dispose();
        throw Invalid($"The arguments are no object with none but these members: {string.Join(", ", members)}.");
    }

    // Without the text of a name: nearly all are what they may be.
    private static bool HasOnly(JsonElement root, IReadOnlyList<string> members)
    {
        foreach (var member in root.EnumerateObject())
        {
            var known = false;
            for (var i = 0; i < members.Count && !known; i++) known = member.NameEquals(members[i]);
            if (!known) return false;
        }

        return true;
    }

    internal static string Text(JsonElement arguments, string name) =>
        OptionalText(arguments, name) ?? throw Invalid($"{name} is missing.");

    internal static string? OptionalText(JsonElement arguments, string name)
    {
        return arguments.TryGetProperty(name, out var value) ? Plain(value, name) : null;
    }

    /// <summary>A value that has to be text.</summary>
    internal static string Plain(JsonElement value, string name)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Invalid($"{name} is no text.");
        }
        catch (InvalidOperationException)
        {
            throw Invalid($"{name} holds half of a surrogate pair.");
        }
    }

    /// <summary>Whether a text begins with one of these prefixes, or one of them is <c>*</c>. An empty prefix is none. Allocates nothing for a text without escapes.</summary>
    internal static bool StartsWithOne(JsonElement arguments, string name, IReadOnlyList<string> prefixes)
    {
        ReadOnlySpan<byte> raw = arguments.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? JsonMarshal.GetRawUtf8Value(value)[1..^1] : default;
        var text = raw.Contains((byte)'\\') ? OptionalText(arguments, name) : null;
        for (var i = 0; i < prefixes.Count; i++)
        {
            var prefix = prefixes[i];
            if (prefix == "*" || (prefix.Length > 0 && (text is null ? StartsWith(raw, prefix) : text.StartsWith(prefix, StringComparison.Ordinal)))) return true;
        }

        return false;
    }

    private static bool StartsWith(ReadOnlySpan<byte> text, string prefix)
    {
        // A prefix of UTF-16 units is one of UTF-8 bytes too: neither ends within a character, or it is no valid text.
        Span<byte> bytes = stackalloc byte[256];
        return Encoding.UTF8.TryGetBytes(prefix, bytes, out var written) ? text.StartsWith(bytes[..written]) : text.StartsWith(Encoding.UTF8.GetBytes(prefix));
    }

    internal static int OptionalNumber(JsonElement arguments, string name, int fallback, int most)
    {
        if (!arguments.TryGetProperty(name, out var value)) return fallback;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 1 && number <= most
            ? number
            : throw Invalid($"{name} is no whole number from 1 to {most}.");
    }

    internal static bool OptionalFlag(JsonElement arguments, string name)
    {
        if (!arguments.TryGetProperty(name, out var value)) return false;
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Invalid($"{name} is neither true nor false."),
        };
    }

    internal static HostCallException Invalid(string message) => new(ErrorCodes.InvalidArgument, message);
}
