using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Paddock.AspNetCore;

/// <summary>How every answer is written, whatever the application has set for its own JSON.</summary>
internal static class Wire
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        NumberHandling = JsonNumberHandling.Strict,
        MaxDepth = 128,
        Converters = { new AsItCame() },
    };

    public static Task WriteAsync<T>(HttpResponse response, T value, string contentType)
    {
        response.ContentType = contentType;
        return JsonSerializer.SerializeAsync(response.Body, value, Options, response.HttpContext.RequestAborted);
    }

    public static IResult Ok<T>(T value) => Results.Json(value, Options, "application/json; charset=utf-8", StatusCodes.Status200OK);

    public static IResult Created<T>(T value, string location) => new CreatedResult<T>(value, location);

    // A plugin's JSON goes out as the text it is. Reading and writing it anew would fail on half of a surrogate pair,
    // which JSON can escape and .NET's strings can not hold as UTF-8.
    private sealed class AsItCame : JsonConverter<JsonElement>
    {
        public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => JsonElement.ParseValue(ref reader);

        public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) =>
            writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
    }

    private sealed class CreatedResult<T>(T value, string location) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status201Created;
            httpContext.Response.Headers.Location = location;
            return WriteAsync(httpContext.Response, value, "application/json; charset=utf-8");
        }
    }
}
