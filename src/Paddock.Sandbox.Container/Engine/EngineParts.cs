namespace Paddock.Sandbox.Container.Engine;

/// <summary>What an engine must be able to enforce before a plugin runs in it.</summary>
internal static class EngineParts
{
    internal static IReadOnlyList<Finding> Missing(InfoBody info, ContainerOptions options)
    {
        var missing = new List<Finding>();
        void Need(bool there, string part, string message, string mend)
        {
            if (!there) missing.Add(new Finding(ErrorCodes.SandboxUnavailable, message) { Path = part, Mend = mend });
        }

        Need(info.OSType == "linux", "linux", "The container engine runs no Linux containers.", "Switch it to Linux containers.");
        Need(info.MemoryLimit, "memory", "The container engine cannot limit memory.", "Enable the memory controller of cgroups.");
        Need(info.CpuCfsQuota, "cpu", "The container engine cannot limit processors.", "Enable the cpu controller of cgroups.");
        Need(info.PidsLimit, "pids", "The container engine cannot limit processes.", "Enable the pids controller of cgroups.");
        Need(info.SecurityOptions?.Any(o => o.StartsWith("name=seccomp", StringComparison.Ordinal) && !o.Contains("unconfined", StringComparison.Ordinal)) == true,
            "seccomp", "The container engine filters no system calls.", "Use one with seccomp, and its default profile.");
        if (options.OciRuntime is { } runtime)
            Need(info.Runtimes?.ContainsKey(runtime) == true, "runtime", $"The container engine has no runtime {runtime}.", "Install it, and name it in the engine's configuration.");
        return missing;
    }
}
