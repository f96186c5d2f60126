using AngleSharp.Html.Parser;

namespace Paddock.AspNetCore.Tests;

public sealed class HtmlTests
{
    [Theory]
    [InlineData("<p>Hi <b>there</b></p>", "<p>Hi <b>there</b></p>")]
    [InlineData("a < b & c", "a &lt; b &amp; c")]
    [InlineData("<p>open", "<p>open</p>")]
    [InlineData("<table><tr><td colspan=2>x</table>", "<table><tr><td colspan=\"2\">x</td></tr></table>")]
    [InlineData("<a href='/tickets/1' target=_top>t</a>", "<a href=\"/tickets/1\" rel=\"noopener noreferrer nofollow\">t</a>")]
    [InlineData("<a href='#top' id=here>t</a>", "<a href=\"#plugin-stats-top\" id=\"plugin-stats-here\" rel=\"noopener noreferrer nofollow\">t</a>")]
    [InlineData("<a href=https://example.com/?a=1&b=2>t</a>", "<a href=\"https://example.com/?a=1&amp;b=2\" rel=\"noopener noreferrer nofollow\">t</a>")]
    [InlineData("<img src=static/logo.png alt=x>", "<img src=\"/plugins/stats/static/logo.png\" alt=\"x\">")]
    [InlineData("<img src='data:image/png;base64,aGk='>", "<img src=\"data:image/png;base64,aGk=\">")]
    [InlineData("<div class='card table-wide mine'>x</div>", "<div class=\"card table-wide plugin-stats-mine\">x</div>")]
    [InlineData("<div style='width: 40%; color:#123456;position:fixed'>x</div>", "<div style=\"width:40%;color:#123456\">x</div>")]
    [InlineData("<form action=/api/packages method=post><input name=x><button>Go</button></form>", "Go")]
    [InlineData("<x-card data-x=1 hx-get=/x><i>t</i></x-card>", "<i>t</i>")]
    [InlineData("{{constructor.constructor('alert(1)')()}}", "&#123;&#123;constructor.constructor(&#39;alert(1)&#39;)()&#125;&#125;")]
    [InlineData("</div></td></p>x</li>", "x")]
    [InlineData("<li>a<dd>b<td>c<tr>d<h1>e<h2>f", "abcd<h1>e</h1><h2>f</h2>")]
    [InlineData("<ul><li>a<li>b<ul><li>c</ul><li>d</ul>e", "<ul><li>a</li><li>b<ul><li>c</li></ul></li><li>d</li></ul>e")]
    [InlineData("<p>a<p>b<div>c</p>d", "<p>a</p><p>b</p><div>cd</div>")]
    [InlineData("<table><thead><tr><th>a<th>b<tbody><tr><td>c<td>d<p>e<tr><td>f</table>g", "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>c</td><td>d<p>e</p></td></tr><tr><td>f</td></tr></tbody></table>g")]
    [InlineData("<b><i>x</b>y</i>", "<b><i>x</i></b>y")]
    [InlineData("<td><table><tr><td></div></li>x</table></div>y", "<table><tr><td>x</td></tr></table>y")]
    [InlineData("<p class=a CLASS=b class=c>x", "<p class=\"plugin-stats-a\">x</p>")]
    [InlineData("<svg><g/><svg><b>x</b></svg><i>y</i></svg><u>z</u>", "<u>z</u>")]
    [InlineData("<script>a</scrip></script >b<title>c</title>d", "bd")]
    public void Clean_WritesWhatIsAllowed(string markup, string expected) => Assert.Equal(expected, Clean(markup));

    public static TheoryData<string> Attacks() =>
    [
        "<script>alert(1)</script>", "<SCRIPT SRC=//evil.example></SCRIPT>", "<scr<script>ipt>alert(1)</scr</script>ipt>", "<img src=x onerror=alert(1)>", "<img/src/onerror=alert(1)>",
        "<svg onload=alert(1)>", "<svg><script>alert(1)</script></svg>", "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>", "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>", "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<style>@import '//evil.example'</style>", "<style><img src='</style><img src=x onerror=alert(1)>'></style>",
        "<textarea></textarea><script>alert(1)</script>", "<xmp><p title='</xmp><img src=x onerror=alert(1)>'></xmp>", "<iframe srcdoc='<script>alert(1)</script>'></iframe>", "<iframe src=javascript:alert(1)>",
        "<object data=javascript:alert(1)>", "<embed src=javascript:alert(1)>", "<a href=javascript:alert(1)>x</a>", "<a href='java&#10;script:alert(1)'>x</a>", "<a href='&#1;javascript:alert(1)'>x</a>",
        "<a href='JaVaScRiPt&colon;alert(1)'>x</a>", "<a href=vbscript:x>x</a>", "<a href='data:text/html,<script>alert(1)</script>'>x</a>", "<a href='//evil.example'>x</a>", "<a href='/\\evil.example'>x</a>",
        "<a href='\\\\evil.example'>x</a>", "<a href='/\t/evil.example'>x</a>", "<base href=//evil.example>", "<meta http-equiv=refresh content='0;url=//evil.example'>", "<link rel=stylesheet href=//evil.example>",
        "<form action=//evil.example><input type=submit formaction=javascript:alert(1)></form>", "<button form=f formaction=javascript:alert(1)>x</button>", "<input autofocus onfocus=alert(1)>",
        "<details open ontoggle=alert(1)>", "<div style='background:url(javascript:alert(1))'>", "<div style='width:expression(alert(1))'>", "<div style='background:\\75rl(//evil.example)'>", "<div style='position:fixed;top:0'>",
        "<div style=\"color:red;}body{background:red\">", "<img src=//evil.example/x.png>", "<img src=/logout>", "<img src=/plugins/stats/static/../../../logout>", "<img src=/plugins/stats/static/%2e%2e/%2e%2e/logout>",
        "<img src='/plugins/stats/static/..\\..\\logout'>", "<img src=/plugins/other/static/x.png>", "<img srcset='//evil.example 1x'>", "<img src='data:image/svg+xml;base64,PHN2Zz4='>", "<video src=//evil.example autoplay>", "<audio src=//evil.example>",
        "<img id=location name=cookie>", "<form id=config><input id=token></form>", "<a id=defaultView name=x>", "<table background=//evil.example>", "<body onload=alert(1)>", "<template><script>alert(1)</script></template>",
        "<p data-bs-toggle=modal hx-get=/logout x-data=alert(1) v-html=x ng-app @click=x :href=x>", "<a ping=//evil.example href=/x>x</a>", "<p contenteditable tabindex=0 accesskey=x autofocus popover slot=x is=x-y>", "<!--><img src=x onerror=alert(1)>-->",
        "<![CDATA[<img src=x onerror=alert(1)>]]>", "<?xml x?><script>alert(1)</script>", "<plaintext><script>alert(1)</script>", "<option><style></option></select><img src=x onerror=alert(1)></style>", "<p\0 onclick=alert(1)>", "<p title=`><img src=x onerror=alert(1)>`>",
    ];

    [Theory]
    [MemberData(nameof(Attacks))]
    public void T66_Clean_OfAnAttack_LeavesNothingThatActs(string markup)
    {
        string clean = Clean(markup);
        var document = new HtmlParser().ParseDocument("<!doctype html><body>" + clean);
        foreach (var element in document.Body!.QuerySelectorAll("*"))
        {
            Assert.True(HtmlAllowlist.Elements.Contains(element.LocalName), clean);
            foreach (var attribute in element.Attributes)
            {
                Assert.Contains(attribute.Name, HtmlAllowlist.Attributes.Concat(HtmlAllowlist.References).Concat(["href", "src", "class", "style", "target", "rel"]));
                if (attribute.Name is "id" or "class") Assert.StartsWith("plugin-stats-", attribute.Value, StringComparison.Ordinal);
                if (attribute.Name == "src") Assert.StartsWith("/plugins/stats/static/", attribute.Value, StringComparison.Ordinal);
                if (attribute.Name == "href") Assert.Matches("^(/[^/\\\\]|#plugin-stats-)", attribute.Value);
                if (attribute.Name == "style") Assert.DoesNotMatch("[(\\\\}]|position|url", attribute.Value);
            }
        }

        Assert.Equal(clean, Clean(clean).Replace("plugin-stats-plugin-stats-", "plugin-stats-", StringComparison.Ordinal));
    }

    // Each of these costs a parser that builds HTML's tree the square of its length, or more than memory holds.
    [Theory]
    [InlineData("<div>", 200_000)]
    [InlineData("</div>", 200_000)]
    [InlineData("<b class=x>", 100_000)]
    [InlineData("<p><b><i><u>", 100_000)]
    [InlineData("<table><tr><td>", 70_000)]
    [InlineData("<a href=x>", 100_000)]
    [InlineData("<svg>", 200_000)]
    [InlineData("<!--", 250_000)]
    [InlineData("<p a", 250_000)]
    [InlineData("&", 1_000_000)]
    public void Clean_OfWhatIsMeantToTakeLong_Ends(string part, int times) =>
        Assert.True(Clean(string.Concat(Enumerable.Repeat(part, times)) + "x").Length < 10_000_000);

    [Fact]
    public void Clean_OfOneElementWithManyAttributes_Ends() =>
        Assert.Equal("<p>x</p>", Clean("<p " + string.Concat(Enumerable.Range(0, 100_000).Select(i => $"a{i}=1 ")) + ">x"));

    private static string Clean(string markup) => new HtmlSanitizer("stats", ["card", "table-*"]).Clean(markup);
}
