using System.Collections.Frozen;
using System.Text.RegularExpressions;
using AngleSharp.Html.Parser;

namespace Paddock.AspNetCore;

/// <summary>What of HTML a plugin may use.</summary>
// SECURITY: no element whose text a browser reads otherwise than as HTML (script, style, textarea, noscript, svg, math, …):
// without these, what was written as text can never come out as markup when it is parsed again. No data-*, hx-*, on*:
// the application's own scripts would act on them.
internal static partial class HtmlAllowlist
{
    public static readonly FrozenSet<string> Elements = Set(
        "a abbr address article aside b bdi bdo blockquote br caption cite code col colgroup data dd del details dfn div dl dt em figcaption figure " +
        "footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins kbd li main mark meter nav ol p pre progress q rp rt ruby s samp section small span strong " +
        "sub summary sup table tbody td tfoot th thead time tr u ul var wbr");

    /// <summary>Elements that go with all that is in them. Of every other one that is not allowed, the content stays.</summary>
    public static readonly FrozenSet<string> Dropped = Set(
        "applet audio canvas datalist dialog fencedframe frameset head iframe listing map math noembed noframes noscript object optgroup option " +
        "plaintext portal script select slot style svg template textarea title video xmp");

    /// <summary>Of those, the ones whose content is text until their end tag.</summary>
    public static readonly FrozenDictionary<string, HtmlParseMode> RawText = new Dictionary<string, HtmlParseMode>
    {
        ["script"] = HtmlParseMode.Script, ["style"] = HtmlParseMode.Rawtext, ["xmp"] = HtmlParseMode.Rawtext, ["iframe"] = HtmlParseMode.Rawtext,
        ["noembed"] = HtmlParseMode.Rawtext, ["noframes"] = HtmlParseMode.Rawtext, ["noscript"] = HtmlParseMode.Rawtext,
        ["textarea"] = HtmlParseMode.RCData, ["title"] = HtmlParseMode.RCData, ["plaintext"] = HtmlParseMode.Plaintext,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static readonly FrozenSet<string> Void = Set("br col hr img wbr");

    public static readonly FrozenSet<string> Attributes = Set(
        "title lang dir hidden alt width height colspan rowspan scope span start reversed value min max low high optimum datetime open abbr role " +
        "aria-label aria-hidden aria-live aria-atomic aria-valuenow aria-valuemin aria-valuemax aria-valuetext aria-sort aria-level aria-roledescription " +
        "aria-colcount aria-rowcount aria-colindex aria-rowindex aria-current");

    /// <summary>Attributes that name other elements, or are such names.</summary>
    public static readonly FrozenSet<string> References = Set("id headers aria-labelledby aria-describedby aria-details aria-owns");

    private static readonly FrozenSet<string> Blocks = Set(
        "address article aside blockquote details dl div figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup hr main nav ol p pre section summary table ul");

    private static readonly string[] Headings = ["h1", "h2", "h3", "h4", "h5", "h6"];
    private static readonly string[] Sections = ["caption", "colgroup", "thead", "tbody", "tfoot"];
    private static readonly string[] Cells = ["td", "th", "caption"];

    /// <summary>In what an element has to stand; null for anywhere.</summary>
    public static string[]? Inside(string name) => name switch
    {
        "li" => ["ul", "ol"],
        "dt" or "dd" => ["dl"],
        "td" or "th" => ["tr"],
        "tr" => ["table", "thead", "tbody", "tfoot"],
        "thead" or "tbody" or "tfoot" or "caption" or "colgroup" => ["table"],
        "col" => ["colgroup"],
        "rt" or "rp" => ["ruby"],
        "summary" => ["details"],
        _ => null,
    };

    /// <summary>Beyond what <see cref="Inside"/> is not looked for.</summary>
    public static string[] Walls(string name) =>
        name is "td" or "th" or "tr" or "thead" or "tbody" or "tfoot" or "caption" or "colgroup" or "col" ? ["table"] : ["table", .. Cells];

    /// <summary>What an element's beginning ends, where it is open.</summary>
    public static IEnumerable<string> Ends(string name) => name switch
    {
        "li" => ["p", "li"],
        "dt" or "dd" => ["p", "dt", "dd"],
        "td" or "th" => ["td", "th"],
        "tr" => ["tr", .. Sections.Take(2)],
        "thead" or "tbody" or "tfoot" or "caption" or "colgroup" => Sections,
        "rt" or "rp" => ["rt", "rp"],
        "a" => ["a"],
        _ when Headings.Contains(name) => ["p", .. Headings],
        _ => Blocks.Contains(name) ? ["p"] : [],
    };

    /// <summary>What an element that is to be ended is not looked for beyond.</summary>
    public static string[] Bounds(string name) => name switch
    {
        "li" => ["ul", "ol", "table", .. Cells],
        "dt" or "dd" => ["dl", "table", .. Cells],
        "td" or "th" => ["tr", "table"],
        "tr" or "thead" or "tbody" or "tfoot" or "caption" or "colgroup" => ["table"],
        "table" => [],
        _ => ["table", .. Cells],
    };

    private static readonly FrozenSet<string> Properties = Set(
        "color background-color text-align vertical-align font-weight font-style text-decoration white-space width max-width min-width height max-height " +
        "padding padding-left padding-right padding-top padding-bottom border border-color border-style border-width border-collapse border-radius list-style-type");

    /// <summary>The declarations of a style that may stay: no function (so no address), no position, nothing negative, nothing huge.</summary>
    public static string Style(string style)
    {
        var kept = new List<string>();
        foreach (string declaration in style.Split(';', 64))
        {
            int colon = declaration.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0) continue;
            string name = declaration[..colon].Trim().ToLowerInvariant(), value = declaration[(colon + 1)..].Trim();
            if (Properties.Contains(name) && StyleValue().IsMatch(value)) kept.Add($"{name}:{value}");
        }

        return string.Join(';', kept);
    }

    [GeneratedRegex("^(#[0-9A-Fa-f]{3,8}|[A-Za-z][A-Za-z-]{0,30}|[0-9]{1,4}(\\.[0-9]{1,4})?(px|em|rem|%|ch|pt)?)( (#[0-9A-Fa-f]{3,8}|[A-Za-z][A-Za-z-]{0,30}|[0-9]{1,4}(\\.[0-9]{1,4})?(px|em|rem|%|ch|pt)?)){0,3}\\z", RegexOptions.CultureInvariant)]
    private static partial Regex StyleValue();

    private static FrozenSet<string> Set(string names) => names.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
