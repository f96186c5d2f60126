using System.Text.Json;

namespace Paddock.AspNetCore;

/// <summary>What came of one call, now or in the past. A guest's failure is told here, with status 200: the request itself succeeded.</summary>
internal sealed record CallResponse
{
    public required string ExecutionId { get; init; }

    /// <summary>completed, guest_fault, limit_exceeded, denied or cancelled.</summary>
    public required string Status { get; init; }

    public JsonElement? Result { get; init; }

    public CallErrorResponse? Error { get; init; }

    public required IReadOnlyList<LogEntryResponse> Logs { get; init; }

    public required double DurationMs { get; init; }

    public required int HostCalls { get; init; }

    /// <summary>When it began; for executions of the past.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>The code that ran; for executions of the past.</summary>
    public string? Digest { get; init; }

    public static CallResponse From(ExecutionOutcome outcome) => From(outcome.ExecutionId, outcome.Result);

    public static CallResponse From(ExecutionRecord execution) =>
        From(execution.Id, execution.Result) with { StartedAt = execution.StartedAt, Digest = execution.Digest };

    private static CallResponse From(string id, CallResult result) => new()
    {
        ExecutionId = id,
        Status = Names.Of(result.Status),
        Result = CallValue.Json(result),
        Error = CallErrorResponse.From(result.Error),
        Logs = [.. result.Logs.Select(LogEntryResponse.From)],
        DurationMs = result.Duration.TotalMilliseconds,
        HostCalls = result.HostCalls,
    };
}
