namespace Paddock;

/// <summary>The state of a host.</summary>
/// <param name="StoreReady">Whether the store can be read and written.</param>
/// <param name="SchemaVersion">The schema's version; 0 when the store is not ready.</param>
/// <param name="SqliteVersion">The version of the native library in use.</param>
/// <param name="Runtimes">The runtimes that plugins can run on here.</param>
/// <param name="LoadedPlugins">How many plugins are loaded.</param>
public sealed record PaddockStatus(bool StoreReady, int SchemaVersion, string SqliteVersion, IReadOnlyList<PluginRuntime> Runtimes, int LoadedPlugins);
