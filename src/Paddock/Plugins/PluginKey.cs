namespace Paddock.Plugins;

/// <summary>What a loaded sandbox is found by. The digest covers code and manifest; limits follow from them, the host's options and policy: whoever changes policy drops what was loaded before.</summary>
internal readonly record struct PluginKey(string Tenant, string Id, string Digest);
