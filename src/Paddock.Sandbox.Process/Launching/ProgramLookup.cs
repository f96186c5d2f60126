namespace Paddock.Sandbox.Process;

/// <summary>Finds a program as the sandbox will see it, before anything is started: an error of the launcher's own is told apart from one of the program.</summary>
internal static class ProgramLookup
{
    /// <summary>The program's absolute path inside.</summary>
    /// <exception cref="SandboxLoadException">It is not there.</exception>
    internal static string Find(ProcessSpec spec, IReadOnlyList<string> systemPaths)
    {
        string? found = spec.Program.StartsWith('/')
            ? (IsThere(spec.Program, spec, systemPaths) ? spec.Program : null)
            : SystemView.ProgramDirectories.Select(directory => $"{directory}/{spec.Program}").FirstOrDefault(path => IsThere(path, spec, systemPaths));
        return found ?? throw Missing(spec.Program);
    }

    private static bool IsThere(string path, ProcessSpec spec, IReadOnlyList<string> systemPaths)
    {
        if (Below(path, ProcessSpec.FilesRoot) is { } file && spec.Files.ContainsKey(file)) return spec.Executables.Contains(file);
        foreach (var mount in spec.Mounts)
        {
            if (path == mount.Path) return File.Exists(mount.HostPath);
            if (Below(path, mount.Path) is { } rest) return File.Exists($"{mount.HostPath}/{rest}");
        }

        string[] roots = ["/usr", "/bin", "/sbin", "/lib", "/lib64", .. systemPaths];
        return roots.Any(root => Below(path, root) is not null) && File.Exists(path);
    }

    private static string? Below(string path, string root) =>
        path.StartsWith(root + "/", StringComparison.Ordinal) ? path[(root.Length + 1)..] : null;

    private static SandboxLoadException Missing(string program) =>
        program.StartsWith(ProcessSpec.FilesRoot + "/", StringComparison.Ordinal)
            ? new(new CallError(ErrorCodes.EntryPointNotFound, $"The package has no program '{program[(ProcessSpec.FilesRoot.Length + 1)..]}' that may be executed."))
            : new(new CallError(ErrorCodes.SandboxUnavailable, $"The program '{program}' is not installed on this machine, or not where sandboxed programs can see it."));
}
