using Paddock.Sandbox.Protocol;

namespace Paddock.Sandbox.Process;

/// <summary>An interpreter in a sandbox, with the guest's half of the protocol as its program.</summary>
internal static class Interpreter
{
    /// <param name="launcher">Starts its processes.</param>
    /// <param name="spec">The plugin.</param>
    /// <param name="guest">What it is; how it is started is filled in.</param>
    /// <param name="process">What is started, on given terms.</param>
    /// <param name="options">How many.</param>
    /// <param name="cancellationToken">Stops starting.</param>
    internal static async ValueTask<ISandbox> CreateAsync(IProcessLauncher launcher, SandboxSpec spec, Func<Func<CancellationToken, ValueTask<IGuestProcess>>, ProtocolGuest> guest, Func<GuestTerms, ProcessSpec> process, ProtocolOptions options, CancellationToken cancellationToken)
    {
        if (launcher.Missing is { Count: > 0 } missing) throw SandboxLoadException.ForMissing(missing);
        if (!spec.Files.ContainsKey(spec.Entry)) throw new SandboxLoadException(new CallError(ErrorCodes.EntryPointNotFound, $"The package has no file {spec.Entry}."));
        var usual = process(new GuestTerms(spec.Limits, Recorded: false));
        var started = guest(token => launcher.StartAsync(usual, token)) with { StartFor = (terms, _, token) => launcher.StartAsync(process(terms), token) };
        return await ProtocolSandbox.CreateAsync(spec, started, options, cancellationToken).ConfigureAwait(false);
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
