using System.Text;
using System.Text.Json;

namespace Paddock.Tests.Seam;

internal sealed class ScriptedSandbox(ScriptedRuntime runtime, SandboxSpec spec, string[] steps) : ISandbox
{
    public long EstimatedBytes => runtime.BytesEach;

    public async ValueTask<CallResult> CallAsync(SandboxCall call, IHostChannel channel, CancellationToken cancellationToken = default)
    {
        runtime.Calls.Enqueue(call);
        int running = Interlocked.Increment(ref runtime.Running);
        lock (runtime.Calls) runtime.MostRunning = Math.Max(running, runtime.MostRunning);
        var run = new Run(call.Input);
        try
        {
            foreach (string step in steps) await PerformAsync(step, run, channel, cancellationToken);
            return new CallResult { Status = CallStatus.Completed, Value = run.Value, Logs = run.Logs, HostCalls = run.Codes.Count };
        }
        catch (OperationCanceledException)
        {
            return new CallResult { Status = CallStatus.Cancelled, Error = new CallError(ErrorCodes.Cancelled, "cancelled"), Logs = run.Logs };
        }
        catch (InvalidOperationException e)
        {
            return new CallResult { Status = CallStatus.GuestFault, Error = new CallError(ErrorCodes.GuestError, e.Message) { Line = 3 }, Logs = run.Logs };
        }
        finally
        {
            Interlocked.Decrement(ref runtime.Running);
        }
    }

    public ValueTask DisposeAsync()
    {
        runtime.Disposed.Enqueue(spec.Digest);
        return ValueTask.CompletedTask;
    }

    private async Task PerformAsync(string step, Run run, IHostChannel channel, CancellationToken cancellationToken)
    {
        string[] words = step.Split(' ', 3);
        switch (words[0])
        {
            case "invoke":
                var reply = await channel.InvokeAsync(words[1], Encoding.UTF8.GetBytes(words[2]), cancellationToken);
                run.Codes.Add(reply.Error?.Code ?? "OK");
                run.Value = JsonSerializer.SerializeToUtf8Bytes(run.Codes);
                break;
            case "wait": await runtime.Gate(words[1]).PassAsync(cancellationToken); break;
            case "log": run.Logs.Add(new LogEntry(SetClock.Start, LogSeverity.Warn, words[1])); break;
            case "result": run.Value = JsonSerializer.SerializeToUtf8Bytes(new string('x', int.Parse(words[1]) - 2)); break;
            case "throw": throw new InvalidOperationException("thrown by the guest");
            case "leak": runtime.Leaked.Enqueue(channel); break;
        }
    }

    private sealed class Run(ReadOnlyMemory<byte> input)
    {
        public List<string> Codes { get; } = [];

        public List<LogEntry> Logs { get; } = [];

        public ReadOnlyMemory<byte> Value { get; set; } = input;
    }
}
