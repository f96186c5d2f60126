using System.Text;

namespace Paddock.Packaging.Tests;

public sealed class DigestTests
{
    [Fact]
    public void Digest_OfAKnownPackage_IsTheDocumentedHash()
    {
        // Computed from the format in the documentation of PackageDigest with other tools; a change here orphans every grant.
        Assert.Equal("f00218db4c5b0fc1949fd8e48c1f3209fd6f88420e644181477c6d4f965b64f8", Digest([("plugin.js", "module.exports = 1;")]));
    }

    [Fact]
    public void Digest_OrderOfFiles_DoesNotMatter() =>
        Assert.Equal(Digest([("a", "1"), ("b", "2")]), Digest([("b", "2"), ("a", "1")]));

    [Fact]
    public void Digest_PackagesThatDifferInOnePlace_Differ()
    {
        string[] digests =
        [
            Digest([("plugin.js", "1")]),
            Digest([("plugin.js", "2")]),
            Digest([("plugin.js", "1"), ("a", "")]),
            Digest([("plugin.js", ""), ("a", "1")]),
            Digest([("plugin.jsa", "1")]),
            Digest([("plugin.js", "1")], entryPoint: ""),
            Digest([("plugin.js", "1")], entryPoint: "run"),
            Digest([("plugin.js", "1")], runtime: PluginRuntime.Container),
            Digest([("plugin.js", "1")], runtimeVersion: "node18"),
        ];
        Assert.Equal(digests.Length, digests.Distinct().Count());
    }

    private static string Digest((string Path, string Text)[] files, string? entryPoint = null, PluginRuntime runtime = PluginRuntime.JavaScript, string? runtimeVersion = null) =>
        new VerifiedPackage(
            new PluginManifest { Name = "x", Runtime = runtime, RuntimeVersion = runtimeVersion, Entry = files[0].Path.Length > 1 ? files[0].Path : "a", EntryPoint = entryPoint, Dialect = "test" },
            files.Select(f => KeyValuePair.Create(f.Path, (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(f.Text)))).Digest;
}
