using System.Buffers;

namespace Paddock.HostApi.Config;

/// <summary>A key of the application's configuration as a guest may name it: ASCII, in one form. Sections are parted by <c>:</c>; <c>.</c> and <c>__</c> are read as that too.</summary>
internal readonly record struct ConfigKey
{
    private const int Longest = 255;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.:");

    // The seed's words, and what they forgot of a .NET application. "." stands for any separator.
    private static readonly string[] Refused =
    [
        "database", "db.", "mysql", "postgres", "mariadb", "smtp", "mail.", "email", "secret", "password", "credential", "token", "key",
        "private", "auth", "session", "cookie", "ldap", "oauth", "saml", "aws", "gcp", "azure", "cloud",
        "connectionstring", "connstr", "dsn", "pwd", "passwd", "passphrase", "certificate", "pfx", "apikey", "signing",
    ];

    private ConfigKey(string written, string plain)
    {
        Written = written;
        Plain = plain;
    }

    /// <summary>As the guest wrote it.</summary>
    internal string Written { get; }

    /// <summary>Lower case, with <c>.</c> between sections: what is compared.</summary>
    internal string Plain { get; }

    // SECURITY: look-alikes, letters that fold into ASCII ones, zero-width characters, percent signs and globs. A key has letters that
    // have one form only, or it is no key.
    internal static ConfigKey? TryParse(string text)
    {
        if (text.Length is 0 or > Longest || text.AsSpan().ContainsAnyExcept(Allowed)) return null;
        var plain = text.ToLowerInvariant().Replace("__", ".", StringComparison.Ordinal).Replace(':', '.');
        return plain[0] == '.' || plain[^1] == '.' || plain.Contains("..", StringComparison.Ordinal) ? null : new ConfigKey(text, plain);
    }

    /// <summary>Whether it has a word that is refused whatever a pattern covers. Words parted by hyphens or underscores count as joined (<c>api_key</c>, <c>pass-word</c>).</summary>
    internal bool IsSensitive
    {
        get
        {
            var joined = Plain.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);
            foreach (var word in Refused)
            {
                if (Plain.Contains(word, StringComparison.Ordinal) || joined.Contains(word, StringComparison.Ordinal)) return true;
            }

            return false;
        }
    }

    /// <summary>Whether a scope's entry covers this key: <c>*</c>, a section and all beneath it (<c>Site:*</c>), or the very key. Any other star covers nothing.</summary>
    internal bool IsCoveredBy(string entry)
    {
        if (entry == "*") return true;
        if (!entry.EndsWith(":*", StringComparison.Ordinal) && !entry.EndsWith(".*", StringComparison.Ordinal)) return IsNamedBy(entry);
        return TryParse(entry[..^2]) is { } section && Plain.StartsWith(section.Plain + ".", StringComparison.Ordinal);
    }

    /// <summary>Whether an entry is this very key.</summary>
    internal bool IsNamedBy(string entry) => TryParse(entry) is { } named && named.Plain == Plain;
}
