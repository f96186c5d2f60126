using System.Diagnostics;

namespace Paddock.EndToEnd.Tests;

/// <summary>Runs a program to its end.</summary>
internal static class Tool
{
    public static Task<Outcome> RunAsync(string program, params string[] arguments) => InAsync(Environment.CurrentDirectory, program, arguments);

    /// <summary>Runs it in a folder.</summary>
    public static async Task<Outcome> InAsync(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = folder };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{Path.GetFileName(program)} did not end. Output so far: {await output} {await error}");
        }

        return new Outcome(process.ExitCode, await output, await error);
    }
}

internal sealed record Outcome(int Code, string Output, string Error)
{
    public Outcome Expect(int code)
    {
        Assert.True(Code == code, $"exit code {Code} instead of {code}\n{Output}\n{Error}");
        return this;
    }
}
