using System.Net;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.Extensions.DependencyInjection;
using static Paddock.AspNetCore.Tests.ScriptedPlatform;

namespace Paddock.AspNetCore.Tests;

public sealed class PageTests
{
    private readonly PlatformServer _server;
    private readonly DefaultHttpContext _http;
    private readonly IPluginPages _pages;

    public PageTests(PlatformFixture fixture)
    {
        _server = fixture.Fresh();
        _http = new DefaultHttpContext { RequestServices = _server.Services };
        _pages = _server.Services.GetRequiredService<IPluginPages>();
        _server.Platform.Plugin("stats", "overview", """{"html":"<b id=x>7</b><script>1</script>"}""");
        _server.Platform.Plugin("stats", "broken", _ => throw new ScriptedFailure(CallStatus.GuestFault, ErrorCodes.GuestError, "no"));
        _server.Platform.Contribute(s => s with
        {
            Widgets = [From("stats", new WidgetRegistration("o", "title_o", "overview", "home") { Size = "large", Refreshable = true, RefreshSeconds = 60 }), From("stats", new WidgetRegistration("b", "<Broken>", "broken", "home")), From("stats", new WidgetRegistration("e", "Elsewhere", "overview", "other"))],
            Translations = [From("stats", new TranslationsRegistration("stats", Texts(("en", "title_o", "Overview"), ("de", "title_o", "Übersicht"), ("en", "only_en", "English {0}"))))],
        });
    }

    [Fact]
    public async Task Widgets_OfAPlace_AreRenderedAndAFailingOneIsAnEmptyBox()
    {
        string html = await ProcessAsync(new PluginWidgetsTagHelper(_pages) { Location = "home", ViewContext = View() }, "plugin-widgets");
        Assert.Contains("<b id=\"plugin-stats-x\">7</b>", html, StringComparison.Ordinal);
        Assert.Contains("Overview", html, StringComparison.Ordinal);
        Assert.Contains("&lt;Broken&gt;", html, StringComparison.Ordinal);
        Assert.Contains("plugin-widget-failed", html, StringComparison.Ordinal);
        Assert.DoesNotContain("script", html, StringComparison.Ordinal);
        Assert.DoesNotContain("Elsewhere", html, StringComparison.Ordinal);
        Assert.All(_server.Platform.Calls, c => Assert.Equal((CallDoor.Contribution, PrincipalRole.Agent), (c.Call.Door, c.Caller.Role)));
    }

    [Fact]
    public async Task Widgets_OverHttp_AreListedAndRendered()
    {
        var list = (await _server.Agent.GetAsync("/api/contributions/widgets?location=home")).Expect(HttpStatusCode.OK).Json["items"]!.AsArray();
        Assert.Equal(["Overview", "<Broken>"], list.Select(w => (string)w!["title"]!));
        Assert.Equal(3, (await _server.Agent.GetAsync("/api/contributions/widgets")).Json["items"]!.AsArray().Count);
        var widget = (await _server.User("rita").GetAsync("/api/contributions/widgets/stats/o")).Expect(HttpStatusCode.OK);
        Assert.Equal("<b id=\"plugin-stats-x\">7</b>", (string?)widget.Json["html"]);
        Assert.Equal(ErrorCodes.GuestError, (string?)(await _server.Agent.GetAsync("/api/contributions/widgets/stats/b")).Json["error"]);
        (await _server.Agent.GetAsync("/api/contributions/widgets/stats/none")).Refused(HttpStatusCode.NotFound, "WIDGET_NOT_FOUND");
        (await _server.Anonymous.GetAsync("/api/contributions/widgets")).Expect(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("widgets")]
    [InlineData("widgets/stats/o")]
    [InlineData("menu")]
    [InlineData("routes")]
    [InlineData("tools")]
    public async Task T65_Contributions_ForAnotherTenant_AreNone(string path)
    {
        var answer = await _server.OtherTenant.GetAsync("/api/contributions/" + path);
        if (answer.Status != HttpStatusCode.NotFound) Assert.Empty(answer.Expect(HttpStatusCode.OK).Json["items"]!.AsArray());
        Assert.Empty(_server.Platform.Calls);
    }

    [Fact]
    public async Task Menu_IsNestedTranslatedAndLeadsNowhereElse()
    {
        _server.Platform.Contribute(s => s with
        {
            MenuItems =
            [
                From("stats", new MenuItemRegistration("s", "title_o") { Path = "/stats", Icon = "chart-bar", Children = [new("s1", "One") { Path = "//evil.example" }, new("s2", "Two") { Path = "javascript:alert(1)", Icon = "\"><script>" }] }),
                From("stats", new MenuItemRegistration("a", "Admin") { Location = "admin" }),
            ],
            HiddenMenuItems = new HashSet<string> { "news" },
            LandingPage = From("stats", "/stats"),
        });
        var answer = (await _server.Agent.SendAsync(HttpMethod.Get, "/api/contributions/menu?location=agent", change: r => r.Headers.Add("Accept-Language", "de-CH"))).Expect(HttpStatusCode.OK).Json;
        var item = Assert.Single(answer["items"]!.AsArray())!;
        Assert.Equal(("Übersicht", "/stats", "chart-bar"), ((string?)item["label"], (string?)item["path"], (string?)item["icon"]));
        Assert.Equal(["", ""], item["children"]!.AsArray().Select(c => (string)c!["path"]!));
        Assert.Equal("", (string?)item["children"]![1]!["icon"]);
        Assert.Equal("news", (string?)answer["hidden"]![0]);
        Assert.True(_pages.HidesMenuItem("news"));
        Assert.Equal("/stats", (string?)(await _server.Agent.GetAsync("/api/contributions/landing-page")).Json["path"]);
        _server.Platform.Contribute(s => s with { LandingPage = From("stats", "//evil.example") });
        Assert.Null(_pages.LandingPage);
    }

    [Fact]
    public async Task Template_OfAPlugin_StandsInAndAFailingOneLeavesTheApplications()
    {
        _server.Platform.Plugin("stats", "template_ticket_summary_html", a => Task.FromResult($$"""{"html":"<i>{{a.GetProperty("data").GetProperty("title").GetString()}} of {{a.GetProperty("template").GetString()}}</i>"}"""));
        _server.Platform.Contribute(s => s with
        {
            Templates = new Dictionary<string, Contributed<TemplateRegistration>>
            {
                ["ticket/summary.html"] = From("stats", new TemplateRegistration("ticket/summary.html", "", true)),
                ["failing"] = From("stats", new TemplateRegistration("failing", "", true)),
            },
        });
        Assert.Contains("<i>Printer of ticket/summary.html</i>", await TemplateAsync("ticket/summary.html", new { title = "Printer" }), StringComparison.Ordinal);
        Assert.Equal("the application's", await TemplateAsync("failing", null));
        Assert.Equal("the application's", await TemplateAsync("nobody's", null));
    }

    [Fact]
    public async Task Template_InAFile_IsRenderedWithItsData()
    {
        _server.Platform.Files[("stats", "templates/list.html")] = System.Text.Encoding.UTF8.GetBytes(
            """<h4>{{t "title_o"}}</h4>{{#if tickets}}<ul>{{#each tickets}}<li onclick=x>{{@index}} {{title}} {{owner.name}} {{total}}</li>{{/each}}</ul>{{else}}none{{/if}}{{! a comment }}""");
        _server.Platform.Contribute(s => s with { Templates = new Dictionary<string, Contributed<TemplateRegistration>> { ["list"] = From("stats", new TemplateRegistration("list", "templates/list.html", false)) } });
        object data = new { total = 2, tickets = new object[] { new { title = "<script>", owner = new { name = "Ann" } }, new { title = "B", owner = (object?)null } } };
        Assert.Contains("<h4>Overview</h4><ul><li>0 &lt;script&gt; Ann 2</li><li>1 B  2</li></ul>", await TemplateAsync("list", data), StringComparison.Ordinal);
        Assert.Contains("none", await TemplateAsync("list", new { tickets = Array.Empty<int>() }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{#each a}}")]
    [InlineData("{{#if a}}x{{/each}}")]
    [InlineData("{{/if}}")]
    [InlineData("{{#with a}}x{{/with}}")]
    [InlineData("{{a")]
    [InlineData("{{#each a}}{{#each a}}{{#each a}}{{#each a}}{{#each a}}{{#each a}}x{{/each}}{{/each}}{{/each}}{{/each}}{{/each}}{{/each}}")]
    public void TextTemplate_ThatIsMalformedOrGoesTooFar_IsNone(string template) =>
        Assert.Null(new TextTemplate(_ => null).Render(template, System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new { a = Enumerable.Range(0, 30) })));

    [Fact]
    public async Task UsePlugin_Twice_LinksTheStyleSheetOnce()
    {
        _server.Platform.Files[("stats", "static/plugin.css")] = "b{}"u8.ToArray();
        async Task<string> Use(string? function = null) => await ProcessAsync(new UsePluginTagHelper(_pages) { Name = "stats", Function = function, ViewContext = View() }, "use-plugin", "while it runs");
        Assert.Matches("^<link href=\"/plugins/stats/static/plugin.css\\?v=[0-9a-f]{16}\" rel=\"stylesheet\" />while it runs$", await Use());
        Assert.Equal("while it runs", await Use());
        Assert.Empty(_server.Platform.Calls);
        Assert.Equal("stats", Assert.Single(_server.Platform.Loaded));
        Assert.Equal("<b id=\"plugin-stats-x\">7</b>", await Use("overview"));
    }

    [Fact]
    public async Task UsePlugin_ThatDoesNotRun_ShowsNothing()
    {
        _server.Platform.Files[("stopped", "static/plugin.css")] = "b{}"u8.ToArray();
        _server.Platform.Stopped.Add("stopped");
        Assert.Equal("", await ProcessAsync(new UsePluginTagHelper(_pages) { Name = "stopped", ViewContext = View() }, "use-plugin", "while it runs"));
    }

    [Fact]
    public void Texts_FallBackFromTagToLanguageToDefault()
    {
        var texts = _server.Services.GetRequiredService<IPluginTexts>();
        Assert.Equal("Übersicht", texts.Find("stats", "title_o", "de-AT"));
        Assert.Equal("Overview", texts.Find("stats", "title_o", "fr"));
        Assert.Null(texts.Find("stats", "nothing", "en"));
        Assert.Null(texts.Find("other", "title_o", "en"));
        var localizer = texts.For("stats", "de");
        Assert.Equal("English 5", localizer["only_en", 5].Value);
        Assert.True(localizer["nothing"].ResourceNotFound);
        Assert.Equal(2, localizer.GetAllStrings(includeParentCultures: true).Count());
    }

    [Fact]
    public void Texts_UnderAnothersName_DoNotReplaceItsOwn()
    {
        _server.Platform.Contribute(s => s with { Translations = [From("evil", new TranslationsRegistration("stats", Texts(("en", "title_o", "Send money"), ("en", "new", "n")))), .. s.Translations] });
        var texts = _server.Services.GetRequiredService<IPluginTexts>();
        Assert.Equal("Overview", texts.Find("stats", "title_o", "en"));
        Assert.Equal("n", texts.Find("stats", "new", "en"));
    }

    private static Dictionary<string, IReadOnlyDictionary<string, string>> Texts(params (string Language, string Key, string Text)[] texts) => texts
        .GroupBy(t => t.Language).ToDictionary(g => g.Key, g => (IReadOnlyDictionary<string, string>)g.ToDictionary(t => t.Key, t => t.Text));

    private Task<string> TemplateAsync(string name, object? data) =>
        ProcessAsync(new PluginTemplateTagHelper(_pages) { Name = name, Data = data, ViewContext = View() }, "plugin-template", "the application's");

    private ViewContext View() => new() { HttpContext = _http };

    private static async Task<string> ProcessAsync(TagHelper helper, string tag, string content = "")
    {
        var output = new TagHelperOutput(tag, [], (_, _) => Task.FromResult<TagHelperContent>(new DefaultTagHelperContent()));
        output.Content.SetHtmlContent(content);
        await helper.ProcessAsync(new TagHelperContext([], new Dictionary<object, object>(), "1"), output);
        await using var writer = new StringWriter();
        output.WriteTo(writer, HtmlEncoder.Create(System.Text.Unicode.UnicodeRanges.All));
        return writer.ToString();
    }
}
