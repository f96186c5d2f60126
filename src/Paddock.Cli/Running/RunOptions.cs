using System.Collections.Concurrent;

namespace Paddock.Cli;

/// <summary>What <c>paddock run</c> was asked for.</summary>
/// <param name="Path">A file or a directory that is there.</param>
/// <param name="Function">The export; null for the main one.</param>
/// <param name="Input">JSON.</param>
/// <param name="Allowed">What is granted.</param>
/// <param name="Timeout">Time of the call.</param>
/// <param name="MemoryBytes">Memory; null where nothing was said.</param>
/// <param name="InProcess">Whether JavaScript and WebAssembly packages run in this process.</param>
/// <param name="Engine">Socket of the container engine; null for the first of the usual ones.</param>
/// <param name="Json">Whether the whole outcome is printed.</param>
internal sealed record RunOptions(string Path, string? Function, byte[] Input, IReadOnlyList<Permission> Allowed, TimeSpan Timeout, long? MemoryBytes, bool InProcess, string? Engine, bool Json)
{
    // Interpreters of their own need more than the engine.
    private const long OfScript = 64L << 20, OfPackage = 256L << 20;

    /// <summary>What the container engine said when it refused or failed: told where the run fails for it.</summary>
    public ConcurrentQueue<string> EngineSaid { get; } = new();

    /// <summary>Whether it is one JavaScript file, which needs no package.</summary>
    public bool IsScript => System.IO.Path.GetExtension(Path).ToUpperInvariant() is ".JS" or ".MJS" or ".CJS" && File.Exists(Path);

    /// <summary>The limits of the call; of a package those of its manifest where they are lower.</summary>
    public Limits Limits => new() { Timeout = Timeout, MemoryBytes = MemoryBytes ?? (IsScript ? OfScript : OfPackage), Processes = 64 };
}
