using System.Text.Json.Nodes;

namespace Paddock.AspNetCore.Tests;

/// <summary>The operations of the server's own OpenAPI document.</summary>
internal static class OpenApiDocument
{
    public static async Task<IReadOnlyList<Operation>> OperationsAsync(ServerFixture server)
    {
        var document = (await server.Anonymous.GetAsync("/openapi/v1.json")).Expect(System.Net.HttpStatusCode.OK).Json;
        return [.. document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(o => new Operation(path.Key, new HttpMethod(o.Key.ToUpperInvariant()), o.Value!)))];
    }
}

internal sealed record Operation(string Path, HttpMethod Method, JsonNode Node)
{
    public string Id => (string?)Node["operationId"] ?? $"{Method} {Path}";

    public bool NeedsOperator => ((string?)Node["description"])?.StartsWith("Needs an operator", StringComparison.Ordinal) == true;

    public bool NeedsAuthor => ((string?)Node["description"])?.StartsWith("Needs an author", StringComparison.Ordinal) == true;

    public bool NamesAnObject => Path.Contains("{id}", StringComparison.Ordinal);

    /// <summary>The first type of body that it takes.</summary>
    public string ContentType => Node["requestBody"]!["content"]!.AsObject().First().Key;

    public bool HasBody => Node["requestBody"] is not null;

    /// <summary>Whether it names an installed package, which everyone in the tenant can see.</summary>
    public bool NamesAPackage => Path.Contains("{name}", StringComparison.Ordinal);

    public string With(string id) => System.Text.RegularExpressions.Regex.Replace(Path, "{(id|name)}", id).Replace("{", "", StringComparison.Ordinal).Replace("}", "", StringComparison.Ordinal);

    public override string ToString() => $"{Method} {Path}";
}
