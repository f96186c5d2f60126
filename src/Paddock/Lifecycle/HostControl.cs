using Paddock.Audit;

namespace Paddock.Lifecycle;

internal sealed class HostControl(InstalledPlugins installed, PackageActivation activation, AuditStore audit, TimeProvider clock) : IHostControl
{
    public bool IsSafeMode => installed.IsStopped;

    public async ValueTask<Result<bool>> StopAllAsync(Principal principal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        if (principal.Role != PrincipalRole.Operator) return ServiceError.OperatorOnly;
        // First the stop, then its record: what must not run any longer must not wait for a disk.
        bool was = installed.IsStopped;
        installed.IsStopped = true;
        activation.StopAll();
        await RecordAsync(principal, "host.stop-all", cancellationToken).ConfigureAwait(false);
        return !was;
    }

    public async ValueTask<Result<bool>> ResumeAsync(Principal principal, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(principal);
        if (principal.Role != PrincipalRole.Operator) return ServiceError.OperatorOnly;
        await RecordAsync(principal, "host.resume", cancellationToken).ConfigureAwait(false);
        bool was = installed.IsStopped;
        installed.IsStopped = false;
        activation.ContributeAll();
        return was;
    }

    private ValueTask RecordAsync(Principal principal, string action, CancellationToken cancellationToken) => audit.WriteAsync(
        ActRecord.Of(clock, principal, action), cancellationToken);
}
