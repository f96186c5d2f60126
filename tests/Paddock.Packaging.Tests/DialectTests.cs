using System.Security.Cryptography;
using System.Text;

namespace Paddock.Packaging.Tests;

/// <summary>What the four dialects become.</summary>
public sealed class DialectTests
{
    private const string GrpcManifest = """
        name: hello-grpc
        version: "1.0.0"
        runtime: grpc
        binary: hello-grpc
        resources:
          memory_mb: 512
          call_timeout: 30s
          permissions:
            - type: db
              access: readwrite
            - type: http
              scope: ["*.tenor.com"]
        """;

    [Fact]
    public async Task GoatKit_ExampleOfTheSeed_IsNormalised()
    {
        var package = await Packages.Good(Dialects.Source("plugin.yaml", GrpcManifest, "hello-grpc"));
        var manifest = package.Manifest;
        Assert.Equal(("hello-grpc", "1.0.0", PluginRuntime.GoPlugin, "hello-grpc", IsolationLevel.Process), (manifest.Name, manifest.Version, manifest.Runtime, manifest.Entry, manifest.Isolation));
        Assert.Equal((512L << 20, TimeSpan.FromSeconds(30)), (manifest.Limits!.MemoryBytes, manifest.Limits.Timeout));
        Assert.Equal(["Db Read, Write *", "Http Execute *.tenor.com"], Permissions(manifest));
        Assert.Equal((PackageDialect.GoatKit, "goatkit", true), (package.Dialect, manifest.Dialect, package.NeedsRegistration));
    }

    [Fact]
    public async Task GoatKit_DbWithoutScope_ReadsAsAllAndIsAFinding()
    {
        var package = await Packages.Good(Dialects.Source("plugin.yaml", GrpcManifest, "hello-grpc"));
        Assert.Equal([(PackageCodes.ScopeReadAsAll, 8 + 1)], package.Findings.Select(f => (f.Code, f.Line!.Value)));
    }

    [Theory]
    [InlineData("manifest.yaml", "name: stats\nversion: 1.0\nruntime: wasm\n", "stats.wasm")]
    [InlineData("manifest.yaml", "name: stats\nversion: v1\nruntime: wasm\nwasm: plugin.wasm\n", "plugin.wasm")]
    [InlineData("manifest.json", """{ "name": "stats", "version": "1.0.0", "runtime": "wasm", "description": null }""", "stats.wasm")]
    public async Task GoatKit_ZipLayouts_AreRead(string file, string text, string entry)
    {
        var package = await Packages.Good(Dialects.Source(file, text, entry, "static/a.css", "templates/a.html", "i18n/en.json", "assets/x.png"));
        Assert.Equal(("stats", "1.0.0", entry, PluginRuntime.Wasm), (package.Manifest.Name, package.Manifest.Version, package.Entry, package.Manifest.Runtime));
    }

    [Fact]
    public async Task GoatKit_NothingButARuntime_IsNamedByItsDirectory()
    {
        var directory = Directory.CreateTempSubdirectory("paddock");
        try
        {
            string plugin = Directory.CreateDirectory(Path.Combine(directory.FullName, "theme-dark")).FullName;
            await File.WriteAllTextAsync(Path.Combine(plugin, "plugin.yaml"), "version: 2.0.0\n", Packages.Token);
            var package = await Packages.Good(PackageSource.FromDirectory(plugin));
            Assert.Equal(("theme-dark", PluginRuntime.Template, false), (package.Manifest.Name, package.Manifest.Runtime, package.NeedsRegistration));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("entry: main.js", PackageCodes.KeyUnknown)]
    [InlineData("runtime: ruby", PackageCodes.ValueInvalid)]
    [InlineData("resources: { memory_mb: lots }", PackageCodes.ValueInvalid)]
    [InlineData("resources: { disk_mb: 5 }", PackageCodes.KeyUnknown)]
    [InlineData("resources: { permissions: [{ type: shell }] }", PackageCodes.ScopeMissing)]
    [InlineData("resources: { permissions: [{ type: gpu }] }", PackageCodes.PermissionUnknown)]
    [InlineData("binary: ../evil", PackageCodes.PathInvalid)]
    public async Task GoatKit_Mistake_IsReported(string line, string code) =>
        Assert.Equal([code], await Packages.Codes(Dialects.Source("plugin.yaml", $"name: stats\n{line}\n")));

    [Fact]
    public async Task GoatKit_Defaults_AreANamedWeakening()
    {
        var source = Dialects.Source("plugin.yaml", "name: stats\nruntime: wasm\n", "stats.wasm");
        Assert.Empty((await Packages.Good(source)).Manifest.Permissions);
        var package = await Packages.Good(source, PackageTrust.None with { GoatKitDefaults = true });
        Assert.Equal(["Db Read *", "Cache Read, Write *"], Permissions(package.Manifest));
        Assert.Equal([PackageCodes.GoatKitDefaults], package.Findings.Select(f => f.Code));
    }

    [Fact]
    public async Task GoatKit_SidecarSignature_CountsForItsDialectOnly()
    {
        byte[] module = Wasm.Exporting("gk_register");
        byte[] signature = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(PackageKeys.Sign(Signed.Key, SHA256.HashData(module))));
        var trust = PackageTrust.None with { GoatKitKeys = [Signed.Trusted()] };
        var package = await Packages.Good(PackageSource.FromBytes("stats.wasm", module, signature), trust);
        Assert.Equal((SignatureState.Dialect, true, "stats.wasm.sig"), (package.Signature, package.NeedsRegistration, package.SignatureFile?.Path));
        var stored = PackageVerifier.VerifyStored([.. package.Listing, package.SignatureFile!], package.Digest, trust);
        Assert.Equal(SignatureState.Dialect, stored.Package?.Signature);
        Assert.Equal([PackageCodes.SignatureMissing], await Packages.Codes(PackageSource.FromBytes("stats.wasm", module, signature), trust with { RequireSignatures = true, Keys = [Signed.Trusted()] }));
        Assert.Equal([PackageCodes.SignatureWrong], await Packages.Codes(PackageSource.FromBytes("stats.wasm", module.Append((byte)0).ToArray(), signature), trust));
        Assert.Equal([PackageCodes.SignatureWrong], await Packages.Codes(PackageSource.FromBytes("stats.wasm", module, "zz"u8.ToArray()), trust));
        Assert.Equal(SignatureState.Unsigned, (await Packages.Good(PackageSource.FromBytes("stats.wasm", module, "zz"u8.ToArray()))).Signature);
    }

    [Fact]
    public async Task Gitu_ContainerManifest_CarriesItsPermissions()
    {
        var package = await Packages.Good(Dialects.Source("plugin.yaml", """
            name: my_plugin
            runtime: python3.11
            entry: main.py
            permissions: { network: true, filesystem: read-write, env: [API_KEY] }
            dependencies: { requests: ">=2.0" }
            """, "main.py"));
        Assert.Equal((PluginRuntime.Container, "python3.11", IsolationLevel.Container), (package.Manifest.Runtime, package.Manifest.RuntimeVersion, package.Manifest.Isolation));
        Assert.Equal(["Http Execute *", "Files Read, Write, Delete ."], Permissions(package.Manifest));
        Assert.Equal(["API_KEY"], package.Manifest.Secrets);
        Assert.Equal(">=2.0", package.Manifest.Dependencies["requests"]);
    }

    [Fact]
    public async Task Gitu_ContainerManifest_ReportsEveryMistake() =>
        Assert.Equal(
            [PackageCodes.KeyUnknown, PackageCodes.ValueInvalid],
            await Packages.Codes(Dialects.Source("plugin.yaml", "name: abc\nruntime: node18\nentry: main.js\nports: [80]\npermissions: { filesystem: all }\n", "main.js")));

    [Fact]
    public async Task Nexus_Manifest_DeclaresAndAsks()
    {
        var package = await Packages.Good(Dialects.Source("nexus.plugin.json", """
            {
              "id": "voice-call", "name": "Voice", "kind": "channel", "version": "1.0.0",
              "configSchema": { "type": "object", "properties": { "key": { "type": "string" } }, "required": ["key"] },
              "tools": [" call.start "], "channels": ["voice"], "commands": ["voice.test"],
              "capabilities": { "required": ["tool:call.*"], "optional": ["*"] },
              "metadata": { "any": [1, { "thing": null }] }, "uiHints": {}
            }
            """, "runner"));
        Assert.Equal(("voice-call", PluginRuntime.Command, "runner"), (package.Manifest.Name, package.Manifest.Runtime, package.Entry));
        Assert.Equal(["call.start", "voice", "voice.test"], [.. package.Manifest.Declares.Tools, .. package.Manifest.Declares.Channels, .. package.Manifest.Declares.Commands]);
        Assert.Equal(["tool:call.*", "*"], [.. package.Manifest.Capabilities.Required, .. package.Manifest.Capabilities.Optional]);
        Assert.Equal([PackageCodes.ConfigInvalid], package.ConfigSchema!.Validate("{}"u8).Select(f => f.Code));
    }

    [Fact]
    public async Task Nexus_WithoutIdAndSchema_SaysSoInItsWords()
    {
        var findings = (await Packages.Verify(Dialects.Source("nexus.plugin.json", """{ "id": "", "what": 1 }""", "runner"))).Findings;
        Assert.Equal(["manifest configSchema is required", "manifest id is required", "what is not known here."], findings.Select(f => f.Message).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task AiSwa_Manifest_IsNormalised()
    {
        var package = await Packages.Good(Dialects.Source("manifest.json", """{ "id": "demo", "name": "demo", "version": "0.1", "permissions": ["read_files", "network"], "dependencies": ["requests>=2"] }""", "plugin.py"));
        Assert.Equal(("demo", "0.1.0", PluginRuntime.Python, "plugin.py"), (package.Manifest.Name, package.Manifest.Version, package.Manifest.Runtime, package.Entry));
        Assert.Equal(["Files Read .", "Http Execute *"], Permissions(package.Manifest));
        var finding = Assert.Single((await Packages.Verify(Dialects.Source("manifest.json", """{ "id": "demo", "name": "demo", "version": "0.1", "permissions": ["root"] }""", "plugin.py"))).Findings);
        Assert.Equal((PackageCodes.PermissionUnknown, "Permission 'root' not allowed"), (finding.Code, finding.Message));
    }

    [Theory]
    [InlineData("57UT841jArYH7vz30D7WH0b2X6buVXJB2RgfkIILRxk=", null)]
    [InlineData("67UT841jArYH7vz30D7WH0b2X6buVXJB2RgfkIILRxk=", "Invalid plugin signature")]
    [InlineData("!", "Invalid plugin signature")]
    [InlineData("", "Signature required")]
    public async Task AiSwa_Signature_IsTheVectorOfItsSource(string signature, string? message)
    {
        string manifest = $$"""{ "id": "demo", "name": "demo", "version": "0.1", "permissions": ["read_files"], "signature": "{{signature}}" }""";
        var trust = PackageTrust.None with { PluginSigningKey = "secret"u8.ToArray() };
        var verification = await Packages.Verify(Dialects.Source("manifest.json", manifest, "plugin.py"), trust);
        Assert.Equal(message, verification.Findings.SingleOrDefault()?.Message);
        Assert.Equal(message is null ? SignatureState.Dialect : null, verification.Package?.Signature);
        if (message is null) Assert.Equal([PackageCodes.SignatureMissing], await Packages.Codes(Dialects.Source("manifest.json", manifest, "plugin.py"), trust with { RequireSignatures = true }));
    }

    [Theory]
    [InlineData("""{ "plugins": { "demo": { "permissions": ["read_files"] } } }""", null)]
    [InlineData("""{ "plugins": { "demo": { "permissions": [] } } }""", "Plugin 'demo' requests disallowed permissions")]
    [InlineData("""{ "plugins": { "Demo": { "permissions": ["read_files"] } } }""", "Plugin 'demo' not permitted by policy")]
    [InlineData("""{ "plugins": { "demo": { "permissions": ["read_files"] }, "demo": {} } }""", "Plugin 'demo' not permitted by policy")]
    [InlineData("""{ }""", "Plugin 'demo' not permitted by policy")]
    [InlineData("""nonsense""", "Plugin 'demo' not permitted by policy")]
    [InlineData("", "Plugin 'demo' not permitted by policy")]
    public async Task AiSwa_PolicyFile_FailsClosed(string policy, string? message)
    {
        const string manifest = """{ "id": "demo", "name": "demo", "version": "0.1", "permissions": ["read_files"] }""";
        var verification = await Packages.Verify(Dialects.Source("manifest.json", manifest, "plugin.py"), PackageTrust.None with { PluginPolicy = Encoding.UTF8.GetBytes(policy) });
        Assert.Equal(message, verification.Findings.SingleOrDefault()?.Message);
    }

    private static IEnumerable<string> Permissions(PluginManifest manifest) => manifest.Permissions.Select(p => $"{p.Type} {p.Access} {string.Join(',', p.Scope)}");
}
