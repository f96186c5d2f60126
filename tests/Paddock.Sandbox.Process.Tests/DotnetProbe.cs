namespace Paddock.Sandbox.Process.Tests;

/// <summary>The files of the probe for .NET.</summary>
internal static class DotnetProbe
{
    public static IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files { get; } = Directory.GetFiles(Folder())
        .Where(path => Path.GetExtension(path) is ".dll" or ".json" or ".pdb")
        .ToDictionary(path => Path.GetFileName(path), path => (ReadOnlyMemory<byte>)File.ReadAllBytes(path), StringComparer.Ordinal);

    // …/tests/Paddock.Sandbox.Process.Tests/bin/CONFIGURATION/net10.0 → …/tests/Paddock.Plugin.Probe/bin/CONFIGURATION/net10.0
    private static string Folder() => AppContext.BaseDirectory.Replace("Paddock.Sandbox.Process.Tests", "Paddock.Plugin.Probe", StringComparison.Ordinal);
}
