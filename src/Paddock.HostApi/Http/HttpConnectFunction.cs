using System.Net.Sockets;
using System.Text.Json;

namespace Paddock.HostApi.Http;

/// <summary>http.connect {url}: a connection to an origin that a grant covers, for a program that speaks TLS over it by itself. Not for guests: it is how the host serves a proxy's CONNECT.</summary>
/// <remarks>
/// SECURITY: what goes through is not seen. An http scope says scheme, host and port and nothing of methods or paths, so that nothing a scope
/// says is lost; were it to say more, this would have to be refused. Only TLS goes through, to an origin that is covered as https.
/// </remarks>
internal sealed class HttpConnectFunction(HttpConnector connector, HttpFunctionOptions options, TimeProvider clock, Action<string, Exception>? onFault)
    : HostFunction(FunctionName, PermissionType.Http, Access.Execute, "url")
{
    internal const string FunctionName = "http.connect";

    private readonly PluginTurns _turns = new(options.Connections);

    internal override bool IsForGuests => false;

    internal override RateKind Rate => RateKind.Http;

    internal override string Target(JsonElement arguments) => $"CONNECT {OriginOf(arguments).WithoutQuery}";

    internal override bool Covers(Permission granted, JsonElement arguments)
    {
        var url = OriginOf(arguments);
        return HttpScope.Of(granted).Any(s => s.Covers(url));
    }

    internal override async ValueTask<HostReply> PerformAsync(HostCall call, CancellationToken cancellationToken)
    {
        var url = OriginOf(call.Arguments);
        using var over = new CancellationTokenSource(options.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        IDisposable? turn = null;
        try
        {
            turn = await _turns.TakeAsync(call.Scope, either.Token).ConfigureAwait(false);
            if (HttpAdmission.Find(call.HeldNow(), url) is not { } admission) return HostReply.Fail(ErrorCodes.PermissionDenied, "No grant leads there any more.");
            var stream = await connector.ConnectAsync(url, admission, either.Token).ConfigureAwait(false);
            call.Opened = new GrantedConnection(stream, options, clock, () => HttpAdmission.Find(call.HeldNow(), url) is not null, (sent, received) => call.Carried(Name, sent, received), turn);
            turn = null;
            return Json(true);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return HostReply.Fail(ErrorCodes.NetworkError, "The other side did not answer in time.");
        }
        catch (AddressRefusedException)
        {
            return HostReply.Fail(ErrorCodes.PermissionDenied, "The host's address is none that may be reached.");
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            onFault?.Invoke(Name, e);
            return HostReply.Fail(ErrorCodes.NetworkError, "The other side could not be reached.");
        }
        finally
        {
            turn?.Dispose();
        }
    }

    private static HttpUrl OriginOf(JsonElement arguments) => HttpRequestSpec.UrlOf(arguments) is { IsHttps: true, Uri.PathAndQuery: "/" } url
        ? url
        : throw Arguments.Invalid("url is no https origin.");
}
