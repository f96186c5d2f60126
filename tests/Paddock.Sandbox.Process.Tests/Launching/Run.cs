using System.Text;

namespace Paddock.Sandbox.Process.Tests;

/// <summary>One program's whole run.</summary>
internal sealed record Run(string Output, string Error, ProcessExit Exit)
{
    /// <summary>Runs a script of the system's python under the launcher.</summary>
    public static Task<Run> PythonAsync(IProcessLauncher launcher, string script, Func<ProcessSpec, ProcessSpec>? change = null, string input = "") =>
        StartAsync(launcher, Specs.Python(script), change, input);

    public static async Task<Run> StartAsync(IProcessLauncher launcher, ProcessSpec spec, Func<ProcessSpec, ProcessSpec>? change = null, string input = "")
    {
        await using var process = await launcher.StartAsync(change is null ? spec : change(spec), TestContext.Current.CancellationToken);
        return await ToEndAsync(process, input);
    }

    public static async Task<Run> ToEndAsync(IGuestProcess process, string input = "")
    {
        var output = ReadAsync(process.Output);
        var error = ReadAsync(process.Error);
        await process.Input.WriteAsync(Encoding.UTF8.GetBytes(input), TestContext.Current.CancellationToken);
        await process.Input.DisposeAsync();
        return new Run(await output, await error, await process.Exited);
    }

    private static async Task<string> ReadAsync(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
