using System.Collections.Frozen;
using System.Text;
using System.Text.Json;
using Paddock.HostApi.Files;
using Paddock.HostApi.Kv;

namespace Paddock.HostApi;

/// <summary>
/// The door through which every effect of every guest passes, whatever its runtime: look up, parse, ask for the grant, record the
/// decision, perform. Grants are asked for at each call, so that a revocation reaches a call under way.
/// </summary>
public sealed class HostDoor
{
    private const int LongestTarget = 512;

    private readonly IGrantSource _grants;
    private readonly IAuditSink _audit;
    private readonly TimeProvider _clock;
    private readonly HostApiOptions _options;
    private readonly FrozenDictionary<string, HostFunction> _functions;

    /// <summary>A door to these stores.</summary>
    public HostDoor(IGrantSource grants, IKeyValueStore store, IAuditSink audit, TimeProvider? clock = null, HostApiOptions? options = null)
    {
        _grants = grants;
        _audit = audit;
        _clock = clock ?? TimeProvider.System;
        _options = options ?? new HostApiOptions();
        HostFunction[] functions =
        [
            new ListFiles(_options), new ReadFile(_options), new WriteFile(_options),
            new GetValue(store), new SetValue(store, _options), new DeleteValue(store), new ListKeys(store),
            new ExecuteCommand(),
        ];
        _functions = functions.ToFrozenDictionary(f => f.Name, StringComparer.Ordinal);
    }

    /// <summary>A channel for one call of one plugin.</summary>
    public IHostChannel Open(HostCallScope scope)
    {
        ArgumentNullException.ThrowIfNull(scope);
        return new Channel(this, scope);
    }

    private async ValueTask<HostReply> InvokeAsync(HostCallScope scope, string name, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        if (!_functions.TryGetValue(name, out var function))
        {
            await RecordAsync(scope, name, null, false, ErrorCodes.UnknownHostFunction, null, cancellationToken).ConfigureAwait(false);
            return HostReply.Fail(ErrorCodes.UnknownHostFunction, $"unknown host function: {Clean(name)}");
        }

        string? target = null;
        try
        {
            using var document = Arguments.Parse(json, function.Members);
            target = function.Target(document.RootElement);
            var held = _grants.ActiveGrants(scope.Tenant, scope.PluginId, scope.Digest).Matching(function.Permission, function.Access, _clock.GetUtcNow());
            if (function.Covering(held, document.RootElement) is not { } grant)
            {
                await RecordAsync(scope, name, target, false, ErrorCodes.PermissionDenied, null, cancellationToken).ConfigureAwait(false);
                return HostReply.Fail(ErrorCodes.PermissionDenied, $"No grant covers {name} here.");
            }

            // Before the effect: one whose record cannot be kept is not performed.
            await RecordAsync(scope, name, target, true, null, grant.Id, cancellationToken).ConfigureAwait(false);
            var reply = await function.PerformAsync(document.RootElement, grant, scope, cancellationToken).ConfigureAwait(false);
            if (reply.Error is { } failed) await RecordAsync(scope, name, target, true, failed.Code, grant.Id, cancellationToken).ConfigureAwait(false);
            return reply;
        }
        catch (HostCallException e)
        {
            await RecordAsync(scope, name, target, false, e.Code, null, cancellationToken).ConfigureAwait(false);
            return HostReply.Fail(e.Code, e.Message);
        }
    }

    private async ValueTask RecordAsync(HostCallScope scope, string action, string? target, bool allowed, string? code, string? grant, CancellationToken cancellationToken) =>
        await _audit.WriteAsync(new AuditRecord
        {
            At = _clock.GetUtcNow(),
            Tenant = scope.Tenant,
            Actor = scope.Actor,
            PluginId = scope.PluginId,
            ExecutionId = scope.ExecutionId,
            Action = Clean(action),
            Target = target is null ? null : Clean(target),
            Allowed = allowed,
            Code = code,
            GrantId = grant,
        }, cancellationToken).ConfigureAwait(false);

    // SECURITY: names and targets are the guest's text; newlines and escapes in them would forge lines of a log.
    private static string Clean(string text)
    {
        var builder = new StringBuilder(Math.Min(text.Length, LongestTarget));
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, LongestTarget))) builder.Append(char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c);
        return builder.ToString();
    }

    /// <summary>The door, with one plugin's and one call's name on it.</summary>
    private sealed class Channel(HostDoor door, HostCallScope scope) : IHostChannel
    {
        public async ValueTask<HostReply> InvokeAsync(string function, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken)
        {
            try
            {
                return await door.InvokeAsync(scope, function, arguments, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return HostReply.Fail(ErrorCodes.Cancelled, "The call is over.");
            }
            catch (Exception e)
            {
                // SECURITY: an exception of the host names paths and types; the guest learns that something failed, the host's log what.
                door._options.OnFault?.Invoke(function, e);
                return HostReply.Fail(ErrorCodes.HostError, "The host could not do this.");
            }
        }
    }
}
