using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Paddock.AspNetCore;

/// <summary>How every answer is written, whatever the application has set for its own JSON.</summary>
internal static class Wire
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        // Stays the default encoder, which escapes <, > and &: a result that a page pastes into HTML is inert.
        Encoder = JavaScriptEncoder.Default,
        NumberHandling = JsonNumberHandling.Strict,
        MaxDepth = 128,
    };

    public static Task WriteAsync<T>(HttpResponse response, T value, string contentType)
    {
        response.ContentType = contentType;
        return JsonSerializer.SerializeAsync(response.Body, value, Options, response.HttpContext.RequestAborted);
    }

    public static IResult Ok<T>(T value) => Results.Json(value, Options, "application/json; charset=utf-8", StatusCodes.Status200OK);

    public static IResult Created<T>(T value, string location) => new CreatedResult<T>(value, location);

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
