using System.Text.Json;
using Paddock.HostApi.Door;

namespace Paddock.HostApi;

/// <summary>What programs reach by themselves, without a host call for each.</summary>
public sealed partial class HostDoor
{
    internal const string Shows = "files.show";

    /// <summary>The directories of the plugin's files grants, and whether any http grant holds. What stands against one of them stands against the call.</summary>
    internal async ValueTask<DirectAccess> DirectAccessAsync(HostCallScope scope, CancellationToken cancellationToken)
    {
        var files = _mounts is null || scope.AsksForFiles == Access.None ? [] : _mounts.Of(_keeper.GrantsNow(0, scope, PermissionType.Files), scope.AsksForFiles);
        foreach (var mount in files)
        {
            string? code = mount.Refusal is null ? null : ErrorCodes.PermissionDenied;
            await _journal.ShownAsync(scope, Shows, $"{(mount.Writable ? "read-write" : "read-only")} {mount.Root}", mount.Writable, code, mount.Grant.Id, cancellationToken).ConfigureAwait(false);
            if (mount.Refusal is not { } refusal) continue;
            // The reason tells of the host: it is for the host's log.
            _options.OnFault?.Invoke(Shows, new IOException($"{mount.Root} is granted and cannot be shown to a program. {refusal}"));
            return DirectAccess.None with { Refusal = new CallError(ErrorCodes.PermissionDenied, "A directory that was granted cannot be shown to a program; the host's log says why.") };
        }

        bool http = _connect >= 0 && scope.AsksForHttp && _keeper.GrantsNow(_connect, scope, PermissionType.Http).Count > 0;
        return files.Count == 0 && !http ? DirectAccess.None : new DirectAccess([.. files.Select(m => new ProcessMount(m.Root, m.Root, m.Writable) { Identity = m.Identity })], http);
    }

    internal async ValueTask<HostConnection> ConnectAsync(DoorChannel channel, string origin, CancellationToken cancellationToken)
    {
        if (_connect < 0) return new HostConnection(null, new CallError(ErrorCodes.HostCallRefused, "This host gives plugins no network."));
        var function = _functions[_connect];
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(new { url = origin });
        var now = Instant.Now(_clock);
        var opened = new Opening();
        channel.Ledger.Began(now.Time);
        // Of the way to open it. What goes through is counted when it has ended.
        using var activity = DoorMetrics.Start(function.Name, channel.Scope, channel.Parent);
        var reply = await InvokeAsync(channel, function, _connect, json, now, cancellationToken, opened).ConfigureAwait(false);
        channel.Ledger.Ended(json.Length, reply.Value.Length);
        DoorMetrics.Ended(activity, function.Name, channel.Scope, _clock.GetElapsedTime(now.Timestamp), reply.Error?.Code, json.Length + reply.Value.Length);
        return new HostConnection(opened.Connection, reply.Error);
    }

    /// <summary>Where a function that opens a connection leaves it.</summary>
    private sealed class Opening
    {
        internal Stream? Connection { get; set; }
    }
}
