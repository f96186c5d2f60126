using System.IO.Pipes;
using System.Text.Json;

namespace Paddock.Sandbox.Protocol.Tests;

/// <summary>A guest of the protocol that says what a test has it say; null from the test is its sudden end.</summary>
internal class ScriptedGuest : IGuestProcess
{
    private readonly AnonymousPipeServerStream _input = new(PipeDirection.In);
    private readonly AnonymousPipeServerStream _output = new(PipeDirection.Out);
    private readonly TaskCompletionSource<ProcessExit> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="answer">The lines that it answers a request with, by its method and id.</param>
    public ScriptedGuest(Func<string, long, string?> answer)
    {
        Input = new AnonymousPipeClientStream(PipeDirection.Out, _input.ClientSafePipeHandle);
        Output = new AnonymousPipeClientStream(PipeDirection.In, _output.ClientSafePipeHandle);
        _ = ServeAsync(answer);
    }

    public Stream Input { get; }

    public Stream Output { get; }

    public Stream Error { get; } = Stream.Null;

    public Task<ProcessExit> Exited => _exited.Task;

    /// <summary>Answers honestly what comes before a call.</summary>
    internal static Func<string, long, string?> Calls(Func<long, string?> call) => (method, id) =>
        method == "call" ? call(id) : $$$"""{"jsonrpc":"2.0","id":{{{id}}},"result":{"protocol":1}}""";

    public ValueTask KillAsync()
    {
        _output.Dispose();
        _exited.TrySetResult(new ProcessExit(137));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await Input.DisposeAsync();
    }

    private async Task ServeAsync(Func<string, long, string?> answer)
    {
        try
        {
            using var reader = new StreamReader(_input);
            while (await reader.ReadLineAsync() is { } line)
            {
                using var message = JsonDocument.Parse(line);
                if (!message.RootElement.TryGetProperty("id", out var id) || !message.RootElement.TryGetProperty("method", out var method)) continue;
                if (answer(method.GetString()!, id.GetInt64()) is not { } said) break;
                await _output.WriteAsync(System.Text.Encoding.UTF8.GetBytes(said + "\n"));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It was killed.
        }

        await KillAsync();
    }
}

/// <summary>One that is lent the channel of its call, as a container with connections of its own is.</summary>
internal sealed class ConnectingGuest(Func<string, long, string?> answer) : ScriptedGuest(answer), IConnectingProcess
{
    public IDisposable Lend(IHostChannel channel, int most) => new MemoryStream();
}
