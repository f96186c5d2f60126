using System.Text;

namespace Paddock.AspNetCore.Tests;

/// <summary>Every operation with every kind of malformed body, path and query: an answer below 500 in the interface's own shape, and nothing of the host in it.</summary>
public sealed class FuzzTests(ServerFixture server)
{
    private static readonly string[] Texts =
    [
        "", " ", "null", "true", "0", "-0.0", "1e400", "\"\"", "[]", "{}", "[[[]]]", "{\"\":null}", "{\"a\":{}}", "{\"input\":{}}", "{", "\"\\ud800\"", "{\"\\ud800\":1}",
        "{\"name\":\"\\ud800\\ud800\"}", "{\"name\":\"\\u0000\"}", "{\"name\":null,\"code\":null}", "{\"name\":[1],\"code\":{\"a\":1},\"config\":\"x\",\"enabled\":1,\"entrypoint\":[]}",
        "{\"name\":\"n\",\"name\":\"m\"}", "{\"__proto__\":{\"admin\":true}}", "{\"constructor\":{\"prototype\":{}}}", "{\"config\":{\"files\":null}}", "{\"config\":{\"files\":{\"../x\":\"y\"}}}",
        "{\"config\":{\"files\":{\"\\ud800\":\"y\"}}}", "{\"config\":{\"\\udc00\":1}}", "{\"pluginId\":\"\\ud83d\",\"resource\":\"files\",\"actions\":[\"\\ud83d\"],\"scope\":{\"allowedPaths\":[\"\\u0000\"]}}",
        "{\"expiresInDays\":1e99}", "{\"expiresInDays\":-1}", "{\"expiresAt\":\"9999-12-31T23:59:59.9999999-14:00\"}", "{\"expiresAt\":\"0001-01-01T00:00:00+14:00\"}", "{\"timeoutMs\":99999999999999999999}",
        "{\"pluginId\":\"x\",\"resource\":\"files\",\"actions\":[\"read\"],\"scope\":{\"allowedPaths\":[\"relative\",\"/a/../b\",\"/\\u0000\"]},\"reason\":\"r\"}",
        "{\"pluginId\":\"x\",\"resource\":\"kv\",\"actions\":[\"read\"],\"scope\":{\"\\ud800\":[]},\"reason\":\"\\ud800\"}",
        "{\"input\":\"\\ud800\",\"context\":\"\\udfff\"}", "{\"name\":\"ok name\",\"code\":\"module.exports = '\\ud800';\"}",
    ];

    private static readonly byte[][] Bytes =
    [
        [0], [0xFF, 0xFE, 0x7B, 0], [0xEF, 0xBB, 0xBF, 0x7B, 0x7D], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D],
        Encoding.UTF8.GetBytes(new string('[', 100_000)), Encoding.UTF8.GetBytes("{\"a\":" + new string('9', 100_000) + "}"),
        Encoding.UTF8.GetBytes("{\"name\":\"" + new string('n', 1_000_000) + "\",\"code\":\"" + new string('c', 1_000_000) + "\"}"),
    ];

    private static readonly string[] Ids =
    [
        "x", "%00", "..%2f..%2fetc%2fpasswd", "%2e%2e", "%ff%fe", "%ED%A0%80", "'%20OR%201=1--", "%F0%9F%92%A9", "%0d%0aX-Injected:1", new string('a', 3000), "-1", "null", "%25s", "{id}", "a%5cb",
    ];

    [Fact]
    public async Task EveryOperation_MalformedBody_IsAnAnswerBelow500()
    {
        var bodies = Texts.Select(Encoding.UTF8.GetBytes).Concat(Bytes).ToList();
        foreach (var operation in (await OpenApiDocument.OperationsAsync(server)).Where(o => o.Method != HttpMethod.Get))
        {
            foreach (byte[] body in bodies) await CheckAsync(operation.Method, operation.With("x"), ApiClient.Raw(body));
        }
    }

    [Fact]
    public async Task Execute_MalformedBody_OfAnExistingPlugin_IsAnAnswerBelow500()
    {
        string id = await server.Operator.CreateAsync();
        foreach (byte[] body in Texts.Select(Encoding.UTF8.GetBytes).Concat(Bytes))
        {
            await CheckAsync(HttpMethod.Post, $"/api/gitu/plugins/{id}/execute", ApiClient.Raw(body));
            await CheckAsync(HttpMethod.Put, $"/api/plugins/{id}", ApiClient.Raw(body));
            await CheckAsync(HttpMethod.Post, "/api/plugins/permissions", ApiClient.Raw([.. Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body).Replace("\"x\"", $"\"{id}\"", StringComparison.Ordinal))]));
        }
    }

    [Fact]
    public async Task EveryOperation_MalformedId_IsAnAnswerBelow500()
    {
        foreach (var operation in (await OpenApiDocument.OperationsAsync(server)).Where(o => o.NamesAnObject))
        {
            foreach (string id in Ids) await CheckAsync(operation.Method, operation.With(id), operation.HasBody ? ApiClient.Raw("{}"u8.ToArray()) : null);
        }
    }

    [Fact]
    public async Task EveryQuery_Malformed_IsAnAnswerBelow500()
    {
        foreach (var operation in (await OpenApiDocument.OperationsAsync(server)).Where(o => o.Method == HttpMethod.Get))
        {
            foreach (string name in new[] { "limit", "enabled", "resource", "status", "pluginId", "q", "tag", "executionId", "%00", "" })
            {
                foreach (string value in Ids) await CheckAsync(HttpMethod.Get, $"{operation.With("x")}?{name}={value}&{name}={value}", null);
                await CheckAsync(HttpMethod.Get, $"{operation.With("x")}?{name}=%ED%A0%80", null);
            }
        }
    }

    private async Task CheckAsync(HttpMethod method, string path, HttpContent? content)
    {
        var answer = await server.Operator.SendAsync(method, path, content);
        Assert.True((int)answer.Status < 500, $"{method} {path} answered {(int)answer.Status}: {answer.Body}");
        // A path that is no path at all ends in Kestrel's parser, which answers 400 and nothing else.
        if ((int)answer.Status < 400 || (answer.Status == System.Net.HttpStatusCode.BadRequest && answer.Body.Length == 0)) return;
        Assert.True(answer.ContentType.Contains("json", StringComparison.Ordinal), $"{method} {path} answered {(int)answer.Status} as {answer.ContentType}");
        Assert.False(string.IsNullOrEmpty(answer.Code), $"{method} {path} answered without a code: {answer.Body}");
        Assert.DoesNotContain("   at ", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", answer.Body, StringComparison.Ordinal);
    }
}
