using System.Buffers;
using Paddock.HostApi.Http;

namespace Paddock.HostApi.Email;

/// <summary>An address in the one form that every mail program reads alike: a dot-atom, an @ and the name of a domain. No display name, comment, quotes, route or address literal.</summary>
internal readonly record struct MailboxAddress(string Local, string Domain)
{
    private const int LongestLocal = 64;
    private const int Longest = 254;

    // RFC 5322's atext without % and !, by which some servers relay to a domain that is in the local part.
    private static readonly SearchValues<char> Atom = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789#$&'*+-/=?^_`{|}~.");

    public override string ToString() => $"{Local}@{Domain}";

    // SECURITY: "a@granted.com, b@evil.com", "<b@evil.com> a@granted.com", "\"b@evil.com\"@granted.com", "a@evil.com(@granted.com)", line
    // breaks, non-ASCII letters that fold into others: what parsers disagree about is no address here.
    internal static MailboxAddress? TryParse(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at is <= 0 or > LongestLocal || text.Length > Longest) return null;
        var local = text[..at];
        if (local.AsSpan().ContainsAnyExcept(Atom) || local[0] == '.' || local[^1] == '.' || local.Contains("..", StringComparison.Ordinal)) return null;
        return TryParseDomain(text.AsSpan(at + 1)) is { } domain ? new MailboxAddress(local, domain) : null;
    }

    /// <summary>Whether a scope's entry covers it: <c>@example.com</c> that domain alone, <c>@*.example.com</c> those beneath it, or an address itself. None covers everybody.</summary>
    internal bool IsCoveredBy(string entry)
    {
        if (entry.StartsWith("@*.", StringComparison.Ordinal))
        {
            return TryParseDomain(entry.AsSpan(3)) is { } above && above.Contains('.', StringComparison.Ordinal)
                && Domain.Length > above.Length + 1 && Domain.EndsWith(above, StringComparison.Ordinal) && Domain[^(above.Length + 1)] == '.';
        }

        if (entry.StartsWith('@')) return TryParseDomain(entry.AsSpan(1)) == Domain;
        return TryParse(entry) is { } mailbox && mailbox == this;
    }

    private static string? TryParseDomain(ReadOnlySpan<char> text) =>
        text is not [.., '.'] && HttpHostName.TryParse(text) is { Address: null } host ? host.Text : null;
}
