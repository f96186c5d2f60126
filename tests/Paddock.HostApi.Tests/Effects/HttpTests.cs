using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Paddock.HostApi.Http;

namespace Paddock.HostApi.Tests.Effects;

public sealed class HttpTests
{
    private static (EffectDoor Door, TestConnector Connector) Open(int port, HttpFunctionOptions? options = null, params string[] scope)
    {
        var connector = new TestConnector().Name("api.example.com", "127.0.0.1").Name("www.example.com", "127.0.0.1");
        var door = new EffectDoor(new HttpFunctionGroup(null, options ?? new HttpFunctionOptions(), connector));
        door.Grant(PermissionType.Http, Access.Execute, scope.Length > 0 ? scope : [$"api.example.com:{port}"]);
        return (door, connector);
    }

    [Fact]
    public async Task Request_PostWithHeaders_ArrivesAndItsAnswerComesBack()
    {
        await using var canary = new Canary(_ => Canary.Ok("ok", "X-One: 1\r\nX-Two: a\r\nX-Two: b\r\nSet-Cookie: s=1\r\n"));
        var (door, _) = Open(canary.Port);
        var answer = await door.Value("http.request", new { method = "post", url = $"http://api.example.com:{canary.Port}/a?b=c", headers = new Dictionary<string, string> { ["Content-Type"] = "application/json", ["X-Mine"] = "m" }, body = "{\"ü\":1}" });
        Assert.Equal(200, answer.GetProperty("status").GetInt32());
        Assert.Equal("ok", answer.GetProperty("body").GetString());
        Assert.Equal("utf8", answer.GetProperty("encoding").GetString());
        Assert.Equal("""{"x-one":"1","x-two":"a, b"}""", answer.GetProperty("headers").GetRawText());
        var request = Assert.Single(canary.Requests);
        Assert.StartsWith("POST /a?b=c HTTP/1.1\r\n", request, StringComparison.Ordinal);
        foreach (var line in new[] { $"Host: api.example.com:{canary.Port}", "Content-Type: application/json", "X-Mine: m", "Content-Length: 8", "User-Agent: Paddock" })
            Assert.Contains(line + "\r\n", request, StringComparison.Ordinal);
        Assert.DoesNotContain("traceparent", request, StringComparison.OrdinalIgnoreCase);

        // The audit names the request without its query, in which values are.
        Assert.Equal($"POST http://api.example.com:{canary.Port}/a", Assert.Single(door.Audit).Target);
    }

    [Fact]
    public async Task Request_BinaryBothWays_IsBase64()
    {
        await using var canary = new Canary(r => Canary.Ok(r[^2..]));
        var (door, _) = Open(canary.Port);
        var answer = await door.Value("http.request", new { method = "PUT", url = $"http://api.example.com:{canary.Port}/", body = Convert.ToBase64String([0xFF, 0x00]), encoding = "base64" });
        Assert.Equal(Convert.ToBase64String([0xFF, 0x00]), answer.GetProperty("body").GetString());

        // An answer that is no text says so, though text was asked for.
        answer = await door.Value("http.request", new { method = "PUT", url = $"http://api.example.com:{canary.Port}/", body = "éé" });
        Assert.Equal("utf8", answer.GetProperty("encoding").GetString());
        await using var binary = new Canary(_ => Canary.Ok("\u00FF"));
        (door, _) = Open(binary.Port);
        Assert.Equal("base64", (await door.Value("http.request", new { url = $"http://api.example.com:{binary.Port}/" })).GetProperty("encoding").GetString());
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    public async Task Request_CompressedAnswer_IsDecompressed(string encoding)
    {
        await using var canary = new Canary(_ => Canary.Ok(Encoding.Latin1.GetString(Compress(encoding, "hello"u8.ToArray())), $"Content-Encoding: {encoding}\r\n"));
        var (door, _) = Open(canary.Port);
        var answer = await door.Value("http.request", new { url = $"http://api.example.com:{canary.Port}/" });
        Assert.Equal("hello", answer.GetProperty("body").GetString());
        Assert.False(answer.GetProperty("headers").TryGetProperty("content-encoding", out _));
    }

    [Fact]
    public async Task Request_Redirect_IsFollowedAsBrowsersDo()
    {
        Canary canary = null!;
        canary = new Canary(r => r.Split(' ')[1] switch
        {
            "/303" => Canary.Redirect("/end", 303),
            "/307" => Canary.Redirect($"http://www.example.com:{canary.Port}/end", 307),
            "/loop" => Canary.Redirect("/loop"),
            "/out" => Canary.Redirect("http://other.example.com/"),
            _ => Canary.Ok("end"),
        });
        await using var _ = canary;
        var (door, connector) = Open(canary.Port, null, $"api.example.com:{canary.Port}", $"www.example.com:{canary.Port}");
        var headers = new Dictionary<string, string> { ["Authorization"] = "Bearer mine", ["X-Kept"] = "k" };
        await door.Value("http.request", new { method = "POST", url = $"http://api.example.com:{canary.Port}/303", headers, body = "x" });
        Assert.StartsWith("GET /end", canary.Requests.Last(), StringComparison.Ordinal);
        Assert.Contains("Bearer mine", canary.Requests.Last(), StringComparison.Ordinal);

        await door.Value("http.request", new { method = "POST", url = $"http://api.example.com:{canary.Port}/307", headers, body = "x" });
        Assert.StartsWith("POST /end", canary.Requests.Last(), StringComparison.Ordinal);
        Assert.DoesNotContain("Bearer", canary.Requests.Last(), StringComparison.Ordinal);
        Assert.Contains("X-Kept: k", canary.Requests.Last(), StringComparison.Ordinal);

        var before = canary.Requests.Count;
        Assert.Equal(ErrorCodes.NetworkError, await door.Code("http.request", new { url = $"http://api.example.com:{canary.Port}/loop" }));
        Assert.Equal(before + 6, canary.Requests.Count);
        Assert.Equal(ErrorCodes.PermissionDenied, await door.Code("http.request", new { url = $"http://api.example.com:{canary.Port}/out" }));
        Assert.DoesNotContain("other.example.com.", connector.Asked);
        Assert.Equal(ErrorCodes.PermissionDenied, door.Audit[^1].Code);
    }

    [Fact]
    public async Task Request_GrantTakenBackBetweenRedirects_GoesNoFurther()
    {
        EffectDoor door = null!;
        await using var canary = new Canary(r =>
        {
            door.Revoke();
            return r.StartsWith("GET /end", StringComparison.Ordinal) ? Canary.Ok("end") : Canary.Redirect("/end");
        });
        (door, _) = Open(canary.Port);
        Assert.Equal(ErrorCodes.PermissionDenied, await door.Code("http.request", new { url = $"http://api.example.com:{canary.Port}/" }));
        Assert.Single(canary.Requests);
    }

    [Fact]
    public async Task Request_NoAnswer_EndsInTimeAndNothingElseIsTold()
    {
        // Says nothing until the other side hangs up.
        await using var canary = new Canary((_, stream) => stream.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken));
        var (door, _) = Open(canary.Port);
        Assert.Equal(ErrorCodes.NetworkError, await door.Code("http.request", new { url = $"http://api.example.com:{canary.Port}/", timeoutMs = 50 }));

        // Bound, and so nobody else's, but not listened on.
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var closed = ((IPEndPoint)bound.LocalEndPoint!).Port;
        door.Grant(PermissionType.Http, Access.Execute, $"api.example.com:{closed}");
        var error = (await door.Call("http.request", new { url = $"http://api.example.com:{closed}/" })).Error!;
        Assert.Equal(ErrorCodes.NetworkError, error.Code);
        Assert.DoesNotContain("refused", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.NotEmpty(door.Faults);
    }

    [Fact]
    public async Task Request_ManyAtOnce_NeverMoreThanTheirShareAtATime()
    {
        var (now, most) = (0, 0);
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var canary = new Canary(async (_, stream) =>
        {
            var here = Interlocked.Increment(ref now);
            most = Math.Max(most, here);
            if (here == 2) open.TrySetResult();
            await open.Task;
            Interlocked.Decrement(ref now);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Canary.Ok("")));
        });
        var (door, _) = Open(canary.Port, new HttpFunctionOptions { Concurrency = 2 });
        var codes = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => door.Code("http.request", new { url = $"http://api.example.com:{canary.Port}/" })));
        Assert.All(codes, Assert.Null);
        Assert.Equal(2, most);
    }

    [Theory]
    [InlineData("""{"url":"http://api.example.com/","method":"TRACE"}""")]
    [InlineData("""{"url":"http://api.example.com/","method":"CONNECT"}""")]
    [InlineData("""{"url":"http://api.example.com/","method":"GET / HTTP/1.1\r\n"}""")]
    [InlineData("""{"url":"http://api.example.com/","body":"x"}""")]
    [InlineData("""{"url":"http://api.example.com/","method":"POST","body":{}}""")]
    [InlineData("""{"url":"http://api.example.com/","method":"POST","body":"%","encoding":"base64"}""")]
    [InlineData("""{"url":"http://api.example.com/","headers":[]}""")]
    [InlineData("""{"url":"http://api.example.com/","headers":{"a":1}}""")]
    [InlineData("""{"url":"http://api.example.com/","headers":{"a":"1","A":"2"}}""")]
    [InlineData("""{"url":"http://api.example.com/","headers":{"a":{"secret":"s","format":"none"}}}""")]
    [InlineData("""{"url":"http://api.example.com/","headers":{"a":{"secret":"s","other":1}}}""")]
    [InlineData("""{"url":"http://api.example.com/","timeoutMs":0}""")]
    [InlineData("""{"method":"GET"}""")]
    public async Task Request_MalformedArguments_AreRefused(string json)
    {
        var (door, connector) = Open(1, null, "api.example.com");
        Assert.Equal(ErrorCodes.InvalidArgument, (await door.CallRaw(EffectDoor.Scope(), "http.request", json)).Error?.Code);
        Assert.Empty(connector.Asked);
    }

    private static byte[] Compress(string encoding, byte[] plain)
    {
        using var whole = new MemoryStream();
        using (Stream compressing = encoding switch
        {
            "gzip" => new GZipStream(whole, CompressionLevel.Optimal, leaveOpen: true),
            "br" => new BrotliStream(whole, CompressionLevel.Optimal, leaveOpen: true),
            _ => new ZLibStream(whole, CompressionLevel.Optimal, leaveOpen: true),
        }) compressing.Write(plain);
        return whole.ToArray();
    }
}
