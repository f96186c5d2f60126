using Paddock.Packages;
using Paddock.Policy;

namespace Paddock.Contributions;

/// <summary>What of a plugin's contributions can be honoured here. What clashes or cannot be understood refuses the plugin; what policy gives no capability for is left out.</summary>
internal sealed class ContributionCheck(ContributionRegistry registry, IScheduleCheck schedules, PaddockOptions options)
{
    /// <summary>What is left of a registration, and everything that is to say about it.</summary>
    public (Registration Registration, IReadOnlyList<Finding> Findings) Check(string tenant, StoredPackage version, Admission admission)
    {
        var findings = new List<Finding>();
        var registration = Capable(version.Registration, version.Package.Manifest.Name, admission, findings);
        findings.AddRange(registry.Conflicts(tenant, version.Package.Manifest.Name, registration));
        foreach (var route in registration.Routes) CheckMiddleware(route, findings);
        for (int i = 0; i < registration.Jobs.Count; i++) findings.AddRange(schedules.Check(registration.Jobs[i], $"contributes.jobs[{i}]"));
        return (registration, findings);
    }

    private static Registration Capable(Registration all, string plugin, Admission admission, List<Finding> findings)
    {
        return all with
        {
            Routes = [.. all.Routes.Where(r => !r.Middleware.Contains(Middleware.Public) || Has("route:public"))],
            Templates = [.. all.Templates.Where(t => !t.Override || Has($"template:{t.Name}"))],
            Tools = [.. all.Tools.Where(t => Has($"tool:{t.Name}"))],
            Commands = [.. all.Commands.Select(c => Allowed(c, "")).OfType<CommandRegistration>()],
            Channels = [.. all.Channels.Where(c => Has($"channel:{c.Id}"))],
            Services = [.. all.Services.Where(s => Has($"service:{s.Id}"))],
            Hooks = [.. all.Hooks.Where(h => LifecycleEvents.IsOne(h.Event) || Has($"hook:{h.Event}"))],
            HideMenuItems = all.HideMenuItems.Count == 0 || Has("menu:hide") ? all.HideMenuItems : [],
            LandingPage = all.LandingPage is null || Has("page:landing") ? all.LandingPage : null,
        };

        // SECURITY: every command beneath a command is asked about by its whole path; the right to one gives none beneath it.
        CommandRegistration? Allowed(CommandRegistration command, string above)
        {
            string path = above.Length == 0 ? command.Name : $"{above}.{command.Name}";
            return Has($"cli:{path}") ? command with { Commands = [.. command.Commands.Select(c => Allowed(c, path)).OfType<CommandRegistration>()] } : null;
        }

        bool Has(string capability)
        {
            if (admission.Allows(capability)) return true;
            findings.Add(new Finding(ServiceErrorCodes.CapabilityMissing, $"plugin \"{plugin}\" missing capability \"{capability}\"")
            {
                Severity = FindingSeverity.Warning,
                Path = "capabilities",
                Mend = $"Left out. Ask for {capability} under capabilities, and have policy grant it.",
            });
            return false;
        }
    }

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
