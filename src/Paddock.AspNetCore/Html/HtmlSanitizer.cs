using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace Paddock.AspNetCore;

/// <summary>Writes anew, from a parsed fragment, what a plugin's HTML may show. Nothing of the given text is copied: every element, attribute and character that comes out was chosen.</summary>
internal sealed class HtmlSanitizer(string plugin, IEnumerable<string> classes)
{
    private const int MostDepth = 128;
    private const int MostNodes = 100_000;

    private readonly HtmlAddresses _addresses = new(plugin);
    private readonly StringBuilder _text = new();
    private int _nodes;

    public string Clean(string markup)
    {
        // Scripting off: the parser reads noscript as elements, and what it reads so is dropped whole all the same.
        var parser = new HtmlParser(new HtmlParserOptions { IsScripting = false });
        using var document = parser.ParseDocument("");
        foreach (var node in parser.ParseFragment(markup, document.Body!)) Write(node, 0);
        return _text.ToString();
    }

    private void Write(INode node, int depth)
    {
        if (++_nodes > MostNodes || depth > MostDepth) return;
        switch (node)
        {
            case IText text: Escape(text.Data); break;
            case IElement element: WriteElement(element, depth); break;
        }
    }

    private void WriteElement(IElement element, int depth)
    {
        string name = element.LocalName;
        bool isHtml = element.NamespaceUri == NamespaceNames.HtmlUri;
        if (!isHtml || HtmlAllowlist.Dropped.Contains(name)) return;
        bool isAllowed = HtmlAllowlist.Elements.Contains(name);
        if (isAllowed)
        {
            _text.Append('<').Append(name);
            foreach (var attribute in element.Attributes) WriteAttribute(name, attribute);
            // SECURITY: a page that is opened must not reach back to the one it was opened from.
            if (name == "a") _text.Append(" rel=\"noopener noreferrer nofollow\"");
            _text.Append('>');
        }

        if (HtmlAllowlist.Void.Contains(name)) return;
        foreach (var child in element.ChildNodes) Write(child, depth + 1);
        if (isAllowed) _text.Append("</").Append(name).Append('>');
    }

    private void WriteAttribute(string element, IAttr attribute)
    {
        if (attribute.NamespaceUri is not null) return;
        string? value = attribute.LocalName switch
        {
            "href" when element == "a" => _addresses.Link(attribute.Value),
            "src" when element == "img" => _addresses.Image(attribute.Value),
            "target" when element == "a" => attribute.Value == "_blank" ? "_blank" : null,
            "style" => HtmlAllowlist.Style(attribute.Value) is { Length: > 0 } style ? style : null,
            "class" => Classes(attribute.Value),
            var name when HtmlAllowlist.References.Contains(name) => References(attribute.Value),
            var name => HtmlAllowlist.Attributes.Contains(name) ? attribute.Value : null,
        };
        if (value is null) return;
        _text.Append(' ').Append(attribute.LocalName).Append("=\"");
        Escape(value);
        _text.Append('"');
    }

    // SECURITY: an id that a page's script looks for, or that becomes a property of its document or window, and a class
    // that its style sheet lays over the whole page. Both are in the plugin's own name instead.
    private string? References(string value) => Each(value, _addresses.Id);

    private string? Classes(string value) => Each(value, c => IsTheApplications(c) ? c : _addresses.Id(c));

    private bool IsTheApplications(string name) =>
        classes.Any(c => c.EndsWith('*') ? name.StartsWith(c[..^1], StringComparison.Ordinal) : c == name);

    private static string? Each(string value, Func<string, string> change)
    {
        string joined = string.Join(' ', value.Split([' ', '\t', '\r', '\n', '\f'], 64, StringSplitOptions.RemoveEmptyEntries).Select(change));
        return joined.Length == 0 ? null : joined;
    }

    private void Escape(string text)
    {
        foreach (char c in text)
        {
            _ = c switch
            {
                '&' => _text.Append("&amp;"),
                '<' => _text.Append("&lt;"),
                '>' => _text.Append("&gt;"),
                '"' => _text.Append("&quot;"),
                '\'' => _text.Append("&#39;"),
                '`' => _text.Append("&#96;"),
                '{' => _text.Append("&#123;"), // a page that is a template to its own scripts
                '}' => _text.Append("&#125;"),
                '\0' => _text,
                _ => _text.Append(c),
            };
        }
    }
}
