using System.Text;
using System.Text.Json;
using Paddock.Sandbox.Protocol.Programs;

namespace Paddock.Sandbox.Process;

/// <summary>Nexus's runner: a program that lists the tools of a plugin, and runs one of them.</summary>
internal sealed class NexusRunnerSandbox(CommandProcesses processes) : ISandbox
{
    // Beside the package's files; a package that has such files itself has them hidden.
    private const string ConfigFile = ".paddock/config.json", ParametersFile = ".paddock/params.json";
    private const int Usage = 2;

    public async ValueTask<ReadOnlyMemory<byte>?> RegisterAsync(CancellationToken cancellationToken = default)
    {
        var call = new SandboxCall { Input = "null"u8.ToArray(), Limits = processes.Limits with { Timeout = processes.Limits.InitTimeout } };
        var run = await RunAsync("list-tools", call, [], cancellationToken).ConfigureAwait(false);
        var error = run.Failure ?? (run.ExitCode == 0 ? null : new CallError(ErrorCodes.GuestError, $"The runner exited with {run.ExitCode}."));
        if (error is not null) throw new SandboxLoadException(error);
        return NexusAnswers.ReadTools(run.Output) ?? throw new SandboxLoadException(new CallError(ErrorCodes.ResultInvalid, "What the runner lists are no tools."));
    }

    public async ValueTask<CallResult> CallAsync(SandboxCall call, IHostChannel channel, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(channel);
        if (string.IsNullOrEmpty(call.Function)) return new CallResult { Status = CallStatus.GuestFault, Error = new CallError(ErrorCodes.EntryPointNotFound, "A runner runs tools: name one.") };
        var run = await RunAsync("exec-tool", call, ["--tool", call.Function, "--params-file", $"{ProcessSpec.FilesRoot}/{ParametersFile}"], cancellationToken).ConfigureAwait(false);
        if (run.Failure is not null) return run.ToFailedResult();
        var (value, error) = NexusAnswers.ReadResult(run.Output);
        if (error is not null) return run.ToFailedResult(new CallError(ErrorCodes.GuestError, error));
        if (run.ExitCode != 0) return run.ToFailedResult(new CallError(ErrorCodes.GuestError, run.ExitCode == Usage ? "The runner does not know how it was called." : $"The runner exited with {run.ExitCode}."));
        if (value is null) return run.ToFailedResult(new CallError(ErrorCodes.ResultInvalid, "What the runner answered is no result."));
        return new CallResult { Status = CallStatus.Completed, Value = value, Logs = run.Errors, Duration = run.Duration };
    }

    public ValueTask DisposeAsync()
    {
        processes.Dispose();
        return ValueTask.CompletedTask;
    }

    private ValueTask<ProgramRun> RunAsync(string command, SandboxCall call, string[] more, CancellationToken cancellationToken)
    {
        var files = new Dictionary<string, ReadOnlyMemory<byte>>
        {
            [ConfigFile] = call.Config is { IsEmpty: false } config ? config : "{}"u8.ToArray(),
            [ParametersFile] = call.Input,
        };
        return processes.RunAsync([command, "--plugin", ProcessSpec.FilesRoot, "--config-file", $"{ProcessSpec.FilesRoot}/{ConfigFile}", .. more], call, files, cancellationToken);
    }
}
