namespace Paddock.Policy;

/// <summary>What of a registration an operator would have to look at, each as one text that says all that matters of it: what is not among the old texts is new.</summary>
internal static class Contributed
{
    // Middleware that lets nobody in unasked. A host that names its own otherwise has these routes looked at.
    private static readonly string[] Guards = ["auth", "admin"];

    public static IEnumerable<(string Text, string What)> Of(Registration registration, string plugin)
    {
        foreach (var template in registration.Templates.Where(t => t.Override)) yield return ($"template\n{template.Name}", $"the override of the template {template.Name}");
        foreach (var hook in registration.Hooks) yield return ($"hook\n{hook.Event}", $"the hook for {hook.Event}");

        // SECURITY: a tool whose name stays and whose schema or description changes after approval speaks to a model in the operator's name.
        foreach (var tool in registration.Tools)
            yield return ($"tool\n{tool.Name}\n{tool.Description}\n{Convert.ToHexString(tool.InputSchema.Span)}", $"the tool {tool.Name}, its description or its schema");
        foreach (var command in RegistrationGate.Paths(registration.Commands)) yield return ($"command\n{command}", $"the command {command}");
        foreach (var channel in registration.Channels) yield return ($"channel\n{channel.Id}", $"the channel {channel.Id}");
        foreach (var service in registration.Services) yield return ($"service\n{service.Id}", $"the service {service.Id}");
        foreach (var export in registration.Exports) yield return ($"export\n{export}", $"the export {export}");
        foreach (var hidden in registration.HideMenuItems) yield return ($"hide\n{hidden}", $"that it hides the menu item {hidden}");
        if (registration.LandingPage is { } page) yield return ($"landing\n{page}", $"the landing page {page}");
        if (registration.Translations is { } texts && texts.Namespace != plugin) yield return ($"texts\n{texts.Namespace}", $"texts of {texts.Namespace}, which are not its own");
    }

    /// <summary>Routes that let more people in than before: those without a guard that did not exist, and those that lost one.</summary>
    public static IEnumerable<RouteRegistration> Opened(Registration old, Registration now) => now.Routes.Where(route =>
    {
        var guards = route.Middleware.Where(Guards.Contains);
        var before = old.Routes.FirstOrDefault(r => r.Path == route.Path && r.Method.Equals(route.Method, StringComparison.OrdinalIgnoreCase));
        return before is null ? !guards.Any() : before.Middleware.Where(Guards.Contains).Except(guards).Any();
    });
}
