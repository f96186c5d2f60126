using System.Security.Cryptography;
using Paddock.HostApi.Secrets;

namespace Paddock.HostApi.Tests.Effects;

public sealed class SecretTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("paddock-key-").FullName;

    private string KeyFile => Path.Combine(_directory, "secrets.key");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("s3cr€t 🔑")]
    public void Protect_AndUnprotect_GiveTheSecretBack_AndNeverTheSameBytes(string secret)
    {
        using var protector = SecretProtector.FromKeyFile(KeyFile);
        var first = protector.Protect("t", "p", "n", secret);
        Assert.Equal(secret, protector.Unprotect("t", "p", "n", first));
        Assert.NotEqual(first, protector.Protect("t", "p", "n", secret));
        Assert.Throws<ArgumentException>(() => protector.Protect("t", "p", "n", new string('x', 70_000)));
        Assert.Throws<ArgumentException>(() => new SecretProtector(new byte[16]));
    }

    [Fact]
    public void Unprotect_MovedOrAlteredOrAnotherKey_Fails()
    {
        using var protector = SecretProtector.FromKeyFile(KeyFile);
        var kept = protector.Protect("t", "ab", "c", "value");
        foreach (var (tenant, plugin, name) in new[] { ("t", "ab", "d"), ("t", "a", "bc"), ("t", "abc", ""), ("u", "ab", "c"), ("ta", "b", "c") })
            Assert.ThrowsAny<CryptographicException>(() => protector.Unprotect(tenant, plugin, name, kept));
        for (var i = 0; i < kept.Length; i++)
        {
            var altered = kept.ToArray();
            altered[i] ^= 1;
            Assert.ThrowsAny<CryptographicException>(() => protector.Unprotect("t", "ab", "c", altered));
            Assert.ThrowsAny<CryptographicException>(() => protector.Unprotect("t", "ab", "c", kept.AsSpan(0, i)));
        }

        using var other = SecretProtector.FromKeyFile(KeyFile + "2");
        Assert.ThrowsAny<CryptographicException>(() => other.Unprotect("t", "ab", "c", kept));
    }

    [Fact]
    public void KeyFile_IsMadeOnceForItsOwnerAlone_AndReadAgain()
    {
        byte[] kept;
        using (var protector = SecretProtector.FromKeyFile(KeyFile)) kept = protector.Protect("t", "p", "n", "value");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
        Assert.Single(Directory.GetFiles(_directory));
        using var again = SecretProtector.FromKeyFile(KeyFile);
        Assert.Equal("value", again.Unprotect("t", "p", "n", kept));
    }

    [Fact]
    public void KeyFile_OthersMayReadItOrItIsNone_IsRefused()
    {
        SecretProtector.FromKeyFile(KeyFile).Dispose();
        foreach (var mode in new[] { UnixFileMode.GroupRead, UnixFileMode.OtherRead, UnixFileMode.GroupWrite, UnixFileMode.OtherWrite })
        {
            File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite | mode);
            Assert.Throws<UnauthorizedAccessException>(() => SecretProtector.FromKeyFile(KeyFile));
        }

        File.SetUnixFileMode(KeyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        foreach (var text in new[] { "", "AAAA", "not base64!", new string('A', 5000) })
        {
            File.WriteAllText(KeyFile, text);
            Assert.Throws<IOException>(() => SecretProtector.FromKeyFile(KeyFile));
        }
    }

    [Fact]
    public void KeyFile_ManyHostsAtOnce_HaveOneKey()
    {
        var kept = new byte[16][];
        Parallel.For(0, kept.Length, i =>
        {
            using var protector = SecretProtector.FromKeyFile(KeyFile);
            kept[i] = protector.Protect("t", "p", "n", $"{i}");
        });
        using var last = SecretProtector.FromKeyFile(KeyFile);
        Assert.All(kept.Index(), k => Assert.Equal($"{k.Index}", last.Unprotect("t", "p", "n", k.Item)));
    }
}
