using Paddock.HostApi.Config;
using Paddock.HostApi.Email;
using Paddock.HostApi.Http;

namespace Paddock.HostApi.Tests.Effects;

/// <summary>Policy narrows scopes by <see cref="ScopeEntry"/>, the functions match them. Where the two read an entry differently, narrowing could widen.</summary>
public sealed class ScopeAgreementTests
{
    private static readonly string[] Https =
    [
        "*", "*:8443", "https://*", "http://*", "a.com", "A.com", "a.com.", "*.a.com", "b.a.com", "*.b.a.com", "http://a.com", "https://a.com", "https://a.com/", "https://*.a.com", "http://*.a.com:8080",
        "a.com:8443", "https://a.com:443", "a.com:443", "a.com:80", "10.0.0.5", "10.0.0.5:8080", "http://10.0.0.5:8080", "0x7f.1", "010.0.0.5", "2130706433", "localhost", "http://localhost:80", "*.com", "*.5", "*.0.0.5",
        "a*.com", "*a.com", "*.*.a.com", "**", "", "[::1]", "[0::1]", "http://[::1]:8080", "[::ffff:10.0.0.5]", "münchen.example", "xn--mnchen-3ya.example", "a.com/path", "user@a.com", "a.com:", "a.com:0", "a.com:99999", "ftp://a.com", "a..com", "-a.com",
    ];

    private static readonly string[] Urls =
    [
        "https://a.com", "http://a.com", "https://a.com:8443", "http://a.com:443", "https://a.com:80", "https://b.a.com", "http://b.a.com:8080", "https://c.b.a.com", "https://xa.com", "https://x.com", "https://a.com.evil.com", "https://com",
        "https://10.0.0.5", "http://10.0.0.5:8080", "http://8.0.0.5", "https://localhost", "http://localhost", "https://[::1]", "http://[::1]:8080", "https://[::ffff:10.0.0.5]", "https://xn--mnchen-3ya.example",
    ];

    private static readonly string[] Emails = ["@a.com", "@A.com", "@b.a.com", "@*.a.com", "@*.b.a.com", "@*.com", "@*", "*", "@", "", "x@a.com", "X@a.com", "y@b.a.com", "x@", "a.com", "@a.com.", "@*.a.com.", "@[1.2.3.4]", "@1.2.3.4", "@a..com", "x y@a.com", "@münchen.example"];

    private static readonly string[] Mailboxes = ["x@a.com", "X@a.com", "y@a.com", "y@b.a.com", "z@c.b.a.com", "x@xa.com", "x@a.com.b", "x@com"];

    private static readonly string[] Configs = ["*", "Site:*", "site.*", "Site:Title", "SITE.TITLE", "Site*", "Si:*", "Site:Sub:*", "", "*:Title", ":*", "Site::*", "Site:Title:*"];

    private static readonly string[] Keys = ["Site:Title", "site.title", "Site:Sub:A", "Sitemap:A", "Site", "Site:Title:A"];

    public static TheoryData<PermissionType> Kinds => [PermissionType.Http, PermissionType.Email, PermissionType.Config];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void T62_WhatPolicyCallsNarrower_NoFunctionReadsAsWider(PermissionType type)
    {
        var (entries, values) = Grammar(type);
        var pairs = from a in entries from b in entries where ScopeEntry.Within(type, a, b) select (a, b);
        foreach (var (inner, outer) in pairs)
            Assert.All(values, v => Assert.True(!Covers(type, inner, v) || Covers(type, outer, v), $"{inner} within {outer}: {v}"));
        foreach (var (first, second) in from a in entries from b in entries select (a, b))
        {
            foreach (var both in ScopeEntry.Intersect(type, [first], [second]))
                Assert.All(values, v => Assert.True(!Covers(type, both, v) || (Covers(type, first, v) && Covers(type, second, v)), $"{first} and {second} in {both}: {v}"));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void T62_WhatPolicyRefusesToStore_CoversNothing(PermissionType type)
    {
        var (entries, values) = Grammar(type);
        foreach (var entry in entries.Where(e => !ScopeEntry.IsValid(type, e)))
            Assert.All(values, v => Assert.False(Covers(type, entry, v), $"{entry}: {v}"));
    }

    private static (string[] Entries, string[] Values) Grammar(PermissionType type) => type switch
    {
        PermissionType.Http => (Https, Urls),
        PermissionType.Email => (Emails, Mailboxes),
        _ => (Configs, Keys),
    };

    private static bool Covers(PermissionType type, string entry, string value) => type switch
    {
        PermissionType.Http => HttpUrl.TryParse(value) is { } url && (HttpScope.TryParse(entry)?.Covers(url) ?? false),
        PermissionType.Email => MailboxAddress.TryParse(value)!.Value.IsCoveredBy(entry),
        _ => ConfigKey.TryParse(value)!.Value.IsCoveredBy(entry),
    };
}
