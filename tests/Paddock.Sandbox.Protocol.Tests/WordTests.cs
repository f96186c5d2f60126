using System.Text;
using Paddock.Sandbox.Protocol.Calls;
using Paddock.Sandbox.Protocol.Framing;

namespace Paddock.Sandbox.Protocol.Tests;

/// <summary>Row 40: half a surrogate pair, escaped, is valid JSON and no text. The framework's reader throws where it is compared.</summary>
public sealed class WordTests
{
    [Theory]
    [InlineData("""{"jsonrpc\ud800":"2.0","id":7,"result":1}""")]
    [InlineData("""{"jsonrpc":"2.0\ud800","id":7,"result":1}""")]
    [InlineData("""{"jsonrpc":"2.0","id\ud800":7,"result":1}""")]
    [InlineData("""{"jsonrpc":"2.0","id":7,"result\udc00":1}""")]
    [InlineData("""{"jsonrpc":"2.0","method":"log\ud800","params":{}}""")]
    public void T40_HalfACharacterInAMessage_IsNoMessage(string line) =>
        Assert.Throws<ProtocolViolationException>(() => FrameParser.Parse(Encoding.UTF8.GetBytes(line)));

    [Theory]
    [InlineData("""{"function\ud800":"a","arguments":{}}""")]
    [InlineData("""{"function":"a","arguments\ud800":{}}""")]
    public void T40_HalfACharacterInAHostCall_IsNone(string body) =>
        Assert.Throws<ProtocolViolationException>(() => HostCallMessage.Read(Encoding.UTF8.GetBytes(body), 100));

    [Theory]
    [InlineData("""{"message\ud800":"a"}""")]
    [InlineData("""{"message":"a","severity\ud800":"info"}""")]
    [InlineData("""{"message":"a","severity":"info\ud800"}""")]
    public void T40_HalfACharacterInALine_IsNone(string body) =>
        Assert.Throws<ProtocolViolationException>(() => LogMessage.Read(Encoding.UTF8.GetBytes(body)));

    [Theory]
    [InlineData("""{"what\ud800":"now"}""")]
    [InlineData("""{"what":"now\ud800"}""")]
    [InlineData("""{"what":"random","count\ud800":1}""")]
    public void T40_HalfACharacterInAQuestion_IsNone(string body) =>
        Assert.Throws<ProtocolViolationException>(() => new RecordedSources(new NoSources()).Answer(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void T40_HalfACharacterInAnError_IsAnErrorOfTheGuests()
    {
        var error = GuestErrorReader.Read("""{"message\ud800":"a","message":"b","data":{"code\ud800":"X","name\ud800":"N"}}"""u8, new HashSet<string>());
        Assert.Equal((ErrorCodes.GuestError, "b", null), (error.Code, error.Message, error.Name));
    }

    [Fact]
    public void T40_Control_TheWordsThemselves_AreRead()
    {
        Assert.Equal(FrameKind.Result, FrameParser.Parse("""{"jsonrpc":"2.0","id":7,"result":{"\ud800":"\ud800"}}"""u8.ToArray()).Kind);
        Assert.Equal("a", HostCallMessage.Read("""{"function":"a","arguments":{"\ud800":1}}"""u8.ToArray(), 100).Function);
        Assert.Equal((LogSeverity.Warn, "\uFFFD"), LogMessage.Read("""{"severity":"warn","message":"\ud800"}"""u8));
    }

    private sealed class NoSources : ICallSources
    {
        public long UtcNowMilliseconds() => 0;

        public long ElapsedNanoseconds() => 0;

        public void Fill(Span<byte> buffer) => buffer.Clear();

        public int SettleNext(IReadOnlyList<int> completed) => completed[0];
    }
}
