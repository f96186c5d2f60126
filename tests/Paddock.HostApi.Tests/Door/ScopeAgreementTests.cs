using Paddock.HostApi.Config;
using Paddock.HostApi.Databases;
using Paddock.HostApi.Http;

namespace Paddock.HostApi.Tests.Door;

/// <summary>Row 62, between two projects: what policy narrows by one reading of an entry, functions match by theirs. No narrowing may widen.</summary>
public sealed class ScopeAgreementTests
{
    private static readonly string[] Hosts =
    [
        "*", "a.com", "*.a.com", "b.a.com", "*.b.a.com", "http://a.com", "https://a.com", "https://*.a.com", "http://*.a.com", "a.com:8443", "https://a.com:443", "a.com:443", "a.com:80",
        "http://a.com:443", "*:443", "*:8443", "https://*", "10.0.0.5", "http://10.0.0.5:8080", "localhost", "http://*", "*.com", "a*.com", "", "[::1]", "*.5", "A.COM", "https://a.com/", "*.", "a.com.", "http://",
    ];

    private static readonly string[] Urls =
    [
        "https://a.com/", "http://a.com/", "https://b.a.com/", "https://c.b.a.com/", "http://b.a.com/", "https://a.com:8443/", "http://a.com:8443/", "http://a.com:443/", "https://a.com:80/",
        "https://10.0.0.5/", "http://10.0.0.5:8080/", "https://localhost/", "http://localhost/", "https://[::1]/", "https://xa.com/", "https://a.com.evil.com/",
    ];

    private static readonly string[] Tables = ["*", "a", "a*", "ab", "s.a", "s.*", "s.a*", "d:a", "d:*", "d:s.*", "default:a", "default:*", "", "*a", "*.a", "a.*.b", "d:", ":a", "s.", ".a", "A"];

    private static readonly string[] Keys = ["*", "Site:*", "Site.*", "site:title", "Site__Title", "Si*", "Site*", "Site:Sub:*", "Site:Sub", "", "*:Title", ":", "Site:", ":*", "a:*"];

    [Fact]
    public void T62_Http_NarrowedScope_CoversNoMoreThanEither() => NeverMore(PermissionType.Http, Hosts, Urls, (entry, url) => HttpScope.TryParse(entry)?.Covers(HttpUrl.TryParse(url)!) == true);

    [Fact]
    public void T62_Db_NarrowedScope_CoversNoMoreThanEither() => NeverMore(
        PermissionType.Db, Tables, ["default||a", "default||ab", "default||s", "default|s|a", "default|s|ab", "d||a", "d|s|a", "default||A"],
        (entry, table) => TablePattern.TryParse(entry, out var pattern) && table.Split('|') is [var database, var schema, var name]
            && pattern.Database == database && pattern.Covers(schema.Length == 0 ? null : schema, name, StringComparison.OrdinalIgnoreCase));

    [Fact]
    public void T62_Config_NarrowedScope_CoversNoMoreThanEither() =>
        NeverMore(PermissionType.Config, Keys, ["Site:Title", "site.title", "Site__Title", "Site:Sub:A", "Site:Sub", "Sitemap:A", "Site", "a:b"], (entry, key) => ConfigKey.TryParse(key)!.Value.IsCoveredBy(entry));

    private static void NeverMore(PermissionType type, string[] entries, string[] values, Func<string, string, bool> covers)
    {
        var met = 0;
        foreach (var (a, b) in entries.SelectMany(a => entries.Select(b => (a, b))))
        {
            var both = ScopeEntry.Intersect(type, [a], [b]);
            foreach (var value in values.Where(v => both.Any(e => covers(e, v))))
            {
                met++;
                Assert.True(covers(a, value) && covers(b, value), $"{a} and {b} come to {string.Join(", ", both)}, which covers {value}.");
            }
        }

        // A narrowing to nothing would pass too.
        Assert.True(met > entries.Length);
    }
}
