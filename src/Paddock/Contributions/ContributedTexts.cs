using Paddock.HostApi;
using Paddock.HostApi.Translations;

namespace Paddock.Contributions;

/// <summary>Texts that plugins contribute: a plugin's own first, then those of every other. An application with texts of its own puts its translator in this one's place.</summary>
internal sealed class ContributedTexts(IContributions contributions) : ITranslator
{
    private const string Fallback = "en";

    public string? Find(HostCallScope scope, string key, string? language)
    {
        var texts = contributions.Current(scope.Tenant).Translations.OrderByDescending(t => t.Plugin == scope.PluginName).ToList();
        foreach (string candidate in Languages(language ?? scope.Language))
        {
            foreach (var text in texts)
            {
                if (text.Value.Texts.TryGetValue(candidate, out var found) && found.TryGetValue(key, out string? value)) return value;
            }
        }

        return null;
    }

    // de-AT, then de, then English.
    private static IEnumerable<string> Languages(string? language)
    {
        for (string? rest = language; !string.IsNullOrEmpty(rest); rest = rest.LastIndexOf('-') is > 0 and var cut ? rest[..cut] : null) yield return rest;
        yield return Fallback;
    }
}
