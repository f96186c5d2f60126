using System.Text.RegularExpressions;

namespace Paddock.Packaging;

/// <summary>Reads texts: <c>{namespace, languages, translations: {lang: {key: text}}}</c>, or <c>{lang: {key: text}}</c> with nothing around it.</summary>
internal sealed partial class TranslationReader(ManifestFindings findings, bool strict) : NodeReader(findings)
{
    private const int MostTexts = 20_000;
    private const int LongestText = 4000;
    private int _texts;

    public TranslationsRegistration? Read(DataNode value, string pluginName)
    {
        if (Mapping(value, "i18n") is not { } root) return null;
        if (root.Find("translations") is null && root.Find("namespace") is null && root.Find("languages") is null)
            return new TranslationsRegistration(pluginName, Languages(root));
        string name = pluginName;
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> texts = new Dictionary<string, IReadOnlyDictionary<string, string>>();
        foreach (var (key, node) in root.Entries)
        {
            if (node is DataScalar { IsNull: true } or DataScalar { Text: "" } && !strict) continue;
            switch (key.Text)
            {
                case "namespace": name = Match(node, Forms.Id(), "namespace", "a name") ?? name; break;
                case "languages": Matches(node, Language(), "languages", "languages such as en or de-AT"); break;
                case "translations": texts = Mapping(node, "translations") is { } languages ? Languages(languages) : texts; break;
                default:
                    if (strict) Unknown(key, "namespace, languages and translations");
                    break;
            }
        }

        return new TranslationsRegistration(name, texts);
    }

    private Dictionary<string, IReadOnlyDictionary<string, string>> Languages(DataMapping languages)
    {
        var all = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, node) in languages.Entries)
        {
            string? language = Match(key, Language(), "a language", "a language such as en or de-AT");
            if (Mapping(node, "translations of a language") is not { } texts) continue;
            var read = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var (name, text) in texts.Entries) ReadText(name, text, read);
            if (language is not null && !all.TryAdd(language, read)) Findings.Report(PackageCodes.Duplicate, key, "The language stands here twice.");
        }

        return all;
    }

    private void ReadText(DataScalar name, DataNode text, Dictionary<string, string> into)
    {
        if (++_texts > MostTexts)
        {
            if (_texts == MostTexts + 1) Findings.Report(PackageCodes.ValueInvalid, name, $"There are more than {MostTexts} texts.");
            return;
        }

        // An empty text is a text.
        if (Match(name, Key(), "a key", "letters, digits and punctuation") is { } key)
            into[key] = text is DataScalar { Text: "" } ? "" : Words(text, "a text", LongestText, lines: true);
    }

    [GeneratedRegex(@"\A[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8}){0,3}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Language();

    [GeneratedRegex(@"\A[!-~]([ -~]{0,198}[!-~])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Key();
}
