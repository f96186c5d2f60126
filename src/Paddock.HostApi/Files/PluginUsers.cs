namespace Paddock.HostApi.Files;

/// <summary>The users that programs of plugins run as, as the host's files show them: nobody, or one of those that an engine maps above it.</summary>
internal static class PluginUsers
{
    // The number that the kernel itself shows for a user that it cannot map (/proc/sys/kernel/overflowuid); launchers and engines are told to use it.
    private const uint Nobody = 65534;

    /// <summary>Whether it may be one of them. Not where the host itself runs as that user: then its files are the host's.</summary>
    internal static bool Include(uint user) => user >= Nobody && user != LinuxFiles.User;

    /// <summary>Whether it is nobody itself, the user of plugins that no engine maps.</summary>
    internal static bool IsNobody(uint user) => user == Nobody && user != LinuxFiles.User;

    /// <summary>Whether it may be the group of one of them.</summary>
    internal static bool IncludeGroup(uint group) => group >= Nobody;
}
