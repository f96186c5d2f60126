namespace Paddock.Plugins;

/// <summary>How much a line of the log matters.</summary>
public enum PluginLogLevel
{
    /// <summary>To those who look for a fault.</summary>
    Debug,

    /// <summary>What happens.</summary>
    Info,

    /// <summary>What may go wrong.</summary>
    Warn,

    /// <summary>What went wrong.</summary>
    Error,
}
