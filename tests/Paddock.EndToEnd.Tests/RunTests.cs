using System.Text.Json.Nodes;

namespace Paddock.EndToEnd.Tests;

public sealed class RunTests
{
    [Fact]
    public async Task Run_Completed_PrintsTheResultAlone_AndLogsElsewhere()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("add.js", "module.exports = async (ctx) => { console.log('adding'); return ctx.input.a + ctx.input.b; };");
        var outcome = (await Tool.RunAsync(Built.Paddock, "run", file, "--input", """{"a":40,"b":2}""")).Expect(0);
        Assert.Equal("42", outcome.Output.Trim());
        Assert.Contains("adding", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_EsModule_NamedExport_IsCalled()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("module.js", "export const name = 'it'; export function greet(ctx) { return `hello ${ctx.input}`; } export default () => 'default';");
        Assert.Equal("\"hello you\"", (await Tool.RunAsync(Built.Paddock, "run", file, "--function", "greet", "--input", "\"you\"")).Expect(0).Output.Trim());
        Assert.Equal("\"default\"", (await Tool.RunAsync(Built.Paddock, "run", file)).Expect(0).Output.Trim());
    }

    [Theory]
    [InlineData("module.exports = () => { throw new RangeError('no'); };", 1, "GUEST_ERROR")]
    [InlineData("module.exports = () => { for (;;) {} };", 3, "TIME_LIMIT")]
    [InlineData("module.exports = () => { const a = []; for (;;) a.push(new Uint8Array(1 << 20).fill(1)); };", 3, "MEMORY_LIMIT")]
    [InlineData("module.exports = () => console.log.constructor('return process')();", 1, "GUEST_ERROR")]
    [InlineData("module.exports = () => { return", 4, "CODE_COMPILE_ERROR")]
    [InlineData("module.exports = () => require('fs');", 4, "CODE_DISALLOWED")]
    public async Task Run_Outcome_DecidesTheExitCode(string code, int exitCode, string expected)
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("plugin.js", code);
        var plain = (await Tool.RunAsync(Built.Paddock, "run", file, "--timeout", "2s", "--memory", "32MiB")).Expect(exitCode);
        Assert.Contains(expected, plain.Error, StringComparison.Ordinal);
        Assert.Empty(plain.Output);
        var json = (await Tool.RunAsync(Built.Paddock, "run", file, "--timeout", "2s", "--memory", "32MiB", "--json")).Expect(exitCode);
        Assert.Equal(expected, (string?)JsonNode.Parse(json.Output)!["error"]!["code"]);
    }

    [Fact]
    public async Task Run_Files_OnlyWhatIsAllowed()
    {
        using var folder = new TemporaryFolder();
        string inside = folder.Folder("inside");
        folder.Folder("outside");
        folder.Write("inside/in.txt", "in");
        folder.Write("outside/out.txt", "out");
        string file = folder.Write("read.js", "module.exports = async (ctx) => ctx.gitu.files.read(ctx.input);");
        Assert.Equal("\"in\"", (await RunAsync("inside/in.txt", $"files:read={inside}")).Expect(0).Output.Trim());
        (await RunAsync("outside/out.txt", $"files:read={inside}")).Expect(1);
        (await RunAsync("inside/../outside/out.txt", $"files:read={inside}")).Expect(1);
        (await RunAsync("inside/in.txt", "kv:read")).Expect(1);

        Task<Outcome> RunAsync(string path, string allowed) =>
            Tool.RunAsync(Built.Paddock, "run", file, "--input", $"\"{folder.Root}/{path}\"", "--allow", allowed);
    }

    [Fact]
    public async Task Run_Json_IsTheWholeOutcome()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("plugin.js", "module.exports = () => { console.warn('careful'); return { a: [1, null] }; };");
        var json = JsonNode.Parse((await Tool.RunAsync(Built.Paddock, "run", file, "--json")).Expect(0).Output)!;
        Assert.Equal("completed", (string?)json["status"]);
        Assert.Equal("""{"a":[1,null]}""", json["result"]!.ToJsonString());
        Assert.Equal("warn", (string?)Assert.Single(json["logs"]!.AsArray())!["level"]);
        Assert.Equal(0, (int)json["hostCalls"]!);
    }

    [Fact]
    public async Task Run_PythonFile_RunsInItsSandbox()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("add.py", "import os\ndef run(a, b):\n    print('adding')\n    return [a + b, os.getuid() != 0, os.path.exists('/etc/shadow')]\ndef fail():\n    raise ValueError('no')\n");
        var outcome = (await Tool.RunAsync(Built.Paddock, "run", file, "--input", """{"a":40,"b":2}""")).Expect(0);
        Assert.Equal("[42,true,false]", outcome.Output.Trim());
        Assert.Contains("adding", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("GUEST_ERROR", (await Tool.RunAsync(Built.Paddock, "run", file, "--function", "fail")).Expect(1).Error, StringComparison.Ordinal);
        string script = folder.Write("script.py", "print('hello')\n");
        Assert.Equal("hello\n", (string?)JsonNode.Parse((await Tool.RunAsync(Built.Paddock, "run", script)).Expect(0).Output)!["stdout"]);
    }

    [Fact]
    public async Task Run_PythonFile_HasTheFilesThatItIsAllowed()
    {
        using var folder = new TemporaryFolder();
        string inside = folder.Folder("inside");
        folder.Write("inside/in.txt", "in");
        string file = folder.Write("read.py", "from paddock import host\ndef run(path):\n    return host.files.read(path)\n");
        string[] run = ["run", file, "--input", $$"""{"path":"{{inside}}/in.txt"}"""];
        Assert.Equal("\"in\"", (await Tool.RunAsync(Built.Paddock, [.. run, "--allow", $"files:read={inside}"])).Expect(0).Output.Trim());
        Assert.Contains("PERMISSION_DENIED", (await Tool.RunAsync(Built.Paddock, run)).Expect(1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Memory_IsThePackagesUpToWhatItsManifestAsks()
    {
        using var folder = new TemporaryFolder();
        const string Code = "def run():\n    return len(b'x' * (100 << 20))\n";
        string file = folder.Write("large.py", Code);
        Assert.Equal("104857600", (await Tool.RunAsync(Built.Paddock, "run", file)).Expect(0).Output.Trim());
        Assert.Contains("MEMORY_LIMIT", (await Tool.RunAsync(Built.Paddock, "run", file, "--memory", "64MiB")).Expect(3).Error, StringComparison.Ordinal);
        folder.Folder("package");
        folder.Write("package/plugin.yaml", "apiVersion: paddock/v1\nname: ran\nversion: 1.0.0\nruntime: python\nentry: plugin.py\nlimits: { memory: 64MiB }\n");
        folder.Write("package/plugin.py", Code);
        Assert.Contains("MEMORY_LIMIT", (await Tool.RunAsync(Built.Paddock, "run", folder.At("package"), "--memory", "512MiB")).Expect(3).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_PermissionThatIsNotAllowed_SaysHowToAllowIt()
    {
        using var folder = new TemporaryFolder();
        folder.Folder("package");
        folder.Write("package/plugin.yaml", "apiVersion: paddock/v1\nname: ran\nversion: 1.0.0\nruntime: python\nentry: plugin.py\npermissions:\n  - { type: kv, access: read, scope: [a] }\n  - { type: http, scope: [example.com] }\n");
        folder.Write("package/plugin.py", "def run():\n    return 1\n");
        string[] lines = (await Tool.RunAsync(Built.Paddock, "run", folder.At("package"))).Expect(0).Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Contains("--allow kv:read,write", lines[0], StringComparison.Ordinal);
        Assert.Contains("'paddock run' cannot allow it", lines[1], StringComparison.Ordinal);
        Assert.DoesNotContain("paddock: kv", (await Tool.RunAsync(Built.Paddock, "run", folder.At("package"), "--allow", "kv:read")).Expect(0).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("node", "main.js", "module.exports = (c) => [typeof process, c.input];", """["object",7]""")]
    [InlineData("javascript", "main.js", "module.exports = (c) => [typeof process, c.input];", """["undefined",7]""")]
    [InlineData("python", "plugin.py", "def run(value):\n    return value\n", "7")]
    [InlineData("command", "tool", "#!/bin/sh\ncat\n", "7")]
    public async Task Run_Package_RunsAsItsManifestSays(string runtime, string entry, string code, string expected)
    {
        using var folder = new TemporaryFolder();
        folder.Folder("package");
        folder.Write("package/plugin.yaml", $"apiVersion: paddock/v1\nname: ran\nversion: 1.0.0\nruntime: {runtime}\nentry: {entry}\n");
        folder.Write($"package/{entry}", code);
        Assert.Equal(expected, (await Tool.RunAsync(Built.Paddock, "run", folder.At("package"), "--input", "7")).Expect(0).Output.Trim());
    }

    [Fact]
    public async Task Run_WebAssembly_OneFile()
    {
        using var folder = new TemporaryFolder();
        string source = folder.Write("say.c", "#include <stdio.h>\nint main(void) { printf(\"42\"); return 0; }\n");
        (await Tool.RunAsync("clang", "--target=wasm32-wasi", "-O2", source, "-o", folder.At("say.wasm"))).Expect(0);
        Assert.Equal("42", (await Tool.RunAsync(Built.Paddock, "run", folder.At("say.wasm"))).Expect(0).Output.Trim());
        Assert.Equal("42", (await Tool.RunAsync(Built.Paddock, "run", folder.At("say.wasm"), "--untrusted-in-process")).Expect(0).Output.Trim());
    }

    [Theory]
    [InlineData("run")]
    [InlineData("run", "missing.js")]
    [InlineData("run", "/etc/hostname")]
    [InlineData("run", "FILE", "--timeout", "5")]
    [InlineData("run", "FILE", "--timeout", "10m")]
    [InlineData("run", "FILE", "--memory", "32MB")]
    [InlineData("run", "FILE", "--memory", "1KiB")]
    [InlineData("run", "FILE", "--input", "{")]
    [InlineData("run", "FILE", "--allow", "network")]
    [InlineData("run", "FILE", "--allow", "files:read")]
    [InlineData("run", "FILE", "--allow", "files:read=/there/is/no/such/directory")]
    [InlineData("run", "FILE", "--frob")]
    [InlineData("frob")]
    [InlineData("serve", "--urls", "nonsense")]
    public async Task Usage_Wrong_Exits2_AndSaysWhatIsWrong(params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("plugin.js", "module.exports = () => 1;");
        var outcome = (await Tool.RunAsync(Built.Paddock, [.. arguments.Select(a => a == "FILE" ? file : a)])).Expect(2);
        Assert.StartsWith("paddock: ", outcome.Error, StringComparison.Ordinal);
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public async Task Run_TerminalEscapesInOutput_AreReplaced()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("plugin.js", "module.exports = () => { console.log('\\u001b[2J'); throw new Error('\\u001b]0;owned\\u0007'); };");
        var outcome = (await Tool.RunAsync(Built.Paddock, "run", file)).Expect(1);
        Assert.DoesNotContain('\u001b', outcome.Error);
        Assert.DoesNotContain('\u0007', outcome.Error);
    }
}
