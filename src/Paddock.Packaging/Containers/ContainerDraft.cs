using System.Text;
using System.Text.Json;

namespace Paddock.Packaging;

/// <summary>The container half of a draft: a plugin.yaml as its code, and files in its config.</summary>
internal static class ContainerDraft
{
    private const int MostFiles = 50, LongestFile = 500_000, LongestTotal = 2_000_000, LongestFileName = 255;

    public static void Examine(PluginDraft draft, bool codeIsText, DraftExamination examination)
    {
        var manifest = codeIsText ? ContainerManifestReader.Read(draft.Code!, examination.Findings) : null;
        ReadFiles(draft.Config!.Value.GetProperty("files"), examination);
        if (manifest is null) return;
        if (!examination.Files.ContainsKey(manifest.Entry))
            examination.Report(FindingCodes.EntryFileMissing, $"The entry {Printable.Text(manifest.Entry)} is none of the files.", "config.files", "Add the file, or name another entry.");
        examination.Files.TryAdd("plugin.yaml", Encoding.UTF8.GetBytes(draft.Code!));
        examination.Manifest = manifest;
    }

    private static void ReadFiles(JsonElement files, DraftExamination examination)
    {
        if (files.ValueKind != JsonValueKind.Object || !files.EnumerateObject().Any())
        {
            examination.Report(FindingCodes.FilesRequired, "config.files has no file.", "config.files", "Send an object of file names and contents.");
            return;
        }

        var count = files.EnumerateObject().Count();
        if (count > MostFiles)
        {
            examination.Report(FindingCodes.FilesTooMany, $"There are {count} files.", "config.files", $"{MostFiles} are allowed.");
            return;
        }

        long total = 0;
        var folded = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var file in files.EnumerateObject()) total += ReadFile(file, folded, examination);
        if (total > LongestTotal) examination.Report(FindingCodes.FilesTotalTooLarge, $"The files have {total} characters in all.", "config.files", $"{LongestTotal} are allowed.");
    }

    private static int ReadFile(JsonProperty file, HashSet<string> folded, DraftExamination examination)
    {
        var name = JsonText.Name(file);
        var path = $"config.files[{Printable.Text(name ?? "?")}]";
        if (name is null || !IsPlain(name))
            examination.Report(FindingCodes.FileNameInvalid, "The file name is no plain relative path.", path, "Use letters, digits, '.', '_', '-' and '/' without '..'.");
        else if (!folded.Add(name.Normalize(NormalizationForm.FormC)))
            examination.Report(FindingCodes.FileNameInvalid, "The file name differs from another only by case or Unicode form.", path, "Rename one of them.");
        else if (name.Equals("plugin.yaml", StringComparison.OrdinalIgnoreCase))
            examination.Report(FindingCodes.FileNameInvalid, "plugin.yaml is the code itself.", path, "Leave it out of the files.");
        var text = JsonText.Value(file.Value);
        if (text is null || !UnicodeText.IsValid(text))
        {
            examination.Report(FindingCodes.FileContentInvalid, "The content is no text.", path, "Send it as a string.");
            return 0;
        }

        if (text.Length > LongestFile) examination.Report(FindingCodes.FileTooLarge, $"The file has {text.Length} characters.", path, $"{LongestFile} are allowed.");
        if (name is not null) examination.Files.TryAdd(name, Encoding.UTF8.GetBytes(text));
        return text.Length;
    }

    // SECURITY: `..`, absolute, drive and UNC names, and names that another system reads as another path.
    private static bool IsPlain(string name) =>
        name.Length is > 0 and <= LongestFileName && Printable.IsClean(name) && name.IndexOfAny(['\\', ':', '*', '?', '"', '<', '>', '|']) < 0
        && name.Split('/').All(segment => segment is not ("" or "." or "..") && segment.Trim() == segment && !segment.EndsWith('.'));
}
