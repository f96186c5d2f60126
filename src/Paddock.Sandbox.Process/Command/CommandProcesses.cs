using System.Text;
using Paddock.Sandbox.Protocol;
using Paddock.Sandbox.Protocol.Programs;

namespace Paddock.Sandbox.Process;

/// <summary>Runs a plugin's program, a few at once.</summary>
internal sealed class CommandProcesses(IProcessLauncher launcher, SandboxSpec spec, ProtocolOptions options) : IDisposable
{
    // The system takes no variable of 128 KiB or more; a program that may be given as much reads its standard input.
    private const int MostVariableBytes = 96 << 10;

    private readonly SemaphoreSlim _turns = new(options.Processes);

    internal Limits Limits => spec.Limits;

    /// <summary>Runs it once.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="call">What it is given, and within which limits.</param>
    /// <param name="files">Files that it finds beside the package's, by name.</param>
    /// <param name="cancellationToken">Kills it.</param>
    internal async ValueTask<ProgramRun> RunAsync(IReadOnlyList<string> arguments, SandboxCall call, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files, CancellationToken cancellationToken)
    {
        var limits = spec.Limits.For(call.Limits);
        var started = options.TimeProvider.GetTimestamp();
        if (!await TakeTurnAsync(limits.Timeout, cancellationToken).ConfigureAwait(false))
        {
            var code = cancellationToken.IsCancellationRequested ? ErrorCodes.Cancelled : ErrorCodes.TurnLimit;
            return new ProgramRun { Failure = new CallError(code, "The call ended while it waited for its turn."), Duration = options.TimeProvider.GetElapsedTime(started) };
        }

        try
        {
            var left = limits.Timeout - options.TimeProvider.GetElapsedTime(started);
            var process = Process(arguments, call, files, limits);
            return await ProgramRunner.RunAsync(token => launcher.StartAsync(process, token), call.Input, limits with { Timeout = left > TimeSpan.Zero ? left : TimeSpan.Zero }, options.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turns.Release();
        }
    }

    public void Dispose() => _turns.Dispose();

    private async ValueTask<bool> TakeTurnAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        try
        {
            return await _turns.WaitAsync(time, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private ProcessSpec Process(IReadOnlyList<string> arguments, SandboxCall call, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files, Limits limits)
    {
        var environment = new Dictionary<string, string>(Interpreter.Environment(spec));
        if (call.Input.Length <= MostVariableBytes / 4 * 3) environment["PLUGIN_ARGS_B64"] = Convert.ToBase64String(call.Input.Span);
        Add(environment, "PADDOCK_CONFIG", call.Config);
        Add(environment, "PADDOCK_CONTEXT", call.Context);
        return new ProcessSpec
        {
            Program = $"{ProcessSpec.FilesRoot}/{spec.Entry}",
            Arguments = arguments,
            Environment = environment,
            Files = files.Count == 0 ? spec.Files : With(files),

            // Packages carry no modes: what looks like a program is one.
            Executables = spec.Files.Where(f => f.Key == spec.Entry || IsProgram(f.Value.Span)).Select(f => f.Key).ToHashSet(),
            Profile = SyscallProfile.Base,
            Limits = limits,
        };
    }

    internal static bool IsProgram(ReadOnlySpan<byte> content) => content.StartsWith("\u007FELF"u8) || content.StartsWith("#!"u8);

    private Dictionary<string, ReadOnlyMemory<byte>> With(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> files)
    {
        var all = spec.Files.ToDictionary(f => f.Key, f => f.Value);
        foreach (var (path, content) in files) all[path] = content;
        return all;
    }

    private static void Add(Dictionary<string, string> environment, string name, ReadOnlyMemory<byte>? json)
    {
        if (json is { IsEmpty: false } given && given.Length <= MostVariableBytes) environment[name] = Encoding.UTF8.GetString(given.Span);
    }
}
