using Paddock.Sandbox.Protocol.Guests;

namespace Paddock.Sandbox.Container.HostImages;

/// <summary>The .NET runtime that this process runs on, where it is an installed one.</summary>
internal static class DotnetFiles
{
    // Opened by name when they are first used, which no file of the runtime says.
    private static readonly string[] Opened = ["libssl.so.3", "libcrypto.so.3"];

    /// <summary>Its directory; null where the application brings its own.</summary>
    internal static string? Root() => DotnetHome.Root is { } root && File.Exists(Path.Combine(root, "dotnet")) ? root : null;

    /// <summary>Adds what runs a program, and nothing that builds one; its version.</summary>
    /// <exception cref="InvalidOperationException">There is no installed runtime here.</exception>
    internal static string AddTo(RootTar tar)
    {
        string root = Root() ?? throw new InvalidOperationException("There is no .NET runtime installed here that this tool runs on; install one, or name an image of your own in the host's options.");
        string version = Path.GetFileName(Path.GetDirectoryName(typeof(object).Assembly.Location)!);
        tar.AddProgram(Path.Combine(root, "dotnet"));
        if (root != "/usr/bin") tar.AddLink("/usr/bin/dotnet", Path.Combine(root, "dotnet"));
        tar.AddTree(Path.Combine(root, "host"), _ => false);
        tar.AddTree(Path.Combine(root, "shared", "Microsoft.NETCore.App", version), _ => false);
        foreach (string library in Opened) tar.AddLibrary(library);
        return $"dotnet{version}";
    }
}
