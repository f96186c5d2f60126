using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Paddock.Registries;

/// <summary>A registry over TLS on this machine: files under paths, and a list of what was asked for.</summary>
internal sealed class LocalRegistry : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly X509Certificate2 _certificate;
    private readonly ConcurrentDictionary<string, (byte[] Content, string Type)> _files = new();
    private readonly ConcurrentBag<string> _asked = [];

    private LocalRegistry(X509Certificate2 certificate)
    {
        _certificate = certificate;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0, l => l.UseHttps(certificate)));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public Uri Address => new($"https://localhost:{new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port}/");

    /// <summary>The paths that were asked for.</summary>
    public IReadOnlyCollection<string> Asked => _asked;

    /// <summary>The certificate as PEM: it is its own authority.</summary>
    public string Authority => _certificate.ExportCertificatePem();

    /// <summary>When set, no request is answered.</summary>
    public bool Silent { get; set; }

    public static async Task<LocalRegistry> StartAsync(X509Certificate2? certificate = null)
    {
        var registry = new LocalRegistry(certificate ?? Certificate());
        await registry._app.StartAsync(TestContext.Current.CancellationToken);
        return registry;
    }

    /// <summary>Another one that is trusted with the same authority.</summary>
    public Task<LocalRegistry> StartOtherAsync() => StartAsync(_certificate);

    public void Put(string path, byte[] content, string type = "application/octet-stream") => _files[path] = (content, type);

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        string path = Uri.UnescapeDataString(http.Request.Path.Value!);
        _asked.Add(path);
        if (Silent) await Task.Delay(System.Threading.Timeout.Infinite, http.RequestAborted);
        if (!_files.TryGetValue(path, out var file))
        {
            http.Response.StatusCode = 404;
            return;
        }

        http.Response.ContentType = file.Type;
        await http.Response.Body.WriteAsync(file.Content, http.RequestAborted);
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
