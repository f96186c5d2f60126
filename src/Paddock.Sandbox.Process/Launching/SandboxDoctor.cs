using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Paddock.Sandbox.Process;

/// <summary>Looks at each part of the sandbox. What can be tried is tried; nothing is taken from a version number.</summary>
internal sealed class SandboxDoctor(BubblewrapLauncherOptions options, Lazy<Jail> jail)
{
    private const string InstallUtilities = "Install util-linux.";
    private const string InstallBubblewrap = "Install bubblewrap (Debian, Ubuntu: apt-get install bubblewrap).";
    private const string AllowNamespaces =
        "Allow unprivileged user namespaces (user.max_user_namespaces, kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns), and use bubblewrap 0.8 with --bind-fd or later.";
    private const string Delegate =
        "Run the host as root, as a systemd service with Delegate=yes, or as: systemd-run --user --scope -p Delegate=yes COMMAND.";

    internal async Task<SandboxReport> ExamineAsync()
    {
        if (!OperatingSystem.IsLinux()) return Only(new("SANDBOX_PLATFORM", "operating system", false, "process plugins need Linux", "Run Paddock on Linux, or the plugin in a container."));
        if (RuntimeInformation.ProcessArchitecture is not (Architecture.X64 or Architecture.Arm64))
            return Only(new("SANDBOX_PLATFORM", "processor", false, $"there is no list of system calls for {RuntimeInformation.ProcessArchitecture}", "Use an x86-64 or a 64-bit ARM machine."));
        List<SandboxPart> parts =
        [
            Library(), Kernel(), Tool("SANDBOX_SETPRIV", "setpriv", options.Setpriv, InstallUtilities),
            Tool("SANDBOX_PRLIMIT", "prlimit", options.Prlimit, InstallUtilities),
            Tool("SANDBOX_BUBBLEWRAP", "bubblewrap", options.Bubblewrap, InstallBubblewrap),
        ];
        parts.AddRange(CgroupTable.Controllers.Select(Controller));
        if (parts.All(part => part.IsEnforced)) parts.AddRange(await TryAsync().ConfigureAwait(false));
        return new SandboxReport(parts);
    }

    private static SandboxReport Only(SandboxPart part) => new([part]);

    private static SandboxPart Library() =>
        Libc.Has("posix_spawn_file_actions_addclosefrom_np")
            ? new("SANDBOX_LIBRARY", "C library", true, "closes every descriptor that is not handed over")
            : new("SANDBOX_LIBRARY", "C library", false, "descriptors of the host would stay open in programs", "Use glibc 2.34 or later (musl has no such function).");

    private static SandboxPart Kernel()
    {
        try
        {
            using var self = Descriptor.OpenProcess(Environment.ProcessId);
            return new("SANDBOX_KERNEL", "kernel", true, "names processes by descriptors");
        }
        catch (Win32Exception e)
        {
            return new("SANDBOX_KERNEL", "kernel", false, $"processes cannot be named by descriptors ({e.Message})", "Use Linux 5.4 or later.");
        }
    }

    private static SandboxPart Tool(string code, string name, string path, string mend)
    {
        const int Executable = 1;
        return Libc.access(path, Executable) == 0
            ? new(code, name, true, path)
            : new(code, name, false, $"{path} is not there or may not be executed", mend);
    }

    private static SandboxPart Controller(CgroupController controller)
    {
        string name = CgroupHierarchy.Name(controller), code = "SANDBOX_" + name.ToUpperInvariant();
        if (CgroupHome.OfThisProcess.Lacks(controller) is { } why) return new(code, $"cgroup {name}", false, why, Delegate);
        int version = CgroupHome.OfThisProcess.Hierarchies.First(hierarchy => hierarchy.Controllers.Contains(controller)).Version;
        return new(code, $"cgroup {name}", true, $"version {version}");
    }

    private async Task<List<SandboxPart>> TryAsync()
    {
        string? namespaces = await TryAsync(new Jail(options with { Lifted = options.Lifted | Defences.Seccomp })).ConfigureAwait(false);
        if (namespaces is not null) return [new("SANDBOX_NAMESPACES", "namespaces", false, namespaces, AllowNamespaces)];
        string? seccomp = await TryAsync(jail.Value).ConfigureAwait(false);
        return
        [
            new("SANDBOX_NAMESPACES", "namespaces", true, "user, mount, pid, net, ipc, uts, cgroup"),
            seccomp is null
                ? new("SANDBOX_SECCOMP", "seccomp", true, "filters of system calls")
                : new("SANDBOX_SECCOMP", "seccomp", false, seccomp, "Use a kernel with CONFIG_SECCOMP_FILTER, and a container that allows it."),
        ];
    }

    /// <summary>Starts a program that does nothing; what went wrong, or null.</summary>
    private static async Task<string?> TryAsync(Jail jail)
    {
        try
        {
            return await RunAsync(jail).ConfigureAwait(false);
        }
        catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    private static async Task<string?> RunAsync(Jail jail)
    {
        var spec = new ProcessSpec
        {
            Program = "/usr/bin/true",
            Mounts = [new ProcessMount("/usr/share", "/probe")],
            Profile = SyscallProfile.Base,
            Limits = new Limits(),
        };
        await using var process = await jail.StartAsync(spec, spec.Program).ConfigureAwait(false);
        using var error = new StreamReader(process.Error);
        string text = await error.ReadToEndAsync().ConfigureAwait(false);
        var exit = await process.Exited.ConfigureAwait(false);
        return exit.Code == 0 ? null : text.Trim() is { Length: > 0 } why ? why : $"a program that does nothing ended with code {exit.Code}";
    }
}
