using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Paddock.Threats.Tests.AcrossRuntimes;

/// <summary>A server on loopback that answers each request with the request itself, except those for <c>/never/NAME</c>: it says that they came, and when they are given up.</summary>
public sealed class GatedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, Visit> _visits = new(StringComparer.Ordinal);
    private readonly Task _serving;

    public GatedServer()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>What is done between a request and its answer.</summary>
    public Func<string, Task> Meanwhile { get; set; } = _ => Task.CompletedTask;

    public Visit Of(string name) => _visits.GetOrAdd(name, _ => new Visit());

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        while (true) _ = AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            var stream = client.GetStream();
            string request = await ReadAsync(stream);
            Requests.Enqueue(request);
            if (request.StartsWith("GET /never/", StringComparison.Ordinal))
            {
                await HoldAsync(stream, Of(request.Split(' ')[1]["/never/".Length..]));
                return;
            }

            await Meanwhile(request);
            byte[] body = Encoding.Latin1.GetBytes(request);
            await stream.WriteAsync(Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n"), _stop.Token);
            await stream.WriteAsync(body, _stop.Token);
        }
    }

    private async Task HoldAsync(NetworkStream stream, Visit visit)
    {
        visit.Came.TrySetResult();
        try
        {
            if (await stream.ReadAsync(new byte[1], _stop.Token) == 0) visit.GivenUp.TrySetResult();
        }
        catch (IOException)
        {
            visit.GivenUp.TrySetResult();
        }
    }

    private async Task<string> ReadAsync(NetworkStream stream)
    {
        var request = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (!request.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            int read = await stream.ReadAsync(buffer, _stop.Token);
            if (read == 0) break;
            request.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }

        return request.ToString();
    }

    /// <summary>A request that is never answered.</summary>
    public sealed class Visit
    {
        public TaskCompletionSource Came { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource GivenUp { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
