using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Paddock.Packaging;

/// <summary>Checks the form of a draft: all that can be said without parsing JavaScript. Pure, and total: any draft whatever gives findings, none makes it throw.</summary>
public static class DraftValidator
{
    internal const int LongestName = 100;
    internal const int LongestDescription = 2000;
    internal const int ShortestCode = 10;
    internal const int LongestCode = 200_000;
    internal const int LongestEntryPoint = 128;
    internal const int LongestConfig = 256 << 10;

    /// <summary>Everything that is wrong with the draft's form, all at once; empty when nothing is. <see cref="PackageVerifier"/> says the rest.</summary>
    public static IReadOnlyList<Finding> Validate(PluginDraft draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        return Examine(draft).Findings;
    }

    internal static DraftExamination Examine(PluginDraft draft)
    {
        var examination = new DraftExamination();
        examination.Findings.AddRange(draft.FormFindings);
        CheckName(draft.Name, examination);
        CheckDescription(draft.Description, examination);
        CheckEntryPoint(draft.EntryPoint, examination);
        CheckConfig(draft.Config, examination);
        bool codeIsText = CheckCode(draft.Code, examination);
        if (draft.IsContainer)
            ContainerDraft.Examine(draft, codeIsText, examination);
        else if (codeIsText)
            ExamineSnippet(draft, examination);
        return examination;
    }

    private static void ExamineSnippet(PluginDraft draft, DraftExamination examination)
    {
        const string entry = "plugin.js";
        examination.Files.Add(entry, Encoding.UTF8.GetBytes(draft.Code!));
        examination.Manifest = new PluginManifest
        {
            Name = draft.Name ?? "",
            Description = draft.Description ?? "",
            Runtime = PluginRuntime.JavaScript,
            Entry = entry,
            EntryPoint = draft.EntryPoint,
            Isolation = IsolationLevel.InProcess,
            Dialect = "gitu-js",
        };
    }

    private static void CheckName(string? name, DraftExamination examination)
    {
        if (name is null || name.Trim().Length < 2)
            examination.Report(FindingCodes.NameRequired, "The plugin has no name of two characters or more.", "name", "Give it a name as text.");
        else if (name.Length > LongestName)
            examination.Report(FindingCodes.NameInvalid, $"The name has {name.Length} characters.", "name", $"{LongestName} are allowed.");
        else if (!Printable.IsClean(name))
            examination.Report(FindingCodes.NameInvalid, "The name has characters that do not print.", "name", "Use letters, digits, punctuation and spaces.");
    }

    private static void CheckDescription(string? description, DraftExamination examination)
    {
        if (description is null) return;
        if (description.Length > LongestDescription)
            examination.Report(FindingCodes.DescriptionInvalid, $"The description has {description.Length} characters.", "description", $"{LongestDescription} are allowed.");
        else if (description.Split('\n', '\r', '\t').Any(part => !Printable.IsClean(part)))
            examination.Report(FindingCodes.DescriptionInvalid, "The description has characters that do not print.", "description");
    }

    private static void CheckEntryPoint(string? entryPoint, DraftExamination examination)
    {
        if (entryPoint is null) return;
        if (string.IsNullOrWhiteSpace(entryPoint) || entryPoint.Length > LongestEntryPoint || !Printable.IsClean(entryPoint))
            examination.Report(FindingCodes.EntryPointInvalid, $"The entry point is no name of 1 to {LongestEntryPoint} printable characters.",
                "entrypoint", "Name an export, or leave it out for the module's own.");
    }

    private static void CheckConfig(JsonElement? config, DraftExamination examination)
    {
        if (config is not { } value) return;
        if (value.ValueKind != JsonValueKind.Object)
        {
            examination.Report(FindingCodes.ConfigInvalid, "The config is no JSON object.", "config", "Send an object, or leave it out.");
            return;
        }

        long size = 0;
        bool distinct = true;
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            string? name = JsonText.Name(member);
            distinct &= name is not null && names.Add(name);
            if (name != "files") size += JsonMarshal.GetRawUtf8Value(member.Value).Length;
        }

        if (!distinct)
            examination.Report(FindingCodes.ConfigInvalid, "A member of the config has no readable name, or stands there twice.", "config", "Send each member once.");
        if (size > LongestConfig)
            examination.Report(FindingCodes.ConfigInvalid, $"The config has {size} bytes besides its files.", "config", $"{LongestConfig} are allowed.");
    }

    private static bool CheckCode(string? code, DraftExamination examination)
    {
        if (code is null || code.Trim().Length < ShortestCode)
            examination.Report(FindingCodes.CodeRequired, $"There is no code of {ShortestCode} characters or more.", "code", "Send it as text.");
        else if (code.Length > LongestCode)
            examination.Report(FindingCodes.CodeTooLarge, $"The code has {code.Length} characters.", "code", $"{LongestCode} are allowed.");
        else if (!UnicodeText.IsValid(code))
            examination.Report(FindingCodes.CodeInvalid, "The code has half of a surrogate pair, which is no character.", "code", "Write it as an escape.");
        else
            return true;
        return false;
    }
}
