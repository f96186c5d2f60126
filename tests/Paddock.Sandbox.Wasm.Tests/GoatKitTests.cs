using System.Text;

namespace Paddock.Sandbox.Wasm.Tests;

/// <summary>GoatKit's interface, with a plugin that clang compiled.</summary>
public sealed class GoatKitTests(WasmFixture wasm)
{
    private static readonly Limits Small = new()
    {
        Timeout = TimeSpan.FromMilliseconds(500),
        MemoryBytes = 16 << 20,
        LogBytes = 1000,
        LogEntries = 10,
        HostCalls = 5,
    };

    // Where another limit is to be reached first, also on a busy machine.
    private static readonly Limits Unhurried = Small with { Timeout = TimeSpan.FromSeconds(60) };

    [Fact]
    public async Task Register_Plugin_ReturnsWhatItsCodeSays()
    {
        await using var sandbox = await wasm.Load(Guests.Gk);
        var json = await sandbox.RegisterAsync(TestContext.Current.CancellationToken);
        Assert.Contains("\"version\":\"1.2.3\"", Encoding.UTF8.GetString(json!.Value.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("echo", """{"a":[1,"ü"]}""", """{"a":[1,"ü"]}""")]
    [InlineData("echo", "null", "null")]
    [InlineData("empty", "null", "null")]
    [InlineData("registered", "null", "1")]
    [InlineData("file", "null", "null")]
    [InlineData("env", "null", "null")]
    [InlineData("nothing_of_this_name", "null", "\"refused\"")]
    public async Task Call_Function_ReturnsItsResult(string function, string input, string expected) =>
        Assert.Equal(expected, await wasm.Value(Guests.Gk, function, input));

    [Theory]
    [InlineData("loop", ErrorCodes.TimeLimit)]
    [InlineData("sleep", ErrorCodes.TimeLimit)]
    [InlineData("memory", ErrorCodes.MemoryLimit)]
    [InlineData("deep", ErrorCodes.StackLimit)]
    [InlineData("flood", ErrorCodes.LogLimit)]
    [InlineData("ask", ErrorCodes.HostCallLimit)]
    [InlineData("large", ErrorCodes.ResultLimit)]
    [InlineData("trap", ErrorCodes.GuestTrap)]
    [InlineData("exit", ErrorCodes.GuestError)]
    [InlineData("text", ErrorCodes.ResultInvalid)]
    [InlineData(null, ErrorCodes.EntryPointNotFound)]
    public async Task Call_Misbehaviour_EndsWithItsCode(string? function, string code)
    {
        await using var sandbox = await wasm.Load(Guests.Gk, Unhurried);
        var call = Guests.Call(function) with { Limits = code == ErrorCodes.TimeLimit ? Small : null };
        var result = await sandbox.CallAsync(call, RefusingHostChannel.Instance, TestContext.Current.CancellationToken);
        Assert.Equal(code, result.Error?.Code);
        var after = await sandbox.CallAsync(Guests.Call("count"), RefusingHostChannel.Instance, TestContext.Current.CancellationToken);
        Assert.Equal("1", Encoding.UTF8.GetString(after.Value.Span));
    }

    // A worker's answer with such bytes is a breach of its protocol; in this process it is the same error as any other that is no JSON.
    [Theory]
    [InlineData("\\22\\c3\\bc\\22", null)]
    [InlineData("\\22\\ff \\22", ErrorCodes.ResultInvalid)]
    [InlineData("\\22\\c3 \\22", ErrorCodes.ResultInvalid)]
    [InlineData("{\\22\\ed\\a0\\80\\22:1}", ErrorCodes.ResultInvalid)]
    public async Task Call_ResultThatIsNoUtf8_IsInvalid(string data, string? code)
    {
        var length = data.Length - (2 * data.Count(c => c == '\\'));
        var module = Guests.Wat($"""
            (module (memory (export "memory") 1) (data (i32.const 0) "{data}") (func (export "gk_malloc") (param i32) (result i32) i32.const 1024)
              (func (export "gk_call") (param i32 i32 i32 i32) (result i64) i64.const {length}))
            """);
        Assert.Equal(code, (await wasm.Run(module, "f")).Error?.Code);
    }

    [Fact]
    public async Task Call_Twice_StartsFromTheSameState()
    {
        await using var sandbox = await wasm.Load(Guests.Gk);
        for (var i = 0; i < 3; i++)
        {
            var result = await sandbox.CallAsync(Guests.Call("count"), RefusingHostChannel.Instance, TestContext.Current.CancellationToken);
            Assert.Equal("1", Encoding.UTF8.GetString(result.Value.Span));
        }
    }

    [Fact]
    public async Task Call_Cancelled_Ends()
    {
        await using var sandbox = await wasm.Load(Guests.Gk);
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        var result = await sandbox.CallAsync(Guests.Call("loop"), RefusingHostChannel.Instance, source.Token);
        Assert.Equal(CallStatus.Cancelled, result.Status);
    }

    [Theory]
    [InlineData("print", "null", LogSeverity.Info, "one,two")]
    [InlineData("log", "\"hello\"", LogSeverity.Warn, "\"hello\"")]
    [InlineData("no_such", "null", LogSeverity.Error, "unknown host function: no_such")]
    public async Task Call_Logs_AreKept(string function, string input, LogSeverity severity, string expected)
    {
        var result = await wasm.Run(Guests.Gk, function, input);
        Assert.Equal(expected, string.Join(',', result.Logs.Select(l => l.Message)));
        Assert.All(result.Logs, l => Assert.Equal(severity, l.Severity));
    }

    [Theory]
    [InlineData("db_query", """{"query":"@reports:SELECT 1","args":null,"other":2}""", "db.query", """{"database":"reports","query":"SELECT 1"}""")]
    [InlineData("db_query", """{"query":"SELECT '@a:b'","args":[1]}""", "db.query", """{"query":"SELECT '@a:b'","args":[1]}""")]
    [InlineData("db_exec", """{"query":"DELETE","args":[]}""", "db.exec", """{"query":"DELETE","args":[]}""")]
    [InlineData("cache_get", """{"key":"k"}""", "cache.get", """{"key":"k"}""")]
    [InlineData("cache_set", """{"key":"k","value":"AQ==","ttl":60}""", "cache.set", """{"key":"k","value":"AQ==","ttl":60}""")]
    [InlineData("http_request", """{"method":"GET","url":"u","headers":null,"body":"AQ=="}""", "http.request", """{"method":"GET","url":"u","body":"AQ==","encoding":"base64"}""")]
    [InlineData("send_email", """{"to":"a@b","subject":"s","body":"b","html":true}""", "email.send", """{"to":"a@b","subject":"s","body":"b","html":true}""")]
    [InlineData("config_get", """{"key":"k"}""", "config.get", """{"key":"k"}""")]
    [InlineData("translate", """{"key":"k","args":null}""", "translate", """{"key":"k"}""")]
    [InlineData("plugin_call", """{"plugin":"p","function":"f","args":{"x":1}}""", "plugin.call", """{"plugin":"p","function":"f","args":{"x":1}}""")]
    [InlineData("time.now", "{}", "time.now", "{}")]
    public async Task HostCall_GoatKitName_ReachesTheHostsFunction(string name, string input, string function, string arguments)
    {
        var seen = "";
        var channel = new ChannelOf((f, a, _) =>
        {
            seen = $"{f} {a}";
            return Task.FromResult(ChannelOf.Json("""{"answer":42}"""));
        });
        Assert.Equal("""{"answer":42}""", await wasm.Value(Guests.Gk, name, input, channel));
        Assert.Equal($"{function} {arguments}", seen);
    }

    [Fact]
    public async Task HostCall_Refused_AnswersZeroAndLogsTheCode()
    {
        var result = await wasm.Run(Guests.Gk, "cache_get", """{"key":"k"}""");
        Assert.Equal("\"refused\"", Encoding.UTF8.GetString(result.Value.Span));
        Assert.Contains(ErrorCodes.HostCallRefused, Assert.Single(result.Logs).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HostCall_AnsweredLater_IsWaitedFor()
    {
        var channel = new ChannelOf(async (_, _, ct) =>
        {
            await Task.Delay(20, ct);
            return ChannelOf.Json("7");
        });
        Assert.Equal("7", await wasm.Value(Guests.Gk, "time.now", "{}", channel));
    }

    [Fact]
    public async Task HostCall_NeverAnswered_EndsWithTheCall()
    {
        var channel = new ChannelOf(static async (_, _, _) =>
        {
            await Task.Delay(Timeout.Infinite, CancellationToken.None);
            return ChannelOf.Json("7");
        });
        var result = await wasm.Run(Guests.Gk, "time.now", "{}", Small, channel);
        Assert.Equal(ErrorCodes.TimeLimit, result.Error?.Code);
    }
}
