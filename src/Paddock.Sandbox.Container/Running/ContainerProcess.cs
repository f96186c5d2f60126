using Paddock.Sandbox.Container.Engine;

namespace Paddock.Sandbox.Container.Running;

/// <summary>A started container, as three streams, an end and a kill.</summary>
internal sealed class ContainerProcess : IGuestProcess
{
    private const int Killed = 137;
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWatch = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(500);
    private readonly EngineClient _client;
    private readonly AttachedStreams _streams;
    private readonly TimeProvider _clock;
    private readonly Task<int?>? _exitCode;
    private readonly Action _removed;
    private readonly Lock _gate = new();
    private Task? _removal;

    /// <param name="client">The engine.</param>
    /// <param name="id">Which container.</param>
    /// <param name="streams">Its streams.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="exitCode">What the engine tells of its end, where it then removes it by itself.</param>
    /// <param name="removed">Called when it is gone.</param>
    internal ContainerProcess(EngineClient client, string id, AttachedStreams streams, TimeProvider clock, Task<int?>? exitCode, Action removed)
    {
        _client = client;
        _streams = streams;
        _clock = clock;
        _exitCode = exitCode;
        _removed = removed;
        Id = id;
        Exited = EndAsync();
    }

    public Stream Input => _streams.Input;

    public Stream Output => _streams.Output;

    public Stream Error => _streams.Error;

    public Task<ProcessExit> Exited { get; }

    internal string Id { get; }

    public async ValueTask KillAsync()
    {
        await RemoveAsync().ConfigureAwait(false);
        await Exited.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await RemoveAsync().ConfigureAwait(false);
        await _streams.DisposeAsync().ConfigureAwait(false);
        await Exited.ConfigureAwait(false);
    }

    private Task RemoveAsync()
    {
        lock (_gate) return _removal ??= RemoveOnceAsync();
    }

    private async Task RemoveOnceAsync()
    {
        // First: Docker kills nothing whose output stands still, and podman keeps the connection of what it killed.
        _streams.Close();
        await ContainerStarter.RemoveQuietlyAsync(_client, Id).ConfigureAwait(false);
        _removed();
    }

    // The connection ends when the container does; what is left to wait for is the engine's record of it.
    private async Task<ProcessExit> EndAsync()
    {
        if (_client.IsPodman) await EndOfConnectionAsync().ConfigureAwait(false);
        await _streams.Ended.ConfigureAwait(false);
        // podman's own way to wait looks only now and then.
        var (code, memory) = _exitCode is null || _client.IsPodman ? await RecordedAsync().ConfigureAwait(false) : (await ToldAsync().ConfigureAwait(false), false);
        bool killed;
        lock (_gate) killed = _removal is not null;
        // What was removed has no record that says why. Nobody but the kernel, for memory, and the program itself kills what has not been killed here.
        return new ProcessExit(code ?? Killed, memory || (!killed && code == Killed && _exitCode is not null));
    }

    private async Task<(int? Code, bool Memory)> RecordedAsync()
    {
        long start = _clock.GetTimestamp();
        for (var pause = TimeSpan.FromMilliseconds(1); ; pause = pause < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                var state = (await _client.InspectAsync(Id, CancellationToken.None).ConfigureAwait(false)).State;
                if (state is { Running: false } && _exitCode is not null)
                    // While it is being removed its record is no longer one of its end.
                    return state.Status is "exited" or "stopped" ? (state.ExitCode, state.OOMKilled) : (await ToldAsync().ConfigureAwait(false), false);
                // "stopped" is podman's word for what has ended and whose files are still to be unmounted: whoever copies them meanwhile gets a part of them.
                if (state is { Running: false } && (state.Status != "stopped" || _clock.GetElapsedTime(start) > LongestWatch)) return (state.ExitCode, state.OOMKilled);
            }
            catch (EngineException)
            {
                // Gone, or the engine is.
                return (await ToldAsync().ConfigureAwait(false), false);
            }

            await Task.Delay(pause, _clock).ConfigureAwait(false);
        }
    }

    private async Task<int?> ToldAsync()
    {
        if (_exitCode is null) return null;
        await Task.WhenAny(_exitCode, Task.Delay(LongestWatch, _clock)).ConfigureAwait(false);
        return _exitCode.IsCompletedSuccessfully ? await _exitCode.ConfigureAwait(false) : null;
    }

    // podman leaves the connection open for a program that ended at once without a word: it is asked now and then.
    private async Task EndOfConnectionAsync()
    {
        for (var pause = TimeSpan.FromMilliseconds(250); !_streams.Ended.IsCompleted; pause = pause < LongestWatch ? pause * 2 : LongestWatch)
        {
            await Task.WhenAny(_streams.Ended, Task.Delay(pause, _clock)).ConfigureAwait(false);
            if (_streams.Ended.IsCompleted || await IsRunningAsync().ConfigureAwait(false)) continue;
            // What it still said is under way.
            await Task.WhenAny(_streams.Ended, Task.Delay(LastWords, _clock)).ConfigureAwait(false);
            _streams.Close();
        }
    }

    private async Task<bool> IsRunningAsync()
    {
        try
        {
            return (await _client.InspectAsync(Id, CancellationToken.None).ConfigureAwait(false)).State is { Status: not ("exited" or "stopped") };
        }
        catch (EngineException)
        {
            return false;
        }
    }
}
