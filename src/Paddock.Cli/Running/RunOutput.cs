using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Paddock.Cli;

/// <summary>Prints what came of a run: the result alone on standard output and everything else on standard error, or all of it as one JSON object.</summary>
internal static class RunOutput
{
    public static async Task WriteAsync(CallResult result, bool json)
    {
        if (json)
        {
            await Console.Out.WriteLineAsync(Json(writer => WriteResult(writer, result)));
            return;
        }

        foreach (var entry in result.Logs) await Console.Error.WriteLineAsync($"[{Level(entry.Severity)}] {Terminal.Clean(entry.Message)}");
        if (result.Error is { } error) await Console.Error.WriteLineAsync(Terminal.Clean(Describe(error)));
        if (result.Status == CallStatus.Completed) await Console.Out.WriteLineAsync(Encoding.UTF8.GetString(result.Value.Span));
    }

    /// <summary>How a status is written.</summary>
    public static string Of(CallStatus status) => status switch
    {
        CallStatus.Completed => "completed",
        CallStatus.GuestFault => "guest_fault",
        CallStatus.LimitExceeded => "limit_exceeded",
        CallStatus.Denied => "denied",
        _ => "cancelled",
    };

    /// <summary>Prints why nothing ran; the exit code.</summary>
    public static async Task<int> RefusedAsync(ServiceError error, bool json)
    {
        if (json) await Console.Out.WriteLineAsync(Json(writer => WriteRefusal(writer, error)));
        else if (error.Findings.Count == 0) await Console.Error.WriteLineAsync($"paddock: {error.Code}: {error.Message}");
        foreach (var finding in json ? [] : error.Findings)
        {
            string place = finding.Line is { } line ? $" (line {line}, column {finding.Column})" : "";
            await Console.Error.WriteLineAsync(Terminal.Clean($"paddock: {finding.Code}: {finding.Message}{place} {finding.Mend}".TrimEnd()));
        }

        return ExitCode.Denied;
    }

    private static string Describe(CallError error) =>
        $"{error.Code}: {(error.Name is null ? "" : error.Name + ": ")}{error.Message}{(error.Stack is null ? "" : "\n" + error.Stack.TrimEnd())}";

    private static string Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteResult(Utf8JsonWriter writer, CallResult result)
    {
        writer.WriteString("status", Of(result.Status));
        writer.WritePropertyName("result");
        if (result.Value.IsEmpty) writer.WriteNullValue();
        else writer.WriteRawValue(result.Value.Span);
        writer.WritePropertyName("error");
        WriteError(writer, result.Error);
        writer.WriteStartArray("logs");
        foreach (var entry in result.Logs)
        {
            writer.WriteStartObject();
            writer.WriteString("at", entry.At);
            writer.WriteString("level", Level(entry.Severity));
            writer.WriteString("message", entry.Message);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteNumber("durationMs", Math.Round(result.Duration.TotalMilliseconds, 3));
        writer.WriteNumber("hostCalls", result.HostCalls);
    }

    private static void WriteError(Utf8JsonWriter writer, CallError? error)
    {
        if (error is null)
        {
            writer.WriteNullValue();
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("code", error.Code);
        writer.WriteString("message", error.Message);
        writer.WriteString("name", error.Name);
        writer.WriteString("stack", error.Stack);
        writer.WriteEndObject();
    }

    private static void WriteRefusal(Utf8JsonWriter writer, ServiceError refusal)
    {
        writer.WriteString("status", "denied");
        writer.WriteNull("result");
        writer.WritePropertyName("error");
        WriteError(writer, new CallError(refusal.Code, refusal.Message));
        writer.WriteStartArray("findings");
        foreach (var finding in refusal.Findings)
        {
            writer.WriteStartObject();
            writer.WriteString("code", finding.Code);
            writer.WriteString("message", finding.Message);
            writer.WriteString("path", finding.Path);
            writer.WriteString("mend", finding.Mend);
            if (finding.Line is { } line) writer.WriteNumber("line", line);
            if (finding.Column is { } column) writer.WriteNumber("column", column);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static string Level(LogSeverity severity) => severity switch
    {
        LogSeverity.Debug => "debug",
        LogSeverity.Warn => "warn",
        LogSeverity.Error => "error",
        _ => "info",
    };
}
