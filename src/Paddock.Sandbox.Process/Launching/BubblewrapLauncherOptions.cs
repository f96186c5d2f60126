namespace Paddock.Sandbox.Process;

/// <summary>What a user sets of the launcher.</summary>
public sealed record BubblewrapLauncherOptions
{
    /// <summary>The user that programs run as, seen from outside, where the host runs as root; otherwise they run as the host's own user. Default 65534 (nobody). Never 0.</summary>
    public int UserId { get; init; } = 65534;

    /// <summary>The group that goes with <see cref="UserId"/>. Default 65534.</summary>
    public int GroupId { get; init; } = 65534;

    /// <summary>Directories of the host that every program sees read-only under the same path, for interpreters that live outside /usr. Default none.</summary>
    public IReadOnlyList<string> SystemPaths { get; init; } = [];

    /// <summary>Path of bubblewrap. Default /usr/bin/bwrap.</summary>
    public string Bubblewrap { get; init; } = "/usr/bin/bwrap";

    /// <summary>Path of setpriv, of util-linux. Default /usr/bin/setpriv.</summary>
    public string Setpriv { get; init; } = "/usr/bin/setpriv";

    /// <summary>Path of prlimit, of util-linux. Default /usr/bin/prlimit.</summary>
    public string Prlimit { get; init; } = "/usr/bin/prlimit";

    /// <summary>Defences that a test does without.</summary>
    internal Defences Lifted { get; init; }
}
