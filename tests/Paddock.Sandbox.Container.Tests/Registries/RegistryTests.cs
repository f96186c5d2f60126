using System.Diagnostics;
using System.Text.Json;
using Paddock.Engines;
using Paddock.Sandbox.Container;

namespace Paddock.Registries;

/// <summary>Dependencies from a registry that is there: what is installed, and what is refused and leaves nothing.</summary>
public abstract class RegistryTests(EngineFixture engines) : IAsyncLifetime
{
    private const string UsesPython = "import good\nprint(good.VALUE)";
    private const string UsesNode = "console.log(require('good').value)";
    private const string GoodJson = """{"name":"good","version":"1.0.0"}""";
    private const string Scripts = """{"name":"good","version":"1.0.0","scripts":{"preinstall":"echo CANARY > ../../pwned","postinstall":"echo CANARY > ../../pwned"}}""";
    private const string WantsGood = """{"dependencies":{"good":"1.0.0"}}""";
    private readonly string _store = $"r-{Guid.NewGuid():n}"[..10];
    private LocalRegistry _registry = null!;
    private LocalRegistry _other = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _registry = await LocalRegistry.StartAsync();
        _other = await _registry.StartOtherAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _registry.DisposeAsync();
        await _other.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Python_RequirementOfTheIndex_IsInstalled()
    {
        _registry.PutWheel("good", "VALUE = 'from the index'");
        Assert.Equal("from the index\n", await StdoutAsync(Specs.Python(UsesPython).With("requirements.txt", "good==1.0")));
    }

    [Fact]
    public async Task Python_DependencyOfTheManifest_IsInstalled()
    {
        _registry.PutWheel("good", "VALUE = 'from the index'");
        Assert.Equal("from the index\n", await StdoutAsync(Specs.Python(UsesPython) with { Dependencies = new Dictionary<string, string> { ["good"] = "1.0" } }));
    }

    [Fact]
    public async Task Python_HashedRequirements_AreInstalled()
    {
        string hash = _registry.PutWheel("good", "VALUE = 'hashed'");
        Assert.Equal("hashed\n", await StdoutAsync(Specs.Python(UsesPython).With("requirements.txt", $"good==1.0 --hash=sha256:{hash}")));
    }

    [Fact]
    public async Task T67_PythonOtherHash_IsRefused()
    {
        string hash = _registry.PutWheel("good", "VALUE = 'what was reviewed'");
        _registry.PutWheel("good", "VALUE = 'what came instead'");
        await RefusedAsync(Specs.Python(UsesPython).With("requirements.txt", $"good==1.0 --hash=sha256:{hash}"));
        // Control: without the hash it is what runs.
        Assert.Equal("what came instead\n", await StdoutAsync(Specs.Python(UsesPython).With("requirements.txt", "good==1.0")));
    }

    [Fact]
    public async Task T67_PythonHashOfOneOfTwo_IsRefused()
    {
        string hash = _registry.PutWheel("good", "VALUE = 1");
        _registry.PutWheel("unhashed", "VALUE = 1");
        await RefusedAsync(Specs.Python(UsesPython).With("requirements.txt", $"good==1.0 --hash=sha256:{hash}\nunhashed==1.0"));
    }

    [Fact]
    public async Task T67_PythonSourceDistribution_IsRefused()
    {
        _registry.PutSource("good");
        await RefusedAsync(Specs.Python(UsesPython).With("requirements.txt", "good==1.0"));
        // Not even fetched: to ask a source what it is runs its code.
        Assert.DoesNotContain(_registry.Asked, p => p.EndsWith(".tar.gz", StringComparison.Ordinal));
    }

    [Fact]
    public async Task T67_Control_PipLeftToItself_RunsTheSource()
    {
        _registry.PutSource("good");
        var folder = Directory.CreateTempSubdirectory("pdk");
        try
        {
            string authority = Path.Combine(folder.FullName, "ca.pem");
            await File.WriteAllTextAsync(authority, _registry.Authority, Token);
            string wheels = string.Join(':', Directory.EnumerateFiles("/usr/share/python-wheels", "*.whl"));
            string said = await RunAsync(folder.FullName, [("PYTHONPATH", wheels), ("CANARY", Path.Combine(folder.FullName, "pwned"))], "/usr/bin/python3", "-m", "pip",
                "--isolated", "--no-cache-dir", "--cert", authority, "download", "--no-build-isolation", "--no-deps", "--index-url", $"{_registry.Address}simple/", "--dest", folder.FullName, "good==1.0");
            Assert.True(File.Exists(Path.Combine(folder.FullName, "pwned")), said);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Node_DependencyOfTheRegistry_IsInstalled()
    {
        await _registry.PutNodeAsync("good", GoodJson, "exports.value = 'from the registry'");
        Assert.Equal("from the registry\n", await StdoutAsync(Specs.Node(UsesNode).With("package.json", WantsGood)));
    }

    [Fact]
    public async Task Node_LockFile_IsInstalled()
    {
        string integrity = await _registry.PutNodeAsync("good", GoodJson, "exports.value = 'locked'");
        Assert.Equal("locked\n", await StdoutAsync(Locked(_registry.Address, integrity)));
    }

    [Fact]
    public async Task T67_NodeOtherHash_IsRefused()
    {
        string integrity = await _registry.PutNodeAsync("good", GoodJson, "exports.value = 'what was reviewed'");
        await _registry.PutNodeAsync("good", GoodJson, "exports.value = 'what came instead'");
        await RefusedAsync(Locked(_registry.Address, integrity));
        // Control: without the lock file it is what runs.
        Assert.Equal("what came instead\n", await StdoutAsync(Specs.Node(UsesNode).With("package.json", WantsGood)));
    }

    [Fact]
    public async Task T67_NodeLockFileWithoutAHash_IsRefused()
    {
        string integrity = await _registry.PutNodeAsync("good", GoodJson, "exports.value = 1");
        await RefusedAsync(Specs.Node(UsesNode).With("package.json", WantsGood).With("package-lock.json", Published.NodeLock("good", _registry.Address, integrity).Replace("\"integrity\"", "\"other\"", StringComparison.Ordinal)));
        Assert.Empty(_registry.Asked);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task T67_NodeInstallScripts_AreNotRun(bool locked)
    {
        string integrity = await _registry.PutNodeAsync("good", Scripts, "exports.value = require('fs').existsSync('/app/pwned')");
        Assert.Equal("false\n", await StdoutAsync(locked ? Locked(_registry.Address, integrity) : Specs.Node(UsesNode).With("package.json", WantsGood)));
    }

    [Fact]
    public async Task T67_Control_NpmLeftToItself_RunsThem()
    {
        await _registry.PutNodeAsync("good", Scripts, "exports.value = 1");
        var folder = Directory.CreateTempSubdirectory("pdk");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "ca.pem"), _registry.Authority, Token);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "package.json"), WantsGood, Token);
            await RunAsync(folder.FullName, [], "npm", "install", "--no-audit", "--no-fund", "--registry", _registry.Address.AbsoluteUri, "--cafile", "ca.pem", "--cache", "cache", "--loglevel", "error");
            Assert.True(File.Exists(Path.Combine(folder.FullName, "pwned")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task T67_FileOfAnUnlistedRegistry_IsNotFetched(bool python)
    {
        var spec = Specs.Python(UsesPython).With("requirements.txt", "good==1.0");
        if (python)
        {
            _registry.PutWheel("good", "VALUE = 'elsewhere'", _other.Address);
            _other.PutWheel("good", "VALUE = 'elsewhere'");
        }
        else
        {
            spec = Locked(_other.Address, await _other.PutNodeAsync("good", GoodJson, "exports.value = 'elsewhere'"));
        }

        await RefusedAsync(spec);
        Assert.Empty(_other.Asked);
        // Control: where the operator lists it, it is.
        Assert.Equal("elsewhere\n", await StdoutAsync(spec, o => o with { RegistryHosts = [_other.Address.Authority] }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Build_RegistryThatDoesNotAnswer_EndsAtItsTime(bool python)
    {
        _registry.Silent = true;
        string said = await RefusedAsync(python ? Specs.Python(UsesPython).With("requirements.txt", "good==1.0") : Specs.Node(UsesNode).With("package.json", WantsGood), o => o with { BuildTimeout = TimeSpan.FromSeconds(4) });
        Assert.Contains("longer than it may", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_MoreThanItMayHold_IsRefused()
    {
        _registry.PutWheel("good", "VALUE = 1", padding: 3 << 20);
        await RefusedAsync(Specs.Python(UsesPython).With("requirements.txt", "good==1.0"), o => o with { BuiltBytes = 2 << 20 });
    }

    [Fact]
    public async Task Build_AuthoritiesThatAreNotThere_IsRefusedWithoutTheirPath()
    {
        string said = await RefusedAsync(Specs.Python(UsesPython).With("requirements.txt", "good==1.0"), o => o with { CertificateAuthorities = "/no/such/authorities" });
        Assert.DoesNotContain("/no/such", said, StringComparison.Ordinal);
    }

    private static SandboxSpec Locked(Uri files, string integrity) => Specs.Node(UsesNode).With("package.json", WantsGood).With("package-lock.json", Published.NodeLock("good", files, integrity));

    /// <summary>The same package as one of this test's alone: what another test has of it in the engine is none of its.</summary>
    private SandboxSpec Own(SandboxSpec spec) => spec with { Digest = $"{spec.Digest}-{_store}" };

    private ContainerOptions Options(ContainerOptions options)
    {
        Directory.CreateDirectory(options.StateDirectory);
        string authority = Path.Combine(options.StateDirectory, "ca.pem");
        File.WriteAllText(authority, _registry.Authority);
        return options with { PipIndex = new Uri(_registry.Address, "simple/"), NpmRegistry = _registry.Address, RegistryHosts = [], AllowPrivateRegistries = true, CertificateAuthorities = authority };
    }

    /// <summary>What it says, when it was refused and left nothing.</summary>
    private async Task<string> RefusedAsync(SandboxSpec spec, Func<ContainerOptions, ContainerOptions>? change = null)
    {
        await engines.ReadyAsync();
        using var client = await engines.ConnectAsync();
        var refused = await Assert.ThrowsAsync<SandboxLoadException>(() => StdoutAsync(spec, change));
        Assert.Equal(ErrorCodes.ImageBuildFailed, refused.Error.Code);
        string label = $"dev.paddock.package={Own(spec).Digest}";
        Assert.Empty(await client.ContainersAsync(label, Token));
        Assert.Empty(await client.ImagesAsync(label, Token));
        Assert.Empty(Directory.EnumerateDirectories(engines.Options(_store).StateDirectory, "egress-*"));
        return refused.Error.Message;
    }

    private async Task<string> StdoutAsync(SandboxSpec spec, Func<ContainerOptions, ContainerOptions>? change = null)
    {
        await using var bench = await Bench.OpenAsync(engines, Own(spec), _store, o => change is null ? Options(o) : change(Options(o)));
        var result = await bench.Sandbox.CallAsync(new SandboxCall { Input = "null"u8.ToArray() }, RefusingHostChannel.Instance, Token);
        Assert.True(result.Status == CallStatus.Completed, result.Error?.Message);
        var value = JsonElement.Parse(result.Value.Span);
        return value.GetProperty("stdout").GetString() + value.GetProperty("stderr").GetString();
    }

    private static async Task<string> RunAsync(string folder, (string Name, string Value)[] environment, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // What this machine says of proxies and authorities is none of theirs.
        start.Environment.Clear();
        foreach (var (name, value) in environment.Concat([("PATH", "/usr/local/bin:/usr/bin:/bin"), ("HOME", folder)])) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        string[] said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(Token), process.StandardError.ReadToEndAsync(Token));
        await process.WaitForExitAsync(Token);
        return string.Concat(said);
    }
}

[Collection("Docker")]
public sealed class DockerRegistryTests(DockerFixture engines) : RegistryTests(engines);

[Collection("Podman, builds")]
public sealed class PodmanRegistryTests(PodmanBuildsFixture engines) : RegistryTests(engines);
