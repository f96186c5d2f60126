namespace Paddock.Policy;

/// <summary>Holds a registration against the capabilities of an admission.</summary>
public static class RegistrationGate
{
    /// <summary>The capabilities that a registration needs: template overrides, tools, commands, channels, services and hooks. Routes, widgets, menus, jobs, texts and assets need none of their own: they come with running.</summary>
    public static IReadOnlyList<string> Needs(Registration registration)
    {
        ArgumentNullException.ThrowIfNull(registration);
        return
        [
            .. registration.Templates.Where(t => t.Override).Select(t => $"template:{t.Name}"),
            .. registration.Tools.Select(t => $"tool:{t.Name}"),
            .. Paths(registration.Commands).Select(c => $"cli:{c}"),
            .. registration.Channels.Select(c => $"channel:{c.Id}"),
            .. registration.Services.Select(s => $"service:{s.Id}"),
            .. registration.Hooks.Select(h => $"hook:{h.Event}").Distinct(),
        ];
    }

    /// <summary>What of it the admission does not allow, each as a finding; none of these may appear in the application.</summary>
    public static IReadOnlyList<Finding> Check(Admission admission, Registration registration)
    {
        ArgumentNullException.ThrowIfNull(admission);
        return [.. Needs(registration).Where(c => !admission.Allows(c)).Select(c => new Finding(PolicyCodes.CapabilityNotGranted, $"It registers {c}, which is not granted.")
        {
            Severity = FindingSeverity.Warning,
            Path = c,
            Mend = $"Declare the capability {c} in the manifest, and grant it.",
        })];
    }

    /// <summary>The dotted paths of commands, groups included.</summary>
    internal static IEnumerable<string> Paths(IReadOnlyList<CommandRegistration> commands, string above = "") =>
        commands.SelectMany(c => Paths(c.Commands, $"{above}{c.Name}.").Prepend(above + c.Name));
}
