using System.Globalization;

namespace Paddock.Worker.Tests;

/// <summary>A process as its machine's owner sees it.</summary>
/// <param name="Descriptors">What its descriptors lead to.</param>
/// <param name="Environment">Its variables.</param>
/// <param name="UserId">Who runs it, as the machine counts.</param>
internal sealed record ProcessView(IReadOnlyList<string> Descriptors, string Environment, string UserId)
{
    internal static ProcessView Of(int process)
    {
        string root = $"/proc/{process.ToString(CultureInfo.InvariantCulture)}";
        string[] descriptors = [.. Directory.GetFiles(root + "/fd").Select(Target)];
        string user = File.ReadLines(root + "/status").Single(l => l.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1];
        return new ProcessView(descriptors, File.ReadAllText(root + "/environ"), user);
    }

    /// <summary>The workers that this process, or the one that is named, started.</summary>
    internal static IEnumerable<int> Workers(int? host = null) => Directory.GetDirectories("/proc")
        .Select(d => int.TryParse(Path.GetFileName(d), NumberStyles.None, CultureInfo.InvariantCulture, out int id) ? id : 0)
        .Where(id => id > 0 && Command(id).Split('\0') is [var program, "/plugin/Paddock.Worker.dll", ..] && program.EndsWith("/dotnet", StringComparison.Ordinal) && IsOf(id, host ?? System.Environment.ProcessId));

    private static bool IsOf(int process, int host)
    {
        for (int at = process; at > 1; at = Parent(at))
        {
            if (at == host) return true;
        }

        return false;
    }

    private static int Parent(int process)
    {
        try
        {
            return int.Parse(File.ReadLines($"/proc/{process}/status").Single(l => l.StartsWith("PPid:", StringComparison.Ordinal)).Split('\t')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static string Command(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string Target(string descriptor)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget ?? "";
        }
        catch (IOException)
        {
            return "";
        }
    }
}
