using System.Security.Cryptography;
using System.Text;

namespace Paddock.HostApi.Door;

/// <summary>
/// Keeps records of host calls. Denials and effects are kept before they take place; a read is kept with others soon after. An effect
/// whose record cannot be kept is not performed.
/// </summary>
internal sealed class DoorJournal(IAuditSink audit, TimeProvider clock)
{
    private const int LongestTarget = 512;

    internal ValueTask DeniedAsync(HostCallScope scope, string action, string? target, ReadOnlyMemory<byte> arguments, string code, CancellationToken cancellationToken) =>
        audit.WriteAsync(Record(scope, action, target, Digest(arguments), false, code, null), cancellationToken);

    /// <summary>Before the effect.</summary>
    internal ValueTask AllowedAsync(HostFunction function, HostCallScope scope, string? target, ReadOnlyMemory<byte> arguments, in Decision decision, CancellationToken cancellationToken)
    {
        // What has no effect outside the call (the time, a translation) leaves no record; accounting counts it.
        if (function.Permission is null) return ValueTask.CompletedTask;
        var code = decision.OnlyObserved ? ErrorCodes.PermissionDenied : null;
        var record = Record(scope, function.Name, target, IsSaidByTarget(function) ? null : Digest(arguments), true, code, decision.Grant?.Id);
        if (!function.OnlyReads) return audit.WriteAsync(record, cancellationToken);
        audit.Post(record);
        return ValueTask.CompletedTask;
    }

    /// <summary>After an effect that was let through and failed, also when the call is over by then.</summary>
    internal ValueTask FailedAsync(HostFunction function, HostCallScope scope, string? target, string code, Grant? grant)
    {
        if (function.Permission is null) return ValueTask.CompletedTask;
        var record = Record(scope, function.Name, target, null, true, code, grant?.Id);
        if (!function.OnlyReads) return audit.WriteAsync(record, CancellationToken.None);
        audit.Post(record);
        return ValueTask.CompletedTask;
    }

    /// <summary>Before a directory is shown to a program, or when it is not.</summary>
    internal ValueTask ShownAsync(HostCallScope scope, string action, string target, bool writes, string? code, string grant, CancellationToken cancellationToken)
    {
        var record = Record(scope, action, target, null, code is null, code, grant);
        if (writes || code is not null) return audit.WriteAsync(record, cancellationToken);
        audit.Post(record);
        return ValueTask.CompletedTask;
    }

    // SECURITY: names and targets are the guest's text; newlines and escapes in them would forge lines of a log.
    internal static string Clean(string text)
    {
        var span = text.AsSpan(0, Math.Min(text.Length, LongestTarget));
        var clean = true;
        foreach (var c in span) clean &= !char.IsControl(c) && !char.IsSurrogate(c);
        if (clean) return span.Length == text.Length ? text : span.ToString();
        var builder = new StringBuilder(span.Length);
        foreach (var c in span) builder.Append(char.IsControl(c) || char.IsSurrogate(c) ? '\uFFFD' : c);
        return builder.ToString();
    }

    // A read of one key says all there is to say by its target.
    private static bool IsSaidByTarget(HostFunction function) =>
        function.OnlyReads && function.Members.Count == 1 && function.Permission is (PermissionType.Kv or PermissionType.Cache or PermissionType.Config);

    private static string? Digest(ReadOnlyMemory<byte> arguments)
    {
        if (arguments.IsEmpty) return null;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(arguments.Span, hash);
        return Convert.ToHexStringLower(hash);
    }

    private AuditRecord Record(HostCallScope scope, string action, string? target, string? digest, bool allowed, string? code, string? grant) => new()
    {
        At = clock.GetUtcNow(),
        Tenant = scope.Tenant,
        Actor = scope.Actor,
        PluginId = scope.PluginId,
        ExecutionId = scope.ExecutionId,
        Action = Clean(action),
        Target = target is null ? null : Clean(target),
        ArgumentsDigest = digest,
        Allowed = allowed,
        Code = code,
        GrantId = grant,
    };
}
