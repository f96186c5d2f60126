using FsCheck;
using FsCheck.Fluent;

namespace Paddock.Policy.Tests;

/// <summary>Row 62 as properties: what two scopes have in common never covers what one of them does not, and exact values are not lost.</summary>
public sealed class ScopePropertyTests
{
    // Few letters, so that patterns and values often meet.
    private static readonly Dictionary<PermissionType, (string[] Entries, string[] Values)> Grammar = new()
    {
        [PermissionType.Db] = (["*", "a", "a*", "ab", "ab*", "b*", "s.a", "s.*", "s.a*", "d:a", "d:*", "d:a*", "d:s.a", "", "a*b", "*a", "*:a", "d*:a", ":a", "a.b.c"],
            ["a", "ab", "abc", "b", "s.a", "s.ab", "d:a", "d:ab", "d:s.a", "sa", "sab"]),
        [PermissionType.Http] = (["*", "a.com", "*.a.com", "b.a.com", "*.b.a.com", "http://a.com", "https://a.com", "https://*.a.com", "a.com:8443", "https://a.com:443", "a.com:443", "10.0.0.5", "http://10.0.0.5:8080", "localhost", "http://*", "*.com", "a*.com", "", "[::1]", "*.5"],
            ["https://a.com", "https://b.a.com", "https://c.b.a.com", "http://a.com", "http://a.com:443", "https://a.com:8443", "https://10.0.0.5", "http://10.0.0.5:8080", "https://localhost", "https://xa.com", "https://a.com.evil.com"]),
        [PermissionType.Email] = (["@a.com", "@b.a.com", "@*.a.com", "@*.b.a.com", "x@a.com", "y@a.com", "x@b.a.com", "*", "@*", "@*.", "@*.com", "@*.*.com", "*@a.com", "", "@", "x@"],
            ["x@a.com", "y@a.com", "X@A.COM", "x@b.a.com", "x@c.b.a.com", "x@xa.com", "x@a.com.b", "x@.a.com"]),
        [PermissionType.Config] = (["*", "Site:*", "Site.*", "site:title", "Site:Title", "Si*", "Site*", "Site:Sub:*", "", "*:Title"], ["Site:Title", "site.title", "Site:Sub:A", "Sitemap:A", "Site"]),
        [PermissionType.PluginCall] = (["*", "a", "a*", "ab", "b", "", "*b", "a*b"], ["a", "ab", "b", "abc"]),
        [PermissionType.Kv] = (["*", "a", "ab", "a:", "a*", "", "b"], ["a", "ab", "abc", "a:b", "a*", "a*c", "b"]),
        [PermissionType.Cache] = (["*", "a", "ab", "", "b"], ["a", "abc", "b"]),
        [PermissionType.Files] = (["/a", "/a/", "/a/b", "/ab", ".", "/", "", "//", "/a/../b", "a", "/a//b"], ["/a", "/a/b", "/a/b/c", "/ab", "/ab/c", "/b", "/"]),
        [PermissionType.Shell] = (["ls", "cat", "*", "", "l*", "/bin/ls", "l s"], ["ls", "cat", "lsof", "/bin/ls"]),
    };

    private static readonly Arbitrary<(PermissionType, string[], string[], string)> Cases = (
        from type in Gen.Elements<PermissionType>(Grammar.Keys)
        from first in Gen.ArrayOf(Gen.Elements(Grammar[type].Entries))
        from second in Gen.ArrayOf(Gen.Elements(Grammar[type].Entries))
        from value in Gen.OneOf(Gen.Elements(Grammar[type].Values), Gen.Elements(Grammar[type].Entries))
        select (type, first, second, value)).ToArbitrary();

    [Fact]
    public void T62_Intersection_NeverCoversWhatOneOfThemDoesNot() =>
        Prop.ForAll(Cases, c => !Covers(c.Item1, ScopeEntry.Intersect(c.Item1, c.Item2, c.Item3), c.Item4) || (Covers(c.Item1, c.Item2, c.Item4) && Covers(c.Item1, c.Item3, c.Item4)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));

    // Http has one exception, which is meant and is in what covers: http:// has to be said by both.
    [Fact]
    public void Intersection_CoversWhatBothCover() =>
        Prop.ForAll(Cases, c => !(Covers(c.Item1, c.Item2, c.Item4) && Covers(c.Item1, c.Item3, c.Item4)) || Covers(c.Item1, ScopeEntry.Intersect(c.Item1, c.Item2, c.Item3), c.Item4))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));

    [Fact]
    public void Within_IsAnOrder() =>
        Prop.ForAll(Cases, c =>
            (from a in c.Item2 from b in c.Item3 where ScopeEntry.Within(c.Item1, a, b) select (a, b))
                .All(p => c.Item2.Where(x => ScopeEntry.Within(c.Item1, x, p.a)).All(x => ScopeEntry.Within(c.Item1, x, p.b)))
            && c.Item2.All(e => ScopeEntry.Within(c.Item1, e, e) == ScopeEntry.IsValid(c.Item1, e)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    [Fact]
    public void Intersection_IsTheSameEitherWayRound() =>
        Prop.ForAll(Cases, c => Covers(c.Item1, ScopeEntry.Intersect(c.Item1, c.Item2, c.Item3), c.Item4) == Covers(c.Item1, ScopeEntry.Intersect(c.Item1, c.Item3, c.Item2), c.Item4))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    // The property must be able to fail: read as a shell would read them, the same entries do exceed.
    [Fact]
    public void T62_Control_StarsReadAnywhere_WouldExceed() =>
        Assert.ThrowsAny<Exception>(() => Prop.ForAll(Cases, c => !Loose(c.Item2.Concat(c.Item3), c.Item4) || (Loose(c.Item2, c.Item4) && Loose(c.Item3, c.Item4)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(20_000)));

    [Fact]
    public void Covers_AnyTextAtAll_NeitherThrowsNorMeansEverything() =>
        Prop.ForAll<NonNull<string>, NonNull<string>>((entry, value) => Grammar.Keys.All(type =>
            !ScopeEntry.Covers(type, entry.Get, value.Get) || ScopeEntry.IsValid(type, entry.Get)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    private static bool Covers(PermissionType type, IEnumerable<string> scope, string value) => scope.Any(e => ScopeEntry.Covers(type, e, value));

    private static bool Loose(IEnumerable<string> scope, string value) => scope.Any(e => e.Length == 0 || value.StartsWith(e.Split('*')[0], StringComparison.OrdinalIgnoreCase));
}
