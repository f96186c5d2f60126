using System.Text;
using Paddock.Sandbox.Container.Egress;

namespace Paddock;

/// <summary>Requests as hostile programs write them: read in one way, or not at all.</summary>
public sealed class ProxyRequestTests
{
    [Theory]
    [InlineData("GET http://a/b HTTP/1.1\r\n\r\n", "GET", "http://a/b")]
    [InlineData("GET /b?c HTTP/1.0\r\nhost: a:8080\r\n\r\n", "GET", "http://a:8080/b?c")]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "GET", "http:///")]
    public async Task Read_Request_IsWhereItGoes(string text, string method, string url)
    {
        var request = await ReadAsync(text);
        Assert.Equal((method, url), (request!.Method, request.Url));
    }

    [Theory]
    [InlineData("Content-Length: 5\r\n\r\nhello", "hello")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nTrailer: 1\r\n\r\n", "hello")]
    [InlineData("Content-Length: 0\r\n\r\n", "")]
    [InlineData("\r\n", "")]
    public async Task Read_Body_IsAsLongAsItSays(string rest, string body) =>
        Assert.Equal(body, Encoding.ASCII.GetString((await ReadAsync("POST http://a/ HTTP/1.1\r\n" + rest))!.Body));

    [Theory]
    [InlineData("GET http://a/ HTTP/2\r\n\r\n", 400)]
    [InlineData("GET  http://a/ HTTP/1.1\r\n\r\n", 400)]
    [InlineData("G(T http://a/ HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET http://a/ HTTP/1.1\n\n", 400)]
    [InlineData("GET http://a/\rX HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET http://a/ HTTP/1.1\r\nX : 1\r\n\r\n", 400)]
    [InlineData("GET http://a/ HTTP/1.1\r\nX: 1\r\n folded\r\n\r\n", 400)]
    [InlineData("GET http://a/ HTTP/1.1\r\nX: \0\r\n\r\n", 400)]
    [InlineData("GET http://a/ HTTP/1.1\r\nX: é\r\n\r\n", 400)]
    [InlineData("GET http://a/ HTTP/1.1\r\nX: 1", 400)]
    [InlineData("POST http://a/ HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400)]
    [InlineData("POST http://a/ HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400)]
    [InlineData("POST http://a/ HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501)]
    [InlineData("POST http://a/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", 400)]
    [InlineData("POST http://a/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", 400)]
    [InlineData("POST http://a/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n", 413)]
    [InlineData("POST http://a/ HTTP/1.1\r\nContent-Length: 4194305\r\n\r\n", 413)]
    [InlineData("POST http://a/ HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 413)]
    [InlineData("POST http://a/ HTTP/1.1\r\nContent-Length: 5\r\n\r\nab", 400)]
    [InlineData("CONNECT a:443 HTTP/1.1\r\n\r\nearly", 400)]
    public async Task T53_RequestThatCouldBeReadInTwoWays_IsNone(string text, int status) =>
        Assert.Equal(status, (await Assert.ThrowsAsync<ProxyRequestException>(() => ReadAsync(text))).Status);

    [Fact]
    public async Task Read_HeadWithoutEnd_StopsAtItsBound() =>
        Assert.Equal(431, (await Assert.ThrowsAsync<ProxyRequestException>(() => ReadAsync("GET http://a/ HTTP/1.1\r\nX: " + new string('x', 1 << 20)))).Status);

    [Fact]
    public async Task Read_NothingMore_IsTheEnd() => Assert.Null(await ReadAsync(""));

    [Fact]
    public async Task Read_AnyBytes_AreARequestOrNone()
    {
        byte[] valid = Encoding.ASCII.GetBytes("POST http://a/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n0\r\n\r\n");
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = [.. valid];
            for (int n = random.Next(4); n >= 0; n--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            using var stream = new MemoryStream(bytes[..random.Next(bytes.Length + 1)]);
            try
            {
                await ProxyRequest.ReadAsync(stream, withBody: true, TestContext.Current.CancellationToken);
            }
            catch (ProxyRequestException e)
            {
                Assert.InRange(e.Status, 400, 501);
            }
        }
    }

    private static async Task<ProxyRequest?> ReadAsync(string text)
    {
        using var stream = new MemoryStream();
        stream.Write(Encoding.Latin1.GetBytes(text));
        stream.Position = 0;
        return await ProxyRequest.ReadAsync(stream, withBody: true, TestContext.Current.CancellationToken);
    }
}
