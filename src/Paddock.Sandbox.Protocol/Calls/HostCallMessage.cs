using System.Text.Json;
using Paddock.Sandbox.Protocol.Framing;

namespace Paddock.Sandbox.Protocol.Calls;

/// <summary>The parameters of a host call.</summary>
// SECURITY: row 41, a forged caller. There is a function and its arguments and nothing else; who calls is what the channel knows.
internal static class HostCallMessage
{
    internal static (string Function, byte[] Arguments) Read(ReadOnlyMemory<byte> body, int mostName)
    {
        var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = 1 << 20 });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw Malformed();
        string? function = null;
        byte[]? arguments = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isFunction = GuestStrings.Is(ref reader, "function"u8);
            if (!isFunction && !GuestStrings.Is(ref reader, "arguments"u8)) throw Malformed();
            reader.Read();
            if (isFunction && function is null && reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= mostName) function = GuestText.Clean(GuestStrings.Value(ref reader));
            else if (!isFunction && arguments is null && reader.TokenType == JsonTokenType.StartObject) arguments = Copy(ref reader, body);
            else throw Malformed();
        }

        return (function ?? throw Malformed(), arguments ?? throw Malformed());
    }

    private static byte[] Copy(ref Utf8JsonReader reader, ReadOnlyMemory<byte> body)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return body[start..(int)reader.BytesConsumed].ToArray();
    }

    private static ProtocolViolationException Malformed() => new("A host call is malformed.");
}
