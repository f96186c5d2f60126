using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Paddock.Plugins;

/// <summary>JSON in and out.</summary>
internal static class JsonText
{
    internal const int MaxDepth = 1000;

    internal static readonly JsonDocumentOptions Reading = new() { MaxDepth = MaxDepth };

    private static readonly JsonWriterOptions s_writing = new() { MaxDepth = MaxDepth, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A value as a node without a parent, which can be put into another.</summary>
    internal static JsonNode? Node(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => JsonObject.Create(value),
        JsonValueKind.Array => JsonArray.Create(value),
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        _ => JsonValue.Create(value),
    };

    /// <exception cref="ResultException">It cannot be written as JSON.</exception>
    internal static byte[] Of(JsonNode? node) => Written(() =>
    {
        var buffer = new ArrayBufferWriter<byte>();
        Write(buffer, writer =>
        {
            if (node is null) writer.WriteNullValue();
            else node.WriteTo(writer);
        });
        return buffer.WrittenSpan.ToArray();
    });

    internal static void Write(ArrayBufferWriter<byte> buffer, Action<Utf8JsonWriter> write)
    {
        using var writer = new Utf8JsonWriter(buffer, s_writing);
        write(writer);
    }

    /// <exception cref="ResultException">It could not be written.</exception>
    internal static byte[] Written(Func<byte[]> write)
    {
        try
        {
            return write();
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or ArgumentException or InvalidOperationException)
        {
            throw new ResultException(e);
        }
    }
}

/// <summary>What a function returned is no JSON.</summary>
internal sealed class ResultException(Exception inner) : Exception(inner.Message, inner);
