using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Paddock.HostApi.Secrets;

namespace Paddock.HostApi.Http;

internal sealed class HttpFunctionGroup(ISecretStore? secrets, HttpFunctionOptions options, HttpConnector? connector = null) : HostFunctionGroup
{
    internal override IEnumerable<HostFunction> Create(HostApiOptions host, TimeProvider clock) =>
        Create(connector ?? new HttpConnector(options.PrivateHosts), host, clock);

    private HostFunction[] Create(HttpConnector connects, HostApiOptions host, TimeProvider clock) =>
        [new HttpRequestFunction(connects, secrets, options, clock, host.OnFault), new HttpConnectFunction(connects, options, clock, host.OnFault)];
}

/// <summary>http.request {method?, url, headers?, body?, encoding?, timeoutMs?, redirect?}: {status, headers, body, encoding}. With redirect <c>manual</c> a redirect is an answer like any other.</summary>
internal sealed class HttpRequestFunction(HttpConnector connector, ISecretStore? store, HttpFunctionOptions options, TimeProvider clock, Action<string, Exception>? onFault)
    : HostFunction("http.request", PermissionType.Http, Access.Execute, HttpRequestSpec.Members)
{
    // Of a connection or of the coding of a body that this host has undone, and what a browser would keep.
    private static readonly string[] Dropped = ["connection", "keep-alive", "transfer-encoding", "trailer", "upgrade", "content-encoding", "content-length", "set-cookie", "set-cookie2", "alt-svc"];

    private readonly HttpExchange _exchange = new(connector, options);
    private readonly PluginTurns _turns = new(options.Concurrency);

    internal override RateKind Rate => RateKind.Http;

    internal override string Target(JsonElement arguments) => $"{HttpRequestSpec.MethodOf(arguments)} {HttpRequestSpec.UrlOf(arguments).WithoutQuery}";

    internal override bool Covers(Permission granted, JsonElement arguments)
    {
        var url = HttpRequestSpec.UrlOf(arguments);
        return HttpScope.Of(granted).Any(s => s.Covers(url));
    }

    internal override Grant? Covering(IReadOnlyList<Grant> held, JsonElement arguments) => HttpAdmission.Find(held, HttpRequestSpec.UrlOf(arguments))?.Grant;

    internal override async ValueTask<HostReply> PerformAsync(HostCall call, CancellationToken cancellationToken)
    {
        var spec = HttpRequestSpec.Read(call.Arguments, options);
        using var over = new CancellationTokenSource(spec.Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        try
        {
            using var turn = await _turns.TakeAsync(call.Scope, either.Token).ConfigureAwait(false);
            return await FollowAsync(call, spec, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return HostReply.Fail(ErrorCodes.NetworkError, "The other side did not answer in time.");
        }
        catch (Exception e) when (Innermost(e) is AddressRefusedException)
        {
            return HostReply.Fail(ErrorCodes.PermissionDenied, "The host's address is none that may be reached.");
        }
        catch (ResponseLimitException)
        {
            return HostReply.Fail(ErrorCodes.ResponseLimit, $"The answer is larger than {options.ResponseBytes} bytes, or compressed beyond measure.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException or AuthenticationException)
        {
            // What exactly failed tells of the network behind the host: the guest learns that it failed, the host's log how.
            onFault?.Invoke(Name, e);
            return HostReply.Fail(ErrorCodes.NetworkError, "The other side could not be reached, or its answer is none.");
        }
    }

    private async Task<HostReply> FollowAsync(HostCall call, HttpRequestSpec spec, CancellationToken cancellationToken)
    {
        var base64 = spec.Base64;
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var redirects = 0; ; redirects++)
        {
            // SECURITY: a redirect to where no grant leads; and a grant that was taken back since the last one.
            if (HttpAdmission.Find(redirects == 0 ? call.Held : call.HeldNow(), spec.Url) is not { } admission)
                return HostReply.Fail(ErrorCodes.PermissionDenied, "The other side redirects to where no grant leads.");
            if (await TakeSecretsAsync(call.Scope, spec, admission, values, cancellationToken).ConfigureAwait(false) is { } refusal) return refusal;
            var answer = await _exchange.SendAsync(spec, admission, values, cancellationToken).ConfigureAwait(false);
            if (answer.Location is null || !spec.Follows) return Reply(answer, base64, new SecretRedaction(values.Values));
            if (redirects == options.Redirects) return HostReply.Fail(ErrorCodes.NetworkError, $"The other side redirects more than {options.Redirects} times.");
            if (spec.Url.Redirected(answer.Location) is not { } target || (spec.Url.IsHttps && !target.IsHttps))
                return HostReply.Fail(ErrorCodes.PermissionDenied, "The other side redirects to what is no address, or from https to http.");
            spec = spec.Redirected(target, answer.Status);
        }
    }

    /// <summary>Fetches the secrets that the request's headers name; a refusal when they may not go where it goes.</summary>
    private async ValueTask<HostReply?> TakeSecretsAsync(HostCallScope scope, HttpRequestSpec spec, HttpAdmission admission, Dictionary<string, string> values, CancellationToken cancellationToken)
    {
        foreach (var name in spec.Headers.Select(h => h.Secret).OfType<string>())
        {
            if (!admission.TakesSecrets)
                return HostReply.Fail(ErrorCodes.PermissionDenied, "Secrets are sent only over https and to a host that a grant names; * names none, and http only where the grant says http://.");
            if (store is null || await store.GetAsync(scope.Tenant, scope.PluginId, name, cancellationToken).ConfigureAwait(false) is not { Length: > 0 } value)
                return HostReply.Fail(ErrorCodes.NotFound, "A secret that a header names is not set.");
            values[name] = value;
        }

        return null;
    }

    private static HostReply Reply(HttpAnswer answer, bool base64, SecretRedaction redaction)
    {
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in answer.Headers)
        {
            var lower = redaction.Redact(name).ToLowerInvariant();
            if (!Dropped.Contains(lower)) headers[lower] = redaction.Redact(value);
        }

        // What is no UTF-8 comes back as base64, whatever was asked for: encoding says which it is.
        var body = redaction.Redact(answer.Body);
        base64 |= !Utf8.IsValid(body);
        return Json(new { status = answer.Status, headers, body = base64 ? Convert.ToBase64String(body) : Encoding.UTF8.GetString(body), encoding = base64 ? "base64" : "utf8" });
    }

    private static Exception Innermost(Exception exception)
    {
        while (exception.InnerException is { } inner) exception = inner;
        return exception;
    }
}
