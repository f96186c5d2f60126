using System.Globalization;

namespace Paddock.Sandbox.Process;

/// <summary>The name of a host process in the names of what it leaves behind: number, and when it started, so that a number used again is another host; and its pid namespace, since elsewhere the number says nothing.</summary>
internal static class HostName
{
    internal const string Prefix = "paddock-";

    private static readonly string Namespace = Path.GetFileName(new FileInfo("/proc/self/ns/pid").LinkTarget ?? "").Trim('p', 'i', 'd', ':', '[', ']');

    internal static string OfThisProcess() => Of(Environment.ProcessId)!;

    /// <summary>Whether the name is that of a host of this pid namespace which is gone.</summary>
    internal static bool IsOfTheDead(string name)
    {
        string[] parts = name.Split('-');
        return parts.Length == 4 && name.StartsWith(Prefix, StringComparison.Ordinal) && parts[1] == Namespace
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && Of(pid) != name;
    }

    private static string? Of(int pid)
    {
        try
        {
            // Field 22, the time of start; the second field is the program's name in parentheses and may hold anything.
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" or "X" ? null : $"{Prefix}{Namespace}-{pid}-{fields[19]}";
        }
        catch (IOException)
        {
            return null;
        }
    }
}
