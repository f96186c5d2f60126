namespace Paddock.Sandbox.Process;

/// <summary>Refuses what a caller in the host must not ask for. Packages were verified before; a breach is a defect of the host, so it throws.</summary>
internal static class CheckedProcess
{
    internal static void Check(ProcessSpec spec)
    {
        foreach (string path in spec.Files.Keys) CheckRelative(path);
        foreach (var mount in spec.Mounts)
        {
            CheckAbsolute(mount.HostPath);
            CheckAbsolute(mount.Path);
        }

        CheckAbsolute(spec.WorkingDirectory);
        foreach (string name in spec.Environment.Keys)
        {
            if (name.Length == 0 || name.Contains('=')) throw new ArgumentException($"'{name}' is no name of a variable.");
        }

        if (spec.Arguments.Any(argument => argument.Contains('\0'))) throw new ArgumentException("A NUL is in an argument of a program.");
        ArgumentOutOfRangeException.ThrowIfLessThan(spec.TemporaryBytes, 4096);
    }

    private static void CheckRelative(string path)
    {
        // SECURITY: bubblewrap creates files by path inside the sandbox's own file systems, but a path that climbs would choose which.
        if (path.StartsWith('/') || HasOddPart(path)) throw new ArgumentException($"'{path}' is no path within a package.");
    }

    private static void CheckAbsolute(string path)
    {
        if (!path.StartsWith('/') || (path.Length > 1 && HasOddPart(path[1..]))) throw new ArgumentException($"'{path}' is no absolute path in its plain form.");
    }

    private static bool HasOddPart(string path) => path.Contains('\0') || path.Split('/').Any(part => part is "" or "." or "..");
}
