namespace Paddock.Contributions;

/// <summary>Makes the set of a tenant from what its plugins contribute, in the order of their names.</summary>
internal static class ContributionSetBuilder
{
    public static ContributionSet Build(IReadOnlyDictionary<string, PluginContributions> plugins, long version) => new()
    {
        Version = version,
        Routes = [.. All(plugins, r => r.Routes).DistinctBy(r => ContributionConflicts.KeyOf(r.Value), StringComparer.Ordinal)],
        MenuItems = MenuTree.Build(All(plugins, r => r.MenuItems), plugins.Values.SelectMany(p => p.Registration.HideMenuItems).ToHashSet(StringComparer.Ordinal)),
        HiddenMenuItems = plugins.Values.SelectMany(p => p.Registration.HideMenuItems).ToHashSet(StringComparer.Ordinal),
        Widgets = [.. All(plugins, r => r.Widgets).OrderBy(w => w.Value.Order)],
        Jobs = All(plugins, r => r.Jobs),
        Templates = Named(plugins, r => r.Templates, t => t.Name),
        Translations = All(plugins, r => new[] { r.Translations }.OfType<TranslationsRegistration>()),
        ErrorCodes = ErrorCodes(plugins),
        Tools = Named(plugins, r => r.Tools, t => t.Name),
        Commands = Named(plugins, r => r.Commands.SelectMany(c => Paths(c, "")), c => c.Path, c => c.Command),
        Channels = Named(plugins, r => r.Channels, c => c.Id),
        Services = Named(plugins, r => r.Services, s => s.Id),
        Hooks = All(plugins, r => r.Hooks).ToLookup(h => h.Value.Event, StringComparer.Ordinal),
        RawHtml = plugins.Where(p => p.Value.RawHtml).Select(p => p.Key).ToHashSet(StringComparer.Ordinal),
        LandingPage = All(plugins, r => new[] { r.LandingPage }.OfType<string>()).FirstOrDefault(),
    };

    /// <summary>A command and those beneath it, by dotted path.</summary>
    public static IEnumerable<(string Path, CommandRegistration Command)> Paths(CommandRegistration command, string above)
    {
        string path = above.Length == 0 ? command.Name : $"{above}.{command.Name}";
        return command.Commands.SelectMany(c => Paths(c, path)).Prepend((path, command));
    }

    private static List<Contributed<T>> All<T>(IReadOnlyDictionary<string, PluginContributions> plugins, Func<Registration, IEnumerable<T>> select) =>
        [.. plugins.SelectMany(p => select(p.Value.Registration).Select(value => new Contributed<T>(p.Key, p.Value.Digest, value)))];

    private static Dictionary<string, Contributed<T>> Named<T>(
        IReadOnlyDictionary<string, PluginContributions> plugins, Func<Registration, IEnumerable<T>> select, Func<T, string> name) => Named(plugins, select, name, value => value);

    // Clashes are refused when the later one is activated or enabled; where they come about otherwise (a policy widened, a
    // start after safe mode), the first name wins.
    private static Dictionary<string, Contributed<TValue>> Named<T, TValue>(
        IReadOnlyDictionary<string, PluginContributions> plugins, Func<Registration, IEnumerable<T>> select, Func<T, string> name, Func<T, TValue> value)
    {
        var named = new Dictionary<string, Contributed<TValue>>(StringComparer.Ordinal);
        foreach (var item in All(plugins, select)) named.TryAdd(name(item.Value), new Contributed<TValue>(item.Plugin, item.Digest, value(item.Value)));
        return named;
    }

    private static Dictionary<string, Contributed<ErrorCodeRegistration>> ErrorCodes(IReadOnlyDictionary<string, PluginContributions> plugins)
    {
        var codes = new Dictionary<string, Contributed<ErrorCodeRegistration>>(StringComparer.Ordinal);
        foreach (var code in All(plugins, r => r.ErrorCodes)) codes.TryAdd($"{code.Plugin}:{code.Value.Code}", code);
        return codes;
    }
}
