using System.Diagnostics;
using System.Text;
using Paddock.Sandbox.GoPlugin.Gob;
using Paddock.Sandbox.GoPlugin.Rpc;

namespace Paddock.Sandbox.GoPlugin.Tests;

/// <summary>gob as Go itself writes it, and as nobody should.</summary>
public sealed class GobTests
{
    private const string Program = "tests/Paddock.Sandbox.GoPlugin.Tests/Programs/gob";
    private static readonly GobLimits s_limits = new(1 << 20);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Decode_EveryKindThatGoWrites_IsItsValue()
    {
        var values = await All(Go("write"));
        Assert.Equal(
            [
                """{"bool":true,"int":-129,"uint":18446744073709551615,"float":-2.5,"text":"grüße","bytes":"//4=","list":[-1,0,1],"array":[7,8],"nested":[{"name":"a","next":{"name":"b"}},{}],"any":{"name":"inside"},"time":"AQIDBA=="}""",
                """{"a":"x"}""",
                "[\"one\",\"two\"]",
                "null",
                "\"alone\"",
                "42",
                """{"bool":true,"int":-129,"uint":18446744073709551615,"float":-2.5,"text":"grüße","bytes":"//4=","list":[-1,0,1],"array":[7,8],"nested":[{"name":"a","next":{"name":"b"}},{}],"any":{"name":"inside"},"time":"AQIDBA=="}""",
            ],
            values.Select(v => Encoding.UTF8.GetString(RegistrationJson.Write(v).Span).Replace("\\u00FC", "ü", StringComparison.Ordinal).Replace("\\u00DF", "ß", StringComparison.Ordinal)));
    }

    [Fact]
    public void Encode_EveryKindThatIsSent_IsWhatGoReads()
    {
        var encoder = new GobEncoder();
        for (var i = 0; i < 2; i++)
        {
            encoder.Struct(GobSchema.Request, 0, static (f, _) =>
            {
                f.Text("Plugin.Call");
                f.Uint(300);
            });
            encoder.Struct(GobSchema.Call, 0, static (f, _) =>
            {
                f.Text("");
                f.Bytes(new byte[200]);
            });
            encoder.Struct(GobSchema.Init, 0, static (f, _) =>
            {
                f.Texts(new Dictionary<string, string> { ["k"] = "vü" });
                f.Uint(1);
            });
        }

        encoder.Text("text");
        encoder.Bool(true);
        encoder.Nil();
        Assert.Equal("{Plugin.Call 300} {200} {map[k:vü] 1} {Plugin.Call 300} {200} {map[k:vü] 1} text true <nil>", Encoding.UTF8.GetString(Go("read", encoder.Written.ToArray())).Trim());
    }

    [Fact]
    public async Task T40_AnyBytes_EndInAValueOrACodedFailure()
    {
        var sample = Go("write");
        var random = new Random(20260917);
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = (byte[])sample.Clone();
            for (var i = random.Next(1, 6); i > 0; i--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (random.Next(3) == 0) bytes = bytes[random.Next(bytes.Length)..];
            if (random.Next(8) == 0) random.NextBytes(bytes);
            try
            {
                await All(bytes);
            }
            catch (ProtocolException e)
            {
                Assert.Equal(ErrorCodes.ProtocolError, e.Code);
            }
        }
    }

    [Fact]
    public async Task T40_Length_OfExabytes_ReservesNothing()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        byte[] bytes = [0xF8, 0x0F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3];
        await Assert.ThrowsAsync<ProtocolException>(() => All(bytes));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void T40_TypeThatHoldsItself_EndsAtItsDepth()
    {
        // A slice of itself: []T where T is the slice. Each level is one byte.
        var definition = Message(w =>
        {
            w.Int(-65);
            w.Uint(2);
            w.Uint(1);
            w.Uint(0);
            w.Uint(1);
            w.Int(65);
            w.Uint(0);
            w.Uint(0);
        });
        var decoder = new GobDecoder();
        Assert.False(decoder.TryDecode(definition, out _));
        Assert.IsType<List<object?>>(Decoded(decoder, Nested(GobLimits.Depth - 1)));
        Assert.Throws<ProtocolException>(() => Decoded(decoder, Nested(GobLimits.Depth + 1)));
    }

    [Fact]
    public void T40_ManyValuesInFewBytes_EndAtTheirNumber()
    {
        var definition = Message(w =>
        {
            w.Int(-65);
            w.Uint(2);
            w.Uint(2);
            w.Int(1);
            w.Uint(0);
            w.Uint(0);
        });
        var decoder = new GobDecoder();
        Assert.False(decoder.TryDecode(definition, out _));
        Assert.IsType<List<object?>>(Decoded(decoder, Bools(GobLimits.Values - 1)));
        Assert.Throws<ProtocolException>(() => Decoded(decoder, Bools(GobLimits.Values + 1)));
    }

    [Theory]
    [InlineData("HTTPStatus", "http_status")]
    [InlineData("ID", "id")]
    [InlineData("MemoryMB", "memory_mb")]
    [InlineData("I18n", "i18n")]
    [InlineData("MinHostVersion", "min_host_version")]
    [InlineData("RefreshSec", "refresh_sec")]
    public void MemberName_GoName_IsGoatKits(string field, string member) => Assert.Equal(member, RegistrationJson.MemberName(field));

    private static byte[] Nested(int levels) => Message(w =>
    {
        w.Int(65);
        w.Uint(0);
        for (var i = 0; i < levels; i++) w.Uint(1);
        w.Uint(0);
    });

    private static byte[] Bools(int count) => Message(w =>
    {
        w.Int(65);
        w.Uint(0);
        w.Uint((ulong)count);
        w.Raw(new byte[count]);
    });

    private static byte[] Message(Action<GobWriter> write)
    {
        var writer = new GobWriter();
        write(writer);
        return writer.Written.ToArray();
    }

    private static object? Decoded(GobDecoder decoder, byte[] message)
    {
        Assert.True(decoder.TryDecode(message, out var value));
        return value;
    }

    private static async Task<List<object?>> All(byte[] bytes)
    {
        using var memory = new MemoryStream(bytes);
        var stream = new GobStream(memory, s_limits);
        var values = new List<object?>();
        while (await stream.NextAsync(Stop) is (true, var value)) values.Add(value);
        return values;
    }

    /// <summary>Runs the program of Go that writes or reads values with Go's own encoding/gob.</summary>
    private static byte[] Go(string command, byte[]? input = null)
    {
        var path = Path.Combine(Path.GetTempPath(), $"paddock-gob-{Guid.NewGuid():N}");
        File.WriteAllBytes(path, GoPrograms.Build(Program));
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            using var process = System.Diagnostics.Process.Start(new ProcessStartInfo(path, [command]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
            process.StandardInput.BaseStream.Write(input ?? []);
            process.StandardInput.Close();
            using var output = new MemoryStream();
            process.StandardOutput.BaseStream.CopyTo(output);
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
            return output.ToArray();
        }
        finally
        {
            File.Delete(path);
        }
    }
}
