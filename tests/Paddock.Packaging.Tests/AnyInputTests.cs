using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Paddock.Packaging.Tests;

public sealed class AnyInputTests
{
    private static readonly string[] Names =
        ["name", "code", "description", "entrypoint", "entryPoint", "enabled", "config", "files", "main.js", "\\ud800", "", "x", "\\u0000", "../a"];

    private static readonly string[] Pieces =
    [
        "name: a_b\\n", "runtime: node18\\n", "entry: main.js\\n", "permissions:\\n", "  env: [A]\\n", "  network: false\\n", "&a ", "*a ", "!!x ", "<<: ", "? ", ": ", "- ",
        "[", "]", "{", "}", "\\\"", "'", "|\\n", ">\\n", "---\\n", "...\\n", "%YAML 1.2\\n", "#", "\\t", "\\u0000", "\\ud83d\\ude00", "\\udc00", "\\u2028", "\\ufeff", "dependencies:\\n",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Verify_RandomJson_AnswersAndNeverThrows(int seed)
    {
        var random = new Random(seed);
        for (int i = 0; i < 3000; i++)
        {
            string json = i % 2 == 0 ? Value(random, 0) : Body(random);
            try
            {
                using var document = JsonDocument.Parse(json);
                var verification = await Drafts.Verify(PluginDraft.FromJson(document.RootElement));
                Assert.True(verification.Package is not null || verification.Findings.Any(f => f.Severity == FindingSeverity.Error));
                Assert.True(JsonSerializer.Serialize(verification.Findings).Length < 200_000);
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"{json}: {e}");
            }
        }
    }

    [Fact]
    public async Task Verify_ManyUnknownMembers_AnswersWithFewFindings()
    {
        using var document = JsonDocument.Parse("{" + string.Join(',', Enumerable.Range(0, 100_000).Select(n => $"\"k{n}\":0")) + "}");
        Assert.True((await Drafts.Verify(PluginDraft.FromJson(document.RootElement))).Findings.Count < 100);
    }

    private static string Body(Random random) =>
        $$"""{ "name": "plugin", "code": {{Text(random, 30)}}, "config": { "\ud800": 1, "files": { "main.js": "1", {{Text(random, 1)}}: {{Value(random, 2)}} } } }""";

    private static string Value(Random random, int depth) => random.Next(depth > 3 ? 5 : 8) switch
    {
        0 => "null",
        1 => random.Next(2) == 0 ? "true" : "false",
        2 => random.Next(-5, 5).ToString(CultureInfo.InvariantCulture) + (random.Next(2) == 0 ? "e999" : ""),
        3 or 4 => Text(random, 12),
        5 => "[" + string.Join(',', Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth + 1))) + "]",
        _ => "{" + string.Join(',', Enumerable.Range(0, random.Next(8)).Select(_ => $"\"{Names[random.Next(Names.Length)]}\":{Value(random, depth + 1)}")) + "}",
    };

    private static string Text(Random random, int most)
    {
        var builder = new StringBuilder("\"");
        for (int i = random.Next(most + 1); i > 0; i--) builder.Append(Pieces[random.Next(Pieces.Length)]);
        return builder.Append('"').ToString();
    }
}
