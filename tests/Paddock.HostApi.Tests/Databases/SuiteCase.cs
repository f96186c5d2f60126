using System.Reflection;
using System.Text.Json;

namespace Paddock.HostApi.Tests.Databases;

/// <summary>One statement of Suite.txt.</summary>
internal sealed record SuiteCase(string Function, char Verdict, string Engines, object?[] Values, string Sql)
{
    private static readonly List<SuiteCase> All = Read();

    internal static IEnumerable<TheoryDataRow<int>> For(char engine) =>
        Enumerable.Range(0, All.Count).Where(i => All[i].Engines[0] == 'b' || All[i].Engines[0] == engine).Select(i => new TheoryDataRow<int>(i) { TestDisplayName = $"{All[i].Function} {All[i].Verdict} {All[i].Sql}" });

    internal static SuiteCase At(int index) => All[index];

    private static List<SuiteCase> Read()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("Suite.txt")!);
        var cases = new List<SuiteCase>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#') continue;
            var parts = line.Split(' ', 4);
            var rest = parts.Length > 3 ? parts[3] : "";
            object?[] values = [];
            if (rest.StartsWith('[') && !rest.StartsWith("[]", StringComparison.Ordinal))
            {
                var end = rest.IndexOf("] ", StringComparison.Ordinal) + 1;
                values = [.. JsonDocument.Parse(rest[..end]).RootElement.EnumerateArray().Select(Value)];
                rest = rest[(end + 1)..];
            }

            cases.Add(new SuiteCase(parts[0] == "q" ? "db.query" : "db.exec", parts[1][0], parts[2], values, rest.Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\t", "\t", StringComparison.Ordinal)));
        }

        return cases;
    }

    private static object? Value(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.GetInt32(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };
}
