namespace Paddock.Policy;

/// <summary>Holds a registration against the capabilities of an admission.</summary>
public static class RegistrationGate
{
    /// <summary>
    /// What of a registration the admission lets it make, and a warning for each part that is left out. Public routes, template
    /// overrides, tools, commands, channels, services, hooks, hiding menu items and the landing page need a capability each; other
    /// routes, widgets, menus, jobs, texts and assets come with running.
    /// </summary>
    /// <param name="admission">The capabilities.</param>
    /// <param name="registration">What it would contribute.</param>
    /// <param name="isItsOwn">Hooks for events of the plugin's own life, which need none.</param>
    public static (Registration Registration, IReadOnlyList<Finding> LeftOut) Narrow(Admission admission, Registration registration, Func<string, bool> isItsOwn)
    {
        ArgumentNullException.ThrowIfNull(admission);
        ArgumentNullException.ThrowIfNull(registration);
        ArgumentNullException.ThrowIfNull(isItsOwn);
        var leftOut = new List<Finding>();
        var narrowed = registration with
        {
            Routes = [.. registration.Routes.Where(r => !r.Middleware.Contains("public") || Has("route:public"))],
            Templates = [.. registration.Templates.Where(t => !t.Override || Has($"template:{t.Name}"))],
            Tools = [.. registration.Tools.Where(t => Has($"tool:{t.Name}"))],
            Commands = [.. registration.Commands.Select(c => Allowed(c, "")).OfType<CommandRegistration>()],
            Channels = [.. registration.Channels.Where(c => Has($"channel:{c.Id}"))],
            Services = [.. registration.Services.Where(s => Has($"service:{s.Id}"))],
            Hooks = [.. registration.Hooks.Where(h => isItsOwn(h.Event) || Has($"hook:{h.Event}"))],
            HideMenuItems = registration.HideMenuItems.Count == 0 || Has("menu:hide") ? registration.HideMenuItems : [],
            LandingPage = registration.LandingPage is null || Has("page:landing") ? registration.LandingPage : null,
        };
        return (narrowed, leftOut);

        // SECURITY: every command beneath a command is asked about by its whole path; the right to one gives none beneath it.
        CommandRegistration? Allowed(CommandRegistration command, string above)
        {
            string path = above + command.Name;
            return Has($"cli:{path}") ? command with { Commands = [.. command.Commands.Select(c => Allowed(c, path + ".")).OfType<CommandRegistration>()] } : null;
        }

        bool Has(string capability)
        {
            if (admission.Allows(capability)) return true;
            leftOut.Add(new Finding(PolicyCodes.CapabilityNotGranted, $"plugin \"{admission.Package.Manifest.Name}\" missing capability \"{capability}\"")
            {
                Severity = FindingSeverity.Warning,
                Path = capability,
                Mend = $"Left out. Declare the capability {capability} in the manifest, and grant it.",
            });
            return false;
        }
    }

    /// <summary>The dotted paths of commands, groups included.</summary>
    internal static IEnumerable<string> Paths(IReadOnlyList<CommandRegistration> commands, string above = "") =>
        commands.SelectMany(c => Paths(c.Commands, $"{above}{c.Name}.").Prepend(above + c.Name));
}
