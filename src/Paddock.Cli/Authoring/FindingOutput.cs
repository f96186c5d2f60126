using Paddock.Packaging;

namespace Paddock.Cli;

/// <summary>Prints what is wrong or weak: where, which code, what, and how to mend it. One line each, on standard error.</summary>
internal static class FindingOutput
{
    public static async Task WriteAsync(IEnumerable<Finding> findings)
    {
        foreach (var finding in findings) await Console.Error.WriteLineAsync(Terminal.Clean(Line(finding)));
    }

    /// <summary>Prints one problem; the exit code.</summary>
    public static async Task<int> ProblemAsync(string message, int code = ExitCode.Denied)
    {
        await Console.Error.WriteLineAsync(Terminal.Clean($"paddock: {message}"));
        return code;
    }

    private static string Line(Finding finding)
    {
        string place = finding.Path is null ? "" : finding.Line is { } line ? $"{finding.Path}:{line}:{finding.Column ?? 1}: " : $"{finding.Path}: ";
        string kind = finding.Severity switch
        {
            FindingSeverity.Error => "error",
            FindingSeverity.Warning => "warning",
            _ => "note",
        };
        return $"{place}{kind} {finding.Code}: {finding.Message} {finding.Mend}".TrimEnd();
    }
}
