using System.Net;
using System.Net.Sockets;

namespace Paddock.HostApi.Http;

/// <summary>A host in its one form: an address as .NET writes it, or a name in lower-case ASCII without a trailing dot.</summary>
internal readonly record struct HttpHostName(string Text, IPAddress? Address)
{
    private const int LongestName = 253;
    private const int LongestLabel = 63;

    /// <summary>The host as it stands in a URL's authority: a bracketed IPv6 address is in brackets.</summary>
    internal string InUrl => Address is { AddressFamily: AddressFamily.InterNetworkV6 } ? $"[{Text}]" : Text;

    // SECURITY: 2130706433, 0177.1, 0x7f.1, 127.1, full-width digits, percent signs, zone ids, look-alikes from other scripts: every
    // library reads these its own way. A host is written in the one form that all read alike, or it is refused. Names in other scripts
    // are written in punycode (xn--), as they go over the wire.
    internal static HttpHostName? TryParse(ReadOnlySpan<char> text)
    {
        if (text is ['[', .. var inner, ']']) return TryParseAddress(inner, AddressFamily.InterNetworkV6);
        if (text is [.., '.']) text = text[..^1];
        if (text.Length is 0 or > LongestName) return null;
        foreach (var label in text.Split('.'))
        {
            if (!IsLabel(text[label])) return null;
        }

        var last = text[(text.LastIndexOf('.') + 1)..];
        return EndsInNumber(last) ? TryParseAddress(text, AddressFamily.InterNetwork) : new HttpHostName(text.ToString().ToLowerInvariant(), null);
    }

    private static HttpHostName? TryParseAddress(ReadOnlySpan<char> text, AddressFamily family)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiHexDigit(c) && c is not (':' or '.')) return null;
        }

        if (!IPAddress.TryParse(text, out var address) || address.AddressFamily != family) return null;

        // IPAddress.TryParse knows octal and short forms too; only the canonical one is let through.
        var canonical = address.ToString();
        return family == AddressFamily.InterNetworkV6 || text.SequenceEqual(canonical) ? new HttpHostName(canonical, address) : null;
    }

    private static bool IsLabel(ReadOnlySpan<char> label)
    {
        if (label.Length is 0 or > LongestLabel || label[0] == '-' || label[^1] == '-') return false;
        foreach (var c in label)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')) return false;
        }

        return true;
    }

    // As the URL standard has it: what ends in a number, hexadecimal too, is an address or nothing.
    private static bool EndsInNumber(ReadOnlySpan<char> label) =>
        !label.ContainsAnyExceptInRange('0', '9') || label.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
}
