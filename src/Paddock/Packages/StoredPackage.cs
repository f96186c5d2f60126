using System.Text.Json;
using Paddock.Packaging;

namespace Paddock.Packages;

/// <summary>A version of a package, verified again from what is stored, with what it contributes.</summary>
internal sealed record StoredPackage
{
    private const string TextsFolder = "i18n/";

    private StoredPackage(VerifiedPackage package, Registration registration, IReadOnlyList<Finding> findings)
    {
        Package = package;
        Registration = registration;
        Findings = findings;
    }

    public VerifiedPackage Package { get; }

    public Registration Registration { get; }

    public IReadOnlyList<Finding> Findings { get; }

    /// <summary>A package with what it says that it contributes, and the texts of its files <c>i18n/LANGUAGE.json</c> (an object of texts by key); what it says itself comes before its files.</summary>
    public static StoredPackage Of(VerifiedPackage package, Registration registration, IReadOnlyList<Finding> findings)
    {
        var files = package.Listing.Where(f => f.Path.StartsWith(TextsFolder, StringComparison.Ordinal) && f.Path.EndsWith(".json", StringComparison.Ordinal)).ToArray();
        if (files.Length == 0) return new StoredPackage(package, registration, findings);
        List<Finding> all = [.. findings];
        var texts = new Dictionary<string, IReadOnlyDictionary<string, string>>(registration.Translations?.Texts ?? new Dictionary<string, IReadOnlyDictionary<string, string>>(), StringComparer.Ordinal);
        foreach (var file in files)
        {
            string language = file.Path[TextsFolder.Length..^".json".Length];
            if (Read(file) is not { } read)
            {
                all.Add(new Finding(PackageCodes.ValueInvalid, "The file is no object of texts by key; it is left out.") { Severity = FindingSeverity.Warning, Path = file.Path });
                continue;
            }

            if (texts.TryGetValue(language, out var said))
            {
                foreach (var (key, text) in said) read[key] = text;
            }

            texts[language] = read;
        }

        var translations = new TranslationsRegistration(registration.Translations?.Namespace ?? package.Manifest.Name, texts);
        return new StoredPackage(package, texts.Count == 0 ? registration : registration with { Translations = translations }, all);
    }

    private static Dictionary<string, string>? Read(PackageFile file)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(file.Content.Span);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
