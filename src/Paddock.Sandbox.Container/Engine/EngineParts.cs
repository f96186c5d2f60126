using System.Text.Json;

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
        if (options.OciRuntime is { } runtime) NeedRuntime(info, runtime, Need);
        return missing;
    }

    private static void NeedRuntime(InfoBody info, string runtime, Action<bool, string, string, string> need)
    {
        string install = $"Install {runtime}{(runtime == "runsc" ? " (gVisor: the package runsc, or gvisor.dev)" : "")}, and name it in the engine's configuration (Docker: runtimes in daemon.json; podman: engine.runtimes in containers.conf).";
        bool named = info.Runtimes?.TryGetValue(runtime, out _) == true;
        need(named, "runtime", $"The container engine has no runtime {runtime}.", install);
        // The engine would notice when it starts the first container.
        if (named && info.Runtimes![runtime] is { ValueKind: JsonValueKind.Object } said && said.TryGetProperty("path", out var path) && path.GetString() is { } program && Path.IsPathRooted(program))
            need(File.Exists(program), "runtime", $"The container engine's runtime {runtime} is not where its configuration says.", install);
    }
}
