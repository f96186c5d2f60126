namespace Paddock.Sandbox.Protocol;

/// <summary>How many processes a plugin has, and how long they live.</summary>
public sealed record ProtocolOptions
{
    /// <summary>Processes that one plugin's calls may have at once, and that are kept warm between them; a call holds one for as long as it takes. Calls that plugins make to each other have as many again at each depth, so that no chain of them waits for itself. Default 4.</summary>
    public int Processes { get; init; } = 4;

    /// <summary>Whether each call has a process of its own, which ends with it. Default false: a process serves one call after another, and what the plugin's code keeps in its variables stays there.</summary>
    public bool FreshProcesses { get; init; }

    /// <summary>A process that was idle for longer is asked whether it still answers before it is given a call. Default 5 s.</summary>
    public TimeSpan CheckAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A process that was idle for longer ends, but for one of each plugin. Default 60 s.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a process may take to die before its streams are given up. Default 5 s.</summary>
    public TimeSpan KillGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What deadlines run on. Default the system's clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
