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
        var run = new Run(call);
        try
        {
            foreach (string step in steps) await PerformAsync(Of(call.Function, step), run, channel, cancellationToken);
            return new CallResult { Status = CallStatus.Completed, Value = run.Value, Logs = run.Logs, HostCalls = run.HostCalls };
        }
        catch (OperationCanceledException)
        {
            return new CallResult { Status = CallStatus.Cancelled, Error = new CallError(ErrorCodes.Cancelled, "cancelled"), Logs = run.Logs };
        }
        catch (NotSupportedException)
        {
            return new CallResult { Status = CallStatus.GuestFault, Error = new CallError(ErrorCodes.GuestTrap, "unreachable"), Logs = run.Logs };
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

    public ValueTask<ReadOnlyMemory<byte>?> RegisterAsync(CancellationToken cancellationToken = default)
    {
        string? said = steps.FirstOrDefault(s => s.StartsWith("register ", StringComparison.Ordinal));
        return new(said is null ? null : (ReadOnlyMemory<byte>?)Encoding.UTF8.GetBytes(said == "register outside" ? runtime.Outside() : said["register ".Length..]));
    }

    public ValueTask DisposeAsync()
    {
        runtime.Disposed.Enqueue(spec.Digest);
        return ValueTask.CompletedTask;
    }

    // A step of another function is no step.
    private static string Of(string? function, string step)
    {
        string[] words = step.Split(' ', 3);
        if (words[0] != "in") return step;
        return words[1] == function ? words[2] : "";
    }

    private async Task PerformAsync(string step, Run run, IHostChannel channel, CancellationToken cancellationToken)
    {
        string[] words = step.Split(' ', 3);
        switch (words[0])
        {
            case "invoke":
                var reply = await channel.InvokeAsync(words[1], Encoding.UTF8.GetBytes(words[2]), cancellationToken);
                run.HostCalls++;
                run.Add(reply.Error?.Code ?? "OK");
                break;
            case "together": await TogetherAsync(words[1].Split(','), run, channel, cancellationToken); break;
            case "clock": run.Add($"{run.Sources.UtcNowMilliseconds()} {run.Sources.ElapsedNanoseconds()}"); break;
            case "random": run.Add(Random(run.Sources, int.Parse(words[1]))); break;
            case "forever": await Task.Yield(); while (!cancellationToken.IsCancellationRequested) run.Sources.UtcNowMilliseconds(); throw new OperationCanceledException();
            case "outside": run.Add(runtime.Outside()); break;
            case "wait": await runtime.Gate(words[1]).PassAsync(cancellationToken); break;
            case "log": run.Logs.Add(new LogEntry(SetClock.Start, LogSeverity.Warn, words[1])); break;
            case "result": run.Value = JsonSerializer.SerializeToUtf8Bytes(new string('x', int.Parse(words[1]) - 2)); break;
            case "trap": throw new NotSupportedException();
            case "throw": throw new InvalidOperationException("thrown by the guest");
            case "leak": runtime.Leaked.Enqueue(channel); break;
        }
    }

    /// <summary>Host calls <c>kv.get</c> of some keys at once; the result has their values in the order in which they reached the guest.</summary>
    private static async Task TogetherAsync(string[] keys, Run run, IHostChannel channel, CancellationToken cancellationToken)
    {
        var first = run.HostCalls;
        var pending = keys.Select((key, i) => (Ordinal: first + i, Reply: channel.InvokeAsync("kv.get", JsonSerializer.SerializeToUtf8Bytes(new { key }), cancellationToken).AsTask())).ToList();
        run.HostCalls += keys.Length;
        while (pending.Count > 0)
        {
            await Task.WhenAny(pending.Select(p => p.Reply));
            cancellationToken.ThrowIfCancellationRequested();
            int next = run.Sources.SettleNext([.. pending.Where(p => p.Reply.IsCompleted).Select(p => p.Ordinal)]);
            if (next < 0) await Task.Yield();
            else run.Add($"{next}:{Encoding.UTF8.GetString((await pending.Single(p => p.Ordinal == next).Reply).Value.Span)}");
            pending.RemoveAll(p => p.Ordinal == next);
        }
    }

    private static string Random(ICallSources sources, int count)
    {
        byte[] bytes = new byte[count];
        sources.Fill(bytes);
        return Convert.ToHexString(bytes);
    }

    private sealed class RealSources : ICallSources
    {
        public long UtcNowMilliseconds() => 0;

        public long ElapsedNanoseconds() => 0;

        public void Fill(Span<byte> buffer) => buffer.Clear();

        public int SettleNext(IReadOnlyList<int> completed) => completed[0];
    }

    private sealed class Run(SandboxCall call)
    {
        public ICallSources Sources { get; } = call.Sources ?? new RealSources();

        public int HostCalls { get; set; }

        public List<string> Codes { get; } = [];

        public void Add(string text)
        {
            Codes.Add(text);
            Value = JsonSerializer.SerializeToUtf8Bytes(Codes);
        }

        public List<LogEntry> Logs { get; } = [];

        public ReadOnlyMemory<byte> Value { get; set; } = call.Input;
    }
}
