using System.Runtime.InteropServices;
using System.Text.Json;

namespace Paddock.Cli;

/// <summary>Reads what a server answers to a replay.</summary>
internal static class ReplayAnswer
{
    public static ReplayView Read(JsonElement answer)
    {
        var divergence = answer.GetProperty("divergence");
        return new ReplayView(
            ReadCall(answer.GetProperty("replayed")),
            divergence.ValueKind == JsonValueKind.Object ? new ReplayDivergence(Text(divergence, "step") ?? "", Text(divergence, "message") ?? "") : null,
            answer.GetProperty("ownSources").GetBoolean());
    }

    private static CallResult ReadCall(JsonElement call)
    {
        string? status = Text(call, "status");
        return new CallResult
        {
            Status = Enum.GetValues<CallStatus>().FirstOrDefault(s => RunOutput.Of(s) == status, CallStatus.Cancelled),
            Value = status == RunOutput.Of(CallStatus.Completed) ? JsonMarshal.GetRawUtf8Value(call.GetProperty("result")).ToArray() : default,
            Error = call.GetProperty("error") is { ValueKind: JsonValueKind.Object } error
                ? new CallError(Text(error, "code") ?? "", Text(error, "message") ?? "") { Name = Text(error, "name"), Stack = Text(error, "stack") }
                : null,
            Logs = [.. call.GetProperty("logs").EnumerateArray().Select(ReadLog)],
            Duration = TimeSpan.FromMilliseconds(call.GetProperty("durationMs").GetDouble()),
            HostCalls = call.GetProperty("hostCalls").GetInt32(),
        };
    }

    private static LogEntry ReadLog(JsonElement entry) => new(
        entry.GetProperty("at").GetDateTimeOffset(),
        Text(entry, "level") switch { "debug" => LogSeverity.Debug, "warn" => LogSeverity.Warn, "error" => LogSeverity.Error, _ => LogSeverity.Info },
        Text(entry, "message") ?? "");

    private static string? Text(JsonElement element, string name) => element.GetProperty(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
}
