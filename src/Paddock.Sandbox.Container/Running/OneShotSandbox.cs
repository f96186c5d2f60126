using System.Buffers;
using System.Text;
using System.Text.Json;
using Paddock.Sandbox.Container.Engine;

namespace Paddock.Sandbox.Container.Running;

/// <summary>Gitu's contract: a container for each call, the input as base64 of its JSON in PLUGIN_ARGS_B64, and what the program wrote as the result. It makes no host calls; what it reaches by itself is what its call was given.</summary>
internal sealed class OneShotSandbox(GivenRun run, SandboxSpec spec, ContainerOptions options) : ISandbox
{
    /// <summary>Linux takes no variable of more than 128 KiB.</summary>
    private const int LargestInput = 96 << 10;
    private const string Arguments = "PLUGIN_ARGS_B64";
    private readonly TimeProvider _clock = options.TimeProvider;

    public async ValueTask<CallResult> CallAsync(SandboxCall call, IHostChannel channel, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(channel);
        long start = _clock.GetTimestamp();
        var limits = spec.Limits.For(call.Limits);
        if (call.Input.Length >= LargestInput)
            return Failed(CallStatus.Denied, ErrorCodes.InvalidArgument, $"The input is larger than the {LargestInput} bytes that a container plugin can be given.", _clock.GetElapsedTime(start));
        using var time = new CancellationTokenSource(limits.Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancellationToken);
        try
        {
            var given = await channel.DirectAccessAsync(either.Token).ConfigureAwait(false);
            either.Token.ThrowIfCancellationRequested();
            if (given.Refusal is { } refused) return Failed(CallStatus.Denied, refused.Code, refused.Message, _clock.GetElapsedTime(start));
            string input = Convert.ToBase64String(call.Input.Span);
            await using var process = await run.StartAsync(given, channel, r => r with { Environment = new Dictionary<string, string>(r.Environment) { [Arguments] = input }, Limits = limits with { Processes = limits.Processes + Commands.WatchProcesses } }, either.Token).ConfigureAwait(false);
            return await RunAsync(process, limits, start, either.Token).ConfigureAwait(false);
        }
        catch (SandboxLoadException e)
        {
            return Failed(CallStatus.Denied, e.Error.Code, e.Error.Message, _clock.GetElapsedTime(start));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Failed(CallStatus.Cancelled, ErrorCodes.Cancelled, "The caller cancelled.", _clock.GetElapsedTime(start));
        }
        catch (OperationCanceledException)
        {
            return Failed(CallStatus.LimitExceeded, ErrorCodes.TimeLimit, "The call took longer than it may.", _clock.GetElapsedTime(start));
        }
        catch (EngineException e)
        {
            options.Report?.Invoke(e.Message);
            return Failed(CallStatus.GuestFault, ErrorCodes.HostError, "The container engine did not run it; the host's log says why.", _clock.GetElapsedTime(start));
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<CallResult> RunAsync(IGuestProcess process, Limits limits, long start, CancellationToken cancellationToken)
    {
        var output = new BoundedReader(limits.ResultBytes);
        var error = new BoundedReader(limits.LogBytes);
        // Killed at its time or at too much output; both streams end then, and with them everything that waits here.
        void Kill() => _ = process.KillAsync().AsTask();
        await using (cancellationToken.Register(Kill).ConfigureAwait(false))
        {
            await Task.WhenAll(output.ReadAsync(process.Output, Kill), error.ReadAsync(process.Error, Kill)).ConfigureAwait(false);
            var exit = await process.Exited.ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            var duration = _clock.GetElapsedTime(start);
            if (output.Exceeded) return Failed(CallStatus.LimitExceeded, ErrorCodes.ResultLimit, "It wrote more than it may.", duration);
            if (error.Exceeded) return Failed(CallStatus.LimitExceeded, ErrorCodes.LogLimit, "It logged more than it may.", duration);
            if (exit.MemoryLimit) return Failed(CallStatus.LimitExceeded, ErrorCodes.MemoryLimit, "It needed more memory than it may use.", duration);
            return new CallResult { Status = CallStatus.Completed, Value = Result(output, error, exit, duration), Duration = duration };
        }
    }

    private static byte[] Result(BoundedReader output, BoundedReader error, ProcessExit exit, TimeSpan duration)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            // What is no UTF-8 becomes U+FFFD: the result is JSON whatever the program wrote.
            json.WriteString("stdout", Encoding.UTF8.GetString(output.Bytes));
            json.WriteString("stderr", Encoding.UTF8.GetString(error.Bytes));
            json.WriteNumber("exitCode", exit.Code);
            json.WriteNumber("durationMs", (long)duration.TotalMilliseconds);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static CallResult Failed(CallStatus status, string code, string message, TimeSpan duration) =>
        new() { Status = status, Error = new CallError(code, message), Duration = duration };
}
