using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Paddock.Sandbox.Process;

/// <summary>Starts programs under bubblewrap: namespaces of their own, an unprivileged user, no capabilities, a list of system calls, limits by cgroups. Linux only; elsewhere <see cref="Missing"/> says so and nothing starts.</summary>
public sealed class BubblewrapLauncher : IProcessLauncher
{
    private readonly BubblewrapLauncherOptions _options;
    private readonly Lazy<Jail> _jail;
    private readonly Lock _gate = new();
    private Task<SandboxReport>? _known;

    /// <summary>Makes a launcher; what the machine lacks is found out when it is first asked for.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The user or the group is root.</exception>
    public BubblewrapLauncher(BubblewrapLauncherOptions? options = null)
    {
        _options = options ?? new BubblewrapLauncherOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.UserId, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.GroupId, 1, nameof(options));
        _jail = new Lazy<Jail>(() => new Jail(_options));
    }

    /// <inheritdoc/>
    public IReadOnlyList<Finding> Missing => KnownAsync().GetAwaiter().GetResult().Missing;

    /// <inheritdoc/>
    public int? GuestUserId => OperatingSystem.IsLinux() && Libc.geteuid() == 0 ? _options.UserId : null;

    /// <summary>Looks at each part of the sandbox on this machine, and tries them together by starting a program that does nothing.</summary>
    public Task<SandboxReport> ExamineAsync() => new SandboxDoctor(_options, _jail).ExamineAsync();

    /// <inheritdoc/>
    public async ValueTask<IGuestProcess> StartAsync(ProcessSpec spec, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        cancellationToken.ThrowIfCancellationRequested();

        // SECURITY: no part is done without. Where one is missing nothing starts, and the reason names all of them.
        if ((await KnownAsync().ConfigureAwait(false)).Missing is { Count: > 0 } missing) throw SandboxLoadException.ForMissing(missing);
        CheckedProcess.Check(spec);
        string program = ProgramLookup.Find(spec, _options.SystemPaths);
        try
        {
            return await _jail.Value.StartAsync(spec, program).ConfigureAwait(false);
        }
        catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException)
        {
            throw new SandboxLoadException(new CallError(ErrorCodes.SandboxUnavailable, $"The sandbox cannot be made: {Reason(e)}."), e);
        }
    }

    /// <summary>One examination serves all: what is there stays. What was missing may have been installed since, so it is looked for again.</summary>
    private Task<SandboxReport> KnownAsync()
    {
        lock (_gate)
        {
            if (_known is { IsCompleted: true } and not { IsCompletedSuccessfully: true, Result.IsComplete: true }) _known = null;
            return _known ??= Task.Run(ExamineAsync);
        }
    }

    // SECURITY: a path of the host's, which an exception's own text names. The system's words for its error name none.
    internal static string Reason(Exception e) => e switch
    {
        Win32Exception system => Marshal.GetPInvokeErrorMessage(system.NativeErrorCode),
        UnauthorizedAccessException => "the host may not write what it needs for it",
        _ when e.HResult > 0 => Marshal.GetPInvokeErrorMessage(e.HResult),
        _ => "the system refused",
    };
}
