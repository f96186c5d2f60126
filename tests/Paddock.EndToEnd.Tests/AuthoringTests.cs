namespace Paddock.EndToEnd.Tests;

/// <summary>What an author does with the tool, without any server.</summary>
public sealed class AuthoringTests
{
    [Theory]
    [InlineData("init", "hello-plugin")]
    [InlineData("init", "hello-plugin", "--runtime", "python")]
    [InlineData("init", "hello-plugin", "--runtime", "node")]
    [InlineData("init", "hello-plugin", "--runtime", "wasm")]
    [InlineData("init", "hello-plugin", "--type", "wasm")]
    [InlineData("plugin", "init", "hello-plugin", "wasm")]
    public async Task Init_MakesAPluginThatVerifiesPacksAndSigns(params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        (await Tool.InAsync(folder.Root, Built.Paddock, arguments)).Expect(0);
        string package = folder.At("hello-plugin");
        if (File.Exists(Path.Combine(package, "build.sh")))
        {
            (await Tool.RunAsync(Path.Combine(package, "build.sh"))).Expect(0);
            package = Path.Combine(package, "package");
        }
        else Assert.Equal("""{"hello":"you"}""", (await Tool.RunAsync(Built.Paddock, "run", package, "--input", """{"name":"you"}""")).Expect(0).Output.Trim());

        string zip = folder.At("plugin.zip"), key = folder.At("author.key");
        (await Tool.RunAsync(Built.Paddock, "keys", "generate", key)).Expect(0);
        string packed = (await Tool.RunAsync(Built.Paddock, "pack", package, "--output", zip)).Expect(0).Output;
        (await Tool.RunAsync(Built.Paddock, "verify", zip, "--key", key + ".pub", "--require-signature")).Expect(4);
        (await Tool.RunAsync(Built.Paddock, "sign", zip, "--key", key)).Expect(0);
        var verified = (await Tool.RunAsync(Built.Paddock, "verify", zip, "--key", key + ".pub", "--require-signature")).Expect(0);
        Assert.Contains("hello-plugin 0.1.0", verified.Output, StringComparison.Ordinal);
        Assert.Contains("signature: trusted", verified.Output, StringComparison.Ordinal);
        Assert.Contains(packed.Split('\n')[1], verified.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pack_Twice_GivesTheSameBytes_AndAnUnpackedOneHasItsSignature()
    {
        using var folder = new TemporaryFolder();
        (await Tool.InAsync(folder.Root, Built.Paddock, "init", "hello-plugin")).Expect(0);
        string key = folder.At("author.key");
        (await Tool.RunAsync(Built.Paddock, "keys", "generate", key)).Expect(0);
        (await Tool.RunAsync(Built.Paddock, "sign", folder.At("hello-plugin"), "--key", key)).Expect(0);
        (await Tool.InAsync(folder.Root, Built.Paddock, "pack", "hello-plugin", "-o", "one.zip")).Expect(0);
        (await Tool.InAsync(folder.Root, Built.Paddock, "pack", "hello-plugin", "-o", "two.zip")).Expect(0);
        Assert.Equal(File.ReadAllBytes(folder.At("one.zip")), File.ReadAllBytes(folder.At("two.zip")));
        File.AppendAllText(Path.Combine(folder.At("hello-plugin"), "main.js"), "// changed");
        var refused = (await Tool.RunAsync(Built.Paddock, "verify", folder.At("hello-plugin"), "--key", key + ".pub")).Expect(4);
        Assert.Contains("PDK1203", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_OfABadManifest_SaysEverythingWithItsPlace()
    {
        using var folder = new TemporaryFolder();
        (await Tool.InAsync(folder.Root, Built.Paddock, "init", "hello-plugin")).Expect(0);
        File.WriteAllText(Path.Combine(folder.At("hello-plugin"), "plugin.yaml"), "apiVersion: paddock/v1\nname: hello-plugin\nversion: one\nruntime: javascript\nentry: main.js\nfrob: 1\n");
        var refused = (await Tool.RunAsync(Built.Paddock, "verify", folder.At("hello-plugin"))).Expect(4);
        Assert.Contains("plugin.yaml:3:", refused.Error, StringComparison.Ordinal);
        Assert.Contains("plugin.yaml:6:", refused.Error, StringComparison.Ordinal);
        Assert.Empty(refused.Output);
    }

    [Fact]
    public async Task Keys_AreNeverOverwritten_AndPrivate()
    {
        using var folder = new TemporaryFolder();
        string key = folder.At("author.key");
        (await Tool.RunAsync(Built.Paddock, "keys", "generate", key)).Expect(0);
        string before = File.ReadAllText(key);
        (await Tool.RunAsync(Built.Paddock, "keys", "generate", key)).Expect(4);
        Assert.Equal(before, File.ReadAllText(key));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
    }

    [Theory]
    [InlineData(2, "init", "No Name")]
    [InlineData(2, "init", "../elsewhere")]
    [InlineData(4, "init", "hello-plugin", "--type", "grpc")]
    [InlineData(4, "plugin", "init", "hello-plugin", "grpc")]
    [InlineData(4, "pack", "nothing-here")]
    [InlineData(2, "sign", "nothing-here")]
    [InlineData(2, "backup", "file")]
    [InlineData(2, "restore", "file", "--keys", "k", "--no-keys")]
    [InlineData(2, "audit", "verify", "--head", "nonsense")]
    [InlineData(5, "audit", "verify", "--data", "nothing-here")]
    [InlineData(5, "backup", "file", "--no-keys", "--data", "nothing-here")]
    [InlineData(4, "list", "--data", "nothing-here")]
    [InlineData(4, "list", "--url", "http://example.com")]
    [InlineData(4, "list", "--url", "http://127.0.0.1:1", "--token-file", "token")]
    [InlineData(4, "logs", "--data", "nothing-here")]
    [InlineData(4, "replay", "exe_none", "--data", "nothing-here")]
    [InlineData(2, "replay", "--data", "nothing-here")]
    [InlineData(2, "jobs")]
    [InlineData(2, "jobs", "run", "hello-plugin")]
    [InlineData(4, "jobs", "list", "--data", "nothing-here")]
    public async Task WhatCannotBeDone_ExitsWithItsCode_AndSaysWhatIsWrong(int code, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        folder.Write("token", "pdk_operator_nonsense");
        var outcome = (await Tool.InAsync(folder.Root, Built.Paddock, arguments)).Expect(code);
        Assert.NotEmpty(outcome.Error);
        Assert.Empty(outcome.Output);
        Assert.DoesNotContain("   at ", outcome.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.At("nothing-here")));
    }
}
