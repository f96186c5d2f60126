using System.Text.Json;
using Paddock.Sandbox.Protocol.Programs;

namespace Paddock.Sandbox.Process;

/// <summary>
/// A program that reads JSON from its standard input and writes its answer to its standard output. The function's name is its first argument; config
/// and context are in its environment, and the input too (PLUGIN_ARGS_B64). What it writes to standard error is logged. A native plugin's output is the
/// result; other dialects' result tells of the run.
/// </summary>
internal sealed class CommandSandbox(CommandProcesses processes, bool native) : ISandbox
{
    private const int MostDepth = 256;

    public async ValueTask<CallResult> CallAsync(SandboxCall call, IHostChannel channel, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(channel);
        string[] arguments = string.IsNullOrEmpty(call.Function) ? [] : [call.Function];
        var run = await processes.RunAsync(arguments, call, new Dictionary<string, ReadOnlyMemory<byte>>(), cancellationToken).ConfigureAwait(false);
        if (run.Failure is not null) return run.ToFailedResult();
        if (!native) return Completed(run, RunReport.Write(run));
        if (run.ExitCode != 0) return run.ToFailedResult(new CallError(ErrorCodes.GuestError, $"The program exited with {run.ExitCode}."));
        // The line's end that a program writes after its JSON is no part of that.
        var output = run.Output.Trim(" \t\r\n"u8);
        if (output.IsEmpty) return Completed(run, "null"u8.ToArray());
        return IsJson(output.Span)
            ? Completed(run, output)
            : run.ToFailedResult(new CallError(ErrorCodes.ResultInvalid, "What the program wrote is not JSON."));
    }

    public ValueTask DisposeAsync()
    {
        processes.Dispose();
        return ValueTask.CompletedTask;
    }

    private static CallResult Completed(ProgramRun run, ReadOnlyMemory<byte> value) => new()
    {
        Status = CallStatus.Completed,
        Value = value,
        Logs = run.Errors,
        Duration = run.Duration,
    };

    private static bool IsJson(ReadOnlySpan<byte> output)
    {
        if (!System.Text.Unicode.Utf8.IsValid(output)) return false;
        try
        {
            var reader = new Utf8JsonReader(output, new JsonReaderOptions { MaxDepth = MostDepth });
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
