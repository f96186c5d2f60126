using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Paddock.AspNetCore;

/// <summary>Ready means that the store can be read and written.</summary>
internal sealed class StoreHealthCheck(IPaddockStatus status) : IHealthCheck
{
    public const string Tag = "paddock-ready";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        (await status.CheckAsync(cancellationToken)).StoreReady ? HealthCheckResult.Healthy() : new HealthCheckResult(context.Registration.FailureStatus);
}
