using Paddock.Sandbox.Protocol;

namespace Paddock.Sandbox.Process;

/// <summary>An interpreter in a sandbox, with the guest's half of the protocol as its program.</summary>
internal static class Interpreter
{
    internal static async ValueTask<ISandbox> CreateAsync(IProcessLauncher launcher, SandboxSpec spec, Func<Func<CancellationToken, ValueTask<IGuestProcess>>, ProtocolGuest> guest, ProcessSpec process, ProtocolOptions options, CancellationToken cancellationToken)
    {
        if (launcher.Missing is [var missing, ..]) throw new SandboxLoadException(new CallError(ErrorCodes.SandboxUnavailable, missing.Message));
        if (!spec.Files.ContainsKey(spec.Entry)) throw new SandboxLoadException(new CallError(ErrorCodes.EntryPointNotFound, $"The package has no file {spec.Entry}."));
        return await ProtocolSandbox.CreateAsync(spec, guest(token => launcher.StartAsync(process, token)), options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The variables that programs expect everywhere. Never one of the host's.</summary>
    internal static IReadOnlyDictionary<string, string> Environment(SandboxSpec spec) => new Dictionary<string, string>
    {
        ["PATH"] = "/usr/local/bin:/usr/bin:/bin",
        ["HOME"] = "/tmp",
        ["TMPDIR"] = "/tmp",
        ["LANG"] = "C.UTF-8",
        ["TZ"] = spec.TimeZone.Id,
    };
}
