using System.Text;

namespace Paddock.Sandbox.Process.Tests;

internal static class Specs
{
    /// <summary>A script of the system's python.</summary>
    public static ProcessSpec Python(string script) => new()
    {
        Program = "python3",
        Arguments = ["-I", "/plugin/main.py"],
        Files = new Dictionary<string, ReadOnlyMemory<byte>> { ["main.py"] = Encoding.UTF8.GetBytes(script) },
        Profile = SyscallProfile.Python,
        Limits = new Limits { MemoryBytes = 128 << 20 },
    };
}
