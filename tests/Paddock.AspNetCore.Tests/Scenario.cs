using System.Net;

namespace Paddock.AspNetCore.Tests;

/// <summary>What tests make before they look at something.</summary>
internal static class Scenario
{
    public const string Echo = "module.exports = (ctx) => ({ input: ctx.input, context: ctx.context, config: ctx.config });";

    public static object Plugin(string name = "Echo", string code = Echo) => new { name, code };

    public static async Task<string> CreateAsync(this ApiClient client, string code = Echo, object? config = null)
    {
        var answer = await client.PostAsync("/api/gitu/plugins", new { name = "A plugin", code, config = config ?? new { } });
        return (string)answer.Expect(HttpStatusCode.Created).Json["plugin"]!["id"]!;
    }

    public static object Files(string plugin, string folder, params string[] actions) => new
    {
        pluginId = plugin,
        resource = "files",
        actions = actions.Length == 0 ? ["read", "write"] : actions,
        scope = new { allowedPaths = new[] { folder } },
    };
}
