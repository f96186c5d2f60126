using System.CommandLine;
using Paddock.Sandbox.Container;
using Paddock.Sandbox.Process;

namespace Paddock.Cli;

/// <summary><c>paddock doctor</c>: what this machine can enforce for plugins in processes.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var engine = new Option<string?>("--engine") { Description = "Socket of the container engine; the first of the usual ones unless told.", HelpName = "SOCKET" };
        var command = new Command("doctor", "Look at each part of the sandbox for programs on this machine, as the user that asks, and start one that does nothing; then at the container engine.") { engine };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var report = await new BubblewrapLauncher().ExamineAsync();
            foreach (var part in report.Parts) await Console.Out.WriteLineAsync(Terminal.Clean(Line(part)));
            await Console.Out.WriteLineAsync(report.IsComplete ? "Plugins can run in processes of their own." : "Plugins that need a process of their own do not start.");
            await LookAtEngineAsync(parsed.GetValue(engine), cancellationToken);
            return report.IsComplete ? ExitCode.Completed : ExitCode.SandboxMissing;
        });
        return command;
    }

    // Containers are one level more: a machine without an engine is a whole one.
    private static async Task LookAtEngineAsync(string? socket, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateTempSubdirectory("paddock-doctor-");
        try
        {
            await using var engine = new ContainerEngine(new ContainerOptions { StateDirectory = directory.FullName, Socket = socket });
            var missing = await engine.MissingAsync(cancellationToken);
            foreach (var part in missing) await Console.Out.WriteLineAsync(Terminal.Clean($"missing  container engine: {part.Message} {part.Mend}"));
            if (missing.Count == 0) await Console.Out.WriteLineAsync("ok       container engine: limits memory, processors and processes, and filters system calls");
            await Console.Out.WriteLineAsync(missing.Count == 0 ? "Plugins can run in containers." : "Plugins that need a container do not start.");
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static string Line(SandboxPart part) =>
        part.IsEnforced ? $"ok       {part.Name}: {part.Detail}" : $"missing  {part.Name}: {part.Detail}. {part.Mend} [{part.Code}]";
}
