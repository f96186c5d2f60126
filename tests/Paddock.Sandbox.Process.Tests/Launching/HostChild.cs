using System.Diagnostics;

namespace Paddock.Sandbox.Process.Tests;

/// <summary>A host in a process of its own: this test program, told to run one method, perhaps by way of another program that changes its world first.</summary>
internal sealed class HostChild : IDisposable
{
    /// <summary>What the child is asked to do; its tests run only where it is set.</summary>
    public const string Variable = "PADDOCK_TEST_LAUNCHER_CHILD";

    private readonly System.Diagnostics.Process _process;

    private HostChild(System.Diagnostics.Process process) => _process = process;

    public static bool IsChild => Task is not null;

    public static string? Task => Environment.GetEnvironmentVariable(Variable);

    /// <param name="type">The class of the test that the child runs.</param>
    /// <param name="method">Its name.</param>
    /// <param name="task">What the test finds in <see cref="Task"/>.</param>
    /// <param name="before">A program and its arguments that end by running what follows them; none for none.</param>
    public static HostChild Start(Type type, string method, string task, params string[] before)
    {
        string[] command = [.. before, Path.ChangeExtension(type.Assembly.Location, null), "-noLogo", "-noColor", "-method", $"{type.FullName}.{method}"];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[Variable] = task;
        return new HostChild(System.Diagnostics.Process.Start(start)!);
    }

    /// <summary>Writes a line that the parent reads, past whatever captures the console of a test.</summary>
    public static void Say(string line)
    {
        using var output = Console.OpenStandardOutput();
        output.Write(System.Text.Encoding.UTF8.GetBytes($"said {line}\n"));
        output.Flush();
    }

    /// <summary>What it says next; null when it has ended.</summary>
    public async Task<string?> NextAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.StartsWith("said ", StringComparison.Ordinal)) return line[5..];
        }

        return null;
    }

    /// <summary>kill -9 of the host alone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
