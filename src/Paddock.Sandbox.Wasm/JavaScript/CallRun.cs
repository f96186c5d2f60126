using System.Text;
using Paddock.Sandbox.Wasm.Calls;
using Paddock.Sandbox.Wasm.Threads;
using Paddock.Wasm;

namespace Paddock.Sandbox.Wasm.JavaScript;

/// <summary>
/// One call from start to end. Guest code runs in stretches on a guest thread; between them, while the guest awaits host
/// calls, it holds neither a thread nor a frame, only its instance.
/// </summary>
internal sealed class CallRun(QuickJs guest, EngineImage engine, InstanceImage image, SandboxSpec spec, SandboxCall call, CallSession session, IHostChannel channel, GuestThreads threads, ThreadShare share, Deadline deadline)
{
    // SECURITY: the replies of all that are under way may arrive together, each as large as a reply may be.
    private const int MostAtOnce = 32;

    private readonly List<PendingReply> _pending = [];
    private int _begun;
    private bool _declined;

    internal async Task<CallResult> RunAsync()
    {
        try
        {
            await threads.RunAsync(Start, share, deadline.Token).ConfigureAwait(false);
            while (session.Outcome is null)
            {
                BeginRequested();
                var awaited = Awaited();
                if (awaited.Length == 0) return Result(CallStatus.GuestFault, new CallError(ErrorCodes.GuestDeadlock, "The plugin awaits a promise that nothing can settle."));
                await Task.WhenAny(Task.WhenAny(awaited), deadline.Reached).ConfigureAwait(false);
                if (deadline.Reason is { } reason) return Failed(CallFailure.Limit(reason));
                await threads.RunAsync(ContinueWithReplies, share, deadline.Token).ConfigureAwait(false);
            }

            return Finish(session.Outcome.Value.Outcome, session.Outcome.Value.Json);
        }
        catch (LimitBreachException e)
        {
            return Failed(CallFailure.Limit(e.Code));
        }
        catch (TrapException e)
        {
            return Trapped(e.Code);
        }
        catch (OperationCanceledException) when (deadline.Reason is not null)
        {
            // No thread was free in time.
            return Failed(CallFailure.Limit(deadline.Reason));
        }
    }

    private bool Start()
    {
        deadline.Watch(guest);
        guest.Begin(image, session, session.Limits);
        deadline.ThrowIfReached();
        Span<int> seed = stackalloc int[4];
        session.Fill(System.Runtime.InteropServices.MemoryMarshal.AsBytes(seed));
        int[] arguments =
        [
            guest.NewString("call"u8), guest.NewString(Encoding.UTF8.GetBytes(call.Function ?? "")),
            guest.NewString(OrNull(call.Input)), guest.NewString(OrNull(call.Config)), guest.NewString(OrNull(call.Context)),
            guest.NewNumber(seed[0]), guest.NewNumber(seed[1]), guest.NewNumber(seed[2]), guest.NewNumber(seed[3]),
        ];
        guest.Apply(engine.Bridge, arguments);
        return RunJobs();
    }

    private static ReadOnlySpan<byte> OrNull(ReadOnlyMemory<byte>? json) => json is { IsEmpty: false } given ? given.Span : "null"u8;

    private bool RunJobs()
    {
        guest.RunJobs(() => session.Outcome is not null);
        return true;
    }

    private void BeginRequested()
    {
        while (_pending.Count < MostAtOnce && session.Requested.TryDequeue(out var request)) _pending.Add(new PendingReply(_begun++, request, AskAsync(request)));
    }

    private async Task<HostReply> AskAsync(RequestedHostCall request)
    {
        // The channel may work before it awaits, on a disk for instance; the next request need not wait for that. Where the
        // order counts, it waits.
        if (session.Sources is null) await Task.Yield();
        return await channel.InvokeAsync(request.Function, request.Arguments, deadline.Token).ConfigureAwait(false);
    }

    // Where none of the replies that are there is to be the next, only another can be.
    private Task[] Awaited() => [.. _pending.Where(p => !_declined || !p.Reply.IsCompleted).Select(p => p.Reply)];

    private bool ContinueWithReplies()
    {
        var completed = _pending.Where(p => p.Reply.IsCompleted).ToList();
        while (completed.Count > 0 && session.Outcome is null)
        {
            int next = session.Sources is null ? completed[0].Ordinal : session.Sources.SettleNext(completed.ConvertAll(p => p.Ordinal));
            int place = completed.FindIndex(p => p.Ordinal == next);
            _declined = place < 0;
            if (_declined) break;
            Settle(completed[place]);
            completed.RemoveAt(place);
            // What the guest asked meanwhile may be what is answered next where the order is given.
            if (session.Sources is not null && session.Requested.Count > 0) break;
        }

        return true;
    }

    private void Settle(PendingReply pending)
    {
        _pending.Remove(pending);
        session.Answered(pending.Request);
        var reply = pending.Reply.GetAwaiter().GetResult();
        if (reply.Error is { } failure) session.FailedWith.Add(failure.Code);
        HostReplies.Settle(guest, engine, pending.Request.Id, reply);
        RunJobs();
    }

    private CallResult Finish(GuestOutcome outcome, byte[] json) => outcome switch
    {
        GuestOutcome.Value => Result(CallStatus.Completed, null, json),
        GuestOutcome.NotFound => Result(CallStatus.GuestFault, new CallError(ErrorCodes.EntryPointNotFound, $"The plugin exports no function \"{call.Function}\".")),
        GuestOutcome.ResultInvalid => Result(CallStatus.GuestFault, GuestError.Parse(json, ErrorCodes.ResultInvalid, spec.Entry)),
        _ => Result(CallStatus.GuestFault, GuestError.Parse(json, ErrorCodes.GuestError, spec.Entry, session.FailedWith)),
    };

    private CallResult Trapped(TrapCode code) => Failed(code == TrapCode.MemoryOutOfBounds && guest.StackOverflowed
        ? CallFailure.Limit(ErrorCodes.StackLimit)
        : CallFailure.Trap(code, deadline));

    private CallResult Failed(CallFailure failure) => Result(failure.Status, failure.Error);

    private CallResult Result(CallStatus status, CallError? error, byte[]? value = null) => new()
    {
        Status = status,
        Error = error,
        Value = value,
        Logs = session.Logs,
        Duration = session.Elapsed,
        HostCalls = session.HostCalls,
    };

    /// <summary>A host call that has begun: which of the call's it is, what the guest asked, and its reply.</summary>
    private sealed record PendingReply(int Ordinal, RequestedHostCall Request, Task<HostReply> Reply);
}
