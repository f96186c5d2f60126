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
    public HostDoor(
        IGrantSource grants, IKeyValueStore store, IAuditSink audit, TimeProvider? clock = null, HostApiOptions? options = null, IEnumerable<HostFunctionGroup>? groups = null)
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
            .. (groups ?? []).SelectMany(group => group.Create(_options, _clock)),
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
        string? target = null;
        JsonDocument? document = null;
        try
        {
            Grant? grant;
            HostFunction? function;
            IReadOnlyList<Grant> held;
            try
            {
                if (!_functions.TryGetValue(name, out function))
                    throw new HostCallException(ErrorCodes.UnknownHostFunction, $"unknown host function: {Clean(name)}");
                document = Arguments.Parse(json, function.Members);
                target = function.Target(document.RootElement);
                held = Held(function, scope);
                grant = function.Covering(held, document.RootElement);
                if (grant is null && function.Permission is not null) throw new HostCallException(ErrorCodes.PermissionDenied, $"No grant covers {name} here.");
            }
            catch (HostCallException e)
            {
                await RecordAsync(scope, name, target, false, e.Code, null, cancellationToken).ConfigureAwait(false);
                return HostReply.Fail(e.Code, e.Message);
            }

            // Before the effect: one whose record cannot be kept is not performed.
            await RecordAsync(scope, name, target, true, null, grant?.Id, cancellationToken).ConfigureAwait(false);
            var call = new HostCall(document.RootElement, scope, grant, held, () => Held(function, scope));
            var reply = await PerformAsync(function, call, cancellationToken).ConfigureAwait(false);

            // Not the call's token: that an allowed effect failed, or was cut short, is kept though the call is over.
            if (reply.Error is { } failed) await RecordAsync(scope, name, target, true, failed.Code, grant?.Id, CancellationToken.None).ConfigureAwait(false);
            return reply;
        }
        finally
        {
            document?.Dispose();
        }
    }

    private Grant[] Held(HostFunction function, HostCallScope scope)
    {
        if (function.Permission is not { } permission) return [];
        GrantSet grants;
        try
        {
            grants = _grants.ActiveGrants(scope.Tenant, scope.PluginId, scope.Digest);
        }
        catch (Exception e)
        {
            // SECURITY: grants that cannot be read are no grants.
            _options.OnFault?.Invoke(function.Name, e);
            return [];
        }

        // SECURITY: a grant of another plugin, or for other code, that a store hands out by mistake.
        var now = _clock.GetUtcNow();
        return [.. grants.Grants.Where(g => g.Permission.Type == permission && function.Considers(g.Permission.Access) && now < g.ExpiresAt && g.PluginId == scope.PluginId && g.Digest == scope.Digest)];
    }

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
    private HostReply Fault(string function, Exception exception)
    {
        _options.OnFault?.Invoke(function, exception);
        return HostReply.Fail(ErrorCodes.HostError, "The host could not do this.");
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
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return HostReply.Fail(ErrorCodes.Cancelled, "The call is over.");
            }
            catch (Exception e)
            {
                return door.Fault(function, e);
            }
        }
    }
}
