using System.CommandLine;
using Paddock.Sandbox.Process;

namespace Paddock.Cli;

/// <summary><c>paddock doctor</c>: what this machine can enforce for plugins in processes.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Command("doctor", "Look at each part of the sandbox for programs on this machine, as the user that asks, and start one that does nothing.");
        command.SetAction(async (_, _) =>
        {
            var report = await new BubblewrapLauncher().ExamineAsync();
            foreach (var part in report.Parts) await Console.Out.WriteLineAsync(Terminal.Clean(Line(part)));
            await Console.Out.WriteLineAsync(report.IsComplete ? "Plugins can run in processes of their own." : "Plugins that need a process of their own do not start.");
            return report.IsComplete ? ExitCode.Completed : ExitCode.SandboxMissing;
        });
        return command;
    }

    private static string Line(SandboxPart part) =>
        part.IsEnforced ? $"ok       {part.Name}: {part.Detail}" : $"missing  {part.Name}: {part.Detail}. {part.Mend} [{part.Code}]";
}
