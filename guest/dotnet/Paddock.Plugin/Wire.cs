using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Paddock.Plugins;

/// <summary>What this side says: JSON-RPC 2.0, one message a line. Nothing of a request is said after its answer.</summary>
internal sealed class Wire
{
    private const int MostBytes = 16 << 20;
    private readonly Lock _gate = new();
    private readonly Stream _output;
    private readonly ArrayBufferWriter<byte> _message = new();
    private Session? _session;
    private long _lastId;

    internal Wire(Stream output)
    {
        _output = output;
        Information = new LogWriter(line => Log(PluginLogLevel.Info, line));
        Warnings = new LogWriter(line => Log(PluginLogLevel.Warn, line));
    }

    internal LogWriter Information { get; }

    internal LogWriter Warnings { get; }

    internal Session Begin(long id)
    {
        var session = new Session(id);
        lock (_gate) _session = session;
        return session;
    }

    /// <exception cref="HostException">The call is over, or the arguments are too large.</exception>
    internal Task<JsonElement> AskAsync(Session session, string function, JsonObject? arguments)
    {
        ArgumentNullException.ThrowIfNull(function);
        var body = arguments is null ? "{}"u8.ToArray() : JsonText.Of(arguments);
        if (body.Length > MostBytes) throw new HostException(Codes.HostCallLimit, "The arguments are larger than they may be.");
        var answer = new TaskCompletionSource<JsonElement>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_session != session) throw new HostException(Codes.HostCallRefused, "Host calls are available during a call only.");
            session.Pending[++_lastId] = answer;
            Send(writer =>
            {
                writer.WriteNumber("id", _lastId);
                writer.WriteString("method", "host.call");
                writer.WriteStartObject("params");
                writer.WriteString("function", function);
                writer.WritePropertyName("arguments");
                writer.WriteRawValue(body, skipInputValidation: true);
                writer.WriteEndObject();
            });
        }

        return answer.Task;
    }

    /// <summary>The host has answered.</summary>
    internal void Settle(long id, JsonElement message)
    {
        TaskCompletionSource<JsonElement>? waiting = null;
        lock (_gate) _session?.Pending.Remove(id, out waiting);
        if (waiting is null) return;
        if (!message.TryGetProperty("error", out var error)) waiting.TrySetResult(message.GetProperty("result"));
        else waiting.TrySetException(new HostException(error.GetProperty("data").GetProperty("code").GetString() ?? "", error.GetProperty("message").GetString() ?? ""));
    }

    internal void Log(Session session, PluginLogLevel level, string message)
    {
        lock (_gate)
        {
            if (_session == session) Log(level, message);
        }
    }

    internal void Respond(Session session, byte[] result)
    {
        if (result.Length > MostBytes) Respond(session, new Fault(Codes.ResultLimit, "The result is larger than it may be."));
        else Respond(session, writer =>
        {
            writer.WritePropertyName("result");
            writer.WriteRawValue(result, skipInputValidation: true);
        });
    }

    internal void Respond(Session session, Fault fault) => Respond(session, fault.WriteTo);

    /// <summary>The host is gone, or wants the plugin to end.</summary>
    internal void End()
    {
        lock (_gate)
        {
            _session?.End("The host has ended the plugin.");
            _session = null;
        }
    }

    private void Respond(Session session, Action<Utf8JsonWriter> write)
    {
        Information.End();
        Warnings.End();
        lock (_gate)
        {
            if (_session != session) return;
            _session = null;
            session.End("The call is over.");
            Send(writer =>
            {
                writer.WriteNumber("id", session.Id);
                write(writer);
            });
        }
    }

    private void Log(PluginLogLevel level, string message)
    {
        lock (_gate)
        {
            if (_session is null) return;
            Send(writer =>
            {
                writer.WriteString("method", "log");
                writer.WriteStartObject("params");
                writer.WriteString("severity", level switch { PluginLogLevel.Debug => "debug", PluginLogLevel.Warn => "warn", PluginLogLevel.Error => "error", _ => "info" });
                writer.WriteString("message", message);
                writer.WriteEndObject();
            });
        }
    }

    private void Send(Action<Utf8JsonWriter> members)
    {
        _message.ResetWrittenCount();
        JsonText.Write(_message, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("jsonrpc", "2.0");
            members(writer);
            writer.WriteEndObject();
        });
        _message.Write("\n"u8);
        try
        {
            _output.Write(_message.WrittenSpan);
        }
        catch (IOException)
        {
            // The host is gone; whoever reads finds that out.
        }
    }
}
