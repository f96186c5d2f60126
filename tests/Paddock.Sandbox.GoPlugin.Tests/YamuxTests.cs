using System.Net.Sockets;
using Paddock.Sandbox.GoPlugin.Yamux;

namespace Paddock.Sandbox.GoPlugin.Tests;

/// <summary>Frames against a peer that the test plays; the real peer is in <see cref="CallTests"/>.</summary>
public sealed class YamuxTests : IAsyncDisposable
{
    private readonly NetworkStream _peer;
    private readonly YamuxSession _session;

    public YamuxTests()
    {
        var path = Path.Combine(Path.GetTempPath(), $"yamux-{Guid.NewGuid():N}");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        _peer = new NetworkStream(listener.Accept(), ownsSocket: true);
        File.Delete(path);
        _session = new YamuxSession(new NetworkStream(socket, ownsSocket: true));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Open_Stream_IsAnnouncedWithOddNumbers()
    {
        await _session.OpenAsync(Stop);
        await _session.OpenAsync(Stop);
        Assert.Equal((1u, 3u), ((await Header()).StreamId, (await Header()).StreamId));
    }

    [Fact]
    public async Task Write_BeyondTheWindow_WaitsForAGrant()
    {
        var stream = await _session.OpenAsync(Stop);
        await Header();
        var writing = stream.WriteAsync(new byte[YamuxStream.Window + 10], Stop).AsTask();
        await Payload(YamuxStream.Window);
        Assert.False(writing.IsCompleted);
        await Send(FrameType.WindowUpdate, FrameFlags.Accept, 1, 10);
        await Payload(10);
        await writing.WaitAsync(Stop);
    }

    [Fact]
    public async Task Read_HalfAWindow_GrantsItAgain()
    {
        var stream = await _session.OpenAsync(Stop);
        await Header();
        for (var i = 0; i < 4; i++)
        {
            await Send(FrameType.Data, FrameFlags.None, 1, YamuxStream.Window / 2, new byte[YamuxStream.Window / 2]);
            await stream.ReadExactlyAsync(new byte[YamuxStream.Window / 2], Stop);
            Assert.Equal(new FrameHeader(FrameType.WindowUpdate, FrameFlags.None, 1, YamuxStream.Window / 2), await Header());
        }
    }

    [Fact]
    public async Task Ping_IsAnswered()
    {
        await Send(FrameType.Ping, FrameFlags.Open, 0, 1234);
        Assert.Equal(new FrameHeader(FrameType.Ping, FrameFlags.Accept, 0, 1234), await Header());
    }

    [Fact]
    public async Task Accept_StreamOfThePeer_IsAcknowledged()
    {
        await Send(FrameType.WindowUpdate, FrameFlags.Open, 2, 0);
        await Send(FrameType.Data, FrameFlags.None, 2, 3, [1, 2, 3]);
        await Send(FrameType.Data, FrameFlags.Finish, 2, 1, [4]);
        var stream = await _session.AcceptAsync(Stop);
        Assert.Equal(new FrameHeader(FrameType.WindowUpdate, FrameFlags.Accept, 2, 0), await Header());
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, Stop);
        Assert.Equal([1, 2, 3, 4], all.ToArray());
    }

    [Fact]
    public async Task GoodBye_OfThePeer_LeavesOpenStreamsAlone()
    {
        var stream = await _session.OpenAsync(Stop);
        await Send(FrameType.GoAway, FrameFlags.None, 0, 0);
        await Send(FrameType.Data, FrameFlags.None, 1, 1, [9]);
        await stream.ReadExactlyAsync(new byte[1], Stop);
    }

    [Fact]
    public async Task Frames_ForAClosedStream_AreDropped()
    {
        var stream = await _session.OpenAsync(Stop);
        await stream.DisposeAsync();
        await Send(FrameType.WindowUpdate, FrameFlags.Finish, 1, 0);
        await Send(FrameType.Data, FrameFlags.None, 1, 3, [1, 2, 3]);
        await Send(FrameType.WindowUpdate, FrameFlags.None, 1, 3);
        await Send(FrameType.Ping, FrameFlags.Open, 0, 7);
        while ((await Header()).Type != FrameType.Ping)
        {
        }

        Assert.Null(_session.Fault);
    }

    [Fact]
    public async Task Reset_EndsTheStreamAndNotTheSession()
    {
        var stream = await _session.OpenAsync(Stop);
        await Send(FrameType.WindowUpdate, FrameFlags.Reset, 1, 0);
        await Assert.ThrowsAsync<IOException>(async () => await stream.ReadExactlyAsync(new byte[1], Stop));
        await _session.OpenAsync(Stop);
        Assert.Null(_session.Fault);
    }

    [Fact]
    public async Task T40_MoreThanTheWindow_EndsTheSession()
    {
        var stream = await _session.OpenAsync(Stop);
        await Send(FrameType.Data, FrameFlags.None, 1, YamuxStream.Window, new byte[YamuxStream.Window]);
        await Send(FrameType.Data, FrameFlags.None, 1, 1, [1]);
        await _session.Ended.WaitAsync(Stop);
        Assert.NotNull(_session.Fault);
        // What was within the window is still there; then the stream says that it is over.
        await stream.ReadExactlyAsync(new byte[YamuxStream.Window], Stop);
        await Assert.ThrowsAsync<IOException>(async () => await stream.ReadExactlyAsync(new byte[1], Stop));
    }

    [Theory]
    [InlineData(0, 0, 1, YamuxStream.Window + 1)]
    [InlineData(0, 0, 77, 1)]
    [InlineData(1, 0, 4, 1)]
    [InlineData(1, 1, 3, 0)]
    [InlineData(1, 1, 0, 0)]
    [InlineData(3, 0, 0, 2)]
    public async Task T40_Frame_ThatIsNone_EndsTheSession(byte type, ushort flags, uint stream, uint length)
    {
        await _session.OpenAsync(Stop);
        await Send((FrameType)type, (FrameFlags)flags, stream, length);
        await _session.Ended.WaitAsync(Stop);
        Assert.NotNull(_session.Fault);
    }

    [Fact]
    public async Task T40_Control_TheLargestFrame_IsTaken()
    {
        var stream = await _session.OpenAsync(Stop);
        await Send(FrameType.Data, FrameFlags.None, 1, YamuxStream.Window, new byte[YamuxStream.Window]);
        await stream.ReadExactlyAsync(new byte[YamuxStream.Window], Stop);
        Assert.Null(_session.Fault);
    }

    [Fact]
    public async Task T40_MoreStreamsThanMayBe_AreReset()
    {
        for (uint id = 2; id <= (YamuxSession.MaxAccepted + 1) * 2; id += 2) await Send(FrameType.WindowUpdate, FrameFlags.Open, id, 0);
        Assert.Equal(new FrameHeader(FrameType.WindowUpdate, FrameFlags.Reset, (YamuxSession.MaxAccepted + 1) * 2, 0), await Header());
    }

    // Opened and reset, one after the other: never more than one at once, and nobody takes them.
    [Fact]
    public async Task T40_StreamsResetBeforeTheyAreTaken_AreNoMoreThanMayBe()
    {
        for (uint id = 2; id <= YamuxSession.MaxAccepted * 2; id += 2)
        {
            await Send(FrameType.WindowUpdate, FrameFlags.Open, id, 0);
            await Send(FrameType.WindowUpdate, FrameFlags.Reset, id, 0);
        }

        await Send(FrameType.WindowUpdate, FrameFlags.Open, (YamuxSession.MaxAccepted + 1) * 2, 0);
        await Send(FrameType.Ping, FrameFlags.Open, 0, 1);
        Assert.Equal(new FrameHeader(FrameType.WindowUpdate, FrameFlags.Reset, (YamuxSession.MaxAccepted + 1) * 2, 0), await Header());
    }

    [Fact]
    public async Task T40_AnyFrames_EndTheSessionOrNothing()
    {
        var random = new Random(20261121);
        for (var i = 0; i < 3; i++) await _session.OpenAsync(Stop);
        var drained = _peer.CopyToAsync(Stream.Null, Stop);
        try
        {
            for (var round = 0; round < 5000; round++)
            {
                var length = random.Next(4) == 0 ? (uint)random.Next(100) : 0;
                var type = random.Next(100) == 0 ? random.Next(256) : random.Next(3);
                await Send((FrameType)type, (FrameFlags)(random.Next(20) == 0 ? random.Next(16) : 0), (uint)random.Next(1, 6), length, new byte[type == 0 ? length : 0]);
            }
        }
        catch (IOException)
        {
            // The session has ended, as it may.
        }

        await _session.DisposeAsync();
        await _session.Ended;
        try
        {
            await drained;
        }
        catch (IOException)
        {
            // Closed with bytes unread.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        await _peer.DisposeAsync();
    }

    private async Task<FrameHeader> Header()
    {
        var bytes = new byte[FrameHeader.Size];
        await _peer.ReadExactlyAsync(bytes, Stop);
        return FrameHeader.Read(bytes);
    }

    private async Task Payload(int length)
    {
        while (length > 0)
        {
            var header = await Header();
            Assert.Equal(FrameType.Data, header.Type);
            await _peer.ReadExactlyAsync(new byte[header.Length], Stop);
            length -= (int)header.Length;
        }

        Assert.Equal(0, length);
    }

    private async Task Send(FrameType type, FrameFlags flags, uint stream, uint length, byte[]? payload = null)
    {
        var bytes = new byte[FrameHeader.Size];
        new FrameHeader(type, flags, stream, length).Write(bytes);
        await _peer.WriteAsync((byte[])[.. bytes, .. payload ?? []], Stop);
    }
}
