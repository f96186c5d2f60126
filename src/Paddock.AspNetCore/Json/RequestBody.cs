using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Paddock.AspNetCore;

/// <summary>Reads a body as JSON, or ends the request with a code.</summary>
internal static class RequestBody
{
    private const int MaxDepth = 32;

    // SECURITY: two readers of one document see different values. Duplicate members, comments, trailing commas and
    // bytes that are no UTF-8 are refused here, so that what is checked, stored and handed to a guest is one document.
    private static readonly JsonDocumentOptions Strict = new()
    {
        MaxDepth = MaxDepth,
        AllowDuplicateProperties = false,
        AllowTrailingCommas = false,
        CommentHandling = JsonCommentHandling.Disallow,
    };

    /// <summary>The body, or <c>{}</c> where there is none and <paramref name="optional"/> is set.</summary>
    /// <exception cref="ApiException">It is no JSON, too large, too deep, or of another type.</exception>
    public static async Task<JsonElement> ReadAsync(HttpContext context, int maxBytes, bool optional = false)
    {
        bool typed = IsJson(context.Request.ContentType);
        if (!typed && context.Request.ContentType is not null) throw ApiErrors.ContentType.AsException();
        byte[] bytes = await ReadBytesAsync(context.Request, maxBytes, context.RequestAborted).ConfigureAwait(false);
        if (bytes.Length == 0 && optional) return JsonElement.Parse("{}"u8);
        if (!typed) throw ApiErrors.ContentType.AsException();
        return Parse(bytes);
    }

    internal static JsonElement Parse(byte[] bytes)
    {
        if (bytes.Length == 0) throw ApiErrors.JsonInvalid("The body is empty; send a JSON object.").AsException();
        if (!Utf8.IsValid(bytes)) throw ApiErrors.JsonInvalid("The body is not valid UTF-8.").AsException();
        try
        {
            return JsonElement.Parse(bytes, Strict);
        }
        catch (JsonException e)
        {
            string place = e is { LineNumber: { } line, BytePositionInLine: { } column } ? $" at line {line + 1}, byte {column + 1}" : "";
            throw ApiErrors.JsonInvalid($"The body is no valid JSON{place}: no duplicate members, comments or trailing commas, and at most {MaxDepth} levels.").AsException();
        }
        catch (InvalidOperationException)
        {
            // A member whose name has half of a surrogate pair cannot be compared with its siblings.
            throw ApiErrors.JsonInvalid("A member's name is not valid Unicode.").AsException();
        }
    }

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    private static async Task<byte[]> ReadBytesAsync(HttpRequest request, int maxBytes, CancellationToken cancellationToken)
    {
        if (request.ContentLength > maxBytes) throw ApiErrors.BodyTooLarge.AsException();
        while (true)
        {
            var read = await request.BodyReader.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (read.Buffer.Length > maxBytes) throw ApiErrors.BodyTooLarge.AsException();
            if (read.IsCompleted)
            {
                byte[] bytes = read.Buffer.ToArray();
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return bytes;
            }

            request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
