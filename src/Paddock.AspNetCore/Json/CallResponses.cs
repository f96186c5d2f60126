using System.Text.Json;

namespace Paddock.AspNetCore;

/// <summary>Why a call did not complete, in the guest's own terms.</summary>
internal sealed record CallErrorResponse(string Code, string Message, string? Name, string? Stack, int? Line, int? Column)
{
    public static CallErrorResponse? From(CallError? error) =>
        error is null ? null : new(error.Code, error.Message, error.Name, error.Stack, error.Line, error.Column);
}

/// <summary>One line that a guest logged.</summary>
internal sealed record LogEntryResponse(DateTimeOffset At, string Level, string Message)
{
    public static LogEntryResponse From(LogEntry entry) => new(entry.At, Names.Of(entry.Severity), entry.Message);
}

/// <summary>A guest's result as JSON to send on.</summary>
internal static class CallValue
{
    /// <summary>The result; null when the call did not complete.</summary>
    public static JsonElement? Json(CallResult result) =>
        result.Status == CallStatus.Completed && !result.Value.IsEmpty ? JsonElement.Parse(result.Value.Span, new JsonDocumentOptions { MaxDepth = 1000 }) : null;
}
