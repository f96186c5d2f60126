using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Paddock.AspNetCore;

/// <summary>A request as the flat arguments of a handler: URL parameters, then query, then JSON body, where a later one replaces an earlier of the same name; then what only the host says.</summary>
internal static class RouteArguments
{
    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Writer)? _spare;

    public static ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpContext context, PluginCaller caller, int maxBodyBytes)
    {
        // Without a body, the common case, nothing is awaited.
        return context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }
            ? ValueTask.FromResult<ReadOnlyMemory<byte>>(Write(context, caller, default))
            : ReadWithBodyAsync(context, caller, maxBodyBytes);
    }

    /// <summary>Arguments of a direct call: an object as it came, save that nobody but the host says what begins with an underscore.</summary>
    public static ReadOnlyMemory<byte> WriteDirect(HttpContext context, PluginCaller caller, JsonElement body) =>
        body.ValueKind == JsonValueKind.Object ? Write(context, caller, body, isDirect: true) : JsonMarshal.GetRawUtf8Value(body).ToArray();

    /// <summary>Arguments of a part of a page: what it is called, its data, and what only the host says.</summary>
    public static ReadOnlyMemory<byte> WritePart(HttpContext context, PluginCaller caller, ReadOnlySpan<byte> kind, string name, ReadOnlySpan<byte> data)
    {
        var buffer = new ArrayBufferWriter<byte>(512 + data.Length);
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        writer.WriteStartObject();
        writer.WriteString(kind, name);
        if (data.Length > 0)
        {
            writer.WritePropertyName("data"u8);
            writer.WriteRawValue(data, skipInputValidation: true);
        }

        WriteHost(writer, context.Request, caller);
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private static async ValueTask<ReadOnlyMemory<byte>> ReadWithBodyAsync(HttpContext context, PluginCaller caller, int maxBodyBytes)
    {
        var body = await RequestBody.ReadAsync(context, maxBodyBytes, optional: true).ConfigureAwait(false);
        if (body.ValueKind != JsonValueKind.Object) throw ApiErrors.JsonInvalid("The body is no JSON object.").AsException();
        return Write(context, caller, body);
    }

    private static byte[] Write(HttpContext context, PluginCaller caller, JsonElement body, bool isDirect = false)
    {
        var (buffer, writer) = _spare ?? New();
        _spare = null;
        writer.WriteStartObject();
        if (body.ValueKind == JsonValueKind.Object) WriteBody(writer, body);
        if (!isDirect) WriteUrl(writer, context.Request, body);
        WriteHost(writer, context.Request, caller);
        writer.WriteEndObject();
        writer.Flush();
        byte[] json = buffer.WrittenSpan.ToArray();
        buffer.ResetWrittenCount();
        writer.Reset();
        if (buffer.Capacity <= 64 << 10) _spare = (buffer, writer);
        return json;
    }

    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Writer) New()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        // Skipping validation allows raw members; their text was parsed before.
        return (buffer, new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }));
    }

    private static void WriteBody(Utf8JsonWriter writer, JsonElement body)
    {
        foreach (var member in body.EnumerateObject())
        {
            if (IsHosts(member.Name)) continue;
            writer.WritePropertyName(member.Name);
            writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(member.Value), skipInputValidation: true);
        }
    }

    private static void WriteUrl(Utf8JsonWriter writer, HttpRequest request, JsonElement body)
    {
        var query = request.QueryString.HasValue ? request.Query : null;
        if (query is not null)
        {
            foreach (var (name, values) in query)
            {
                if (IsHosts(name) || Has(body, name)) continue;
                if (values.Count == 1)
                {
                    writer.WriteString(name, values[0]);
                    continue;
                }

                writer.WriteStartArray(name);
                foreach (string? value in values) writer.WriteStringValue(value);
                writer.WriteEndArray();
            }
        }

        foreach (var (name, value) in request.RouteValues)
            if (!Has(body, name) && query?.ContainsKey(name) != true) writer.WriteString(name, value as string);
    }

    // SECURITY: a caller who says that he is an administrator. Names with an underscore in front are the host's alone: a
    // client's are dropped before, and these are written last.
    private static void WriteHost(Utf8JsonWriter writer, HttpRequest request, PluginCaller caller)
    {
        writer.WriteString("_method"u8, request.Method);
        writer.WriteString("_path"u8, request.Path.Value);
        writer.WriteString("_user_id"u8, caller.Principal.Owner);
        writer.WriteString("_user_login"u8, caller.Login);
        writer.WriteString("_user_role"u8, caller.IsKnown ? Names.Of(caller.Principal.Role) : "");
        writer.WriteBoolean("_is_admin"u8, caller.IsKnown && caller.Principal.Role == PrincipalRole.Operator);
        writer.WriteString("_lang"u8, caller.Language);
    }

    private static bool IsHosts(string name) => name.StartsWith('_');

    private static bool Has(JsonElement body, string name) => body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out _);
}
