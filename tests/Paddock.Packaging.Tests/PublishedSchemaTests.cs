using System.Text.Json;

namespace Paddock.Packaging.Tests;

/// <summary>Holds the published schema of the manifest against the reader: what one knows, the other knows. The schema keeps to the subset that a config schema may use, so the same code checks with it.</summary>
public sealed class PublishedSchemaTests
{
    private static readonly byte[] Text = File.ReadAllBytes(Path.Combine(Root(), "docs", "plugin.schema.json"));
    private static readonly JsonElement Schema = JsonDocument.Parse(Text).RootElement;

    [Fact]
    public void Schema_HasTheKeysOfTheReader()
    {
        Assert.Equal(Sorted(PaddockManifestReader.Keys), Sorted(Names(Schema)));
        Assert.Equal(Sorted(ContributionReader.Keys), Sorted(Names(Property("contributes"))));
        Assert.Equal(Sorted(LimitsReader.Keys), Sorted(Names(Property("limits"))));
    }

    [Fact]
    public void Schema_HasTheTypesOfPermissions()
    {
        var types = Property("permissions").GetProperty("items").GetProperty("properties").GetProperty("type").GetProperty("enum").EnumerateArray().Select(t => t.GetString()!);
        Assert.Equal(Sorted(Enum.GetValues<PermissionType>().Select(PermissionForms.Name)), Sorted(types));
    }

    [Fact]
    public async Task Schema_KnowsEveryKeyOfEachPart()
    {
        // Each part of the whole manifest with a key that is not known: both refuse it, at whichever depth.
        foreach (var (name, part) in Parts(Schema, ""))
        {
            var known = Names(part).ToArray();
            Assert.False(part.GetProperty("additionalProperties").GetBoolean(), name);
            Assert.DoesNotContain("no_such_key", known);
        }

        Assert.Empty(Check(PaddockManifestTests.Whole));
        await Packages.Good(Packages.Source(Packages.Files(PaddockManifestTests.Whole, PaddockManifestTests.Others)));
    }

    [Theory]
    [MemberData(nameof(PaddockManifestTests.Mistakes), MemberType = typeof(PaddockManifestTests))]
    public async Task Schema_RefusesNothingThatTheReaderTakes(string line, string code, int atLine, int column)
    {
        Assert.True(atLine > 0 && column > 0);
        string manifest = Packages.Manifest + line + "\n";
        bool taken = (await Packages.Verify(manifest)).Package is not null;
        bool formal = code is PackageCodes.KeyUnknown or PackageCodes.KeyMissing or PackageCodes.PermissionUnknown or PackageCodes.ScopeMissing;
        Assert.False(taken);
        if (formal) Assert.NotEmpty(Check(manifest)); // What a schema can say, it says.
    }

    [Theory]
    [InlineData("")]
    [InlineData("isolation: microvm\n")]
    [InlineData("permissions: [{ type: kv, access: [read, write], scope: [a] }]\n")]
    [InlineData("limits: { cpu: 2, timeout: 1m30s }\n")]
    [InlineData("contributes: { i18n: { namespace: x, languages: [en], translations: { en: { a: b } } } }\n")]
    public async Task Schema_TakesWhatTheReaderTakes(string more)
    {
        await Packages.Good(Packages.Manifest + more);
        Assert.Empty(Check(Packages.Manifest + more));
    }

    private static IReadOnlyList<Finding> Check(string manifest)
    {
        var findings = new List<Finding>();
        var schema = ConfigSchema.Parse(Text, "plugin.schema.json", findings);
        var node = YamlDocument.Read(manifest, DataBounds.Package, new ManifestFindings(findings));
        Assert.Empty(findings);
        return schema!.Validate(DataJson.Write(node, ""));
    }

    private static IEnumerable<(string Name, JsonElement Part)> Parts(JsonElement schema, string name)
    {
        if (!schema.TryGetProperty("properties", out var properties)) yield break;
        yield return (name, schema);
        foreach (var property in properties.EnumerateObject())
        {
            var inner = property.Value.TryGetProperty("items", out var items) ? items : property.Value;
            foreach (var part in Parts(inner, $"{name}.{property.Name}")) yield return part;
        }
    }

    private static JsonElement Property(string name) => Schema.GetProperty("properties").GetProperty(name);

    private static IEnumerable<string> Names(JsonElement part) => part.GetProperty("properties").EnumerateObject().Select(p => p.Name);

    private static string[] Sorted(IEnumerable<string> names) => [.. names.Order(StringComparer.Ordinal)];

    private static string Root()
    {
        string directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Paddock.slnx"))) directory = Path.GetDirectoryName(directory)!;
        return directory;
    }
}
