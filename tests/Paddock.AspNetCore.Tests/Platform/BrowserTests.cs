using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using static Paddock.AspNetCore.Tests.ScriptedPlatform;

namespace Paddock.AspNetCore.Tests;

/// <summary>Threat 66, judged by a real browser: what acts on the application's origin leaves its mark in the page. Each test has its control, in which the defence is lifted and the same bytes leave that mark.</summary>
public sealed class BrowserTests : IAsyncLifetime
{
    private const string Mark = "document.documentElement.setAttribute('data-pwned','1')";
    private const string Pwned = "data-pwned=\"1\"";

    // Whatever of these a browser acts on leaves the mark.
    private static readonly string Attack = $"""
        <script>{Mark}</script><img src=x onerror="{Mark}"><svg onload="{Mark}"></svg><details open ontoggle="{Mark}"><summary>s</summary></details>
        <iframe srcdoc="<script>parent.{Mark}</script>"></iframe><input autofocus onfocus="{Mark}"><math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={Mark}&gt;">
        <noscript><p title="</noscript><img src=x onerror={Mark}>"></noscript><form id=config></form>
        """;

    private PlatformServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await PlatformServer.StartAsync(map: app =>
        {
            // The application's own page, with a widget in it and a script of its own that trusts a global name.
            app.MapGet("/home", async (HttpContext context, IPluginPages pages) =>
            {
                var widgets = await pages.RenderWidgetsAsync(context, "home");
                return Results.Content($"<!doctype html><title>home</title><body>{string.Concat(widgets.Select(w => w.Html))}<script>if (window.config) {Mark}</script><p>end of page", "text/html");
            });
            app.MapGet("/bare/{name}", (string name) => Results.Content(name == "svg" ? Svg : Attack, name == "svg" ? "image/svg+xml" : "text/html"));
        });
        _server.Platform.Plugin("stats", "attack", JsonSerializer.Serialize(new { html = Attack }));
        _server.Platform.Contribute(s => s with
        {
            Routes = [Route("stats", "GET", "/attack", "attack", "public")],
            Widgets = [From("stats", new WidgetRegistration("w", "W", "attack", "home")), From("stats", new WidgetRegistration("v", "V", "attack", "home"))],
        });
        _server.Platform.Files[("stats", "static/a.svg")] = System.Text.Encoding.UTF8.GetBytes(Svg);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static string Svg => $"<svg xmlns=\"http://www.w3.org/2000/svg\"><text>end of page</text><script>{Mark}</script></svg>";

    [Fact]
    public async Task T66_Widget_OnThePageOfTheApplication_DoesNotAct()
    {
        string page = await BrowseAsync("home");
        Assert.Contains("end of page", page, StringComparison.Ordinal);
        Assert.DoesNotContain(Pwned, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T66_Control_WidgetUnsanitised_Acts()
    {
        TrustHtml();
        Assert.Contains(Pwned, await BrowseAsync("home"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task T66_Route_WhosePageIsNotSanitised_IsSandboxedAllTheSame()
    {
        TrustHtml();
        Assert.DoesNotContain(Pwned, await BrowseAsync("attack"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task T66_Control_TheSamePageWithoutSandbox_Acts() => Assert.Contains(Pwned, await BrowseAsync("bare/html"), StringComparison.Ordinal);

    [Fact]
    public async Task T66_Asset_OpenedAsAPage_IsSandboxed()
    {
        string page = await BrowseAsync("plugins/stats/static/a.svg");
        Assert.Contains("end of page", page, StringComparison.Ordinal);
        Assert.DoesNotContain(Pwned, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task T66_Control_TheSameImageWithoutSandbox_Acts() => Assert.Contains(Pwned, await BrowseAsync("bare/svg"), StringComparison.Ordinal);

    private void TrustHtml() => _server.Platform.Contribute(s => s with { RawHtml = new HashSet<string> { "stats" } });

    /// <summary>The page as it stands after its scripts ran.</summary>
    private async Task<string> BrowseAsync(string path)
    {
        var profile = Directory.CreateTempSubdirectory("paddock-browser-");
        try
        {
            var start = new ProcessStartInfo("chromium") { RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (string argument in new[] { "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-proxy-server", $"--user-data-dir={profile.FullName}", "--virtual-time-budget=3000", "--dump-dom", $"{_server.Address}{path}" })
                start.ArgumentList.Add(argument);
            using var browser = Process.Start(start)!;
            var errors = browser.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            string page = await browser.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await browser.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(page.Length > 0, await errors);
            return page;
        }
        finally
        {
            profile.Delete(recursive: true);
        }
    }
}
