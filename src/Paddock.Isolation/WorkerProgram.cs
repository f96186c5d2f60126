namespace Paddock;

/// <summary>The program that workers are.</summary>
internal static class WorkerProgram
{
    private const string Name = "Paddock.Worker";

    private static readonly Lazy<IReadOnlyDictionary<string, ReadOnlyMemory<byte>>> Read = new(ReadFiles);

    /// <summary>The file that is run.</summary>
    internal static string Entry => Name + ".dll";

    /// <summary>Its files, by their names.</summary>
    /// <exception cref="SandboxLoadException">One is not beside the application.</exception>
    internal static IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files => Read.Value;

    /// <summary>What .NET would open, ask or write beyond what a worker needs.</summary>
    internal static IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>
    {
        ["DOTNET_EnableDiagnostics"] = "0",
        ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1",
        ["DOTNET_NOLOGO"] = "1",
        ["HOME"] = "/tmp",
    };

    internal static SandboxLoadException Unavailable(string message) => new(new CallError(ErrorCodes.SandboxUnavailable, message));

    private static Dictionary<string, ReadOnlyMemory<byte>> ReadFiles()
    {
        string[] names = [Entry, Name + ".runtimeconfig.json", Name + ".deps.json", "Paddock.Abstractions.dll", "Paddock.Sandbox.Protocol.dll", "Paddock.Sandbox.Wasm.dll", "Paddock.Wasm.dll"];
        return names.ToDictionary(name => name, ReadFile, StringComparer.Ordinal);
    }

    private static ReadOnlyMemory<byte> ReadFile(string name)
    {
        string path = Path.Combine(AppContext.BaseDirectory, name);
        return File.Exists(path) ? File.ReadAllBytes(path) : throw Unavailable($"The worker's file {name} is not beside the application.");
    }
}
