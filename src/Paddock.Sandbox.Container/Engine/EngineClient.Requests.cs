using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Paddock.Sandbox.Container.Engine;

/// <content>How it asks: bounded answers, and errors in the engine's own words.</content>
internal sealed partial class EngineClient
{
    internal static SocketsHttpHandler Handler(Func<CancellationToken, ValueTask<System.Net.Sockets.NetworkStream>> connect) => new()
    {
        ConnectCallback = async (_, cancellationToken) => await connect(cancellationToken).ConfigureAwait(false),
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20),
        MaxResponseHeadersLength = 64,
    };

    /// <summary>The answer's own error, where it refused.</summary>
    internal static EngineException Refused(HttpStatusCode status, byte[] answer)
    {
        string? message = null;
        try
        {
            message = JsonSerializer.Deserialize(answer, EngineJson.Default.ErrorBody)?.Message;
        }
        catch (JsonException)
        {
            // No JSON: the status says what there is to say.
        }

        return new EngineException($"The engine answered {(int)status}: {message ?? "without a reason"}", status);
    }

    private async Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _prefix + path);
        return Parse(await SendAsync(_http, request, LargestAnswer, cancellationToken).ConfigureAwait(false), type);
    }

    private async Task<byte[]> PostAsync(string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _prefix + path) { Content = content };
        return await SendAsync(_http, request, LargestAnswer, cancellationToken).ConfigureAwait(false);
    }

    private async Task AllowAsync(HttpMethod method, string path, HttpStatusCode[] allowed, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(method, _prefix + path);
            await SendAsync(_http, request, LargestAnswer, cancellationToken).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Status is { } status && allowed.Contains(status))
        {
            // What was to be so is so already.
        }
    }

    private static async Task<byte[]> SendAsync(HttpClient http, HttpRequestMessage request, int most, CancellationToken cancellationToken)
    {
        // A body takes as long as its sender lets it; an engine that does not answer does not.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (request.Content is not StreamContent) limit.CancelAfter(Patience);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            byte[] answer = await ReadAsync(response.Content, most, limit.Token).ConfigureAwait(false);
            // 304: it is already so.
            return response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.NotModified ? answer : throw Refused(response.StatusCode, answer);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EngineException("The engine does not answer.", inner: e);
        }
        catch (HttpRequestException e) when (e.InnerException is EngineException reason)
        {
            throw new EngineException(reason.Message, inner: e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new EngineException($"The engine cannot be reached: {e.Message}", inner: e);
        }
    }

    private static async Task<byte[]> ReadAsync(HttpContent content, int most, CancellationToken cancellationToken)
    {
        using var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using var answer = new MemoryStream();
        byte[] buffer = new byte[16 << 10];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (answer.Length + read > most) throw new EngineException("The engine's answer is longer than it may be.");
            answer.Write(buffer, 0, read);
        }

        return answer.ToArray();
    }

    private static T Parse<T>(byte[] json, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new EngineException("The engine answered nothing.");
        }
        catch (JsonException e)
        {
            throw new EngineException("The engine's answer is not what its API says.", inner: e);
        }
    }

    private static ByteArrayContent Json<T>(T body, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private static StreamContent Tar(Stream tar)
    {
        var content = new StreamContent(tar);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-tar");
        return content;
    }
}
