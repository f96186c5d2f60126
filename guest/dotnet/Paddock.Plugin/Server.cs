using System.Text.Json;

namespace Paddock.Plugins;

/// <summary>Reads the host's messages, on a thread of its own, and serves its requests: one at a time, by the host's own word.</summary>
internal sealed class Server(PluginBuilder plugin, Wire wire)
{
    private const int Version = 1, FirstBytes = 64 << 10;
    private string _main = "run";

    /// <summary>Until the host ends it.</summary>
    internal Task RunAsync(Stream input)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // A pipe is read by waiting for it. The pool's threads are the plugin's.
        var reader = new Thread(() =>
        {
            try
            {
                Read(input);
                ended.SetResult();
            }
            catch (Exception e)
            {
                ended.SetException(e);
            }
            finally
            {
                wire.End();
            }
        }) { IsBackground = true, Name = "Paddock" };
        reader.Start();
        return ended.Task;
    }

    private void Read(Stream input)
    {
        var buffer = new byte[FirstBytes];
        var length = 0;
        while (input.Read(buffer.AsSpan(length)) is var read and > 0)
        {
            var (start, searched) = (0, length);
            length += read;
            for (var end = buffer.AsSpan(searched, length - searched).IndexOf((byte)'\n'); end >= 0; end = buffer.AsSpan(searched, length - searched).IndexOf((byte)'\n'))
            {
                // A copy: what is in a message lives as long as the plugin keeps it.
                if (!Serve(buffer.AsSpan(start, searched + end - start).ToArray())) return;
                start = searched = searched + end + 1;
            }

            buffer.AsSpan(start, length - start).CopyTo(buffer);
            length -= start;
            if (length == buffer.Length) Array.Resize(ref buffer, length * 2);
        }
    }

    /// <summary>False where it was the last message.</summary>
    private bool Serve(byte[] line)
    {
        var message = JsonDocument.Parse(line, JsonText.Reading).RootElement;
        var id = message.TryGetProperty("id", out var number) ? number.GetInt64() : 0;
        if (!message.TryGetProperty("method", out var method))
        {
            wire.Settle(id, message);
            return true;
        }

        if (method.ValueEquals("shutdown")) return false;
        var parameters = message.TryGetProperty("params", out var given) ? given : default;
        var session = wire.Begin(id);
        // On the pool: this thread reads what the answers to host calls are.
        ThreadPool.UnsafeQueueUserWorkItem(work => _ = work.Server.AnswerAsync(work.Session, work.Method, work.Parameters), (Server: this, Session: session, Method: method.GetString(), Parameters: parameters), preferLocal: false);
        return true;
    }

    private async Task AnswerAsync(Session session, string? method, JsonElement parameters)
    {
        try
        {
            switch (method)
            {
                case "call": await CallAsync(session, parameters).ConfigureAwait(false); break;
                case "initialize": Initialize(session, parameters); break;
                case "register": wire.Respond(session, JsonText.Of(plugin.Registration?.Invoke())); break;
                default: wire.Respond(session, "{}"u8.ToArray()); break;
            }
        }
        catch (Exception e)
        {
            wire.Respond(session, Fault.Of(e));
        }
    }

    private void Initialize(Session session, JsonElement parameters)
    {
        if (Text(parameters, "entryPoint") is { Length: > 0 } entryPoint && plugin.Handlers.ContainsKey(entryPoint)) _main = entryPoint;
        if (plugin.Handlers.Count == 0) wire.Respond(session, new Fault(Codes.EntryPointNotFound, "Nothing to call: the plugin handles no function."));
        else wire.Respond(session, JsonText.Of(new System.Text.Json.Nodes.JsonObject { ["protocol"] = Version }));
    }

    private async Task CallAsync(Session session, JsonElement parameters)
    {
        var name = Text(parameters, "function") is { Length: > 0 } function ? function : _main;
        if (!plugin.Handlers.TryGetValue(name, out var handler))
        {
            wire.Respond(session, new Fault(Codes.EntryPointNotFound, $"The plugin has no function \"{name}\"."));
            return;
        }

        var input = parameters.TryGetProperty("input", out var given) ? given : default;
        wire.Respond(session, await handler(input, new PluginHost(wire, session, parameters), session.Over).ConfigureAwait(false));
    }

    private static string? Text(JsonElement parameters, string name) => parameters.ValueKind == JsonValueKind.Object && parameters.TryGetProperty(name, out var value) ? value.GetString() : null;
}
