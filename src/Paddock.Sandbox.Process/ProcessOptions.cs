using Paddock.Sandbox.Protocol;

namespace Paddock.Sandbox.Process;

/// <summary>Which interpreters plugins in processes run on, and how many processes they have.</summary>
public sealed record ProcessOptions
{
    /// <summary>Absolute path of CPython 3.11 or later, as the sandbox sees it: below /usr, or below one of the launcher's system paths. Default /usr/bin/python3.</summary>
    public string Python { get; init; } = "/usr/bin/python3";

    /// <summary>Absolute path of Node 18 or later, as the sandbox sees it. Default /usr/bin/node.</summary>
    public string Node { get; init; } = "/usr/bin/node";

    /// <summary>Directory of the .NET installation that plugins of .NET run on, with <c>dotnet</c> and <c>shared</c> in it. Null, the default, is the one that this process runs on.</summary>
    public string? Dotnet { get; init; }

    /// <summary>The processes of each plugin.</summary>
    public ProtocolOptions Pool { get; init; } = new();

    /// <summary>The launcher's own settings.</summary>
    public BubblewrapLauncherOptions Launcher { get; init; } = new();
}
