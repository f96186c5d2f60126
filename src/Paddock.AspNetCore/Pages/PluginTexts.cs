using System.Globalization;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Options;

namespace Paddock.AspNetCore;

internal sealed class PluginTexts(IContributions contributions, IOptions<PaddockHttpOptions> options) : IPluginTexts
{
    private readonly PaddockHttpOptions _options = options.Value;

    public string? Find(string @namespace, string key, string language)
    {
        foreach (string tag in Fallbacks(language))
            foreach (var texts in Of(@namespace))
                if (texts.Texts.TryGetValue(tag, out var found) && found.TryGetValue(key, out string? text)) return text;
        return null;
    }

    public IStringLocalizer For(string @namespace) => new Localizer(this, @namespace, null);

    public IStringLocalizer For(string @namespace, string language) => new Localizer(this, @namespace, language);

    // SECURITY: a plugin that brings texts under another's name. A namespace that is a plugin's name is that plugin's.
    private IEnumerable<TranslationsRegistration> Of(string @namespace)
    {
        var all = contributions.Current(_options.Tenant).Translations.Where(t => t.Value.Namespace == @namespace);
        return all.OrderByDescending(t => t.Plugin == @namespace).Select(t => t.Value);
    }

    private IEnumerable<string> Fallbacks(string language)
    {
        for (string tag = language; tag.Length > 0; tag = tag.LastIndexOf('-') is > 0 and var dash ? tag[..dash] : "")
            yield return tag;
        yield return _options.DefaultLanguage;
    }

    private IEnumerable<LocalizedString> All(string @namespace, string language, bool parents)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string tag in parents ? Fallbacks(language) : [language])
        {
            foreach (var texts in Of(@namespace))
            {
                if (!texts.Texts.TryGetValue(tag, out var found)) continue;
                foreach (var (key, text) in found)
                    if (seen.Add(key)) yield return new LocalizedString(key, text, resourceNotFound: false, @namespace);
            }
        }
    }

    private sealed class Localizer(PluginTexts texts, string @namespace, string? language) : IStringLocalizer
    {
        private string Language => language ?? CultureInfo.CurrentUICulture.Name;

        public LocalizedString this[string name]
        {
            get
            {
                string? text = texts.Find(@namespace, name, Language);
                return new LocalizedString(name, text ?? name, text is null, @namespace);
            }
        }

        public LocalizedString this[string name, params object[] arguments]
        {
            get
            {
                var found = this[name];
                return new LocalizedString(name, Format(found.Value, arguments), found.ResourceNotFound, @namespace);
            }
        }

        public IEnumerable<LocalizedString> GetAllStrings(bool includeParentCultures) => texts.All(@namespace, Language, includeParentCultures);

        // A plugin's text is no format that the application wrote: one with other places than arguments stays as it is.
        private static string Format(string text, object[] arguments)
        {
            try
            {
                return string.Format(CultureInfo.CurrentCulture, text, arguments);
            }
            catch (FormatException)
            {
                return text;
            }
        }
    }
}
