using System.Text;
using System.Text.Json;

namespace Paddock.Packaging;

/// <summary>Checks a container plugin: its plugin.yaml and the files in its config.</summary>
internal static class ContainerDraft
{
    internal const int MostFiles = 50;
    internal const int LargestFile = 500_000;
    internal const int LargestTotal = 2_000_000;
    private const string ManifestFile = "plugin.yaml";

    public static void Examine(PluginDraft draft, bool codeIsText, DraftExamination examination)
    {
        var manifest = codeIsText ? GituManifestReader.Read(draft.Code!, new ManifestFindings(examination.Findings, onlyCode: FindingCodes.ManifestInvalid)) : null;
        bool filesComplete = ReadFiles(draft.FilesOfConfig!.Value, examination);
        if (manifest is null) return;
        if (manifest.Entry is { } entry && filesComplete && !examination.Files.ContainsKey(entry))
            examination.Report(FindingCodes.EntryFileMissing, $"The manifest's entry {Printable.Text(entry)} is none of the files.", "config.files", "Names are compared exactly.");
        examination.Files[ManifestFile] = Encoding.UTF8.GetBytes(draft.Code!);
        examination.Manifest = manifest.Normalise(draft.EntryPoint);
    }

    /// <summary>False when the files could not be told one from another, so that nothing can be said of what is missing.</summary>
    private static bool ReadFiles(JsonElement files, DraftExamination examination)
    {
        if (files.ValueKind != JsonValueKind.Object || files.GetPropertyCount() == 0)
        {
            examination.Report(FindingCodes.FilesRequired, "config.files is no object with at least one file.", "config.files", "Send { \"main.js\": \"…\" }.");
            return false;
        }

        int count = files.GetPropertyCount();
        if (count > MostFiles)
        {
            examination.Report(FindingCodes.FilesTooMany, $"There are {count} files.", "config.files", $"{MostFiles} are allowed.");
            return false;
        }

        long total = 0;
        var taken = new HashSet<string>(StringComparer.Ordinal) { PackagePath.CollisionKey(ManifestFile) };
        foreach (var file in files.EnumerateObject()) total += ReadFile(file, taken, examination);
        if (total > LargestTotal)
            examination.Report(FindingCodes.FilesTotalTooLarge, $"The files have {total} characters in all.", "config.files", $"{LargestTotal} are allowed.");
        CheckDirectories(examination);
        return true;
    }

    private static int ReadFile(JsonProperty file, HashSet<string> taken, DraftExamination examination)
    {
        string? name = JsonText.Name(file);
        string path = $"config.files[{Printable.Text(name ?? "?")}]";
        string? fault = name is null ? "is no text." : PackagePath.Fault(name);
        // SECURITY: names that collide by case, the manifest's own among them: one loader sees one file, another the other.
        if (fault is null && !taken.Add(PackagePath.CollisionKey(name!)))
            fault = $"differs from another one at most by case; {ManifestFile} is the manifest's.";
        if (fault is not null) examination.Report(FindingCodes.FileNameInvalid, $"The file name {fault}", path);

        string? content = JsonText.Value(file.Value);
        if (content is null)
            examination.Report(FindingCodes.FileContentInvalid, "The file's content is no text.", path, "Send it as a string.");
        else if (content.Length > LargestFile)
            examination.Report(FindingCodes.FileTooLarge, $"The file has {content.Length} characters.", path, $"{LargestFile} are allowed.");
        // Kept also when it is faulty, so that the entry is not reported missing as well; an error lets no package be made.
        if (name is not null && UnicodeText.IsValid(name)) examination.Files[name] = content is null ? default : Encoding.UTF8.GetBytes(content);
        return content?.Length ?? 0;
    }

    /// <summary>No name may be a file and a directory at once.</summary>
    private static void CheckDirectories(DraftExamination examination)
    {
        var files = examination.Files.Keys.Select(PackagePath.CollisionKey).ToHashSet(StringComparer.Ordinal);
        files.Add(PackagePath.CollisionKey(ManifestFile));
        foreach (string name in examination.Files.Keys)
        {
            string key = PackagePath.CollisionKey(name);
            for (int slash = key.IndexOf('/'); slash > 0; slash = key.IndexOf('/', slash + 1))
                if (files.Contains(key[..slash]))
                    examination.Report(FindingCodes.FileNameInvalid, "A directory in the file name is a file too.", $"config.files[{Printable.Text(name)}]");
        }
    }
}
