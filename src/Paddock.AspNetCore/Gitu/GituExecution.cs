using System.Text.Json;

namespace Paddock.AspNetCore;

/// <summary>What came of an execution, in Gitu's shape. A guest's failure is told here, with status 200: the request itself succeeded.</summary>
internal sealed record GituExecution
{
    public required bool Success { get; init; }

    public JsonElement? Result { get; init; }

    public CallErrorResponse? Error { get; init; }

    /// <summary>The messages alone, as Gitu's clients expect them.</summary>
    public required IReadOnlyList<string> Logs { get; init; }

    public required IReadOnlyList<LogEntryResponse> LogEntries { get; init; }

    public required long DurationMs { get; init; }

    /// <summary>completed, guest_fault, limit_exceeded, denied or cancelled.</summary>
    public required string Status { get; init; }

    public required int HostCalls { get; init; }

    public string? ExecutionId { get; init; }

    public static GituExecution From(string executionId, CallResult result)
    {
        return new()
        {
            Success = result.Status == CallStatus.Completed,
            Result = CallValue.Json(result),
            Error = CallErrorResponse.From(result.Error),
            Logs = [.. result.Logs.Select(l => l.Message)],
            LogEntries = [.. result.Logs.Select(LogEntryResponse.From)],
            DurationMs = (long)result.Duration.TotalMilliseconds,
            Status = Names.Of(result.Status),
            HostCalls = result.HostCalls,
            ExecutionId = executionId,
        };
    }
}

/// <summary>One execution of the past, in Gitu's shape.</summary>
internal sealed record GituExecutionRecord
{
    public required string Id { get; init; }

    public required bool Success { get; init; }

    public required long DurationMs { get; init; }

    public JsonElement? Result { get; init; }

    public CallErrorResponse? Error { get; init; }

    public required IReadOnlyList<string> Logs { get; init; }

    public required DateTimeOffset ExecutedAt { get; init; }

    public required string Status { get; init; }

    public required string Digest { get; init; }

    public required int HostCalls { get; init; }

    public static GituExecutionRecord From(ExecutionRecord execution) => new()
    {
        Id = execution.Id,
        Success = execution.Result.Status == CallStatus.Completed,
        DurationMs = (long)execution.Result.Duration.TotalMilliseconds,
        Result = CallValue.Json(execution.Result),
        Error = CallErrorResponse.From(execution.Result.Error),
        Logs = [.. execution.Result.Logs.Select(l => l.Message)],
        ExecutedAt = execution.StartedAt,
        Status = Names.Of(execution.Result.Status),
        Digest = execution.Digest,
        HostCalls = execution.Result.HostCalls,
    };
}
