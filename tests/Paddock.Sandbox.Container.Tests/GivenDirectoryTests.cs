using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Paddock.Engines;
using Paddock.HostApi.Files;
using Paddock.HostApi.Tests.Effects;
using Paddock.Sandbox.Container;
using Paddock.Sandbox.Container.Engine;
using Paddock.Sandbox.Container.Running;
using Paddock.Sandbox.Protocol;

namespace Paddock;

/// <summary>Directories that a plugin was granted, seen from inside its containers; the door that decides is the host's own.</summary>
public abstract class GivenDirectoryTests(EngineFixture engines) : IDisposable
{
    private const string Look = """
        import json, os
        root = 'ROOT'
        def attempt(f):
            try: return f()
            except OSError as e: return type(e).__name__
        def write(path):
            with open(path, 'w') as file: return file.write('written')
        print(json.dumps({
            'read': attempt(lambda: open(root + '/file').read()),
            'write': attempt(lambda: write(root + '/new')),
            'link': attempt(lambda: open(root + '/link/secret').read()),
            'beneath': attempt(lambda: sorted(os.listdir(root + '/mounted'))),
            'beside': attempt(lambda: os.listdir(root + '-beside')),
            'mounts': sorted(l.split()[4] for l in open('/proc/self/mountinfo') if l.split()[4].startswith('BASE')),
        }))
        """;

    private readonly string _base = Directory.CreateTempSubdirectory("paddock-given-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        Directory.Delete(_base, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task OneShot_ReadGrant_ReadsAndWritesNothing()
    {
        string data = Make("data");
        var seen = await LookAsync(Door(Access.Read, data), data);
        Assert.Equal(("content", "OSError"), (Text(seen, "read"), Text(seen, "write")));
        Assert.False(File.Exists(Path.Combine(data, "new")));
        Assert.Equal([data], seen.GetProperty("mounts").EnumerateArray().Select(m => m.GetString()!));
    }

    [Fact]
    public async Task OneShot_WriteGrant_WritesOnTheHost()
    {
        string data = Make("data");
        // Whoever is nobody may write there: a mount gives no right that the file system does not.
        File.SetUnixFileMode(data, (UnixFileMode)0b111_111_111);
        var seen = await LookAsync(Door(Access.Read | Access.Write, data), data);
        Assert.Equal(7, seen.GetProperty("write").GetInt32());
        Assert.Equal("written", File.ReadAllText(Path.Combine(data, "new")));
    }

    [Fact]
    public async Task OneShot_NoGrant_SeesNothing()
    {
        string data = Make("data");
        var seen = await LookAsync(Door(Access.None, data), data);
        Assert.Equal(("FileNotFoundError", "FileNotFoundError"), (Text(seen, "read"), Text(seen, "beside")));
        Assert.Empty(seen.GetProperty("mounts").EnumerateArray());
    }

    [Fact]
    public async Task T57_LinkOutOfTheDirectory_LeadsNowhere()
    {
        string data = Make("data"), outside = Make("outside");
        File.WriteAllText(Path.Combine(outside, "secret"), "CANARY_OUTSIDE");
        Directory.CreateSymbolicLink(Path.Combine(data, "link"), outside);
        var door = Door(Access.Read, data);
        var seen = await LookAsync(door, data);
        Assert.Equal(("content", "FileNotFoundError"), (Text(seen, "read"), Text(seen, "link")));

        // Control: where it leads to is granted too.
        door.Grant(PermissionType.Files, Access.Read, outside);
        Assert.Equal("CANARY_OUTSIDE", Text(await LookAsync(door, data), "link"));
    }

    [Fact]
    public async Task T45_MountBelowTheDirectory_IsNotShown()
    {
        await engines.ReadyAsync();
        string data = Make("data"), mounted = Directory.CreateDirectory(Path.Combine(data, "mounted")).FullName;
        await RunAsync("mount", "-t", "tmpfs", "none", mounted);
        try
        {
            File.WriteAllText(Path.Combine(mounted, "CANARY_MOUNTED"), "");
            var seen = await LookAsync(Door(Access.Read, data), data);
            Assert.Empty(seen.GetProperty("beneath").EnumerateArray());

            // Control: a mount as engines make it by themselves.
            var spec = Python(data);
            await using var bench = await Bench.OpenAsync(engines, spec, "given");
            using var client = await engines.ConnectAsync();
            string image = (await client.ImagesAsync($"dev.paddock.package={spec.Digest}", Token))[0].Id!;
            var run = new RunSpec { Image = image, Command = ["python3", "/app/plugin.py"], WorkingDirectory = "/app", Limits = spec.Limits, Labels = new Dictionary<string, string>(), Binds = [$"{data}:{data}:ro"] };
            await using var process = await new ContainerStarter(client, bench.Options).StartAsync(run, Token);
            using var reader = new StreamReader(process.Output);
            using var all = JsonDocument.Parse(await reader.ReadToEndAsync(Token));
            Assert.Equal("CANARY_MOUNTED", all.RootElement.GetProperty("beneath").EnumerateArray().Single().GetString());
        }
        finally
        {
            await RunAsync("umount", mounted);
        }
    }

    [Theory]
    [InlineData("/app")]
    [InlineData("/deps/x")]
    [InlineData("/paddock")]
    [InlineData("/tmp")]
    [InlineData("/srv/a,target=/b")]
    [InlineData("/srv/a:b")]
    public async Task Call_DirectoryThatTakesAnothersPlace_IsDenied(string path)
    {
        await using var bench = await Bench.OpenAsync(engines, Specs.Python("print(1)"), "given");
        var result = await bench.Sandbox.CallAsync(new SandboxCall { Input = "null"u8.ToArray() }, new Gives(new DirectAccess([new ProcessMount("/srv", path)], false)), Token);
        Assert.Equal((CallStatus.Denied, ErrorCodes.PermissionDenied), (result.Status, result.Error?.Code));
    }

    [Fact]
    public async Task Call_DirectoryThatIsNotThere_IsNotMade()
    {
        string missing = Path.Combine(_base, "missing");
        await using var bench = await Bench.OpenAsync(engines, Specs.Python("print(1)"), "given");
        var result = await bench.Sandbox.CallAsync(new SandboxCall { Input = "null"u8.ToArray() }, new Gives(new DirectAccess([new ProcessMount(missing, missing)], false)), Token);
        Assert.NotEqual(CallStatus.Completed, result.Status);
        Assert.False(Directory.Exists(missing));
    }

    [Theory]
    [InlineData(PluginRuntime.Python, "calls = 0\ndef run(path):\n    global calls\n    calls += 1\n    try: return [calls, open(path + '/file').read()]\n    except OSError as e: return [calls, e.errno]")]
    [InlineData(PluginRuntime.Node, "const fs = require('fs'); let calls = 0; module.exports = (c) => { calls++; try { return [calls, fs.readFileSync(c.input.path + '/file', 'utf8')] } catch (e) { return [calls, 2] } }")]
    public async Task T60_GrantThatIsTakenBack_EndsTheWarmContainerThatHadIt(PluginRuntime runtime, string source)
    {
        string data = Make("data");
        var door = Door(Access.Read, data);
        await using var bench = await Bench.OpenAsync(engines, Specs.Speaking(runtime, source), "given", o => o with { Pool = new ProtocolOptions { Processes = 1 } });
        async Task<string> CallAsync()
        {
            var result = await bench.Sandbox.CallAsync(new SandboxCall { Input = JsonSerializer.SerializeToUtf8Bytes(new { path = data }) }, door.Channel(), Token);
            Assert.True(result.Status == CallStatus.Completed, result.Error?.Message);
            return Encoding.UTF8.GetString(result.Value.Span);
        }

        // The same container serves as long as it is given the same: that is the control of what follows.
        Assert.Equal("""[1,"content"]""", await CallAsync());
        Assert.Equal("""[2,"content"]""", await CallAsync());
        door.Revoke();
        Assert.Equal("[1,2]", await CallAsync());
        Assert.Equal("[2,2]", await CallAsync());
        using var client = await engines.ConnectAsync();
        await GoneAsync(client, bench.Spec.Digest, most: 1);
    }

    [Fact]
    public async Task T60_AnotherDirectoryOfTheSameName_IsTheOneThatIsShown()
    {
        string data = Make("data");
        var door = Door(Access.Read, data);
        await using var bench = await Bench.OpenAsync(engines, Specs.Speaking(PluginRuntime.Python, "calls = 0\ndef run(path):\n    global calls\n    calls += 1\n    return [calls, open(path + '/file').read()]"), "given", o => o with { Pool = new ProtocolOptions { Processes = 1 } });
        async Task<string> CallAsync() =>
            Encoding.UTF8.GetString((await bench.Sandbox.CallAsync(new SandboxCall { Input = JsonSerializer.SerializeToUtf8Bytes(new { path = data }) }, door.Channel(), Token)).Value.Span);

        Assert.Equal("""[1,"content"]""", await CallAsync());
        Assert.Equal("""[2,"content"]""", await CallAsync());
        Directory.Move(data, data + "-private");
        Directory.CreateDirectory(data);
        File.WriteAllText(Path.Combine(data, "file"), "of the other");
        Assert.Equal("""[1,"of the other"]""", await CallAsync());
    }

    [Fact]
    public async Task T60_GrantThatIsNarrowed_WritesNothingAtTheNextCall()
    {
        string data = Make("data");
        File.SetUnixFileMode(data, (UnixFileMode)0b111_111_111);
        var door = Door(Access.Read | Access.Write, data);
        await using var bench = await Bench.OpenAsync(engines, Specs.Speaking(PluginRuntime.Python, "def run(path):\n    try: return open(path, 'w').write('x')\n    except OSError as e: return -e.errno"), "given", o => o with { Pool = new ProtocolOptions { Processes = 1 } });
        async Task<string> WriteAsync(string name) => Encoding.UTF8.GetString((await bench.Sandbox.CallAsync(new SandboxCall { Input = JsonSerializer.SerializeToUtf8Bytes(new { path = Path.Combine(data, name) }) }, door.Channel(), Token)).Value.Span);
        Assert.Equal("1", await WriteAsync("first"));
        door.Revoke();
        door.Grant(PermissionType.Files, Access.Read, data);
        Assert.Equal("-30", await WriteAsync("second"));
        Assert.Equal(["file", "first"], Directory.EnumerateFiles(data).Select(f => Path.GetFileName(f)).Order());
    }

    [Fact]
    public async Task Call_GrantThatCannotBeShown_IsDeniedAndStartsNothing()
    {
        string data = Make("data"), elsewhere = Make("elsewhere");
        var door = Door(Access.Read, data);
        Directory.Delete(data, recursive: true);
        Directory.CreateSymbolicLink(data, elsewhere);
        foreach (var spec in (SandboxSpec[])[Specs.Python("print(1)"), Specs.Speaking(PluginRuntime.Python, "def run(): return 1")])
        {
            await using var bench = await Bench.OpenAsync(engines, spec, "given");
            var result = await bench.Sandbox.CallAsync(new SandboxCall { Input = "null"u8.ToArray() }, door.Channel(), Token);
            Assert.Equal((CallStatus.Denied, ErrorCodes.PermissionDenied), (result.Status, result.Error?.Code));
            Assert.DoesNotContain(_base, result.Error!.Message, StringComparison.Ordinal);
        }
    }

    private static EffectDoor Door(Access access, string root)
    {
        var door = new EffectDoor(TimeProvider.System, new GrantableRoots([]));
        return access == Access.None ? door : door.Grant(PermissionType.Files, access, root);
    }

    private async Task<JsonElement> LookAsync(EffectDoor door, string root)
    {
        await using var bench = await Bench.OpenAsync(engines, Python(root), "given");
        var result = await bench.Sandbox.CallAsync(new SandboxCall { Input = "null"u8.ToArray() }, door.Channel(), Token);
        Assert.True(result.Status == CallStatus.Completed, result.Error?.Message);
        var value = JsonElement.Parse(result.Value.Span);
        Assert.Equal("", Text(value, "stderr"));
        return JsonElement.Parse(Text(value, "stdout"));
    }

    private SandboxSpec Python(string root) => Specs.Python(Look.Replace("ROOT", root, StringComparison.Ordinal).Replace("BASE", _base, StringComparison.Ordinal));

    private string Make(string name)
    {
        string path = Directory.CreateDirectory(Path.Combine(_base, name)).FullName;
        File.SetUnixFileMode(_base, (UnixFileMode)0b111_101_101);
        File.WriteAllText(Path.Combine(path, "file"), "content");
        return path;
    }

    private static string Text(JsonElement value, string name) => value.GetProperty(name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : value.GetProperty(name).GetRawText();

    // A container that has to go is killed beside the call that takes its place.
    private static async Task GoneAsync(EngineClient client, string digest, int most)
    {
        while ((await client.ContainersAsync($"dev.paddock.package={digest}", Token)).Count > most) await Task.Yield();
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync(Token);
        Assert.Equal(0, process.ExitCode);
    }

    private sealed class Gives(DirectAccess given) : IHostChannel
    {
        public ValueTask<HostReply> InvokeAsync(string function, ReadOnlyMemory<byte> arguments, CancellationToken cancellationToken) => RefusingHostChannel.Instance.InvokeAsync(function, arguments, cancellationToken);

        public ValueTask<DirectAccess> DirectAccessAsync(CancellationToken cancellationToken) => ValueTask.FromResult(given);
    }
}

[Collection("Docker")]
public sealed class DockerGivenDirectoryTests(DockerFixture engines) : GivenDirectoryTests(engines);

[Collection("Podman")]
public sealed class PodmanGivenDirectoryTests(PodmanFixture engines) : GivenDirectoryTests(engines);
