using System.Text.RegularExpressions;

namespace Paddock.AspNetCore;

/// <summary>Where a plugin's HTML may lead, and what it may show from elsewhere.</summary>
internal sealed partial class HtmlAddresses(string plugin)
{
    private static readonly string[] Schemes = ["http:", "https:", "mailto:", "tel:"];
    private static readonly string[] Images = ["data:image/png;base64,", "data:image/jpeg;base64,", "data:image/gif;base64,", "data:image/webp;base64,"];

    private readonly string _own = $"{Routes.Plugins}/{plugin}/";

    /// <summary>A name in the plugin's own space of names.</summary>
    public string Id(string name) => $"plugin-{plugin}-{name}";

    /// <summary>An address that a link may have: http, https, mail, telephone, a path of the application, a place on the page; null for any other.</summary>
    public string? Link(string value)
    {
        string address = AsBrowsersRead(value);
        if (address is ['#', .. var name]) return "#" + Id(name);
        if (ResponseHeaders.IsLocal(address)) return address;
        if (Schemes.FirstOrDefault(s => address.StartsWith(s, StringComparison.OrdinalIgnoreCase)) is { } scheme)
            return scheme is "http:" or "https:" && !Uri.TryCreate(address, UriKind.Absolute, out _) ? null : address;
        return null;
    }

    /// <summary>An image of the plugin's own files, or one that is in the address itself; null for any other.</summary>
    // SECURITY: an image is fetched without a click, with the visitor's cookies and to whoever is named. It could sign him
    // out, act where the application acts on GET, or tell another machine what he sees.
    public string? Image(string value)
    {
        string address = AsBrowsersRead(value);
        if (Images.Any(i => address.StartsWith(i, StringComparison.OrdinalIgnoreCase)))
            return Base64().IsMatch(address.AsSpan(address.IndexOf(',', StringComparison.Ordinal) + 1)) ? address : null;
        if (address.StartsWith("static/", StringComparison.Ordinal) || address.StartsWith("assets/", StringComparison.Ordinal)) address = _own + address;
        bool isOwn = address.StartsWith(_own + "static/", StringComparison.Ordinal) || address.StartsWith(_own + "assets/", StringComparison.Ordinal);
        return isOwn && PlainPath().IsMatch(address) && !address.Split('/').Any(s => s is "." or "..") ? address : null;
    }

    // A browser leaves tabs and line ends out of an address wherever they stand, and control characters and blanks at its
    // ends: `java\nscript:` is a scheme to it.
    private static string AsBrowsersRead(string value) =>
        new string([.. value.Where(c => c is not ('\t' or '\n' or '\r'))]).Trim([.. Enumerable.Range(0, 33).Select(i => (char)i)]);

    [GeneratedRegex("^[A-Za-z0-9+/=]*\\z", RegexOptions.CultureInvariant)]
    private static partial Regex Base64();

    [GeneratedRegex("^[A-Za-z0-9/_.-]+\\z", RegexOptions.CultureInvariant)]
    private static partial Regex PlainPath();
}
