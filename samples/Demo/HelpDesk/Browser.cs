using System.Net;
using System.Text.RegularExpressions;

namespace Paddock.Samples.Demo.HelpDesk;

/// <summary>The application as somebody who is signed in sees it: its pages and forms.</summary>
internal sealed partial class Browser : IDisposable
{
    private readonly HttpClient _http;

    private Browser(Uri address) => _http = new HttpClient(new HttpClientHandler { CookieContainer = new CookieContainer() }) { BaseAddress = address, Timeout = TimeSpan.FromMinutes(1) };

    public static async Task<Browser> SignInAsync(Uri address, string login, string password)
    {
        var browser = new Browser(address);
        var page = await browser.SubmitAsync("/signin", "/signin", ("login", login), ("password", password));
        return page.Text.Contains("/signout", StringComparison.Ordinal) ? browser : throw new InvalidOperationException($"{login} could not sign in.");
    }

    public async Task<PageSeen> SeeAsync(string path, string language = "en")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Accept-Language", language);
        using var response = await _http.SendAsync(request);
        return new PageSeen(response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Fills a form that stands on a page, and sends it; the page that follows.</summary>
    public Task<PageSeen> SubmitAsync(string page, string action, params IEnumerable<(string Name, string Value)> fields) =>
        SendAsync(page, action, token => new FormUrlEncodedContent(fields.Append(token).Select(f => KeyValuePair.Create(f.Name, f.Value))));

    public Task<PageSeen> UploadAsync(string page, string action, string field, string fileName, byte[] content) => SendAsync(page, action, token => new MultipartFormDataContent
    {
        { new StringContent(token.Value), token.Name },
        { new ByteArrayContent(content), field, fileName },
    });

    public void Dispose() => _http.Dispose();

    private async Task<PageSeen> SendAsync(string page, string action, Func<(string Name, string Value), HttpContent> form)
    {
        var seen = await SeeAsync(page);
        var token = (Name: "__RequestVerificationToken", Token().Match(seen.Text).Groups[1].Value);
        using var content = form(token);
        using var response = await _http.PostAsync(action, content);
        return new PageSeen(response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    [GeneratedRegex("__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex Token();
}

/// <summary>A page as it came.</summary>
internal sealed partial record PageSeen(HttpStatusCode Status, string Text)
{
    /// <summary>What the application says about what was just done.</summary>
    public string Notice => WebUtility.HtmlDecode(NoticeForm().Match(Text).Groups[1].Value);

    /// <summary>The version that a decision on the page would be about.</summary>
    public string Digest => DigestForm().Match(Text).Groups[1].Value;

    /// <summary>Boxes that can be ticked for what a plugin asks.</summary>
    public IEnumerable<string> Asked => AskedForm().Matches(Text).Select(m => WebUtility.HtmlDecode(m.Groups[1].Value));

    /// <summary>The widgets on the page.</summary>
    public IReadOnlyList<WidgetSeen> Widgets => [.. WidgetForm().Matches(Text).Select(m => new WidgetSeen(
        m.Groups[2].Value, m.Groups[3].Value, WebUtility.HtmlDecode(m.Groups[4].Value), m.Groups[1].Value.Contains("plugin-widget-failed", StringComparison.Ordinal),
        [.. RowForm().Matches(m.Groups[5].Value).Select(r => (WebUtility.HtmlDecode(r.Groups[1].Value), long.Parse(r.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture)))]))];

    /// <summary>What is explained of a policy.</summary>
    public IReadOnlyList<ExplanationSeen> Explanation => [.. ExplanationForm().Match(Text).Groups[1].Value.Split("</tr>")
        .Select(row => CellForm().Matches(row).Select(m => WebUtility.HtmlDecode(m.Groups[1].Value)).ToList())
        .Where(cells => cells.Count == 5).Select(cells => new ExplanationSeen(cells[0], cells[1], cells[2], cells[3], cells[4]))];

    [GeneratedRegex("role=\"status\">([^<]*)<")]
    private static partial Regex NoticeForm();

    [GeneratedRegex("name=\"digest\" value=\"([0-9a-f]{64})\"")]
    private static partial Regex DigestForm();

    [GeneratedRegex("name=\"grants\" value=\"([^\"]+)\"")]
    private static partial Regex AskedForm();

    [GeneratedRegex("<section class=\"([^\"]*)\" data-plugin=\"([^\"]*)\"[^>]*data-widget=\"([^\"]*)\"[^>]*><h3[^>]*>([^<]*)</h3>(.*?)</section>", RegexOptions.Singleline)]
    private static partial Regex WidgetForm();

    [GeneratedRegex("<th scope=\"row\">([^<]*)</th><td>([0-9]+)</td>")]
    private static partial Regex RowForm();

    [GeneratedRegex("id=\"explanation\">.*?<tbody>(.*?)</tbody>", RegexOptions.Singleline)]
    private static partial Regex ExplanationForm();

    [GeneratedRegex("<td[^>]*>([^<]*)</td>")]
    private static partial Regex CellForm();
}

/// <summary>A widget as it stands on a page.</summary>
internal sealed record WidgetSeen(string Plugin, string Id, string Title, bool Failed, IReadOnlyList<(string Label, long Count)> Rows);

/// <summary>One line of an explanation: what was asked, what was granted, what holds, and why not more.</summary>
internal sealed record ExplanationSeen(string Subject, string Asked, string Granted, string InForce, string WhyNot);
