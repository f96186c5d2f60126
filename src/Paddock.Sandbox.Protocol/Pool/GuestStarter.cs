using System.Text.Json;
using Paddock.Sandbox.Protocol.Calls;
using Paddock.Sandbox.Protocol.Framing;

namespace Paddock.Sandbox.Protocol.Pool;

/// <summary>Brings guest processes to the point where they can be called.</summary>
internal sealed class GuestStarter(ProtocolGuest guest, SandboxSpec spec, ProtocolOptions options)
{
    private const int MostLastWords = 2000;

    /// <summary>Whether processes are given anything that one call has and another has not.</summary>
    internal bool Gives => guest.StartGiven is not null;

    /// <summary>Starts a process and has it load the plugin, within the time for that, every host call refused.</summary>
    /// <exception cref="SandboxLoadException">It does not start, or does not load.</exception>
    internal ValueTask<GuestConnection> StartAsync(DirectAccess given, CancellationToken cancellationToken) => StartAsync(null, given, cancellationToken);

    /// <summary>The same, on terms of a call's own.</summary>
    internal async ValueTask<GuestConnection> StartAsync(GuestTerms? terms, DirectAccess given, CancellationToken cancellationToken)
    {
        var limits = InitLimits(spec.Limits);
        using var deadline = new CallDeadline(limits.Timeout, options.TimeProvider, cancellationToken);
        var connection = new GuestConnection(await LaunchAsync(terms, given, deadline).ConfigureAwait(false), guest, spec, options) { Given = given };
        try
        {
            var answer = await AskAsync(connection, (spec, guest.Runtime, terms is { Recorded: true }), Messages.Initialize, limits, deadline).ConfigureAwait(false);
            connection.Once = InitializeAnswer.Read(answer.Span);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Asks a guest that no call has: what it contributes, or whether it is well.</summary>
    /// <exception cref="SandboxLoadException">It failed.</exception>
    internal async ValueTask<ReadOnlyMemory<byte>> AskAsync(GuestConnection connection, Action<FrameBuffer, (long Id, int State)> compose, TimeSpan time, CancellationToken cancellationToken)
    {
        var limits = InitLimits(spec.Limits);
        using var deadline = new CallDeadline(time < limits.Timeout ? time : limits.Timeout, options.TimeProvider, cancellationToken);
        return await AskAsync(connection, 0, compose, limits, deadline).ConfigureAwait(false);
    }

    private static Limits InitLimits(Limits limits) => limits with { Timeout = limits.InitTimeout };

    private async ValueTask<ReadOnlyMemory<byte>> AskAsync<TState>(GuestConnection connection, TState state, Action<FrameBuffer, (long Id, TState State)> compose, Limits limits, CallDeadline deadline)
    {
        var session = new GuestSession(limits, RefusingHostChannel.Instance, deadline, options.TimeProvider);
        var answer = await connection.RequestAsync(session, state, compose).ConfigureAwait(false);
        if (answer.Failure is not { } failure) return answer.Value;

        // What a guest wrote before it died says more than that it died.
        var last = failure.Error.Code == ErrorCodes.ProcessEnded && session.Log.Entries is [.., var line] ? " " + line.Message[..Math.Min(line.Message.Length, MostLastWords)] : "";
        throw new SandboxLoadException(failure.Error with { Message = failure.Error.Message + last });
    }

    private async ValueTask<IGuestProcess> LaunchAsync(GuestTerms? terms, DirectAccess given, CallDeadline deadline)
    {
        // SECURITY: what cannot be given the limits that its call is to have is not started with others.
        if (terms is not null && guest.StartFor is null) throw new SandboxLoadException(new CallError(ErrorCodes.SandboxUnavailable, "This sandbox has no process for a call of limits of its own."));
        try
        {
            if (terms is not null) return await guest.StartFor!(terms, given, deadline.Token).ConfigureAwait(false);
            if (guest.StartGiven is { } start) return await start(given, deadline.Token).ConfigureAwait(false);
            return await guest.Start(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.Reason is not null)
        {
            throw new SandboxLoadException(GuestFailure.Limit(deadline.Reason).Error);
        }
    }

    /// <summary>What a guest answers to its first request: that it speaks the same version, and whether it serves one call only.</summary>
    private static class InitializeAnswer
    {
        internal static bool Read(ReadOnlySpan<byte> json)
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1000 });
            reader.Read();
            var (version, once) = (0, false);
            while (reader.TokenType == JsonTokenType.StartObject ? reader.Read() : reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.TokenType != JsonTokenType.PropertyName) break;
                var (isVersion, isOnce) = (GuestStrings.Is(ref reader, "protocol"u8), GuestStrings.Is(ref reader, "once"u8));
                reader.Read();
                if (isVersion && reader.TokenType == JsonTokenType.Number) reader.TryGetInt32(out version);
                if (isOnce) once = reader.TokenType == JsonTokenType.True;
                reader.Skip();
                reader.Read();
            }

            return version == Messages.Version ? once : throw new SandboxLoadException(GuestFailure.Violation.Error);
        }
    }
}
