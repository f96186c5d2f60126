using AngleSharp.Html;
using AngleSharp.Html.Parser;
using AngleSharp.Html.Parser.Tokens;
using AngleSharp.Text;

namespace Paddock.AspNetCore;

/// <summary>Writes anew what a plugin's HTML may show. Nothing of the given text is copied: every element, attribute and character that comes out was chosen, and is nested as HTML wants it.</summary>
// Tokens, not a tree: building HTML's tree costs the square of the depth, and unclosed formatting elements multiply. What
// is allowed to come out needs neither. Work is in proportion to the text.
internal sealed class HtmlSanitizer(string plugin, IEnumerable<string> classes)
{
    private const int MostAttributes = 32;

    private readonly HtmlAddresses _addresses = new(plugin);
    private readonly HtmlWriter _writer = new();

    public string Clean(string markup)
    {
        using var source = new TextSource(markup);
        using var tokens = new HtmlTokenizer(source, HtmlEntityProvider.Resolver);
        (string? Name, int Depth) dropped = default;
        for (var token = tokens.Get(); token.Type != HtmlTokenType.EndOfFile; token = tokens.Get())
        {
            if (dropped.Name is not null) Skip(ref dropped, token);
            else if (token.Type == HtmlTokenType.Character) _writer.Text(token.Data);
            else if (token.Type == HtmlTokenType.EndTag) _writer.End(token.Name);
            else if (token is HtmlTagToken tag && tag.Type == HtmlTokenType.StartTag) dropped = Start(tag, tokens);
        }

        return _writer.Finish();
    }

    private (string? Name, int Depth) Start(HtmlTagToken tag, HtmlTokenizer tokens)
    {
        if (HtmlAllowlist.Dropped.Contains(tag.Name))
        {
            if (HtmlAllowlist.RawText.TryGetValue(tag.Name, out var mode)) tokens.State = mode;
            return tag.IsSelfClosing ? default : (tag.Name, 1);
        }

        if (HtmlAllowlist.Elements.Contains(tag.Name)) Write(tag);
        return default;
    }

    private static void Skip(ref (string? Name, int Depth) dropped, HtmlToken token)
    {
        if (token.Name != dropped.Name) return;
        if (token is HtmlTagToken { Type: HtmlTokenType.StartTag, IsSelfClosing: false }) dropped.Depth++;
        else if (token.Type == HtmlTokenType.EndTag && --dropped.Depth == 0) dropped = default;
    }

    private void Write(HtmlTagToken tag)
    {
        if (!_writer.Begin(tag.Name)) return;
        var seen = new List<string>();
        foreach (var attribute in tag.Attributes.Take(MostAttributes))
        {
            if (seen.Contains(attribute.Name)) continue;
            seen.Add(attribute.Name);
            if (Value(tag.Name, attribute.Name, attribute.Value) is { } value) _writer.Attribute(attribute.Name, value);
        }

        // SECURITY: a page that is opened must not reach back to the one it was opened from.
        if (tag.Name == "a") _writer.Attribute("rel", "noopener noreferrer nofollow");
        _writer.Opened(tag.Name);
    }

    private string? Value(string element, string attribute, string value) => attribute switch
    {
        "href" when element == "a" => _addresses.Link(value),
        "src" when element == "img" => _addresses.Image(value),
        "target" when element == "a" => value == "_blank" ? value : null,
        "style" => HtmlAllowlist.Style(value) is { Length: > 0 } style ? style : null,
        "class" => Each(value, c => IsTheApplications(c) ? c : _addresses.Id(c)),
        _ when HtmlAllowlist.References.Contains(attribute) => Each(value, _addresses.Id),
        _ => HtmlAllowlist.Attributes.Contains(attribute) ? value : null,
    };

    private bool IsTheApplications(string name) =>
        classes.Any(c => c.EndsWith('*') ? name.StartsWith(c[..^1], StringComparison.Ordinal) : c == name);

    // SECURITY: an id that a page's script looks for, or that becomes a property of its document or window, and a class
    // that its style sheet lays over the whole page. Both are in the plugin's own name instead.
    private static string? Each(string value, Func<string, string> change)
    {
        string joined = string.Join(' ', value.Split([' ', '\t', '\r', '\n', '\f'], 64, StringSplitOptions.RemoveEmptyEntries).Where(IsName).Select(change));
        return joined.Length == 0 ? null : joined;
    }

    private static bool IsName(string name) => name.Length <= 128 && !name.Any(c => c <= ' ');
}
