using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Paddock.AspNetCore;

/// <summary><c>/health/live</c> says that the process answers, <c>/health/ready</c> that it can serve. Neither needs a token or tells more than that.</summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapHealthChecks(Routes.Health + "/live", Options(_ => false)).AllowAnonymous();
        endpoints.MapHealthChecks(Routes.Health + "/ready", Options(c => c.Tags.Contains(StoreHealthCheck.Tag))).AllowAnonymous();
    }

    private static HealthCheckOptions Options(Func<HealthCheckRegistration, bool> which) => new()
    {
        Predicate = which,
        ResponseWriter = (context, report) =>
            Wire.WriteAsync(context.Response, new HealthResponse(report.Status == HealthStatus.Healthy ? "healthy" : "unhealthy"), "application/json; charset=utf-8"),
    };
}

/// <summary>The answer of a health check.</summary>
internal sealed record HealthResponse(string Status);
