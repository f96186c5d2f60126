using Paddock.Sandbox.Protocol.Calls;

namespace Paddock.Sandbox.Protocol.Programs;

/// <summary>Runs programs that are given bytes on their standard input and answer with bytes on their standard output, once.</summary>
public static class ProgramRunner
{
    private static readonly TimeSpan s_killGrace = TimeSpan.FromSeconds(5);

    /// <summary>Runs one to its end, or to the limit that it breaks. Never throws for what a program does.</summary>
    /// <param name="start">Starts it.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="limits">Time, and bytes of its output and of its standard error.</param>
    /// <param name="clock">What its time runs on.</param>
    /// <param name="cancellationToken">Kills it.</param>
    public static async ValueTask<ProgramRun> RunAsync(Func<CancellationToken, ValueTask<IGuestProcess>> start, ReadOnlyMemory<byte> input, Limits limits, TimeProvider clock, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(start);
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(clock);
        using var deadline = new CallDeadline(limits.Timeout, clock, cancellationToken);
        var session = new GuestSession(limits, RefusingHostChannel.Instance, deadline, clock);
        try
        {
            await using var process = await start(deadline.Token).ConfigureAwait(false);
            return await RunAsync(process, input, session, clock).ConfigureAwait(false);
        }
        catch (SandboxLoadException e)
        {
            return new ProgramRun { Failure = e.Error, Duration = session.Elapsed };
        }
        catch (OperationCanceledException) when (deadline.Reason is { } reason)
        {
            return new ProgramRun { Failure = GuestFailure.Limit(reason).Error, Duration = session.Elapsed };
        }
    }

    private static async Task<ProgramRun> RunAsync(IGuestProcess process, ReadOnlyMemory<byte> input, GuestSession session, TimeProvider clock)
    {
        session.Deadline.Watch(reason => Task.Run(() => KillAsync(process, clock)));
        var errors = Task.Run(() => DrainAsync(process.Error, session));
        var output = ReadAsync(process.Output, session);
        await WriteAsync(process.Input, input).ConfigureAwait(false);
        var bytes = await output.ConfigureAwait(false);
        var exit = await process.Exited.ConfigureAwait(false);
        await errors.ConfigureAwait(false);
        session.Log.EndErrorLine();
        session.Deadline.Dispose();
        var broken = session.Deadline.Reason ?? (exit.MemoryLimit ? ErrorCodes.MemoryLimit : null);
        return new ProgramRun
        {
            Failure = broken is null ? null : GuestFailure.Limit(broken).Error,
            Output = bytes,
            Errors = session.Log.Entries,
            ExitCode = exit.Code,
            Duration = session.Elapsed,
        };
    }

    private static async Task KillAsync(IGuestProcess process, TimeProvider clock)
    {
        try
        {
            await process.KillAsync().AsTask().WaitAsync(s_killGrace, clock).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await process.Output.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static async Task WriteAsync(Stream stream, ReadOnlyMemory<byte> input)
    {
        try
        {
            await stream.WriteAsync(input, CancellationToken.None).ConfigureAwait(false);
            await stream.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // A program need not read its input.
        }
    }

    private static async Task<byte[]> ReadAsync(Stream stream, GuestSession session)
    {
        using var read = new MemoryStream();
        var buffer = new byte[16 << 10];
        try
        {
            for (var count = await NextAsync(stream, buffer).ConfigureAwait(false); count > 0; count = await NextAsync(stream, buffer).ConfigureAwait(false))
            {
                // SECURITY: what is beyond the limit is read to let the program be ended, and kept by nobody.
                if (read.Length + count <= session.Limits.ResultBytes) read.Write(buffer, 0, count);
                else session.Deadline.Reach(ErrorCodes.ResultLimit);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It is gone.
        }

        return read.ToArray();
    }

    private static async Task DrainAsync(Stream stream, GuestSession session)
    {
        var buffer = new byte[4096];
        try
        {
            for (var count = await NextAsync(stream, buffer).ConfigureAwait(false); count > 0; count = await NextAsync(stream, buffer).ConfigureAwait(false))
                session.Log.AddError(buffer.AsSpan(0, count));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // It is gone.
        }
    }

    private static ValueTask<int> NextAsync(Stream stream, byte[] buffer) => stream.ReadAsync(buffer, CancellationToken.None);
}
