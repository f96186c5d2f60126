using Paddock.Sandbox.GoPlugin.Calls;

namespace Paddock.Sandbox.GoPlugin.Processes;

/// <summary>A plugin's processes. One is used again and again while it answers; after a crash the next start waits, longer each time.</summary>
internal sealed class ProcessPool(SandboxSpec spec, IProcessLauncher launcher, GoPluginRuntimeOptions options) : IAsyncDisposable
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(100), s_longestPause = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly List<GoPluginProcess> _idle = [];
    private int _processes, _crashes;
    private long _crashedAt;
    private bool _disposed;

    internal int Count => Volatile.Read(ref _processes);

    /// <summary>Starts a process, and asks it what it contributes.</summary>
    /// <exception cref="SandboxLoadException">It does not start, or not within the time for it.</exception>
    internal Task<(GoPluginProcess Process, ReadOnlyMemory<byte>? Registration)> StartAsync(CancellationToken cancellationToken) => StartAsync(spec.Limits, cancellationToken);

    /// <summary>The same, within limits of a call's own.</summary>
    internal async Task<(GoPluginProcess Process, ReadOnlyMemory<byte>? Registration)> StartAsync(Limits limits, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(spec.Limits.InitTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        GoPluginProcess? process = null;
        try
        {
            process = await GoPluginProcess.StartAsync(spec with { Limits = limits }, launcher, options, either.Token).ConfigureAwait(false);
            // Each process is asked: a plugin may make itself ready where it registers.
            var registration = await process.Wire.RegisterAsync(either.Token).ConfigureAwait(false);
            Interlocked.Increment(ref _processes);
            return (process, registration);
        }
        catch (Exception e) when (Failure(process?.Wire.Fault ?? e, late.IsCancellationRequested) is { } failure)
        {
            if (process is not null) await process.DisposeAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw new SandboxLoadException(failure);
        }
    }

    /// <summary>A process for one call: one that was initialised with the same config, or not yet.</summary>
    /// <exception cref="SandboxLoadException">None could be started.</exception>
    /// <exception cref="OperationCanceledException">The call is over.</exception>
    internal async Task<GoPluginProcess> RentAsync(string config, CancellationToken cancellationToken)
    {
        while (Take() is { } idle)
        {
            if (!idle.HasExited && (idle.Config is null || idle.Config == config)) return idle;
            await EndAsync(idle, isCrash: idle.HasExited).ConfigureAwait(false);
        }

        await PauseAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var (process, _) = await StartAsync(cancellationToken).ConfigureAwait(false);
            return process;
        }
        catch (SandboxLoadException)
        {
            Crashed();
            throw;
        }
    }

    /// <summary>Keeps a process for the next call.</summary>
    internal async ValueTask ReturnAsync(GoPluginProcess process)
    {
        lock (_gate)
        {
            _crashes = 0;
            if (!_disposed && _idle.Count < (spec.Stateful ? 1 : options.ProcessesPerPlugin))
            {
                _idle.Add(process);
                return;
            }
        }

        await EndAsync(process, isCrash: false).ConfigureAwait(false);
    }

    /// <summary>Kills a process, and waits until it is gone.</summary>
    internal async Task EndAsync(GoPluginProcess process, bool isCrash)
    {
        Interlocked.Decrement(ref _processes);
        if (isCrash) Crashed();
        await process.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Asks every process to end, then ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        GoPluginProcess[] idle;
        lock (_gate)
        {
            _disposed = true;
            idle = [.. _idle];
            _idle.Clear();
        }

        await Task.WhenAll(idle.Select(async process =>
        {
            await process.ShutdownAsync(spec.Limits.ShutdownTimeout, options.TimeProvider).ConfigureAwait(false);
            await EndAsync(process, isCrash: false).ConfigureAwait(false);
        })).ConfigureAwait(false);
    }

    private GoPluginProcess? Take()
    {
        lock (_gate)
        {
            if (_idle.Count == 0) return null;
            // The last that was used: what it uses is warm, and those that are not needed stay at the front.
            var process = _idle[^1];
            _idle.RemoveAt(_idle.Count - 1);
            return process;
        }
    }

    private void Crashed()
    {
        lock (_gate)
        {
            _crashes++;
            _crashedAt = options.TimeProvider.GetTimestamp();
        }
    }

    /// <summary>None after the first crash in a row, then 100 ms, 200 ms … 10 s.</summary>
    private Task PauseAsync(CancellationToken cancellationToken)
    {
        TimeSpan pause;
        lock (_gate)
        {
            if (_crashes < 2) return Task.CompletedTask;
            pause = s_firstPause * Math.Pow(2, Math.Min(_crashes - 2, 10));
            if (pause > s_longestPause) pause = s_longestPause;
            pause -= options.TimeProvider.GetElapsedTime(_crashedAt);
        }

        return pause > TimeSpan.Zero ? Task.Delay(pause, options.TimeProvider, cancellationToken) : Task.CompletedTask;
    }

    private static CallError? Failure(Exception e, bool isLate) => e switch
    {
        OperationCanceledException when isLate => new CallError(ErrorCodes.TimeLimit, "The program was not ready within the time for it."),
        OperationCanceledException => new CallError(ErrorCodes.Cancelled, "The caller cancelled."),
        ProtocolException protocol => new CallError(protocol.Code, protocol.Message),
        IOException => new CallError(ErrorCodes.ProcessEnded, "The program ended before it was ready."),
        SandboxLoadException load => load.Error,
        _ => null,
    };
}
