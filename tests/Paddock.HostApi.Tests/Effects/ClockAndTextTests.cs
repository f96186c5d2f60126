using Paddock.HostApi.Translations;

namespace Paddock.HostApi.Tests.Effects;

public sealed class ClockAndTextTests
{
    [Fact]
    public async Task TimeNow_IsTheHostsClock_AndNeedsNoGrant()
    {
        var now = await new EffectDoor(new FixedClock(), HostFunctions.Clock()).Value("time.now", new { });
        Assert.Equal(1_700_000_000_123, now.GetProperty("unixMs").GetInt64());
        Assert.Equal("2023-11-14T22:13:20.123Z", now.GetProperty("iso").GetString());
    }

    [Fact]
    public async Task TimeAndRandom_CallHasSources_AreTheirs()
    {
        var door = new EffectDoor(HostFunctions.Clock());
        var scope = EffectDoor.Scope() with { Sources = new FixedSources() };
        Assert.Equal(42, EffectDoor.Value(await door.Call(scope, "time.now", new { })).GetProperty("unixMs").GetInt64());
        Assert.Equal(Convert.ToBase64String([7, 7, 7]), EffectDoor.Value(await door.Call(scope, "random.bytes", new { count = 3 })).GetProperty("base64").GetString());
    }

    [Fact]
    public async Task RandomBytes_Count_IsBounded_AndBytesDiffer()
    {
        var door = new EffectDoor(HostFunctions.Clock());
        foreach (var count in new object[] { 0, -1, 65_537, "3", 1.5 }) Assert.Equal(ErrorCodes.InvalidArgument, await door.Code("random.bytes", new { count }));
        Assert.Equal(ErrorCodes.InvalidArgument, await door.Code("random.bytes", new { }));
        var first = (await door.Value("random.bytes", new { count = 65_536 })).GetProperty("base64").GetBytesFromBase64();
        Assert.Equal(65_536, first.Length);
        Assert.NotEqual(first, (await door.Value("random.bytes", new { count = 65_536 })).GetProperty("base64").GetBytesFromBase64());
    }

    [Theory]
    [InlineData("""{"key":"hello"}""", "Hallo {0}, {name} %s")]
    [InlineData("""{"key":"hello","args":["<A>"]}""", "Hallo <A>, {name} <A>")]
    [InlineData("""{"key":"hello","args":{"name":"B"}}""", "Hallo {0}, B %s")]
    [InlineData("""{"key":"hello","language":"en"}""", "Hello")]
    [InlineData("""{"key":"missing"}""", "missing")]
    public async Task Translate_PutsArgumentsIn(string arguments, string expected)
    {
        var door = new EffectDoor(HostFunctions.Translations(new Texts()));
        var reply = await door.CallRaw(EffectDoor.Scope() with { Language = "de" }, "translate", arguments);
        Assert.Equal(expected, EffectDoor.Value(reply).GetProperty("value").GetString());
    }

    [Fact]
    public async Task Translate_WidthsAndFloods_TakeNoMemory()
    {
        var door = new EffectDoor(HostFunctions.Translations(new Texts()));
        Assert.Equal("{0,2000000000}", (await door.Value("translate", new { key = "{0,2000000000}", args = new[] { "x" } })).GetProperty("value").GetString());
        Assert.Equal(ErrorCodes.ResponseLimit, await door.Code("translate", new { key = string.Concat(Enumerable.Repeat("{0}", 80)), args = new[] { new string('x', 1000) } }));
        Assert.Equal(ErrorCodes.InvalidArgument, await door.Code("translate", new { key = "hello", language = "../de" }));
        Assert.Equal(ErrorCodes.InvalidArgument, await door.Code("translate", new { key = "hello", args = 1 }));
    }

    private sealed class Texts : ITranslator
    {
        public string? Find(HostCallScope scope, string key, string? language) => (key, language) switch
        {
            ("hello", "de") => "Hallo {0}, {name} %s",
            ("hello", _) => "Hello",
            _ => null,
        };
    }

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);
    }

    private sealed class FixedSources : ICallSources
    {
        public long UtcNowMilliseconds() => 42;

        public long ElapsedNanoseconds() => 0;

        public void Fill(Span<byte> buffer) => buffer.Fill(7);

        public int SettleNext(IReadOnlyList<int> completed) => completed[0];
    }
}
