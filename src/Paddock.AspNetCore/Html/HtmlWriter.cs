using System.Text;

namespace Paddock.AspNetCore;

/// <summary>Writes elements so that a browser nests them as they are written, wherever on a page they stand.</summary>
// SECURITY: a fragment that closes what it did not open would lay what follows it, the application's own part of the
// page, where the plugin wants it. So: no end without its beginning, no beginning without its end, and no part of a list or
// table outside of one, for such a part closes its like further out.
internal sealed class HtmlWriter
{
    private const int MostDepth = 100;

    private readonly StringBuilder _html = new();
    private readonly List<string> _open = [];

    public void Text(string text) => Escape(text);

    /// <summary>Begins a start tag, after whatever its beginning ends; false where it may not stand here, and nothing is written.</summary>
    public bool Begin(string name)
    {
        if (HtmlAllowlist.Inside(name) is { } needed && !IsWithin(needed, HtmlAllowlist.Walls(name))) return false;
        foreach (string ended in HtmlAllowlist.Ends(name)) CloseWithin(ended, HtmlAllowlist.Bounds(ended));
        if (_open.Count >= MostDepth) return false;
        _html.Append('<').Append(name);
        return true;
    }

    public void Attribute(string name, string value)
    {
        _html.Append(' ').Append(name).Append("=\"");
        Escape(value);
        _html.Append('"');
    }

    /// <summary>Ends the start tag.</summary>
    public void Opened(string name)
    {
        _html.Append('>');
        if (!HtmlAllowlist.Void.Contains(name)) _open.Add(name);
    }

    /// <summary>Ends an element, with all that is open in it; nothing where none of the name is open.</summary>
    public void End(string name) => CloseWithin(name, HtmlAllowlist.Bounds(name));

    public string Finish()
    {
        CloseTo(0);
        return _html.ToString();
    }

    private bool IsWithin(string[] names, string[] walls)
    {
        for (int i = _open.Count - 1; i >= 0; i--)
        {
            if (names.Contains(_open[i])) return true;
            if (walls.Contains(_open[i])) return false;
        }

        return false;
    }

    private void CloseWithin(string name, string[] bounds)
    {
        for (int i = _open.Count - 1; i >= 0; i--)
        {
            if (_open[i] == name)
            {
                CloseTo(i);
                return;
            }

            if (bounds.Contains(_open[i])) return;
        }
    }

    private void CloseTo(int depth)
    {
        for (int i = _open.Count - 1; i >= depth; i--) _html.Append("</").Append(_open[i]).Append('>');
        _open.RemoveRange(depth, _open.Count - depth);
    }

    private void Escape(string text)
    {
        foreach (char c in text)
        {
            _ = c switch
            {
                '&' => _html.Append("&amp;"),
                '<' => _html.Append("&lt;"),
                '>' => _html.Append("&gt;"),
                '"' => _html.Append("&quot;"),
                '\'' => _html.Append("&#39;"),
                '`' => _html.Append("&#96;"),
                '{' => _html.Append("&#123;"), // a page that is a template to its own scripts
                '}' => _html.Append("&#125;"),
                '\0' => _html,
                _ => _html.Append(c),
            };
        }
    }
}
