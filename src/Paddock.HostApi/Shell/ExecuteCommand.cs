using System.Text.Json;
using Paddock.HostApi.Files;

namespace Paddock.HostApi.Shell;

internal sealed class ShellFunctionGroup(IProcessLauncher launcher, ShellOptions shell) : HostFunctionGroup
{
    internal override IEnumerable<HostFunction> Create(HostApiOptions options, TimeProvider clock) => [new ExecuteCommand(launcher, shell, clock)];
}

/// <summary>
/// shell.execute {command, args?, cwd?, timeoutMs?, dryRun?}: {success, mode, command, args, cwd, exitCode, stdout, stderr, timedOut, durationMs,
/// stdoutTruncated, stderrTruncated, auditLogId, error}. A grant's scope holds names of commands, compared exactly. The program runs in the sandbox
/// for processes: it sees the system's programs, the directories of the plugin's files grants, and nothing else; no shell reads its arguments.
/// </summary>
internal sealed class ExecuteCommand(IProcessLauncher? launcher, ShellOptions options, TimeProvider clock)
    : HostFunction(FunctionName, PermissionType.Shell, Access.Execute, "command", "args", "cwd", "timeoutMs", "dryRun")
{
    internal const string FunctionName = "shell.execute";

    private const string NoDirectory = "/tmp";

    private static readonly Dictionary<string, string> Environment = new() { ["PATH"] = "/usr/bin:/bin", ["HOME"] = NoDirectory, ["LANG"] = "C.UTF-8" };

    internal override string Target(JsonElement arguments) => ShellRequest.Name(arguments);

    // SECURITY: an allowlist by prefix would take git-anything for git.
    internal override bool Covers(Permission granted, JsonElement arguments) => granted.Scope.Contains(ShellRequest.Name(arguments), StringComparer.Ordinal);

    internal override async ValueTask<HostReply> PerformAsync(HostCall call, CancellationToken cancellationToken)
    {
        var request = ShellRequest.Read(call.Arguments, options);
        if (launcher is null) return HostReply.Fail(ErrorCodes.RuntimeUnavailable, "This host cannot start programs for plugins.");
        var directories = new ShellDirectories(call.GrantsNow(PermissionType.Files));
        var cwd = directories.Find(request.Directory);
        if (request.IsDryRun) return Answer(call, request, cwd ?? NoDirectory, new ShellRun("dry-run"));
        var run = await RunAsync(request, cwd ?? NoDirectory, directories.Mounts(), cancellationToken).ConfigureAwait(false);
        return Answer(call, request, cwd ?? NoDirectory, run);
    }

    private async ValueTask<ShellRun> RunAsync(ShellRequest request, string cwd, IReadOnlyList<ProcessMount> mounts, CancellationToken cancellationToken)
    {
        var spec = new ProcessSpec
        {
            Program = request.Command,
            Arguments = request.Args,
            Environment = Environment,
            Mounts = mounts,
            WorkingDirectory = cwd,
            Profile = SyscallProfile.Base,
            Limits = options.Limits,
        };
        var start = clock.GetTimestamp();
        try
        {
            await using var process = await launcher!.StartAsync(spec, cancellationToken).ConfigureAwait(false);
            return await WaitAsync(process, request.Timeout, start, cancellationToken).ConfigureAwait(false);
        }
        catch (SandboxLoadException e)
        {
            throw new HostCallException(e.Error.Code, e.Error.Message);
        }
    }

    private async ValueTask<ShellRun> WaitAsync(IGuestProcess process, TimeSpan timeout, long start, CancellationToken cancellationToken)
    {
        BoundedOutput output = new(options.StreamBytes), error = new(options.StreamBytes);
        var reading = Task.WhenAll(output.ReadAsync(process.Output), error.ReadAsync(process.Error));
        await process.Input.DisposeAsync().ConfigureAwait(false);
        var timedOut = false;
        try
        {
            await process.Exited.WaitAsync(timeout, clock, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            timedOut = true;
        }
        finally
        {
            // Also when the call is over: a command never outlives the call that started it.
            await process.KillAsync().ConfigureAwait(false);
        }

        await reading.ConfigureAwait(false);
        var exit = await process.Exited.ConfigureAwait(false);
        return new ShellRun("execute")
        {
            Exit = timedOut ? null : exit,
            TimedOut = timedOut,
            Output = output,
            Error = error,
            Duration = clock.GetElapsedTime(start),
        };
    }

    private static HostReply Answer(HostCall call, ShellRequest request, string cwd, ShellRun run) => Json(new
    {
        success = run.Mode == "dry-run" || run.Exit is { Code: 0 },
        mode = run.Mode,
        command = request.Command,
        args = request.Args,
        cwd,
        exitCode = run.Exit?.Code,
        stdout = run.Output?.Text ?? "",
        stderr = run.Error?.Text ?? "",
        timedOut = run.TimedOut,
        durationMs = (long)run.Duration.TotalMilliseconds,
        stdoutTruncated = run.Output?.IsTruncated ?? false,
        stderrTruncated = run.Error?.IsTruncated ?? false,
        auditLogId = call.Scope.ExecutionId,
        error = run.Failure,
    });

    private sealed record ShellRun(string Mode)
    {
        internal ProcessExit? Exit { get; init; }

        internal bool TimedOut { get; init; }

        internal BoundedOutput? Output { get; init; }

        internal BoundedOutput? Error { get; init; }

        internal TimeSpan Duration { get; init; }

        internal string? Failure => TimedOut ? "The command took too long." : Exit switch
        {
            { MemoryLimit: true } => "The command used up its memory.",
            { Code: not 0 } exit => $"The command exited with {exit.Code}.",
            _ => null,
        };
    }
}
