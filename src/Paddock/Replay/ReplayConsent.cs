namespace Paddock;

/// <summary>An operator's wish to have a plugin's calls recorded.</summary>
/// <param name="PluginId">The plugin.</param>
/// <param name="EnabledBy">Who wished it.</param>
/// <param name="ExpiresAt">When it ends by itself.</param>
public sealed record ReplayConsent(string PluginId, string EnabledBy, DateTimeOffset ExpiresAt);
