using System.Text.Json;

namespace Paddock.AspNetCore;

/// <summary>The body of an execution: <c>input</c> and <c>context</c> are any JSON.</summary>
internal sealed record ExecuteBody(JsonElement? Input, JsonElement? Context, int? TimeoutMs)
{
    public static ExecuteRequest Read(JsonElement body, bool withFunction)
    {
        var reader = new BodyReader(body);
        var request = new ExecuteRequest
        {
            Input = reader.Any("input"),
            Context = reader.Any("context"),
            TimeoutMs = reader.Integer("timeoutMs"),
            Function = withFunction ? reader.Text("function") : null,
        };
        reader.Finish();
        return request;
    }
}

/// <summary>The body of a native execution, which may name an export.</summary>
internal sealed record CallBody(JsonElement? Input, JsonElement? Context, int? TimeoutMs, string? Function);
