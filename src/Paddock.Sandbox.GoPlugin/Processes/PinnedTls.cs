using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Paddock.Sandbox.GoPlugin.Processes;

/// <summary>
/// AutoMTLS: each side makes a certificate for one process's life, tells the other of it where nobody else reads (environment, first line), and talks
/// to nobody without it. SECURITY: no authority, name or date is believed; the peer's certificate is the very one that was announced, or it is refused.
/// </summary>
internal sealed class PinnedTls : IDisposable
{
    private static readonly TimeSpan s_lifetime = TimeSpan.FromDays(3650), s_behind = TimeSpan.FromSeconds(30);
    private readonly X509Certificate2 _own;
    private readonly SslStreamCertificateContext _context;
    private byte[]? _peer;

    private PinnedTls(X509Certificate2 own)
    {
        _own = own;
        _context = SslStreamCertificateContext.Create(own, additionalCertificates: null, offline: true);
    }

    /// <summary>The own certificate as PEM, for PLUGIN_CLIENT_CERT.</summary>
    internal string Pem => _own.ExportCertificatePem() + "\n";

    /// <summary>The own certificate as a handshake's line has it.</summary>
    internal string Announcement => Convert.ToBase64String(_own.RawDataMemory.Span).TrimEnd('=');

    internal static PinnedTls Create(TimeProvider clock)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost, O=Paddock", key, HashAlgorithmName.SHA256);
        // What Go's library asks of a certificate that stands for itself.
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        // The name by which version 1.0 of the library dials.
        names.AddDnsName("unused");
        request.CertificateExtensions.Add(names.Build());
        var now = clock.GetUtcNow();
        return new PinnedTls(request.CreateSelfSigned(now - s_behind, now + s_lifetime));
    }

    /// <summary>Takes the certificate of the handshake's line: the only one that is spoken to from here on.</summary>
    /// <exception cref="ProtocolException">There is none, or it is no certificate. SECURITY: a plugin that ignores the demand would be spoken to in the clear.</exception>
    internal void Pin(string announcement)
    {
        if (announcement.Length == 0) throw new ProtocolException("The program announced no certificate, and AutoMTLS is demanded here. Link it with a version of go-plugin that has AutoMTLS.", ErrorCodes.PeerUnverified);
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(Convert.FromBase64String(announcement.PadRight((announcement.Length + 3) / 4 * 4, '=')));
            _peer = certificate.RawData;
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            throw new ProtocolException("The certificate of the program's first line is none.", ErrorCodes.PeerUnverified);
        }
    }

    /// <summary>The connection that the host made, as its client.</summary>
    /// <exception cref="ProtocolException">The other side is not the announced one.</exception>
    internal Task<Stream> ConnectAsync(Stream connection, SslApplicationProtocol? protocol, CancellationToken cancellationToken) =>
        WrapAsync(connection, tls => tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ClientCertificateContext = _context,
            AllowRenegotiation = false,
            ApplicationProtocols = protocol is { } one ? [one] : null,
            RemoteCertificateValidationCallback = IsPeer,
        }, cancellationToken));

    /// <summary>A connection that the plugin made, as its server.</summary>
    /// <exception cref="ProtocolException">The other side is not the announced one.</exception>
    internal Task<Stream> AcceptAsync(Stream connection, SslApplicationProtocol protocol, CancellationToken cancellationToken) =>
        WrapAsync(connection, tls => tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
        {
            ServerCertificateContext = _context,
            ClientCertificateRequired = true,
            AllowRenegotiation = false,
            ApplicationProtocols = [protocol],
            RemoteCertificateValidationCallback = IsPeer,
        }, cancellationToken));

    public void Dispose() => _own.Dispose();

    private static async Task<Stream> WrapAsync(Stream connection, Func<SslStream, Task> authenticate)
    {
        var tls = new SslStream(connection);
        try
        {
            await authenticate(tls).ConfigureAwait(false);
            return tls;
        }
        catch (Exception e)
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            if (e is AuthenticationException) throw new ProtocolException("The program does not hold the certificate that it announced.", ErrorCodes.PeerUnverified);
            throw;
        }
    }

    private bool IsPeer(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        _peer is not null && certificate is not null && certificate.GetRawCertData().AsSpan().SequenceEqual(_peer);
}
