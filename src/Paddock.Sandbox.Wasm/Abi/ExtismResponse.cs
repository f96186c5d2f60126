using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Paddock.Sandbox.Wasm.Abi;

/// <summary>What is left of the last HTTP response for an Extism plugin to ask for; and both directions in the host's own terms.</summary>
/// <param name="Status">Status code; 0 before the first request.</param>
/// <param name="Headers">Headers as a JSON object.</param>
internal readonly record struct ExtismResponse(int Status, byte[]? Headers)
{
    /// <summary>{url, method, headers} and a body as the arguments of the host's http.request.</summary>
    internal static byte[] Request(ReadOnlySpan<byte> request, ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(request);
        using var document = JsonDocument.ParseValue(ref reader);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("method"u8, Text(document.RootElement, "method") ?? "GET");
            writer.WriteString("url"u8, Text(document.RootElement, "url") ?? "");
            if (document.RootElement.TryGetProperty("headers"u8, out var headers) && headers.ValueKind == JsonValueKind.Object)
            {
                writer.WritePropertyName("headers"u8);
                headers.WriteTo(writer);
            }

            if (body.Length > 0) writer.WriteBase64String("body"u8, body);
            writer.WriteString("encoding"u8, "base64"u8);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The host's {status, headers, body, encoding}.</summary>
    internal static ExtismResponse Read(ReadOnlyMemory<byte> reply, out byte[] body)
    {
        using var document = JsonDocument.Parse(reply);
        var root = document.RootElement;
        var text = Text(root, "body") ?? "";
        body = Text(root, "encoding") == "base64" ? Convert.FromBase64String(text) : Encoding.UTF8.GetBytes(text);
        var headers = root.TryGetProperty("headers"u8, out var given) ? Encoding.UTF8.GetBytes(given.GetRawText()) : null;
        return new ExtismResponse(root.TryGetProperty("status"u8, out var status) ? status.GetInt32() : 0, headers);
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
