using System.Globalization;
using System.Text.RegularExpressions;

namespace Paddock.Architecture.Tests;

/// <summary>docs/threats.md tells of the tests that are there, and of no others.</summary>
public sealed partial class ThreatTableTests
{
    private const int Threats = 77;

    // Where there is nothing to test yet, or nothing that a test could show.
    private static readonly int[] WithoutTests = [76, 77];

    private static readonly ILookup<int, string> Named = Rows().ToLookup(r => r.Number, r => r.Tests);

    private static readonly ILookup<int, string> Written = Directory.GetFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories)
        .Where(path => !path.Contains("/obj/", StringComparison.Ordinal))
        .SelectMany(path => TestOfARow().Matches(File.ReadAllText(path)).Select(m => (Row: Number(m.Groups[1].Value), Class: Path.GetFileNameWithoutExtension(path))))
        .Distinct().ToLookup(t => t.Row, t => t.Class);

    [Fact]
    public void Table_HasEveryRowOnce() => Assert.Equal(Enumerable.Range(1, Threats), Named.Select(row => row.Key).Order());

    [Fact]
    public void Row_NamesEveryClassWithATestOfIt() =>
        Assert.Empty(Written.SelectMany(row => row.Where(name => !Named[row.Key].Any(tests => ClassName().Matches(tests).Any(m => m.Value == name))).Select(name => $"row {row.Key}: {name}")));

    [Fact]
    public void Row_NamesNoClassThatIsNotThere()
    {
        var classes = Directory.GetFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories).Select(Path.GetFileNameWithoutExtension).ToHashSet();
        Assert.Empty(Named.SelectMany(row => row.SelectMany(tests => ClassName().Matches(tests)).Select(m => m.Value).Where(name => !classes.Contains(name)).Select(name => $"row {row.Key}: {name}")));
    }

    [Fact]
    public void Row_HasATest() => Assert.Equal(Enumerable.Range(1, Threats).Except(WithoutTests), Written.Select(row => row.Key).Order());

    private static IEnumerable<(int Number, string Tests)> Rows()
    {
        foreach (string line in File.ReadLines(Path.Combine(Repository.Root, "docs", "threats.md")))
        {
            if (RowStart().Match(line) is not { Success: true } row) continue;
            string tests = line.Split('|')[3];
            foreach (string part in row.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries))
            {
                int[] ends = [.. part.Split('–').Select(Number)];
                for (int number = ends[0]; number <= ends[^1]; number++) yield return (number, tests);
            }
        }
    }

    private static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\| ([\d ,–]+) \|")]
    private static partial Regex RowStart();

    [GeneratedRegex(@"\b(?:Task|void) T(\d+)_")]
    private static partial Regex TestOfARow();

    [GeneratedRegex(@"\b[A-Z]\w+(?:Tests|Threats)\b")]
    private static partial Regex ClassName();
}
