using System.Text;
using Paddock.Sandbox.Protocol.Workers;

namespace Paddock.Sandbox.Protocol.Tests.Workers;

public sealed class FrameTests
{
    private static readonly byte[] Sample = [1, 2, 3];

    [Fact]
    public async Task Frames_OneAfterAnother_AreReadAsTheyWereWritten()
    {
        using var stream = new MemoryStream();
        var writer = new FrameWriter();
        stream.Write(writer.Begin(WorkerFrameKind.Load, 0).Text("ä").Text(null).Bytes(Sample).Bytes(null).Number(-7).Number(1L << 40).Finish().Span);
        stream.Write(writer.Begin(WorkerFrameKind.Cancel, 9).Finish().Span);
        stream.Write(writer.Begin(WorkerFrameKind.Result, 10).Bytes(new byte[200_000]).Finish().Span);
        stream.Position = 0;
        var reader = new FrameReader(stream);
        var first = (await reader.ReadAsync(TestContext.Current.CancellationToken))!.Value;
        var fields = new FrameFields(first.Payload);
        Assert.Equal((WorkerFrameKind.Load, "ä", null), (first.Kind, fields.Text(), fields.Text()));
        Assert.Equal(Sample, fields.Bytes()!.Value.ToArray());
        Assert.Null(fields.Bytes());
        Assert.Equal((-7, 1L << 40), (fields.Number(), fields.LongNumber()));
        fields.End();
        Assert.Equal((WorkerFrameKind.Cancel, 9), ((await reader.ReadAsync(TestContext.Current.CancellationToken))!.Value is var second ? (second.Kind, second.Call) : default));
        Assert.Equal(200_000, new FrameFields((await reader.ReadAsync(TestContext.Current.CancellationToken))!.Value.Payload).Bytes()!.Value.Length);
        Assert.Null(await reader.ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Result_OfEveryShape_IsReadAsItWasWritten()
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);
        CallResult[] results =
        [
            new() { Status = CallStatus.Completed, Value = "{\"a\":1}"u8.ToArray(), Logs = [new LogEntry(at, LogSeverity.Warn, "hello")] },
            new() { Status = CallStatus.GuestFault, Error = new CallError("X", "message") { Name = "TypeError", Stack = "at x", Line = 3, Column = 4, RetryAfter = TimeSpan.FromSeconds(2) } },
            new() { Status = CallStatus.LimitExceeded, Error = new CallError(ErrorCodes.TimeLimit, "") },
        ];
        foreach (var result in results)
        {
            var fields = Fields(w => w.Begin(WorkerFrameKind.Result, 1).Write(result));
            var read = fields.Result();
            fields.End();
            Assert.Equal(Encoding.UTF8.GetString(result.Value.Span), Encoding.UTF8.GetString(read.Value.Span));
            Assert.Equal((result.Status, result.Error), (read.Status, read.Error));
            Assert.Equal(result.Logs, read.Logs);
        }
    }

    [Fact]
    public void Spec_AndCall_AreReadAsTheyWereWritten()
    {
        var spec = new SandboxSpec
        {
            Digest = "d",
            Runtime = PluginRuntime.Wasm,
            Files = new Dictionary<string, ReadOnlyMemory<byte>> { ["a/b"] = Sample, ["c"] = default },
            Entry = "a/b",
            Limits = new Limits { HostCalls = 7, Timeout = TimeSpan.FromSeconds(3) },
            Stateful = true,
        };
        var fields = Fields(w => w.Begin(WorkerFrameKind.Load, 0).Write(spec));
        var read = fields.Spec();
        fields.End();
        Assert.Equal(("d", PluginRuntime.Wasm, "a/b", null, true, TimeZoneInfo.Utc.Id), (read.Digest, read.Runtime, read.Entry, read.EntryPoint, read.Stateful, read.TimeZone.Id));
        Assert.Equal((7, TimeSpan.FromSeconds(3)), (read.Limits.HostCalls, read.Limits.Timeout));
        Assert.Equal(Sample, read.Files["a/b"].ToArray());
        Assert.Equal(2, read.Files.Count);
        var call = Fields(w => w.Begin(WorkerFrameKind.Call, 1).Write(new SandboxCall { Function = "f", Input = Sample, Depth = 2 }, new Limits { LogBytes = 5 })).Call(() => throw new InvalidOperationException());
        Assert.Equal(("f", 2, 5, false, false), (call.Function, call.Depth, call.Limits!.LogBytes, call.Config.HasValue, call.Context.HasValue));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public async Task T40_LengthThatNoFrameHas_IsRefusedBeforeAnythingIsKept(int length)
    {
        using var stream = new MemoryStream([.. BitConverter.GetBytes(length), .. new byte[100]]);
        await Assert.ThrowsAsync<WorkerFrameException>(async () => await new FrameReader(stream).ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task T40_StreamThatEndsWithinAFrame_IsRefused()
    {
        var whole = new FrameWriter().Begin(WorkerFrameKind.Result, 1).Text("hello").Finish().ToArray();
        using var stream = new MemoryStream(whole[..^1]);
        await Assert.ThrowsAsync<WorkerFrameException>(async () => await new FrameReader(stream).ReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void T47_AnyBytes_AreReadOrRefusedAndNothingElse()
    {
        var random = new Random(20261121);
        byte[] good = new FrameWriter().Begin(WorkerFrameKind.Result, 1).Write(new CallResult { Status = CallStatus.Completed, Value = "1"u8.ToArray(), Logs = [new LogEntry(DateTimeOffset.UnixEpoch, LogSeverity.Info, "l")] }).Finish().ToArray()[9..];
        int read = 0;
        for (int round = 0; round < 20_000; round++)
        {
            byte[] bytes = (byte[])good.Clone();
            for (int flips = random.Next(0, 4); flips > 0; flips--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                var fields = new FrameFields(bytes.AsMemory(0, random.Next(10) == 0 ? random.Next(bytes.Length) : bytes.Length));
                fields.Result();
                fields.End();
                read++;
            }
            catch (WorkerFrameException)
            {
                // Refused.
            }
        }

        Assert.InRange(read, 1000, 19_000);
    }

    private static FrameFields Fields(Action<FrameWriter> write)
    {
        var writer = new FrameWriter();
        write(writer);
        return new FrameFields(writer.Finish()[9..]);
    }
}
