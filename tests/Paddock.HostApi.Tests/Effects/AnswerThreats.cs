using System.IO.Compression;
using System.Text;
using Paddock.HostApi.Http;

namespace Paddock.HostApi.Tests.Effects;

/// <summary>Answers that are more than anybody asked for.</summary>
public sealed class AnswerThreats
{
    private const int BombBytes = 12 << 20;

    private static EffectDoor Door(int port, HttpFunctionOptions options) =>
        new EffectDoor(new HttpFunctionGroup(null, options, new TestConnector().Name("api.example.com", "127.0.0.1"))).Grant(PermissionType.Http, Access.Execute, $"api.example.com:{port}");

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task T59_DecompressionBomb_IsCutOff(string encoding)
    {
        var bomb = Compress(encoding, Encoding.ASCII.GetBytes(new string('a', BombBytes)));
        Assert.True(bomb.Length < BombBytes / 500);
        await using var canary = new Canary(async (_, stream) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {bomb.Length}\r\n\r\n"));
            await stream.WriteAsync(bomb);
        });
        var payload = new { url = $"http://api.example.com:{canary.Port}/" };
        foreach (var options in new[] { new HttpFunctionOptions { ResponseBytes = 1 << 20, DecompressionRatio = int.MaxValue }, new HttpFunctionOptions { ResponseBytes = 2 * BombBytes } })
        {
            var door = Door(canary.Port, options);
            Assert.Equal(ErrorCodes.ResponseLimit, await door.Code("http.request", payload));
            Assert.Equal(ErrorCodes.ResponseLimit, door.Audit[^1].Code);
        }

        // Control: no limit, and all of it is in the host's memory.
        var all = await Door(canary.Port, new HttpFunctionOptions { ResponseBytes = 2 * BombBytes, DecompressionRatio = int.MaxValue }).Value("http.request", payload);
        Assert.Equal(BombBytes, all.GetProperty("body").GetString()!.Length);
    }

    [Fact]
    public async Task T59_BombInABomb_IsNotUnpacked()
    {
        var bomb = Encoding.Latin1.GetString(Compress("gzip", Compress("gzip", new byte[1000])));
        await using var canary = new Canary(_ => Canary.Ok(bomb, "Content-Encoding: gzip, gzip\r\n"));
        Assert.Equal(ErrorCodes.NetworkError, await Door(canary.Port, new HttpFunctionOptions()).Code("http.request", new { url = $"http://api.example.com:{canary.Port}/" }));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 4000000000\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nX-Flood: ")]
    public async Task T59_AnswerWithoutEnd_IsCutOff(string head)
    {
        const long Enough = 64L << 20;
        var sent = 0L;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var canary = new Canary(async (_, stream) =>
        {
            try
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
                var chunk = Encoding.ASCII.GetBytes(new string('a', 64 << 10));
                for (; sent < Enough; sent += chunk.Length) await stream.WriteAsync(chunk);
            }
            finally
            {
                done.SetResult();
            }
        });
        var code = await Door(canary.Port, new HttpFunctionOptions { ResponseBytes = 1 << 20 }).Code("http.request", new { url = $"http://api.example.com:{canary.Port}/" });
        Assert.True(code is ErrorCodes.ResponseLimit or ErrorCodes.NetworkError, code);

        // The other side was hung up on: it could not send what a reader without a limit (the control) takes.
        await done.Task;
        Assert.True(sent < Enough / 2, $"{sent}");
        if (!head.StartsWith("HTTP/1.1 200 OK\r\n\r\n", StringComparison.Ordinal)) return;
        sent = 0;
        done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        Assert.Equal(Enough, (await client.GetByteArrayAsync(new Uri($"http://127.0.0.1:{canary.Port}/"), TestContext.Current.CancellationToken)).Length);
    }

    private static byte[] Compress(string encoding, byte[] plain)
    {
        using var whole = new MemoryStream();
        using (Stream compressing = encoding == "br" ? new BrotliStream(whole, CompressionLevel.Fastest, true) : new GZipStream(whole, CompressionLevel.SmallestSize, true)) compressing.Write(plain);
        return whole.ToArray();
    }
}
