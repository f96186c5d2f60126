namespace Paddock.Sandbox.GoPlugin;

/// <summary>How go-plugin programs are started, and how many.</summary>
public sealed record GoPluginRuntimeOptions
{
    /// <summary>Processes that one plugin may have for calls at once; each serves one call at a time. Default 4. A plugin that keeps its state has one.</summary>
    public int ProcessesPerPlugin { get; init; } = 4;

    /// <summary>Whether every call has a process of its own, which costs a start each time. By default a process serves call after call, and keeps its state between them. A plugin that is to keep its state does so either way.</summary>
    public bool FreshProcesses { get; init; }

    /// <summary>The variable that tells a program that a host of its kind starts it. Default GoatKit's.</summary>
    public string MagicCookieName { get; init; } = "GOATKIT_PLUGIN";

    /// <summary>Its value. No secret. Default GoatKit's.</summary>
    public string MagicCookieValue { get; init; } = "goatkit-v1";

    /// <summary>Versions of the plugins' interface that are offered; a program chooses the highest that it has too, and one that has none is refused. Default 1.</summary>
    public IReadOnlyList<int> ProtocolVersions { get; init; } = [1];

    /// <summary>
    /// Whether host and program prove to each other who they are, by certificates made for one process's life (AutoMTLS of the library); a program that does not is refused.
    /// Default false: the socket is in a directory that only the program and the host enter, GoatKit's plugins are given an exact environment without
    /// PLUGIN_CLIENT_CERT, and each message costs its encryption. Turn it on where other programs run under the host's own account.
    /// </summary>
    public bool AutoMtls { get; init; }

    /// <summary>The clock that limits run on. Default the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
