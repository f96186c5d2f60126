using System.Runtime.InteropServices;
using System.Text.Json;

namespace Paddock.Agents;

/// <summary>What all tools have in common.</summary>
internal static class AgentTools
{
    internal static ServiceError NotFound { get; } = new(ServiceErrorKind.NotFound, ServiceErrorCodes.ToolNotFound, "There is no such tool, or agents may not use it.");

    internal static ServiceError Invalid(string member, string message) => ServiceError.Invalid([new Finding(ServiceErrorCodes.ArgumentInvalid, message) { Path = member }]);

    internal static AgentToolResult Of(ExecutionOutcome outcome)
    {
        var result = outcome.Result;
        return result.Status == CallStatus.Completed
            ? new AgentToolResult(result.Value, ExecutionId: outcome.ExecutionId)
            : new AgentToolResult(JsonSerializer.SerializeToUtf8Bytes(new { error = result.Error?.Code, message = result.Error?.Message }), IsError: true, outcome.ExecutionId);
    }

    /// <summary>Whether a plugin's config hides it from agents. One that cannot be read hides it.</summary>
    internal static bool IsHidden(ReadOnlyMemory<byte>? config)
    {
        if (config is not { IsEmpty: false } json) return false;
        try
        {
            using var document = JsonDocument.Parse(json);
            return IsHidden(document.RootElement);
        }
        catch (JsonException)
        {
            return true;
        }
    }

    internal static bool IsHidden(JsonElement? config) =>
        config is { ValueKind: JsonValueKind.Object } members && members.TryGetProperty("disableModelInvocation", out var flag) && flag.ValueKind != JsonValueKind.False;

    internal static ReadOnlyMemory<byte> Bytes(JsonElement element) => JsonMarshal.GetRawUtf8Value(element).ToArray();
}
