using System.Collections.Frozen;
using System.Diagnostics;
using System.Text.Json;
using Paddock.HostApi.Door;
using Paddock.HostApi.Files;
using Paddock.HostApi.Http;
using Paddock.HostApi.Kv;
using Paddock.HostApi.Shell;

namespace Paddock.HostApi;

/// <summary>
/// The door through which every effect of every guest passes, whatever its runtime: look up, parse; may the plugin run, does a grant
/// cover it, do its rates leave room; record, perform, bound the reply, account. Grants are asked for at each call, so that a revocation
/// reaches a call under way.
/// </summary>
public sealed partial class HostDoor
{
    private readonly TimeProvider _clock;
    private readonly HostApiOptions _options;
    private readonly DoorJournal _journal;
    private readonly DoorKeeper _keeper;
    private readonly HostFunction[] _functions;
    private readonly FrozenDictionary<string, int> _ordinals;
    private readonly GrantedMounts? _mounts;
    private readonly int _connect;

    /// <summary>A door to these stores.</summary>
    /// <param name="grants">Asked at every host call.</param>
    /// <param name="store">The plugins' own values.</param>
    /// <param name="audit">Keeps what was decided.</param>
    /// <param name="clock">Time for expiry and rates; null for the system's.</param>
    /// <param name="options">Limits; null for the defaults.</param>
    /// <param name="groups">Functions beside files, values and shell; null for none.</param>
    /// <param name="ledgers">What plugins used so far; null for a door that counts from nothing.</param>
    /// <param name="roots">Which directories may be shown to programs; null for none.</param>
    public HostDoor(
        IGrantSource grants, IKeyValueStore store, IAuditSink audit, TimeProvider? clock = null, HostApiOptions? options = null,
        IEnumerable<HostFunctionGroup>? groups = null, PluginLedgers? ledgers = null, GrantableRoots? roots = null)
    {
        _clock = clock ?? TimeProvider.System;
        _options = options ?? new HostApiOptions();
        HostFunction[] given = [.. (groups ?? []).SelectMany(group => group.Create(_options, _clock))];
        _functions =
        [
            new ListFiles(_options), new ReadFile(_options), new WriteFile(_options),
            new GetValue(store), new SetValue(store, _options), new DeleteValue(store), new ListKeys(store),
            .. given,
        ];

        // Known where nothing can start programs, too: a grant for it is answered with the reason.
        if (!Array.Exists(given, f => f.Name == ExecuteCommand.FunctionName)) _functions = [.. _functions, new ExecuteCommand(null, new ShellOptions(), _clock)];
        _ordinals = Enumerable.Range(0, _functions.Length).Where(i => _functions[i].IsForGuests).ToFrozenDictionary(i => _functions[i].Name, StringComparer.Ordinal);
        _connect = Array.FindIndex(_functions, f => f is HttpConnectFunction);
        if (roots is not null) _mounts = new GrantedMounts(roots, new SpecialFiles(_options.ShownEntries, _clock));
        _journal = new DoorJournal(audit, _clock);
        _keeper = new DoorKeeper(grants, ledgers ?? new PluginLedgers(_clock), _functions, _clock, _options);
    }

    /// <summary>A channel for one call of one plugin.</summary>
    public IHostChannel Open(HostCallScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return new DoorChannel(this, scope, _keeper.LedgerOf(scope), Activity.Current?.Context ?? default);
    }

    internal async ValueTask<HostReply> InvokeAsync(DoorChannel channel, string name, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        var scope = channel.Scope;
        var now = Instant.Now(_clock);
        channel.Ledger.Began(now.Time);

        // SECURITY: a name that no function has is the guest's text, and no label of ours.
        var known = _ordinals.TryGetValue(name, out var ordinal);
        var function = known ? _functions[ordinal] : null;
        var label = function?.Name ?? DoorMetrics.Unknown;
        using var activity = DoorMetrics.Start(label, scope, channel.Parent);
        var reply = function is null
            ? await DenyAsync(channel, name, null, json, new CallError(ErrorCodes.UnknownHostFunction, $"unknown host function: {DoorJournal.Clean(name)}"), cancellationToken).ConfigureAwait(false)
            : await InvokeAsync(channel, function, ordinal, json, now, cancellationToken).ConfigureAwait(false);
        channel.Ledger.Ended(json.Length, reply.Value.Length);
        DoorMetrics.Ended(activity, label, scope, _clock.GetElapsedTime(now.Timestamp), reply.Error?.Code, json.Length + reply.Value.Length);
        return reply;
    }

    private async ValueTask<HostReply> InvokeAsync(DoorChannel channel, HostFunction function, int ordinal, ReadOnlyMemory<byte> json, Instant now, CancellationToken cancellationToken, Opening? opening = null)
    {
        string? target = null;
        JsonDocument? document = null;
        try
        {
            Decision decision;
            try
            {
                document = Arguments.Parse(json, function.Members);
                target = function.Target(document.RootElement);
                decision = _keeper.Decide(ordinal, channel.Scope, channel.Ledger, document.RootElement, now);
            }
            catch (HostCallException e)
            {
                decision = new Decision { Held = [], Error = new CallError(e.Code, e.Message) };
            }

            if (decision.Error is { } error) return await DenyAsync(channel, function.Name, target, json, error, cancellationToken).ConfigureAwait(false);

            // Before the effect: one whose record cannot be kept is not performed.
            await _journal.AllowedAsync(function, channel.Scope, target, json, decision, cancellationToken).ConfigureAwait(false);
            channel.Ledger.Performing(function);
            var call = new HostCall(document!.RootElement, channel.Scope, decision, ordinal, channel.Ledger, _keeper);
            var reply = Bounded(await PerformAsync(function, call, cancellationToken).ConfigureAwait(false));
            if (opening is not null) opening.Connection = call.Opened;
            if (reply.Error is not { } failed) return reply;

            // Not the call's token: that an allowed effect failed, or was cut short, is kept though the call is over.
            channel.Ledger.Failed();
            await _journal.FailedAsync(function, channel.Scope, target, failed.Code, decision.Grant).ConfigureAwait(false);
            return reply;
        }
        finally
        {
            document?.Dispose();
        }
    }

    private async ValueTask<HostReply> DenyAsync(DoorChannel channel, string action, string? target, ReadOnlyMemory<byte> arguments, CallError error, CancellationToken cancellationToken)
    {
        channel.Ledger.Denied();
        await _journal.DeniedAsync(channel.Scope, action, target, arguments, error.Code, cancellationToken).ConfigureAwait(false);
        return HostReply.Fail(error);
    }

    private HostReply Bounded(HostReply reply) => reply.Value.Length <= _options.ReplyBytes
        ? reply
        : HostReply.Fail(ErrorCodes.ResponseLimit, $"The reply is longer than {_options.ReplyBytes} bytes.");

    private async ValueTask<HostReply> PerformAsync(HostFunction function, HostCall call, CancellationToken cancellationToken)
    {
        try
        {
            return await function.PerformAsync(call, cancellationToken).ConfigureAwait(false);
        }
        catch (HostCallException e)
        {
            return HostReply.Fail(e.Code, e.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return HostReply.Fail(ErrorCodes.Cancelled, "The call is over.");
        }
        catch (Exception e)
        {
            return Fault(function.Name, e);
        }
    }

    // SECURITY: an exception of the host names paths and types; the guest learns that something failed, the host's log what.
    internal HostReply Fault(string function, Exception exception)
    {
        _options.OnFault?.Invoke(function, exception);
        return HostReply.Fail(ErrorCodes.HostError, "The host could not do this.");
    }
}
