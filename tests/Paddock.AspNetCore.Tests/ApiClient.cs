using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Paddock.AspNetCore.Tests;

/// <summary>Requests with one token.</summary>
public sealed class ApiClient(HttpClient http, string? token, Action<HttpRequestMessage>? always = null)
{
    public string? Token => token;

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Answer> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    public Task<Answer> PostAsync(string path, object? body = null) => SendAsync(HttpMethod.Post, path, Json(body));

    public Task<Answer> PutAsync(string path, object? body) => SendAsync(HttpMethod.Put, path, Json(body));

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? content = null, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        always?.Invoke(request);
        change?.Invoke(request);
        using var response = await http.SendAsync(request);
        return new Answer(response.StatusCode, response.Content.Headers.ContentType?.ToString() ?? "", await response.Content.ReadAsStringAsync(), Headers(response));
    }

    public static ByteArrayContent Raw(byte[] bytes, string type = "application/json")
    {
        var content = new ByteArrayContent(bytes);
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return content;
    }

    private static ByteArrayContent? Json(object? body) => body switch
    {
        null => null,
        string text => Raw(Encoding.UTF8.GetBytes(text)),
        _ => Raw(JsonSerializer.SerializeToUtf8Bytes(body)),
    };

    private static Dictionary<string, string> Headers(HttpResponseMessage response) =>
        response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
}

/// <summary>What came back.</summary>
public sealed record Answer(HttpStatusCode Status, string ContentType, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    /// <summary>The code of a failure, in whichever shape it came.</summary>
    public string? Code => (string?)Json["error"] ?? ((string?)Json["type"])?["urn:paddock:error:".Length..];

    /// <summary>The codes of all findings.</summary>
    public IEnumerable<string> Codes => Json["findings"]!.AsArray().Select(f => (string)f!["code"]!);

    public Answer Expect(HttpStatusCode status)
    {
        Assert.True(Status == status, $"{(int)Status} instead of {(int)status}: {Body}");
        return this;
    }

    public Answer Refused(HttpStatusCode status, string code)
    {
        Expect(status);
        Assert.Equal(code, Code);
        return this;
    }
}
