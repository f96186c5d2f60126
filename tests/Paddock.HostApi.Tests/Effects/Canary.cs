using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Paddock.HostApi.Tests.Effects;

/// <summary>A web server on loopback that keeps, byte for byte, what reaches it, and answers with what a test says.</summary>
internal sealed class Canary : IAsyncDisposable
{
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, Stream, Task> _answer;
    private readonly SslStreamCertificateContext? _certificate;
    private readonly Task _accepting;

    public Canary(Func<string, Stream, Task> answer, string address = "127.0.0.1", int port = 0, X509Certificate2? certificate = null)
    {
        _answer = answer;

        // Offline: this server must not fetch what its certificate names either.
        _certificate = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true);
        _listener = new TcpListener(IPAddress.Parse(address), port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public Canary(Func<string, string> answer, string address = "127.0.0.1", int port = 0, X509Certificate2? certificate = null)
        : this((request, stream) => stream.WriteAsync(Encoding.Latin1.GetBytes(answer(request))).AsTask(), address, port, certificate)
    {
    }

    public int Port { get; }

    /// <summary>Heads and bodies of what came, in order.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public static string Ok(string body, string headers = "") => $"HTTP/1.1 200 OK\r\n{headers}Content-Length: {Encoding.Latin1.GetByteCount(body)}\r\n\r\n{body}";

    public static string Redirect(string location, int status = 302) => $"HTTP/1.1 {status} Elsewhere\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true) serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception e) when (_stop.IsCancellationRequested && e is (OperationCanceledException or SocketException or InvalidOperationException))
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using (client)
            {
                Stream stream = client.GetStream();
                if (_certificate is not null)
                {
                    var secure = new SslStream(stream);
                    await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = _certificate }, _stop.Token);
                    stream = secure;
                }

                var request = await ReadAsync(stream);
                if (request.Length == 0) return;
                Requests.Enqueue(request);
                await _answer(request, stream);
                await stream.FlushAsync(_stop.Token);
                client.Client.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException or System.Security.Authentication.AuthenticationException or ObjectDisposedException)
        {
            // The other side hung up.
        }
    }

    private async Task<string> ReadAsync(Stream stream)
    {
        var text = new StringBuilder();
        var buffer = new byte[8192];
        while (true)
        {
            var read = await stream.ReadAsync(buffer, _stop.Token);
            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
            var whole = text.ToString();
            var head = whole.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (read == 0) return whole;
            if (head < 0) continue;
            var at = whole.IndexOf("Content-Length: ", StringComparison.OrdinalIgnoreCase);
            var length = at < 0 || at > head ? 0 : int.Parse(whole.AsSpan(at + 16, whole.IndexOf('\r', at) - at - 16), System.Globalization.CultureInfo.InvariantCulture);
            if (whole.Length >= head + 4 + length) return whole;
        }
    }
}
