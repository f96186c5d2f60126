using System.Text.Json.Nodes;

namespace Paddock.Samples.Demo.HelpDesk;

/// <summary>What ./x demo shows, in order, as an agent and an administrator see it. Each step says whether what it saw is what it promised.</summary>
internal sealed class HelpDeskStory(Browser agent, Browser administrator, Publisher publisher)
{
    private const string JavaScript = "statistics-javascript", C = "statistics-gk-c", AssemblyScript = "statistics-extism-assemblyscript", Curious = "curious";
    private static readonly string[] Statistics = [JavaScript, C, AssemblyScript];
    private static readonly string[] Routes = ["/statistics/javascript", "/statistics/c", "/statistics/assemblyscript"];

    private int _surprises;

    /// <summary>Tells it all; the number of steps that went otherwise than promised.</summary>
    public async Task<int> TellAsync()
    {
        await InstallAsync();
        await ApproveAsync();
        await ShowLanguagesAsync();
        await DenyAsync();
        await NarrowAsync();
        await ReplaceAsync();
        await RunJobsAsync();
        await DisableAsync();
        return _surprises;
    }

    private async Task InstallAsync()
    {
        Screen.Chapter("1. One statistics plugin in three languages is installed: each waits for review, and nothing of it runs");
        var trusted = await administrator.SubmitAsync("/plugins", "/plugins?handler=Trust", ("publisher", Publisher.Name), ("key", publisher.PublicKey));
        Screen.Says(trusted.Notice);
        foreach (string plugin in Statistics) Screen.Says((await UploadAsync(plugin, await publisher.PackSignedAsync(plugin))).Notice);
        var dashboard = await agent.SeeAsync("/");
        Expect(dashboard.Widgets.Count == 0, "dashboard → no widgets");
        Expect((await agent.SeeAsync(Routes[0])).Status == System.Net.HttpStatusCode.NotFound, $"GET {Routes[0]} → 404");
    }

    private async Task ApproveAsync()
    {
        Screen.Chapter("2. The administrator reads what each asks for, and approves it");
        Explain(await administrator.SeeAsync($"/plugins/{C}"));
        foreach (string plugin in Statistics) Screen.Good($"{plugin}: {(await TickAsync(plugin, _ => true)).Notice}");
        Explain(await administrator.SeeAsync($"/plugins/{C}"));
        var widgets = (await agent.SeeAsync("/")).Widgets;
        foreach (var widget in widgets.Where(w => w.Id == "open-by-state")) Screen.Says($"{widget.Title}: {string.Join(", ", widget.Rows.Select(r => $"{r.Label} {r.Count}"))}");
        Expect(widgets.Count == 9 && widgets.All(w => !w.Failed && w.Rows.Count > 0), $"dashboard → {widgets.Count} widgets");
        Expect(widgets.GroupBy(w => w.Id).All(same => same.Select(w => string.Join(' ', w.Rows)).Distinct().Count() == 1), "the three languages count the same");
    }

    private async Task ShowLanguagesAsync()
    {
        Screen.Chapter("3. The same page for somebody who reads German");
        var widget = (await agent.SeeAsync("/", "de")).Widgets.First(w => w.Plugin == C && w.Id == "open-by-priority");
        Expect(widget.Title == "Offene Tickets nach Priorität (C)", $"{widget.Title}: {string.Join(", ", widget.Rows.Select(r => $"{r.Label} {r.Count}"))}");
    }

    private async Task DenyAsync()
    {
        Screen.Chapter("4. A plugin asks for tickets and users; it is granted tickets, and tries to read the users all the same");
        await UploadAsync(Curious, publisher.Pack(Curious));
        Screen.Says($"{Curious}: {(await TickAsync(Curious, entry => entry.EndsWith("/tickets", StringComparison.Ordinal))).Notice}");
        Explain(await administrator.SeeAsync($"/plugins/{Curious}"));
        var allowed = await agent.SeeAsync("/curious/tickets");
        Expect(allowed.Status == System.Net.HttpStatusCode.OK, $"GET /curious/tickets → {(int)allowed.Status} {allowed.Text}");
        var denied = await agent.SeeAsync("/curious/users");
        Expect(denied.Text.Contains("PERMISSION_DENIED", StringComparison.Ordinal), $"GET /curious/users → {(int)denied.Status} {denied.Text}", contained: true);
        Screen.Says("The database's own engine refused the statement, before a row was read.");
    }

    private async Task NarrowAsync()
    {
        Screen.Chapter("5. The administrator takes a table away while the plugin runs; it holds from the next statement on");
        await TickAsync(C, entry => !entry.EndsWith("/ticket_priorities", StringComparison.Ordinal));
        ShowWidgets(failed: "open-by-priority", (await agent.SeeAsync("/")).Widgets);
        await TickAsync(C, _ => true);
        ShowWidgets(failed: null, (await agent.SeeAsync("/")).Widgets);
    }

    private async Task ReplaceAsync()
    {
        Screen.Chapter("6. A new version of the same publisher replaces the old one at once; one that asks for more waits");
        (string, string)[] next = [("version: 1.0.0", "version: 1.1.0"), ("Open tickets by state", "Open tickets, state by state")];
        Screen.Says((await UploadAsync(JavaScript, await publisher.PackSignedAsync(JavaScript, next))).Notice);
        var widget = (await agent.SeeAsync("/")).Widgets.First(w => w.Plugin == JavaScript);
        Expect(widget.Title.StartsWith("Open tickets, state by state", StringComparison.Ordinal), $"1.1.0 serves: {widget.Title}");
        (string, string)[] greedy = [("version: 1.0.0", "version: 1.2.0"), ("scope: [tickets,", "scope: [users, tickets,")];
        await UploadAsync(JavaScript, await publisher.PackSignedAsync(JavaScript, greedy));
        var page = await administrator.SeeAsync($"/plugins/{JavaScript}");
        Expect(page.Text.Contains("1.1.0 serves, 1.2.0 waits for review", StringComparison.Ordinal), "1.2.0 asks for users too: 1.1.0 serves, 1.2.0 waits for review");
    }

    private async Task RunJobsAsync()
    {
        Screen.Chapter("7. The nightly jobs, now");
        foreach (string plugin in Statistics) Screen.Says($"{plugin}: {(await administrator.SubmitAsync($"/plugins/{plugin}", $"/plugins/{plugin}?handler=Run", ("job", "nightly"))).Notice}");
        foreach (string route in Routes)
        {
            string? at = await SnapshotAsync(route);
            Expect(at is not null, $"GET {route} → snapshot of {at}");
        }
    }

    private async Task DisableAsync()
    {
        Screen.Chapter("8. Disabled, a plugin is gone with all that it contributed");
        await administrator.SubmitAsync($"/plugins/{AssemblyScript}", $"/plugins/{AssemblyScript}?handler=Disable");
        var dashboard = await agent.SeeAsync("/");
        Expect(!dashboard.Text.Contains(AssemblyScript, StringComparison.Ordinal), $"{AssemblyScript}: no widgets, no menu item");
        Expect((await agent.SeeAsync(Routes[2])).Status == System.Net.HttpStatusCode.NotFound, $"GET {Routes[2]} → 404");
        await administrator.SubmitAsync($"/plugins/{AssemblyScript}", $"/plugins/{AssemblyScript}?handler=Enable");
        Expect((await agent.SeeAsync(Routes[2])).Status == System.Net.HttpStatusCode.OK, "enabled again, it is back");
    }

    private static void Explain(PageSeen page)
    {
        foreach (var line in page.Explanation.Where(l => l.Subject.StartsWith("Permission", StringComparison.Ordinal)))
            Screen.Says($"{line.Subject}: asks for {line.Asked}; gets {(line.InForce.Length == 0 ? "nothing" : line.InForce)}{(line.WhyNot.Length == 0 ? "" : $", because {line.WhyNot}")}");
    }

    private void ShowWidgets(string? failed, IReadOnlyList<WidgetSeen> widgets)
    {
        foreach (var widget in widgets.Where(w => w.Plugin == C))
            Expect(widget.Failed == (widget.Id == failed), $"{widget.Title}: {(widget.Failed ? "denied" : "shown")}", contained: widget.Failed);
    }

    private Task<PageSeen> UploadAsync(string plugin, byte[] package) => administrator.UploadAsync("/plugins", "/plugins?handler=Install", "package", plugin + ".zip", package);

    private async Task<PageSeen> TickAsync(string plugin, Func<string, bool> which)
    {
        var page = await administrator.SeeAsync($"/plugins/{plugin}");
        return await administrator.SubmitAsync($"/plugins/{plugin}", $"/plugins/{plugin}?handler=Approve", page.Asked.Where(which).Select(e => ("grants", e)).Prepend(("digest", page.Digest)));
    }

    // A run begins at once, and ends when it ends.
    private async Task<string?> SnapshotAsync(string route)
    {
        for (int attempt = 0; attempt < 100; attempt++)
        {
            if ((string?)JsonNode.Parse((await agent.SeeAsync(route)).Text)!["snapshot"]?["at"] is { } at) return at;
            await Task.Delay(100);
        }

        return null;
    }

    private void Expect(bool asPromised, string text, bool contained = false)
    {
        if (!asPromised) _surprises++;
        if (!asPromised) Screen.Bad(text + "   ← not what was promised");
        else if (contained) Screen.Contained(text);
        else Screen.Good(text);
    }
}
