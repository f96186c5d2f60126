using Paddock.Packages;
using Paddock.Packaging;
using Paddock.Policy;

namespace Paddock.Contributions;

/// <summary>What of a plugin's contributions can be honoured here. What clashes or cannot be understood refuses the plugin; what policy gives no capability for is left out.</summary>
internal sealed class ContributionCheck(ContributionRegistry registry, IScheduleCheck schedules, PaddockOptions options)
{
    /// <summary>What is left of a registration, and everything that is to say about it.</summary>
    public (Registration Registration, IReadOnlyList<Finding> Findings) Check(string tenant, StoredPackage version, Admission admission)
    {
        var (registration, leftOut) = RegistrationGate.Narrow(admission, version.Registration, LifecycleEvents.IsOne);
        List<Finding> findings = [.. leftOut, .. NexusRefusals(version)];
        findings.AddRange(registry.Conflicts(tenant, version.Package.Manifest.Name, registration));
        foreach (var route in registration.Routes) CheckMiddleware(route, findings);
        for (int i = 0; i < registration.Jobs.Count; i++) findings.AddRange(schedules.Check(registration.Jobs[i], $"contributes.jobs[{i}]"));
        return (registration, findings);
    }

    // A Nexus plugin says beforehand what it registers; more, or the same twice, refuses it.
    private static IEnumerable<Finding> NexusRefusals(StoredPackage version) => version.Package.Dialect != PackageDialect.Nexus
        ? []
        : NexusGate.Of(version.Package.Manifest).Check(version.Registration).Select(refusal => new Finding(PolicyCodes.CapabilityNotGranted, refusal) { Path = "capabilities" });

    private void CheckMiddleware(RouteRegistration route, List<Finding> findings)
    {
        // SECURITY: fail closed. A name that nobody gives a meaning must not become "no authorisation".
        foreach (string name in route.Middleware.Where(m => m is not (Middleware.Authenticated or Middleware.Administrator or Middleware.Public) && !options.Middleware.Contains(m)))
        {
            findings.Add(new Finding(ServiceErrorCodes.MiddlewareUnknown, $"The route {route.Method} {route.Path} asks for the middleware {name}, which this host does not have.")
            {
                Path = "contributes.routes",
                Mend = $"Use one of: {string.Join(", ", ((IEnumerable<string>)[Middleware.Authenticated, Middleware.Administrator, Middleware.Public]).Concat(options.Middleware.Order(StringComparer.Ordinal)))}.",
            });
        }
    }
}
