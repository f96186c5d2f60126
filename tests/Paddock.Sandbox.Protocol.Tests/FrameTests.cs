using System.Text;
using Paddock.Sandbox.Protocol.Calls;
using Paddock.Sandbox.Protocol.Framing;

namespace Paddock.Sandbox.Protocol.Tests;

/// <summary>Rows 40 and 47 without a process: whatever bytes come, in whatever pieces.</summary>
public sealed class FrameTests
{
    private const string Answer = """{"jsonrpc":"2.0","id":7,"result":{"a":[1,"ä\n"]}}""";

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(100_000)]
    public async Task Read_AnyPieces_GivesTheSameLines(int piece)
    {
        string[] lines = [Answer, new string('x', 70_000), "", Answer];
        using var reader = new FrameReader(new Pieces(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\nrest"), piece), 100_000);
        foreach (string line in lines) Assert.Equal(line, Encoding.UTF8.GetString((await NextAsync(reader))!.Value.Span));
        Assert.Null(await NextAsync(reader));
        Assert.True(reader.HasMore);
    }

    [Theory]
    [InlineData(99, true)]
    [InlineData(100, true)]
    [InlineData(101, false)]
    [InlineData(1_000_000, false)]
    public async Task T40_LineOfALength_IsReadUpToTheMost(int length, bool read)
    {
        foreach (string end in (string[])["\n", ""])
        {
            using var reader = new FrameReader(new Pieces(Encoding.UTF8.GetBytes(new string('x', length) + end), 64), 100);
            if (read) Assert.Equal(end.Length > 0, await NextAsync(reader) is not null);
            else await Assert.ThrowsAsync<ProtocolViolationException>(async () => await NextAsync(reader));
        }
    }

    [Fact]
    public void T40_EveryCutOfAMessage_IsNoMessage()
    {
        byte[] whole = Encoding.UTF8.GetBytes(Answer);
        for (var length = 0; length < whole.Length; length++)
        {
            var cut = whole.AsMemory(0, length);
            Assert.Throws<ProtocolViolationException>(() => FrameParser.Parse(cut));
        }

        Assert.Equal(FrameKind.Result, FrameParser.Parse(whole).Kind);
    }

    [Fact]
    public void T40_AnyByteChanged_IsAMessageOrARefusal_NeverAnotherFault()
    {
        string[] messages =
        [
            Answer,
            """{"jsonrpc":"2.0","id":7,"error":{"code":-32000,"message":"m","data":{"code":"GUEST_ERROR","name":"E","stack":"s","line":1,"column":2}}}""",
            """{"jsonrpc":"2.0","id":7,"method":"host.call","params":{"function":"kv.get","arguments":{"key":"k"}}}""",
            """{"jsonrpc":"2.0","method":"log","params":{"severity":"info","message":"m"}}""",
        ];
        var random = new Random(40);
        var taken = 0;
        for (var i = 0; i < 200_000; i++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(messages[i % messages.Length]);
            for (var n = random.Next(1, 4); n > 0; n--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (ReadWhole(bytes)) taken++;
        }

        // Most changes within strings are harmless: had none been taken, the reader would refuse everything.
        Assert.InRange(taken, 1, 199_999);
    }

    [Theory]
    [InlineData(255, true)]
    [InlineData(100_000, true)]
    [InlineData(2_000_000, false)]
    public void Parse_DeepValues_TellTheirDepth(int depth, bool read)
    {
        byte[] line = Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":7,"result":{{new string('[', depth)}}{{new string(']', depth)}}}""");
        if (read) Assert.InRange(FrameParser.Parse(line).Depth, depth - 1, depth);
        else Assert.Throws<ProtocolViolationException>(() => FrameParser.Parse(line));
    }

    [Theory]
    [InlineData("PERMISSION_DENIED", "Error", ErrorCodes.GuestError)]
    [InlineData("PERMISSION_DENIED", "HostError", ErrorCodes.PermissionDenied)]
    [InlineData("RATE_LIMITED", "HostError", ErrorCodes.GuestError)]
    [InlineData("TIME_LIMIT", "HostError", ErrorCodes.GuestError)]
    [InlineData("CANCELLED", "Error", ErrorCodes.GuestError)]
    [InlineData("SANDBOX_UNAVAILABLE", "Error", ErrorCodes.GuestError)]
    [InlineData("STACK_LIMIT", "Error", ErrorCodes.StackLimit)]
    public void Error_CodeOfAGuest_IsBelievedOfItselfAndOfItsOwnHostCalls(string code, string name, string expected)
    {
        byte[] json = Encoding.UTF8.GetBytes($$"""{"code":1,"data":{"name":"{{name}}","code":"{{code}}"},"message":"m"}""");
        Assert.Equal(expected, GuestErrorReader.Read(json, new HashSet<string> { ErrorCodes.PermissionDenied }).Code);
    }

    [Fact]
    public void Write_JsonOfSeveralLines_IsOneLine()
    {
        var buffer = new FrameBuffer();
        Messages.Call(buffer, (1, new SandboxCall { Input = "{\n\"a\":\r\n1}"u8.ToArray(), Function = "f\n\"" }));
        string line = Encoding.UTF8.GetString(buffer.Written.Span);
        Assert.DoesNotContain('\n', line);
        using var document = System.Text.Json.JsonDocument.Parse(line);
        Assert.Equal("f\n\"", document.RootElement.GetProperty("params").GetProperty("function").GetString());
        Assert.Equal(1, document.RootElement.GetProperty("params").GetProperty("input").GetProperty("a").GetInt32());
    }

    private static bool ReadWhole(byte[] line)
    {
        try
        {
            var frame = FrameParser.Parse(line);
            switch (frame.Kind)
            {
                case FrameKind.Error: GuestErrorReader.Read(frame.Body.Span, new HashSet<string>()); break;
                case FrameKind.HostCall: HostCallMessage.Read(frame.Body, 200); break;
                case FrameKind.Log: LogMessage.Read(frame.Body.Span); break;
                default: break;
            }

            return true;
        }
        catch (ProtocolViolationException)
        {
            return false;
        }
    }

    private static async Task<ReadOnlyMemory<byte>?> NextAsync(FrameReader reader)
    {
        while (true)
        {
            if (reader.TryTake(out var line)) return line;
            if (!await reader.FillAsync()) return null;
        }
    }

    /// <summary>Bytes that come a few at a time.</summary>
    private sealed class Pieces(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, most)], cancellationToken);
    }
}
