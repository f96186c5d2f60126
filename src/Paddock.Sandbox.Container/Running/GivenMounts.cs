using System.Buffers;
using Paddock.Sandbox.Container.Engine;
using Paddock.Sandbox.Container.Images;

namespace Paddock.Sandbox.Container.Running;

/// <summary>The directories that a call is given, as mounts of its container.</summary>
internal static class GivenMounts
{
    // Where the package is, what it may write, and what it starts with: a directory of the host may not take their place.
    private static readonly string[] Own = [ContainerLanguage.Files, ContainerLanguage.PythonPackages, Egress.GuestProxy.Inside];
    private const string Temporary = "/tmp";
    private static readonly SearchValues<char> OfEngines = SearchValues.Create(",:\"\\\n\r");

    /// <summary>Why they cannot be mounted; null when they can.</summary>
    // SECURITY: podman makes one text of a mount's parts, in which these characters would begin another part.
    internal static string? Refuse(IReadOnlyList<ProcessMount> given)
    {
        if (given.Any(m => m.HostPath.AsSpan().ContainsAny(OfEngines) || m.Path.AsSpan().ContainsAny(OfEngines))) return "A directory that was granted has a name that an engine reads as more than a name.";
        // podman would make it, as root, wherever that is.
        if (given.Any(m => !Directory.Exists(m.HostPath))) return "A directory that was granted is not there.";
        return given.Any(m => m.Path == Temporary || Own.Any(o => m.Path == o || m.Path.StartsWith(o + "/", StringComparison.Ordinal)))
            ? "A directory that was granted has the name of one that every container has."
            : null;
    }

    internal static IReadOnlyList<MountBody> Bodies(IReadOnlyList<ProcessMount> mounts) => [.. mounts.Select(m => new MountBody(m.HostPath, m.Path, !m.Writable))];
}
