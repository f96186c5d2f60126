using System.Text.Json;

namespace Paddock.AspNetCore;

/// <summary>What a handler's reply asks for beyond being sent as JSON.</summary>
/// <param name="Html">Text of the member <c>html</c>; null where there is none.</param>
/// <param name="Response">The reply as a whole response (<c>{status, headers, body, encoding}</c>); null where it is none.</param>
internal readonly record struct PluginReply(string? Html, PluginResponseForm? Response)
{
    public static PluginReply Read(ReadOnlySpan<byte> json)
    {
        // Nearly all replies are JSON to send on: one look tells so, without reading them.
        if (json.IndexOf("\"html\""u8) < 0 && json.IndexOf("\"status\""u8) < 0) return default;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1000 });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return default;
        string? html = null;
        int? status = null;
        bool isResponse = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isHtml = reader.ValueTextEquals("html"u8), isStatus = reader.ValueTextEquals("status"u8);
            isResponse &= isHtml || isStatus || reader.ValueTextEquals("headers"u8) || reader.ValueTextEquals("body"u8) || reader.ValueTextEquals("encoding"u8);
            reader.Read();
            if (isHtml && reader.TokenType == JsonTokenType.String) html = Text(ref reader);
            else if (isStatus && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out int number) && number is >= 200 and <= 599) status = number;
            else reader.Skip();
        }

        return new(html, isResponse && status is { } s ? PluginResponseForm.Read(s, json) : null);
    }

    // Half of a surrogate pair can be written in JSON, and is no text.
    private static string? Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}

/// <summary>A whole response as a handler may reply it.</summary>
/// <param name="Status">200 to 599.</param>
/// <param name="Headers">Headers as asked for; not all are sent.</param>
/// <param name="Body">The body's bytes.</param>
/// <param name="IsText">Whether the body was given as text, so that it is plain text by default.</param>
internal sealed record PluginResponseForm(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body, bool IsText)
{
    public static PluginResponseForm Read(int status, ReadOnlySpan<byte> json)
    {
        var root = JsonElement.Parse(json, new JsonDocumentOptions { MaxDepth = 1000 });
        var headers = new List<KeyValuePair<string, string>>();
        if (root.TryGetProperty("headers", out var given) && given.ValueKind == JsonValueKind.Object)
        {
            foreach (var header in given.EnumerateObject())
                if (header.Value.ValueKind == JsonValueKind.String) headers.Add(new(header.Name, header.Value.GetString()!));
        }

        if (!root.TryGetProperty("body", out var body)) return new(status, headers, default, false);
        if (body.ValueKind != JsonValueKind.String) return new(status, headers, System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(body).ToArray(), false);
        bool isBase64 = root.TryGetProperty("encoding", out var encoding) && encoding.ValueKind == JsonValueKind.String && encoding.ValueEquals("base64"u8);
        return isBase64 && body.TryGetBytesFromBase64(out byte[]? bytes)
            ? new(status, headers, bytes, false)
            : new(status, headers, System.Text.Encoding.UTF8.GetBytes(body.GetString()!), true);
    }
}
