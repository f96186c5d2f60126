using System.Diagnostics;
using System.Globalization;

namespace Paddock.Bench;

/// <summary>A process that prints figures, one a line.</summary>
internal static class ChildProcess
{
    /// <summary>Runs this program again: a part of a bench that wants a process of its own.</summary>
    internal static double[] RunSelf(params string[] arguments) => Run(Environment.ProcessPath!, arguments);

    internal static double[] Run(string program, IEnumerable<string> arguments)
    {
        using var child = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"{program} does not start.");
        var output = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        // A peer that failed would otherwise look infinitely fast.
        if (child.ExitCode != 0) throw new InvalidOperationException($"{program} ended with {child.ExitCode}.");
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => double.Parse(l, CultureInfo.InvariantCulture))];
    }

    internal static void Print(params ReadOnlySpan<double> figures)
    {
        foreach (var figure in figures) Console.WriteLine(figure.ToString("R", CultureInfo.InvariantCulture));
    }
}
