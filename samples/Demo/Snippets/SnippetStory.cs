using System.Text.Json.Nodes;

namespace Paddock.Samples.Demo.Snippets;

/// <summary>What ./x demo snippets shows, in order. Each step says whether what it saw is what it promised.</summary>
internal sealed class SnippetStory(Client client, Server server, string sample, string folder)
{
    private const string Greeting = "hello from a plugin";

    private static readonly (string Name, string Code, string Expected)[] Attacks =
    [
        ("an endless loop", "module.exports = () => { while (true) {} };", "TIME_LIMIT"),
        ("an allocation bomb", "module.exports = () => { const held = []; while (true) held.push(new Uint8Array(1 << 20).fill(1)); };", "MEMORY_LIMIT"),
        ("an escape by the constructor chain", "module.exports = () => console.log.constructor('return process')();", "GUEST_ERROR"),
    ];

    private int _surprises;

    /// <summary>Tells it all; the number of steps that went otherwise than promised.</summary>
    public async Task<int> TellAsync()
    {
        string id = await CreateHelperAsync();
        await ShowDeniedAsync(id);
        await GrantAsync(id);
        await ShowResultAsync(id);
        await ShowContainmentAsync(id);
        return _surprises;
    }

    private async Task<string> CreateHelperAsync()
    {
        Screen.Chapter("1. An author sends a plugin (samples/gitu-file-helper/create.json)");
        var body = JsonNode.Parse(await File.ReadAllTextAsync(sample))!;
        string id = await CreateAsync(body);
        Screen.Says($"POST /api/gitu/plugins → 201, id {id}");
        return id;
    }

    private async Task ShowDeniedAsync(string id)
    {
        Screen.Chapter("2. It runs, and may do nothing: no grant, no effect");
        var result = await ExecuteAsync(id, HelperInput());
        Expect(Code(result) == "PERMISSION_DENIED", $"execute → {Describe(result)}");
    }

    private async Task GrantAsync(string id)
    {
        Screen.Chapter("3. An operator grants it one folder, for this code and 30 days");
        var answer = await client.PostAsync("/api/gitu/permissions", server.Printed["operator token"], new JsonObject
        {
            ["pluginId"] = id,
            ["resource"] = "files",
            ["actions"] = new JsonArray("read", "write"),
            ["scope"] = new JsonObject { ["allowedPaths"] = new JsonArray(folder) },
        });
        Screen.Says($"files: read, write in {folder} until {answer["permission"]!["expiresAt"]}");
    }

    private async Task ShowResultAsync(string id)
    {
        Screen.Chapter("4. The same call now has its effect");
        var result = await ExecuteAsync(id, HelperInput());
        string path = Path.Combine(folder, "note.txt");
        bool onDisk = File.Exists(path) && await File.ReadAllTextAsync(path) == Greeting;
        Expect(Succeeded(result) && onDisk, $"execute → {Describe(result)}");
        Screen.Says($"{path} is {(onDisk ? "there" : "missing")}");
    }

    private async Task ShowContainmentAsync(string helper)
    {
        Screen.Chapter("5. Hostile plugins are contained, and the first one still answers");
        foreach (var (name, code, expected) in Attacks)
        {
            string id = await CreateAsync(new JsonObject { ["name"] = name, ["code"] = code });
            var result = await ExecuteAsync(id, [], timeoutMs: 2000);
            Expect(Code(result) == expected, $"{name}: {Describe(result)}", contained: true);
            var neighbour = await ExecuteAsync(helper, HelperInput());
            Expect(Succeeded(neighbour), $"the file helper meanwhile: {Describe(neighbour)}");
        }
    }

    private async Task<string> CreateAsync(JsonNode body) =>
        (string)(await client.PostAsync("/api/gitu/plugins", server.Printed["author token"], body))["plugin"]!["id"]!;

    private async Task<JsonNode> ExecuteAsync(string id, JsonObject input, int timeoutMs = 10_000)
    {
        var answer = await client.PostAsync($"/api/gitu/plugins/{id}/execute", server.Printed["author token"], new JsonObject { ["input"] = input, ["timeoutMs"] = timeoutMs });
        return answer["result"]!;
    }

    private JsonObject HelperInput() => new() { ["path"] = Path.Combine(folder, "note.txt"), ["content"] = Greeting };

    private void Expect(bool asPromised, string text, bool contained = false)
    {
        if (!asPromised)
        {
            _surprises++;
            Screen.Bad(text + "   ← not what was promised");
        }
        else if (contained) Screen.Contained(text);
        else Screen.Good(text);
    }

    private static bool Succeeded(JsonNode result) => (bool)result["success"]!;

    private static string? Code(JsonNode result) => (string?)result["error"]?["code"];

    private static string Describe(JsonNode result) => Succeeded(result)
        ? $"{result["result"]!.ToJsonString()} in {result["durationMs"]} ms"
        : $"{Code(result)} after {result["durationMs"]} ms ({result["error"]!["message"]})";
}
