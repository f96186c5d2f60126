using System.Text;

namespace Paddock.Sandbox.GoPlugin.Tests;

/// <summary>The sample in Go does what its page says.</summary>
public sealed class SampleTests(Plugins plugins)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StatisticsGo_ItsWidget_ShowsTheRows()
    {
        await using var sandbox = await plugins.Load(Plugins.Spec("statistics", folder: "samples/plugins/statistics-go"));
        Assert.Contains("\"by-state\"", Encoding.UTF8.GetString((await sandbox.RegisterAsync(Stop))!.Value.Span), StringComparison.Ordinal);
        var asked = "";
        var channel = new ChannelOf((function, _, _) =>
        {
            asked = function;
            return Task.FromResult(ChannelOf.Json("""[{"label":"<open>","count":3},{"label":"closed","count":1}]"""));
        });
        var html = System.Text.Json.Nodes.JsonNode.Parse(Plugins.Text(await sandbox.CallAsync(Plugins.Call("by_state"), channel, Stop)))!;
        Assert.Equal(("db.query", "<ul><li>&lt;open&gt;: 3</li><li>closed: 1</li></ul>"), (asked, (string?)html["html"]));
    }
}
