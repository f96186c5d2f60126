using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Paddock.Sandbox.Container.Egress;

/// <summary>One request of a guest's program to its proxy, made the host call that it is, and the answer to it.</summary>
/// <remarks>SECURITY: nothing is decided here. Whatever a program asks for passes the same door as a host call of its plugin: looked up, checked, counted and recorded there.</remarks>
internal static class ProxyExchange
{
    // Of the connection to this proxy, and the host's own: none of the request's.
    private static readonly HashSet<string> OfConnection = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authorization", "Proxy-Authenticate", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Content-Length", "Expect", "Accept-Encoding",
    };

    /// <summary>Serves one connection to its end.</summary>
    internal static async Task ServeAsync(Stream guest, IHostChannel? channel, Func<bool> isAllowed, TimeSpan patience, CancellationToken cancellationToken)
    {
        var (request, problem) = await ReadAsync(guest, withBody: channel is not null, patience, cancellationToken).ConfigureAwait(false);
        if (request is null && problem is null) return;
        if (channel is null) await RefuseAsync(guest, 503, "There is no call under way.", cancellationToken).ConfigureAwait(false);
        else if (!isAllowed()) await RefuseAsync(guest, 429, $"{ErrorCodes.HostCallLimit}: The call asked for more than it may.", cancellationToken).ConfigureAwait(false);
        else if (request is null) await DenyAsync(guest, problem!, channel, cancellationToken).ConfigureAwait(false);
        else if (request.Method == "CONNECT") await ConnectAsync(guest, request, channel, cancellationToken).ConfigureAwait(false);
        else await RequestAsync(guest, request, channel, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<(ProxyRequest?, ProxyRequestException?)> ReadAsync(Stream guest, bool withBody, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            return (await ProxyRequest.ReadAsync(guest, withBody, limit.Token).ConfigureAwait(false), null);
        }
        catch (ProxyRequestException e)
        {
            return (null, e);
        }
    }

    // What is no request is asked of the door as one that says nothing: denied there, and counted and recorded as any other that is denied.
    private static async Task DenyAsync(Stream guest, ProxyRequestException problem, IHostChannel channel, CancellationToken cancellationToken)
    {
        await channel.InvokeAsync("http.request", "{}"u8.ToArray(), cancellationToken).ConfigureAwait(false);
        await RefuseAsync(guest, problem.Status, problem.Message, cancellationToken).ConfigureAwait(false);
    }

    private static async Task RequestAsync(Stream guest, ProxyRequest request, IHostChannel channel, CancellationToken cancellationToken)
    {
        var reply = await channel.InvokeAsync("http.request", Arguments(request), cancellationToken).ConfigureAwait(false);
        if (reply.Error is { } error) await RefuseAsync(guest, Status(error.Code), $"{error.Code}: {error.Message}", cancellationToken).ConfigureAwait(false);
        else await AnswerAsync(guest, reply.Value, request.Method == "HEAD", cancellationToken).ConfigureAwait(false);
    }

    private static async Task ConnectAsync(Stream guest, ProxyRequest request, IHostChannel channel, CancellationToken cancellationToken)
    {
        var opened = await channel.ConnectAsync($"https://{request.Target}/", cancellationToken).ConfigureAwait(false);
        if (opened.Stream is null)
        {
            await RefuseAsync(guest, Status(opened.Error!.Code), $"{opened.Error.Code}: {opened.Error.Message}", cancellationToken).ConfigureAwait(false);
            return;
        }

        await using (opened.Stream)
        {
            await guest.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task up = guest.CopyToAsync(opened.Stream, over.Token), down = opened.Stream.CopyToAsync(guest, over.Token);
            // The program has said all: what the other side still answers is waited for. The other side has: nobody listens any more.
            if (await Task.WhenAny(up, down).ConfigureAwait(false) == up && up.IsCompletedSuccessfully) await Task.WhenAny(down).ConfigureAwait(false);
            await over.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(up, down).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static byte[] Arguments(ProxyRequest request)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("method", request.Method);
            json.WriteString("url", request.Url);
            json.WriteStartObject("headers");
            foreach (var same in request.Headers.Where(h => !OfConnection.Contains(h.Key)).GroupBy(h => h.Key, StringComparer.OrdinalIgnoreCase))
                json.WriteString(same.Key, string.Join(", ", same.Select(h => h.Value)));
            json.WriteEndObject();
            if (request.Body.Length > 0) json.WriteBase64String("body", request.Body);
            json.WriteString("encoding", "base64");
            // A redirect is the program's own next request, and is checked as that.
            json.WriteString("redirect", "manual");
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static async Task AnswerAsync(Stream guest, ReadOnlyMemory<byte> reply, bool withoutBody, CancellationToken cancellationToken)
    {
        using var json = JsonDocument.Parse(reply);
        byte[] body = json.RootElement.GetProperty("body").GetBytesFromBase64();
        int status = json.RootElement.GetProperty("status").GetInt32();
        var head = Head(status);
        foreach (var header in json.RootElement.GetProperty("headers").EnumerateObject())
            head.Append(CultureInfo.InvariantCulture, $"{Line(header.Name)}: {Line(header.Value.GetString()!)}\r\n");
        await SendAsync(guest, head, withoutBody || status is 204 or 304 ? null : body, cancellationToken).ConfigureAwait(false);
    }

    private static Task RefuseAsync(Stream guest, int status, string message, CancellationToken cancellationToken) =>
        SendAsync(guest, Head(status).Append("Content-Type: text/plain; charset=utf-8\r\n"), Encoding.UTF8.GetBytes(message + "\n"), cancellationToken);

    private static StringBuilder Head(int status) => new StringBuilder().Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} \r\nConnection: close\r\n");

    private static async Task SendAsync(Stream guest, StringBuilder head, byte[]? body, CancellationToken cancellationToken)
    {
        if (body is not null) head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");
        await guest.WriteAsync(Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), cancellationToken).ConfigureAwait(false);
        if (body is not null) await guest.WriteAsync(body, cancellationToken).ConfigureAwait(false);
    }

    private static string Line(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));

    private static int Status(string code) => code switch
    {
        ErrorCodes.InvalidArgument => 400,
        ErrorCodes.PermissionDenied or ErrorCodes.PluginBlocked or ErrorCodes.HostCallRefused => 403,
        ErrorCodes.RateLimited => 429,
        ErrorCodes.Cancelled => 503,
        _ => 502,
    };
}
