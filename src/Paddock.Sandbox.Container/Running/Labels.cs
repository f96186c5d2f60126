namespace Paddock.Sandbox.Container.Running;

/// <summary>What marks a container or an image as Paddock's, so that the next host finds what a dead one left.</summary>
internal static class Labels
{
    /// <summary>Which state directory it belongs to: what another one made is never touched.</summary>
    internal const string Store = "dev.paddock.store";

    /// <summary>Which run of a host started it.</summary>
    internal const string Host = "dev.paddock.host";

    /// <summary>Digest of the plugin's package.</summary>
    internal const string Package = "dev.paddock.package";
}
