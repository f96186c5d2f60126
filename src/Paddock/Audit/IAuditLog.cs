namespace Paddock;

/// <summary>Reads the audit and proves that nobody rewrote it.</summary>
public interface IAuditLog
{
    /// <summary>The newest records of a plugin or an execution, or of all that the principal may see (authors: of their own plugins, also deleted ones; operators: of the tenant). At most <paramref name="limit"/>, 1 to 200.</summary>
    ValueTask<Result<IReadOnlyList<AuditRecord>>> ListAsync(Principal principal, string? pluginId = null, string? executionId = null, int limit = 50, CancellationToken cancellationToken = default);

    /// <summary>Recomputes the chain of hashes over all records.</summary>
    ValueTask<AuditVerification> VerifyAsync(CancellationToken cancellationToken = default);
}
