using System.Text.Json;
using Paddock.Sandbox.Protocol.Framing;

namespace Paddock.Sandbox.Protocol.Calls;

/// <summary>The parameters of a line for the log.</summary>
internal static class LogMessage
{
    internal static (LogSeverity Severity, string Message) Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject) throw Malformed();
        var severity = LogSeverity.Info;
        string? message = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMessage = GuestStrings.Is(ref reader, "message"u8);
            if (!isMessage && !GuestStrings.Is(ref reader, "severity"u8)) throw Malformed();
            reader.Read();
            if (reader.TokenType != JsonTokenType.String) throw Malformed();
            if (isMessage) message = GuestStrings.Value(ref reader);
            else severity = Severity(ref reader);
        }

        return (severity, message ?? throw Malformed());
    }

    private static LogSeverity Severity(ref Utf8JsonReader reader) =>
        GuestStrings.Is(ref reader, "debug"u8) ? LogSeverity.Debug
        : GuestStrings.Is(ref reader, "info"u8) ? LogSeverity.Info
        : GuestStrings.Is(ref reader, "warn"u8) ? LogSeverity.Warn
        : GuestStrings.Is(ref reader, "error"u8) ? LogSeverity.Error
        : throw Malformed();

    private static ProtocolViolationException Malformed() => new("A line for the log is malformed.");
}
