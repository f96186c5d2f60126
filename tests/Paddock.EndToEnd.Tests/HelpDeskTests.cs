using System.Net;
using System.Text.Json.Nodes;
using Paddock.Samples.Demo.HelpDesk;

namespace Paddock.EndToEnd.Tests;

/// <summary>The sample application with one plugin in three languages, as an agent and an administrator use it.</summary>
public sealed class HelpDeskTests(HelpDeskFixture desk) : IClassFixture<HelpDeskFixture>
{
    private const string ByState = "SELECT name, (SELECT count(*) FROM tickets WHERE state_id = ticket_states.id) FROM ticket_states WHERE NOT is_closed ORDER BY position";

    private const string ByPriority =
        "SELECT name, (SELECT count(*) FROM tickets WHERE priority_id = ticket_priorities.id AND closed_at IS NULL) FROM ticket_priorities ORDER BY position";

    // Days since 1970-01-01, which was a Thursday; weeks begin on Mondays.
    private const string ByWeek =
        """
        SELECT date((CAST(strftime('%s', closed_at) AS INTEGER) / 86400 + 3) / 7 * 7 * 86400 - 3 * 86400, 'unixepoch') AS monday, count(*)
          FROM tickets WHERE closed_at IS NOT NULL GROUP BY monday ORDER BY monday DESC LIMIT 8
        """;

    public static TheoryData<string, string> Statistics => HelpDeskFixture.Statistics;

    [Theory]
    [MemberData(nameof(Statistics))]
    public async Task Widgets_OfEachLanguage_ShowWhatSqlCounts(string plugin, string route)
    {
        var widgets = (await desk.Agent.SeeAsync("/")).Widgets.Where(w => w.Plugin == plugin).ToDictionary(w => w.Id);
        Assert.Equal(desk.Count(ByState).Select(r => (char.ToUpperInvariant(r.Label[0]) + r.Label[1..], r.Count)), widgets["open-by-state"].Rows);
        Assert.Equal(desk.Count(ByWeek), widgets["closed-per-week"].Rows);
        Assert.Equal(desk.Count(ByPriority).Select(r => (char.ToUpperInvariant(r.Label[0]) + r.Label[1..], r.Count)), widgets["open-by-priority"].Rows);
        Assert.NotEmpty(route);
    }

    [Theory]
    [MemberData(nameof(Statistics))]
    public async Task Route_OfEachLanguage_AnswersWhatSqlCounts(string plugin, string route)
    {
        var page = await desk.Agent.SeeAsync(route);
        Assert.True(page.Status == HttpStatusCode.OK, $"{plugin}: {page.Text}");
        var figures = JsonNode.Parse(page.Text)!;
        Assert.Equal(desk.Count(ByState), Rows(figures["openByState"]));
        Assert.Equal(desk.Count(ByWeek), Rows(figures["closedPerWeek"]));
        Assert.Equal(desk.Count(ByPriority), Rows(figures["openByPriority"]));
    }

    [Theory]
    [MemberData(nameof(Statistics))]
    public async Task Widgets_ForWhoReadsGerman_AreInGerman(string plugin, string route)
    {
        var page = await desk.Agent.SeeAsync("/", "de");
        var widget = page.Widgets.Single(w => w.Plugin == plugin && w.Id == "open-by-priority");
        Assert.StartsWith("Offene Tickets nach Priorität", widget.Title, StringComparison.Ordinal);
        Assert.Equal(["Niedrig", "Normal", "Hoch", "Dringend"], widget.Rows.Select(r => r.Label));
        Assert.Contains($"href=\"{route}\" data-plugin=\"{plugin}\">Statistik", page.Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Statistics))]
    public async Task Job_RunNow_KeepsASnapshotThatTheRouteTells(string plugin, string route)
    {
        Assert.Contains("has begun", (await desk.AskAsync(plugin, "Run", ("job", "nightly"))).Notice, StringComparison.Ordinal);
        JsonNode? snapshot = null;
        for (int attempt = 0; attempt < 300 && snapshot is null; attempt++)
        {
            snapshot = JsonNode.Parse((await desk.Agent.SeeAsync(route)).Text)!["snapshot"];
            if (snapshot is null) await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        Assert.Equal(desk.Count(ByState), Rows(snapshot?["openByState"]));
        Assert.Contains("snapshot of", (await desk.Administrator.SeeAsync($"/plugins/{plugin}")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Statistics))]
    public async Task Disabled_EverythingThatItContributed_IsGone(string plugin, string route)
    {
        await desk.AskAsync(plugin, "Disable");
        var page = await desk.Agent.SeeAsync("/");
        var answer = await desk.Agent.SeeAsync(route);
        await desk.AskAsync(plugin, "Enable");
        Assert.DoesNotContain(plugin, page.Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal(HttpStatusCode.OK, (await desk.Agent.SeeAsync(route)).Status);
    }

    [Theory]
    [MemberData(nameof(Statistics))]
    public async Task Narrowed_AtTheNextCall_WhatNeedsTheTableFailsAndTheRestGoesOn(string plugin, string route)
    {
        await desk.GrantAsync(plugin, entry => !entry.EndsWith("/ticket_priorities", StringComparison.Ordinal));
        var narrowed = (await desk.Agent.SeeAsync("/")).Widgets;
        await desk.GrantAsync(plugin, _ => true);
        Assert.Equal(["open-by-priority"], narrowed.Where(w => w.Plugin == plugin && w.Failed).Select(w => w.Id));
        Assert.DoesNotContain((await desk.Agent.SeeAsync("/")).Widgets, w => w.Plugin == plugin && w.Failed);
        Assert.Equal(HttpStatusCode.OK, (await desk.Agent.SeeAsync(route)).Status);
    }

    [Fact]
    public async Task Table_NotGranted_IsNotRead()
    {
        var denied = await desk.Agent.SeeAsync("/curious/users");
        Assert.Contains("PERMISSION_DENIED", denied.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("anna", denied.Text, StringComparison.Ordinal);
        var allowed = await desk.Agent.SeeAsync("/curious/tickets");
        Assert.Equal(desk.Count("SELECT 'all', count(*) FROM tickets").Single().Count, (long)JsonNode.Parse(allowed.Text)!["count"]!);
        Assert.True((await desk.Agent.SeeAsync("/")).Widgets.Single(w => w.Plugin == HelpDeskFixture.Curious).Failed);
        var line = (await desk.Administrator.SeeAsync($"/plugins/{HelpDeskFixture.Curious}")).Explanation.Single(l => l.Subject == "Permission: db");
        Assert.Equal(("read: tickets, users", "read: tickets"), (line.Asked, line.InForce));
        Assert.StartsWith("SCOPE_NOT_GRANTED", line.WhyNot, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Administration_ForAnAgent_IsForbidden()
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await desk.Agent.SeeAsync("/plugins")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await desk.Agent.SubmitAsync("/", $"/plugins/{HelpDeskFixture.C}?handler=Disable")).Status);
        Assert.Equal(9, (await desk.Agent.SeeAsync("/")).Widgets.Count(w => !w.Failed));
    }

    [Fact]
    public async Task Ticket_NewThenClosed_IsCounted()
    {
        long before = desk.Count(ByPriority).Single(r => r.Label == "urgent").Count;
        var page = await desk.Agent.SubmitAsync("/tickets/new", "/tickets/new", ("subject", "A <b>door</b> is stuck"), ("customer", "Zoe"), ("priority", "urgent"), ("body", "It is."));
        Assert.Contains("A &lt;b&gt;door&lt;/b&gt; is stuck", page.Text, StringComparison.Ordinal);
        Assert.Equal(before + 1, (await UrgentAsync()).Count);
        long id = desk.Count("SELECT 'newest', max(id) FROM tickets").Single().Count;
        await desk.Agent.SubmitAsync($"/tickets/{id}", $"/tickets/{id}?handler=Close", ("body", "Oiled."), ("priority", "urgent"));
        Assert.Equal(before, (await UrgentAsync()).Count);
    }

    [Fact]
    public async Task Tickets_OlderOnes_AreOnTheNextPage()
    {
        var first = await desk.Agent.SeeAsync("/tickets?state=closed");
        Assert.Contains("href=\"/tickets?state=closed&amp;priority=&amp;text=&amp;number=2\"", first.Text, StringComparison.Ordinal);
        var second = await desk.Agent.SeeAsync("/tickets?state=closed&number=2");
        Assert.Contains("number=1", second.Text, StringComparison.Ordinal);
        Assert.Empty(Links(first).Intersect(Links(second)));
        Assert.Equal(25, Links(second).Count());
    }

    private static IEnumerable<string> Links(PageSeen page) => page.Text.Split("<a href=\"/tickets/").Skip(1).Select(p => p[..p.IndexOf('"', StringComparison.Ordinal)]).Where(id => id != "new");

    private async Task<(string Label, long Count)> UrgentAsync() =>
        (await desk.Agent.SeeAsync("/")).Widgets.Single(w => w.Plugin == HelpDeskFixture.C && w.Id == "open-by-priority").Rows.Single(r => r.Label == "Urgent");

    private static IEnumerable<(string Label, long Count)> Rows(JsonNode? rows) => rows!.AsArray().Select(r => ((string)r!["label"]!, (long)r["count"]!));
}
