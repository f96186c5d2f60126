namespace Paddock.Plugins;

/// <summary>What a loaded sandbox is found by. The digest covers code and manifest; limits follow from them and from the host's options, which do not change while it runs.</summary>
internal readonly record struct PluginKey(string Tenant, string Id, string Digest);
