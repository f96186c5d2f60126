using System.Buffers;
using System.Text.Json;

namespace Paddock;

/// <summary>Requests and replies of GoatKit that are shaped differently from the host's own.</summary>
internal static class GoatKitJson
{
    private const int MaxDepth = 64;

    /// <summary>Whether an object has none but these members, none of them null: then it can be passed on as it is.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    internal static bool HasOnly(ReadOnlySpan<byte> json, HashSet<string> members)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
        var only = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            only &= IsOneOf(ref reader, members);
            reader.Read();
            only &= reader.TokenType != JsonTokenType.Null;
            reader.Skip();
        }

        // Whatever follows the object is a mistake that the reader reports.
        return !reader.Read() && only;
    }

    /// <summary><c>@name:</c> before a query picks a named database.</summary>
    internal static void NameDatabase(Utf8JsonWriter writer, JsonElement arguments)
    {
        if (!arguments.TryGetProperty("query", out var query) || query.ValueKind != JsonValueKind.String) return;
        if (Split(query.GetString()!) is not { } named) return;
        writer.WriteString("database"u8, named.Database);
        writer.WriteString("query"u8, named.Query);
    }

    /// <summary>Whether a member is what <see cref="NameDatabase"/> replaces.</summary>
    internal static bool IsNamedQuery(JsonProperty member) =>
        member.NameEquals("query"u8) && member.Value.ValueKind == JsonValueKind.String && Split(member.Value.GetString()!) is not null;

    /// <summary>kv_get: the stored value, which is null where there is none.</summary>
    internal static ReadOnlyMemory<byte> ValueFound(ReadOnlyMemory<byte> value)
    {
        var found = !value.Span.SequenceEqual("null"u8);
        return Concat("{\"value\":"u8, value.Span, found ? ",\"found\":true}"u8 : ",\"found\":false}"u8);
    }

    internal static ReadOnlyMemory<byte> Ok(ReadOnlyMemory<byte> value) => Wrap("ok", value);

    internal static ReadOnlyMemory<byte> Wrap(string member, ReadOnlyMemory<byte> value) =>
        Concat(System.Text.Encoding.UTF8.GetBytes($"{{\"{member}\":"), value.Span, "}"u8);

    private static byte[] Concat(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c) => [.. a, .. b, .. c];

    private static bool IsOneOf(ref Utf8JsonReader reader, HashSet<string> members)
    {
        foreach (var member in members)
        {
            if (reader.ValueTextEquals(member)) return true;
        }

        return false;
    }

    private static (string Database, string Query)? Split(string query)
    {
        var colon = query.IndexOf(':', StringComparison.Ordinal);
        return query.StartsWith('@') && colon > 1 && !query.AsSpan(1, colon - 1).ContainsAny(Blank) ? (query[1..colon], query[(colon + 1)..].TrimStart()) : null;
    }

    private static readonly SearchValues<char> Blank = SearchValues.Create(" \t\r\n'\"");
}
