namespace Paddock.Policy;

/// <summary>What a decision depends on beside the package and its policy.</summary>
public sealed record PolicyContext
{
    /// <summary>Limits of the host that no policy exceeds. Default: none beyond the policy's.</summary>
    public Limits? HostCeiling { get; init; }

    /// <summary>The same of plugins that are programs and bring an interpreter or a system of their own. Default: <see cref="HostCeiling"/>.</summary>
    public Limits? ProgramCeiling { get; init; }

    /// <summary>The time, for what expires (an observation). Default: the beginning of time, when nothing has expired; hosts set it.</summary>
    public DateTimeOffset Now { get; init; } = DateTimeOffset.MinValue;

    /// <summary>Whether a GoatKit plugin that nobody reviewed runs with that system's defaults (read any table it asks for, use its cache) instead of not at all. Default false; a named weakening.</summary>
    public bool GoatKitDefaults { get; init; }

    /// <summary>How the host isolates plugins. Default: as their manifests and policies say.</summary>
    public IsolationRules Isolation { get; init; } = IsolationRules.None;

    /// <summary>No ceiling, no defaults of another system.</summary>
    public static PolicyContext Default { get; } = new();

    internal Limits? CeilingFor(PluginRuntime runtime) =>
        runtime is PluginRuntime.JavaScript or PluginRuntime.Wasm or PluginRuntime.Template ? HostCeiling : ProgramCeiling ?? HostCeiling;
}
