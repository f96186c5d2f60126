using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Paddock.Sandbox.GoPlugin.Gob;

namespace Paddock.Sandbox.GoPlugin.Rpc;

/// <summary>A registration that came as a Go struct, written as GoatKit's JSON: <c>MinHostVersion</c> is <c>min_host_version</c>.</summary>
internal static class RegistrationJson
{
    internal static ReadOnlyMemory<byte> Write(object? value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { MaxDepth = 2 * GobLimits.Depth, SkipValidation = true })) Write(writer, value);
        return buffer.WrittenMemory;
    }

    /// <summary>Go's words are told apart by capitals: <c>HTTPStatus</c>, <c>MemoryMB</c>, <c>ID</c>, <c>I18n</c>.</summary>
    internal static string MemberName(string field)
    {
        var name = new StringBuilder(field.Length + 4);
        for (var i = 0; i < field.Length; i++)
        {
            var begins = char.IsUpper(field[i]) && i > 0 && (char.IsLower(field[i - 1]) || char.IsDigit(field[i - 1]) || (char.IsUpper(field[i - 1]) && i + 1 < field.Length && char.IsLower(field[i + 1])));
            if (begins) name.Append('_');
            name.Append(char.ToLowerInvariant(field[i]));
        }

        return name.ToString();
    }

    private static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null: writer.WriteNullValue(); break;
            case bool flag: writer.WriteBooleanValue(flag); break;
            case long number: writer.WriteNumberValue(number); break;
            case ulong number: writer.WriteNumberValue(number); break;
            case double number when double.IsFinite(number): writer.WriteNumberValue(number); break;
            case double: writer.WriteNullValue(); break;
            case string text: writer.WriteStringValue(text); break;
            case byte[] bytes: WriteBytes(writer, bytes); break;
            case GobStruct fields: WriteStruct(writer, fields); break;
            case List<KeyValuePair<object?, object?>> pairs: WriteMap(writer, pairs); break;
            case List<object?> list: WriteList(writer, list); break;
            default: throw GobReader.Malformed();
        }
    }

    /// <summary>json.RawMessage is JSON already; other bytes are base64, as encoding/json writes them.</summary>
    private static void WriteBytes(Utf8JsonWriter writer, byte[] bytes)
    {
        if (bytes.Length > 0 && Calls.ResultJson.IsJson(bytes)) writer.WriteRawValue(bytes, skipInputValidation: true);
        else writer.WriteBase64StringValue(bytes);
    }

    private static void WriteStruct(Utf8JsonWriter writer, GobStruct fields)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in fields.Fields)
        {
            writer.WritePropertyName(MemberName(name));
            Write(writer, value);
        }

        writer.WriteEndObject();
    }

    private static void WriteMap(Utf8JsonWriter writer, List<KeyValuePair<object?, object?>> pairs)
    {
        writer.WriteStartObject();
        foreach (var (key, value) in pairs)
        {
            writer.WritePropertyName(key as string ?? Convert.ToString(key, CultureInfo.InvariantCulture) ?? "");
            Write(writer, value);
        }

        writer.WriteEndObject();
    }

    private static void WriteList(Utf8JsonWriter writer, List<object?> list)
    {
        writer.WriteStartArray();
        foreach (var item in list) Write(writer, item);
        writer.WriteEndArray();
    }
}
