using System.Globalization;
using System.Text;

namespace Paddock.Bench;

/// <summary>A table of figures, each beside what it is compared with; the ratio first, because only that holds on another machine.</summary>
internal sealed class Report(string title, string command, string remark)
{
    private readonly StringBuilder _remarks = new();
    private readonly StringBuilder _text = new($"""
        # {title}

        `{command}`. {remark}

        | what | ratio | Paddock | beside it |
        |---|---|---|---|

        """);

    /// <param name="what">What was measured.</param>
    /// <param name="ours">Paddock's figure.</param>
    /// <param name="beside">What stands beside it, by name.</param>
    /// <param name="theirs">The figure of that, in the same unit.</param>
    /// <param name="unit">Of both figures.</param>
    internal void Row(string what, double ours, string beside, double theirs, string unit) =>
        _text.Append(CultureInfo.InvariantCulture, $"| {what} | {ours / theirs:F2} | {Figure(ours)} {unit} | {beside} {Figure(theirs)} {unit} |\n");

    /// <summary>Adds what the table cannot say; it stands below it.</summary>
    internal void Paragraph(string text) => _remarks.Append('\n').Append(text).Append('\n');

    /// <summary>Prints the report, and keeps it nowhere.</summary>
    internal void Print() => Console.WriteLine($"{_text}{_remarks}");

    /// <summary>Prints the report and keeps it where results are committed.</summary>
    internal async Task PublishAsync(string name)
    {
        _text.Append(_remarks);
        Console.WriteLine(_text);
        await File.WriteAllTextAsync(Path.Combine(Repository.Root, "bench", "results", name + ".md"), _text.ToString());
    }

    private static string Figure(double value) => value.ToString(value < 100 ? "N1" : "N0", CultureInfo.InvariantCulture);
}
