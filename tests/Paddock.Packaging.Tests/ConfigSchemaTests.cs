using System.Text;

namespace Paddock.Packaging.Tests;

public sealed class ConfigSchemaTests
{
    private const string Schema = """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Settings", "type": "object", "additionalProperties": false, "required": ["url"],
          "properties": {
            "url": { "type": "string", "pattern": "^https://", "maxLength": 40, "format": "uri" },
            "days": { "type": "integer", "minimum": 1, "exclusiveMaximum": 31, "default": 7 },
            "mode": { "enum": ["fast", "slow", 1, null] },
            "tags": { "type": "array", "items": { "type": "string", "minLength": 1 }, "minItems": 1, "maxItems": 3, "uniqueItems": true },
            "extra": { "type": "object", "additionalProperties": { "type": ["number", "null"] } },
            "on": { "type": "boolean", "x-order": 3 }
          }
        }
        """;

    [Theory]
    [InlineData("""{ "url": "https://a.b" }""")]
    [InlineData("""{ "url": "https://a.b", "days": 30, "mode": null, "tags": ["a", "b"], "extra": { "x": 1.5, "y": null }, "on": true }""")]
    [InlineData("""{ "url": "https://a.b", "days": 30.0, "mode": 1.0 }""")]
    public void Validate_WhatFits_HasNoFindings(string config) => Assert.Empty(Read(Schema).Validate(Encoding.UTF8.GetBytes(config)));

    [Theory]
    [InlineData("""{}""", "config.url")]
    [InlineData("""[]""", "config")]
    [InlineData("""{ "url": "http://a.b" }""", "config.url")]
    [InlineData("""{ "url": "https://0123456789012345678901234567890123456789" }""", "config.url")]
    [InlineData("""{ "url": "https://a.b", "days": 0 }""", "config.days")]
    [InlineData("""{ "url": "https://a.b", "days": 31 }""", "config.days")]
    [InlineData("""{ "url": "https://a.b", "days": 1.5 }""", "config.days")]
    [InlineData("""{ "url": "https://a.b", "days": "7" }""", "config.days")]
    [InlineData("""{ "url": "https://a.b", "mode": "1" }""", "config.mode")]
    [InlineData("""{ "url": "https://a.b", "tags": [] }""", "config.tags")]
    [InlineData("""{ "url": "https://a.b", "tags": ["a", "a"] }""", "config.tags")]
    [InlineData("""{ "url": "https://a.b", "tags": ["a", ""] }""", "config.tags[1]")]
    [InlineData("""{ "url": "https://a.b", "extra": { "x": "y" } }""", "config.extra.x")]
    [InlineData("""{ "url": "https://a.b", "on": "true" }""", "config.on")]
    [InlineData("""{ "url": "https://a.b", "unknown": 1 }""", "config.unknown")]
    [InlineData("""{ "url": "https://a.b", "url": "https://c.d" }""", "config")]
    [InlineData("""nonsense""", "config")]
    public void Validate_WhatDoesNotFit_IsReportedWithItsPath(string config, string path)
    {
        var finding = Assert.Single(Read(Schema).Validate(Encoding.UTF8.GetBytes(config)));
        Assert.Equal((PackageCodes.ConfigInvalid, path), (finding.Code, finding.Path));
    }

    [Fact]
    public void Validate_SeveralFaults_AreAllReported() =>
        Assert.Equal(6, Read(Schema).Validate("""{ "days": 0, "mode": 2, "tags": ["", ""], "on": 1 }"""u8).Count(f => f.Path != "config.tags"));

    [Theory]
    [InlineData("""{ "oneOf": [] }""")]
    [InlineData("""{ "$ref": "#" }""")]
    [InlineData("""{ "type": "text" }""")]
    [InlineData("""{ "properties": { "a": { "not": {} } } }""")]
    [InlineData("""{ "pattern": "(?=a)b" }""")]
    [InlineData("""{ "pattern": "(a)\\1" }""")]
    [InlineData("""{ "minimum": "1" }""")]
    [InlineData("""[]""")]
    [InlineData("""{""")]
    public async Task Read_WhatWouldNotBeChecked_IsAnError(string schema) =>
        Assert.All(
            await Packages.Codes(Packages.Source(Packages.Files(Packages.Manifest + "configSchema: schema.json\n", Packages.File("schema.json", schema)))),
            code => Assert.Contains(code, new[] { PackageCodes.ConfigSchemaInvalid, PackageCodes.Syntax }));

    [Fact]
    public void T28_PatternThatWouldBacktrackForever_TakesLinearTime()
    {
        var schema = Read("""{ "type": "string", "pattern": "^(a+)+$" }""");
        Assert.Single(schema.Validate(Encoding.UTF8.GetBytes($"\"{new string('a', 50_000)}!\"")));
    }

    [Fact]
    public void Json_IsTheSchemaForAForm() =>
        Assert.Equal("""{"type":"string","minLength":1,"title":"1"}""", Encoding.UTF8.GetString(Read("""{ "type": "string", "minLength": 1, "title": "1" }""").Json.Span));

    private static ConfigSchema Read(string schema)
    {
        var findings = new List<Finding>();
        var read = ConfigSchema.Parse(Encoding.UTF8.GetBytes(schema), "schema.json", findings);
        Assert.Empty(findings);
        return read!;
    }
}
