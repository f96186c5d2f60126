using System.Text;

namespace Paddock.Sandbox.Process.Tests;

internal static class Specs
{
    /// <summary>A script of the system's python.</summary>
    public static ProcessSpec Python(string script, params string[] arguments) => new()
    {
        Program = "python3",
        Arguments = ["-I", "/plugin/main.py", .. arguments],
        Files = new Dictionary<string, ReadOnlyMemory<byte>> { ["main.py"] = Encoding.UTF8.GetBytes(script) },
        Profile = SyscallProfile.Python,
        Limits = new Limits { MemoryBytes = 128 << 20 },
    };

    /// <summary>A launcher with one defence lifted, or several that stand in for each other.</summary>
    public static BubblewrapLauncher Without(Defences lifted) => new(new BubblewrapLauncherOptions { Lifted = lifted });

    /// <summary>A new directory that the user of programs may write, too.</summary>
    public static string SharedDirectory(string prefix)
    {
        string path = Directory.CreateTempSubdirectory(prefix).FullName;
        File.SetUnixFileMode(path, (UnixFileMode)0x1FF);
        return path;
    }
}
