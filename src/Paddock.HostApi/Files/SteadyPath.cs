using Microsoft.Win32.SafeHandles;

namespace Paddock.HostApi.Files;

/// <summary>Whether a directory's path leads to it whatever plugins do.</summary>
/// <remarks>
/// SECURITY: a container engine takes a path and follows it a moment after it was looked at. A plugin that can rename what is on the way
/// could put a link there in between.
/// </remarks>
internal static class SteadyPath
{
    private const int WritableByGroup = 0x10, WritableByAll = 0x2;

    /// <summary>Whether nobody but root, this process's user and the machine's accounts can exchange a directory on the way, or the last one itself.</summary>
    internal static bool Is(string path)
    {
        var current = LinuxFiles.Open(null, "/", LinuxFiles.PathOnly | LinuxFiles.Directory, out _);
        try
        {
            foreach (string segment in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                var next = current is null ? null : LinuxFiles.Open(current, segment, LinuxFiles.PathOnly | LinuxFiles.Directory, out _);
                bool holds = next is not null && Holds(current!, next);
                current?.Dispose();
                current = next;
                if (!holds) return false;
            }

            return true;
        }
        finally
        {
            current?.Dispose();
        }
    }

    private static bool Holds(SafeFileHandle directory, SafeFileHandle entry)
    {
        if (LinuxFiles.Stat(directory, "") is not { } of || LinuxFiles.Stat(entry, "") is not { } there || PluginUsers.Include(of.Owner)) return false;
        // Where there is a list of who may, the group's bits are the most that anybody on it may.
        bool writable = (of.Mode & WritableByAll) != 0 || ((of.Mode & WritableByGroup) != 0 && (PluginUsers.IncludeGroup(of.Group) || LinuxFiles.HasAccessList(directory)));
        return !writable || (of.IsSticky && !PluginUsers.Include(there.Owner));
    }
}
