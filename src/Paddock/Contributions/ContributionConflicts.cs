namespace Paddock.Contributions;

/// <summary>What of a registration another plugin, or itself, has already.</summary>
internal static class ContributionConflicts
{
    public static IReadOnlyList<Finding> Find(IReadOnlyDictionary<string, PluginContributions> plugins, string plugin, Registration registration)
    {
        var findings = new List<Finding>();
        var taken = plugins.Where(p => p.Key != plugin).SelectMany(p => Keys(p.Value.Registration).Select(key => (Key: key, Plugin: p.Key)))
            .GroupBy(k => k.Key, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().Plugin, StringComparer.Ordinal);
        var own = new HashSet<string>(StringComparer.Ordinal);
        foreach (string key in Keys(registration))
        {
            if (taken.TryGetValue(key, out string? other)) findings.Add(Conflict(key, $"the plugin {other}"));
            else if (!own.Add(key)) findings.Add(Conflict(key, "this plugin, twice"));
        }

        return findings;
    }

    private static IEnumerable<string> Keys(Registration registration)
    {
        foreach (var route in registration.Routes) yield return KeyOf(route);
        foreach (var template in registration.Templates) yield return $"template {template.Name}";
        foreach (var tool in registration.Tools) yield return $"tool {tool.Name}";
        foreach (var command in registration.Commands.SelectMany(c => ContributionSetBuilder.Paths(c, ""))) yield return $"command {command.Path}";
        foreach (var channel in registration.Channels) yield return $"channel {channel.Id}";
        foreach (var service in registration.Services) yield return $"service {service.Id}";
    }

    /// <summary>What two routes that answer the same requests have in common.</summary>
    public static string KeyOf(RouteRegistration route) => $"route {route.Method.ToUpperInvariant()} {RouteShape(route.Path)}";

    // Two routes that differ in the names of their parameters, or in case, answer the same requests.
    private static string RouteShape(string path) =>
        string.Join('/', path.Split('/').Select(segment => segment.StartsWith(':') || segment.StartsWith('{') ? "{}" : segment.ToLowerInvariant()));

    private static Finding Conflict(string key, string who) => new(ServiceErrorCodes.ContributionConflict, $"The {key} belongs to {who} already.")
    {
        Path = "contributes",
        Mend = "Name it differently, or disable the other plugin.",
    };
}
