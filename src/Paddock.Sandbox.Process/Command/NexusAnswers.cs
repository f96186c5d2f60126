using System.Text.Json;

namespace Paddock.Sandbox.Process;

/// <summary>What Nexus's runners answer.</summary>
internal static class NexusAnswers
{
    private const int MostError = 10_000;

    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 256 };

    /// <summary><c>{"tools":[{"Name","Description","Schema"}]}</c> as a registration; null where it is something else.</summary>
    internal static byte[]? ReadTools(ReadOnlyMemory<byte> output)
    {
        try
        {
            return Tools(output);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, escaped, or bytes that are no UTF-8: JSON to the reader, and no text.
            return null;
        }
    }

    /// <summary><c>{"result":{"Content","IsError"}}</c> or <c>{"error":"…"}</c>. A result that says that it is an error is still the tool's answer.</summary>
    internal static (byte[]? Value, string? Error) ReadResult(ReadOnlyMemory<byte> output)
    {
        try
        {
            return Result(output);
        }
        catch (InvalidOperationException)
        {
            return (null, null);
        }
    }

    private static byte[]? Tools(ReadOnlyMemory<byte> output)
    {
        using var document = Parse(output);
        if (document is null || Member(document.RootElement, "tools") is not { ValueKind: JsonValueKind.Array } tools) return null;
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("tools");
            foreach (var tool in tools.EnumerateArray())
            {
                if (Member(tool, "Name") is not { ValueKind: JsonValueKind.String } name) return null;
                writer.WriteStartObject();
                writer.WriteString("name", name.GetString());
                writer.WriteString("handler", name.GetString());
                if (Member(tool, "Description") is { ValueKind: JsonValueKind.String } description) writer.WriteString("description", description.GetString());
                if (Member(tool, "Schema") is { ValueKind: JsonValueKind.Object } schema) Write(writer, "input_schema", schema);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static (byte[]? Value, string? Error) Result(ReadOnlyMemory<byte> output)
    {
        using var document = Parse(output);
        if (document is null) return (null, null);
        if (Member(document.RootElement, "error") is { ValueKind: JsonValueKind.String } error && error.GetString() is { } text) return (null, GuestText.Clean(text[..Math.Min(text.Length, MostError)]));
        return Member(document.RootElement, "result") is { } result ? (Bytes(result), null) : (null, null);
    }

    private static JsonDocument? Parse(ReadOnlyMemory<byte> output)
    {
        try
        {
            return JsonDocument.Parse(output, s_options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[] Bytes(JsonElement value)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes)) value.WriteTo(writer);
        return bytes.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, string name, JsonElement value)
    {
        writer.WritePropertyName(name);
        value.WriteTo(writer);
    }

    private static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) ? value : null;
}
